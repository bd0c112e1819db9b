"""Works the dashboard's figures out before anybody asks, so that no reader waits for them."""

import logging
from datetime import date, datetime
from threading import Event, Thread
from time import monotonic, sleep

from flask import Flask

from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import Period, quarter_of, recent_periods, rolling_year
from tsalert.db import db
from tsalert.reports.comparing import quarters_up_to
from tsalert.reports.dashboard import read_dashboard
from tsalert.reports.memory import FiguresMemory

# From the beginning of one reading to that of the next: figures may be a minute old, and a reading takes some seconds.
_EVERY_SECONDS = 30.0
# Between two readings, so that an officer who saves meanwhile has the processor.
_REST_SECONDS = 0.05
_LEAVE_SECONDS = 10.0
# Where nobody looks at figures, an officer who saves has the whole processor.
_LOOKED_AT_SECONDS = 900.0
# Of other periods those that were opened last; each may take a second with a million calls.
_MOST_FURTHER = 3
_log = logging.getLogger(__name__)


class ReadingAhead:
    """A thread of a web process that keeps in its memory what the dashboard is mostly opened for."""

    def __init__(self, app: Flask, memory: FiguresMemory) -> None:
        self._app, self._memory, self._stop = app, memory, Event()
        self._thread = Thread(target=self._run, name="figures", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """Read no more, and wait for a reading that was begun."""
        self._stop.set()
        self._thread.join(_LEAVE_SECONDS)

    def read(self, *, now: datetime) -> None:
        """Work out anew what would be too old before the next reading; what goes wrong is logged."""
        with self._app.app_context():
            try:
                for period in self._wanted(london_date(now)):
                    read_dashboard(db.session(), self._memory.ahead(self._rest), period, now=now)
            except Exception as error:  # noqa: BLE001 - the next reading may do better; who asks meanwhile is told what is wrong
                _log.warning("figures could not be read ahead: %s", type(error).__name__)
            finally:
                db.session.remove()

    def _wanted(self, today: date) -> list[Period]:
        usual = read_ahead(today)
        opened = [each for each in self._memory.opened(_LOOKED_AT_SECONDS) if each not in usual]
        return [*usual, *opened[:_MOST_FURTHER]]

    def _run(self) -> None:
        is_over = False
        while not is_over:
            began = monotonic()
            if self._memory.was_asked(_LOOKED_AT_SECONDS):
                self.read(now=utc_now())
            is_over = self._stop.wait(max(0.0, began + _EVERY_SECONDS - monotonic()))

    def _rest(self) -> None:
        if not self._stop.is_set():
            sleep(_REST_SECONDS)


def read_ahead(today: date) -> tuple[Period, ...]:
    """Return the periods that are read ahead: the quarter that runs, the one before, the year, four quarters."""
    before, running = quarters_up_to(quarter_of(today), 2)
    year = recent_periods(today, years=1)[0]
    return running, before, year, rolling_year(today)
