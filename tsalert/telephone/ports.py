"""What is asked of the telephone provider: its memory of calls, and what callers said."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct


class NotReady(Exception):
    """What was asked for cannot be had now; the message says why, in words for officers."""


class PastCall(Struct, frozen=True):
    """A call that is over, as the provider remembers it."""

    provider_ref: str
    caller: str
    called: str
    rang_at: datetime
    word: str
    seconds: int | None


class PastMessage(Struct, frozen=True):
    """A recording that the provider holds, and the call that it belongs to."""

    provider_ref: str
    call_ref: str
    seconds: int | None


class CallLog(Protocol):
    """What the provider remembers, for the times at which we did not listen."""

    def calls_to(self, number: str, *, since: datetime) -> list[PastCall]:
        """Return the calls to a number that are over.

        :raises NotReady: the provider is in trouble.
        """
        ...

    def messages(self, *, since: datetime) -> list[PastMessage]:
        """Return the recordings that it holds, of whatever call.

        :raises NotReady: the provider is in trouble.
        """
        ...


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
