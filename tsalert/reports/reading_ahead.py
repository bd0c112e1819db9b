"""Works the dashboard's figures out before anybody asks, so that no reader waits for them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from threading import Event, Thread
from time import monotonic, process_time

from flask import Flask

from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of, recent_periods, rolling_year
from tsalert.db import db
from tsalert.reports.comparing import quarters_up_to
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.memory import FiguresMemory

# From the beginning of one reading to that of the next: figures may be a minute old, and a reading takes some seconds.
_EVERY_SECONDS = 30.0
_LEAVE_SECONDS = 10.0
# In times of what was worked.
_LONGEST_REST = 9
# Of what those who ask need of the machine, a process is about a third: the other process and the database have theirs.
_OF_THE_MACHINE = 3
_log = logging.getLogger(__name__)

# Which periods are read ahead on a day, the most wanted first.
Wanted = Callable[[date], Iterable[Period]]


class ReadingAhead:
    """A thread of a web process that keeps in its memory every dashboard to which the page leads.

    What runs is read anew each time. What is over is read once, and again only where the trail tells of a change that
    may have moved it.
    """

    def __init__(self, app: Flask, memory: FiguresMemory, wanted: Wanted | None = None) -> None:
        self._app, self._memory, self._wanted, self._stop = app, memory, wanted or read_ahead, Event()
        self._thread = Thread(target=self._run, name="figures", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more, and wait for a reading that was begun."""
        self._stop.set()
        self._thread.join(_LEAVE_SECONDS)

    def read(self, *, now: datetime) -> None:
        """Work out anew what would be too old before the next reading; what goes wrong is logged.

        What is not done when the next reading is due is left to that, after what runs.
        """
        due = monotonic() + _EVERY_SECONDS
        for period in self._wanted(london_date(now)):
            if self._stop.is_set() or monotonic() > due or not self._has_read(period, now):
                return

    def _has_read(self, period: Period, now: datetime) -> bool:
        with self._app.app_context():
            try:
                read_dashboard(db.session(), self._memory.ahead(self._rest), period, now=now)
            except Exception as error:  # noqa: BLE001 - the next reading may do better; who asks meanwhile is told what is wrong
                _log.warning("figures could not be read ahead: %s", type(error).__name__)
                return False
            finally:
                db.session.remove()
        return True

    def _run(self) -> None:
        is_over = False
        while not is_over:
            began = monotonic()
            self.read(now=utc_now())
            is_over = self._stop.wait(max(0.0, began + _EVERY_SECONDS - monotonic()))

    def _rest(self, seconds: float) -> None:
        """Leave the processor to those who ask and save."""
        began, used = monotonic(), process_time()
        is_over = False
        while not is_over and (left := rest_left(seconds, monotonic() - began, process_time() - used)) > 0:
            is_over = self._stop.wait(left)


def rest_left(worked: float, passed: float, used: float) -> float:
    """Return for how long to rest yet: until nobody has wanted the machine for as long as was worked.

    Where that never comes, nine times as long is enough, so that figures are not left to their readers. All in seconds.

    :param passed: since the rest began.
    :param used: by the whole process, of the processor, since then.
    """
    return max(0.0, min(worked - (passed - _OF_THE_MACHINE * used), _LONGEST_REST * worked - passed))


def read_ahead(today: date) -> Iterator[Period]:
    """Yield the periods that are read ahead: what is mostly opened, then whatever else the dashboard offers.

    First come the quarter that runs, the one before, the year that runs, and the last four quarters.
    """
    before, running = quarters_up_to(quarter_of(today), 2)
    offered = recent_periods(today)
    yield from dict.fromkeys((running, before, offered[0], rolling_year(today), *offered))
