"""How far the trail had come when something last may have moved the figures of each quarter."""

from threading import Lock

from sqlalchemy.orm import Session

from tsalert.audit import queries as audit
from tsalert.core.periods import Period, quarter_of
from tsalert.reports.moving import moved_by


class Marks:
    """Follows the trail for everybody who keeps figures in this process.

    Readers may see the trail at different lengths; who keeps figures keeps with them the length that they saw.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew with the next reader."""
        with self._lock:
            self._followed_to: int | None = None
            self._begun_at = 0
            self._of: dict[Period, int] = {}
            self._since: dict[Period, int] = {}

    def length(self, session: Session) -> int:
        """Return how long the trail is to this reader, to be kept with what is read after it."""
        seen = audit.length(session)
        with self._lock:
            if self._followed_to is None:
                self._followed_to = self._begun_at = seen
        return seen

    def have_moved(self, period: Period, kept_at: int, session: Session) -> bool:
        """Tell whether figures of a period, kept when the trail had a length, may have been moved since."""
        self._follow(self.length(session), session)
        marks = [self._begun_at]
        marks += [
            mark
            for quarter, mark in self._of.copy().items()
            if quarter.first_day <= period.last_day and period.first_day <= quarter.last_day
        ]
        marks += [mark for quarter, mark in self._since.copy().items() if quarter.first_day <= period.last_day]
        return kept_at < max(marks)

    def _follow(self, length: int, session: Session) -> None:
        with self._lock:
            if self._followed_to is None or length <= self._followed_to:
                return
            moved = moved_by(session, self._followed_to + 1, length)
            self._of |= dict.fromkeys(map(quarter_of, moved.days), length)
            if moved.since:
                self._since[quarter_of(moved.since)] = length
            self._followed_to = length
