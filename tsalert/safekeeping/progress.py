"""What long work stands in: the settings, the time at which it began, and who is told how far it has come."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from tsalert.config import Settings

Advance = Callable[[int], object]


class Progress(Protocol):
    """Somebody who is told."""

    def stage(self, name: str, total: int, unit: str) -> AbstractContextManager[Advance]:
        """Begin a part of the work; what is given back is told how much more of it is done."""
        ...


class Surroundings(Struct, frozen=True):
    """What a backup and its restore need besides the database and the file."""

    settings: Settings
    now: datetime
    progress: Progress
