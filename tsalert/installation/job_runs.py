"""How the jobs of the timetable went: noted in memory by the worker that leads, written down every few seconds.

Some run every second, so that a row for each run would be most of what an idle service writes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from threading import Lock

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.db import not_wait_for_disk, transaction
from tsalert.installation.models import JobRun


class _Noted(Struct):
    """What happened to one job since it was written down last.

    ``failed_since`` is the first failure after ``has_succeeded`` or, without that, in this time.
    """

    started_at: datetime | None = None
    running_since: datetime | None = None
    seconds: float | None = None
    fault: str | None = None
    failed_since: datetime | None = None
    has_succeeded: bool = False
    runs: int = 0
    failures: int = 0

    def end(self, seconds: float, fault: str | None) -> None:
        """Count a run that has ended."""
        self.seconds, self.fault, self.running_since = seconds, fault, None
        self.runs += 1
        self.failures += fault is not None
        self.has_succeeded = self.has_succeeded or fault is None
        self.failed_since = (self.failed_since or self.started_at) if fault else None


class RunLog:
    """Notes runs; used by the threads of the timetable at once.

    :param schedule: (name, seconds between two runs) of every job.
    """

    def __init__(self, schedule: Iterable[tuple[str, int]]) -> None:
        self._schedule = dict(schedule)
        self._lock = Lock()
        self._noted = {name: _Noted() for name in self._schedule}

    def begin(self, name: str, at: datetime) -> None:
        """Note that a run begins."""
        with self._lock:
            noted = self._noted.setdefault(name, _Noted())
            noted.started_at = noted.running_since = at

    def end(self, name: str, *, seconds: float, fault: str | None) -> None:
        """Note that a run has ended; ``fault`` is the kind of its error, None where it went well."""
        with self._lock:
            self._noted[name].end(seconds, fault)

    def keep(self) -> None:
        """Write down what is new; where that fails it stays noted."""
        with self._lock:
            with transaction() as session:
                not_wait_for_disk(session)
                self._write(session, self._noted)
            self._noted = {name: _after(noted) for name, noted in self._noted.items() if noted.running_since}

    def _write(self, session: Session, noted: dict[str, _Noted]) -> None:
        rows = {row.name: row for row in known_jobs(session)}
        for gone in rows.keys() - self._schedule.keys():
            session.delete(rows[gone])
        for name, each in noted.items():
            row = rows.get(name) or JobRun(name=name, runs=0, failures=0)
            row.every_seconds = self._schedule[name]
            _carry_over(row, each)
            session.add(row)


def known_jobs(session: Session) -> Sequence[JobRun]:
    """Return every job that a worker has kept, by name."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()


def _carry_over(row: JobRun, noted: _Noted) -> None:
    row.started_at = noted.started_at or row.started_at
    row.running_since = noted.running_since
    if noted.runs:
        before = None if noted.has_succeeded else row.failed_since
        row.seconds, row.fault = noted.seconds, noted.fault
        row.failed_since = (before or noted.failed_since) if noted.fault else None
    row.runs += noted.runs
    row.failures += noted.failures


def _after(noted: _Noted) -> _Noted:
    """Return what is still to be said of a job that runs while it was written down."""
    return _Noted(started_at=noted.started_at, running_since=noted.running_since)
