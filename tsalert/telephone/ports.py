"""What is asked of a provider of recordings."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol


class NotReady(Exception):
    """The recording cannot be had now; the message says why, in words for officers."""


class RecordingSource(Protocol):
    """Where callers' messages wait to be fetched."""

    def open(self, reference: str) -> AbstractContextManager[Iterator[bytes]]:
        """Open a recording's sound, which comes in pieces.

        :raises NotReady: it is not there, or the provider is in trouble; also while the pieces come.
        """
        ...

    def delete(self, reference: str) -> None:
        """Delete a recording at the provider; one that is gone already is deleted.

        :raises NotReady: the provider is in trouble.
        """
        ...
