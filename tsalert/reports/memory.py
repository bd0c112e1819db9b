"""Figures that one web process has worked out, kept for as long as they are true, or for a minute."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast

from sqlalchemy.orm import Session

from tsalert.audit.queries import last_change
from tsalert.core.periods import Period

OLDEST = timedelta(minutes=1)
# Who reads ahead works out anew what is older than this.
_AHEAD = timedelta(seconds=5)
_MOST = 400

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class _Kept:
    read_at: datetime
    stamp: str
    found: Any


class FiguresMemory:
    """Hands out figures without working them out again while they are no older than a minute.

    Figures of a period that is over stand longer, as long as the trail has grown by no change since: whatever
    moves them is entered there in the same transaction. The lock lets one reader work while the others wait for it.

    :param oldest: for how long figures are handed out whatever has changed.
    :param rest: called after each working out, when nobody waits for it any more.
    """

    def __init__(self, oldest: timedelta = OLDEST, rest: Callable[[], object] = lambda: None) -> None:
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = Lock()
        self._oldest, self._rest = oldest, rest
        self._asked_at: float | None = None
        self._opened: dict[Period, float] = {}

    def ahead(self, rest: Callable[[], object]) -> "FiguresMemory":
        """Return this memory for somebody who renews it before readers would have to."""
        same = FiguresMemory(_AHEAD, rest)
        same._kept, same._lock = self._kept, self._lock
        return same

    def recall(self, what: str, period: Period, session: Session, *, now: datetime, read: Callable[[], Found]) -> Found:
        """Return figures of a period as they are kept, or read and keep them."""
        self._asked_at = monotonic()
        key = (what, period)
        kept = self._find(key, period, session, now)
        if kept is None:
            with self._lock:
                # Arguments are worked out from the left: the stamp is older than the figures, never newer.
                kept = self._find(key, period, session, now) or self._keep(key, last_change(session), now, read())
            self._rest()
        return cast(Found, kept.found)

    def read_at(self, what: str, period: Period) -> datetime | None:
        """Return when kept figures were worked out."""
        kept = self._kept.get((what, period))
        return kept.read_at if kept else None

    def was_asked(self, within_seconds: float) -> bool:
        """Tell whether a reader has looked lately; who reads ahead is none."""
        return self._asked_at is not None and monotonic() - self._asked_at < within_seconds

    def note_opened(self, period: Period) -> None:
        """Remember that a reader has opened a period."""
        self._opened[period] = monotonic()

    def opened(self, within_seconds: float) -> list[Period]:
        """Return the periods that readers have opened lately, the last one first; what is longer ago is forgotten."""
        since = monotonic() - within_seconds
        self._opened = {period: at for period, at in self._opened.copy().items() if at >= since}
        return sorted(self._opened, key=self._opened.__getitem__, reverse=True)

    def forget(self) -> None:
        """Keep nothing any more."""
        self._kept.clear()

    def _find(self, key: Hashable, period: Period, session: Session, now: datetime) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if timedelta(0) <= now - kept.read_at < self._oldest:
            return kept
        if period.ends_at > kept.read_at or kept.stamp != last_change(session):
            return None
        self._kept[key] = replace(kept, read_at=now)  # nothing has changed, so they are true of this instant too
        return self._kept[key]

    def _keep(self, key: Hashable, stamp: str, now: datetime, found: Any) -> _Kept:
        if len(self._kept) >= _MOST:
            self._kept.pop(min(self._kept, key=lambda each: self._kept[each].read_at))
        self._kept[key] = _Kept(now, stamp, found)
        return self._kept[key]
