"""Reading figures of a period through the memory that the dashboard fills too."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.reports.memory import FiguresMemory

Found = TypeVar("Found")


class Recaller(Struct, frozen=True):
    """Reads at one instant; what the memory holds and is still true is not read again."""

    session: Session
    memory: FiguresMemory
    now: datetime

    def keep(self, what: str, period: Period, read: Callable[[Session, Period], Found]) -> Found:
        """Return figures of a period under the name by which the memory knows them."""
        return self.memory.recall(what, period, self.session, now=self.now, read=lambda: read(self.session, period))
