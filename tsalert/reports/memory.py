"""Figures that one web process has worked out, kept for as long as they are true, or for a minute."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.reports.marks import Marks

OLDEST = timedelta(minutes=1)
# Who reads ahead works out anew what is older than this.
_AHEAD = timedelta(seconds=5)
_MOST = 2000

Found = TypeVar("Found")


class _Kept(Struct, frozen=True):
    read_at: datetime
    length: int
    found: Any


class FiguresMemory:
    """Hands out figures without working them out again while they are no older than a minute.

    Figures of a period that is over stand longer, until the trail tells of a change that may have moved them: whatever
    moves them is entered there in the same transaction. The lock lets one reader work while the others wait for it.

    :param oldest: for how long figures are handed out whatever has changed.
    :param rest: called after each working out, when nobody waits for it any more, with the seconds that it took.
    """

    def __init__(self, oldest: timedelta = OLDEST, rest: Callable[[float], object] = lambda _: None) -> None:
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = Lock()
        self._oldest, self._rest = oldest, rest
        self._marks = Marks()

    def ahead(self, rest: Callable[[float], object]) -> "FiguresMemory":
        """Return this memory for somebody who renews it before readers would have to."""
        same = FiguresMemory(_AHEAD, rest)
        same._kept, same._lock, same._marks = self._kept, self._lock, self._marks
        return same

    def recall(self, what: str, period: Period, session: Session, *, now: datetime, read: Callable[[], Found]) -> Found:
        """Return figures of a period as they are kept, or read and keep them."""
        key = (what, period)
        kept = self._find(key, period, session, now)
        if kept is None:
            began = monotonic()
            with self._lock:
                kept = self._find(key, period, session, now) or self._keep(key, session, now, read)
            self._rest(monotonic() - began)
        return cast(Found, kept.found)

    def read_at(self, what: str, period: Period) -> datetime | None:
        """Return when kept figures were worked out."""
        kept = self._kept.get((what, period))
        return kept.read_at if kept else None

    def forget(self) -> None:
        """Keep nothing any more."""
        self._kept.clear()
        self._marks.forget()

    def _find(self, key: Hashable, period: Period, session: Session, now: datetime) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if timedelta(0) <= now - kept.read_at < self._oldest:
            return kept
        if period.ends_at > kept.read_at or self._marks.have_moved(period, kept.length, session):
            return None
        self._kept[key] = replace(kept, read_at=now)  # nothing has moved them, so they are true of this instant too
        return self._kept[key]

    def _keep(self, key: Hashable, session: Session, now: datetime, read: Callable[[], object]) -> _Kept:
        if len(self._kept) >= _MOST:
            self._kept.pop(min(self._kept, key=lambda each: self._kept[each].read_at))
        length = self._marks.length(session)  # before the figures are read, never after them
        self._kept[key] = _Kept(now, length, read())
        return self._kept[key]
