"""The timetable as one worker keeps it: which job runs when, whatever becomes of the machine's clock."""

import logging
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from flask import Flask

from tsalert.core.clock import utc_now
from tsalert.db import database_now, db
from tsalert.installation.job_runs import RunLog
from tsalert.jobs import TIMETABLE, Job
from tsalert.leadership import Leadership
from tsalert.logs.faults import kind_of

_LEAD_SECONDS = 5.0
# While the network is away, more jobs than these may stand still at once.
_THREADS, _PRESSING, _PRESSING_THREADS = 10, "pressing", 6
_APART = timedelta(milliseconds=100)
# Less than this a clock is put right by every day.
_JUMP = timedelta(seconds=2)
_log = logging.getLogger(__name__)


class Regularly(BaseTrigger):  # type: ignore[misc]  # it has no types
    """Runs every so many seconds, and what was missed not at all: a clock set right may skip years of seconds."""

    def __init__(self, seconds: int) -> None:
        self._period = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return when to run next: always later than now, and in step with when it ran before."""
        if previous_fire_time is None:
            return now
        periods = (now - previous_fire_time) // self._period + 1
        return previous_fire_time + max(1, periods) * self._period


class ClockWatch:
    """Tells whether the machine's clock was set back.

    :param steady: seconds by a clock that nobody sets.
    """

    def __init__(self, now: datetime, steady: float) -> None:
        self._now, self._steady = now, steady

    def was_set_back(self, now: datetime, steady: float) -> bool:
        """Tell whether it was since it was last looked at."""
        passed, shown = timedelta(seconds=steady - self._steady), now - self._now
        self._now, self._steady = now, steady
        return passed - shown > _JUMP


class Timetable:
    """Runs the jobs while this worker leads, and notes how each went."""

    def __init__(self, app: Flask, leadership: Leadership) -> None:
        self._app = app
        self._leadership = leadership
        self._scheduler: BackgroundScheduler | None = None
        self._runs = RunLog((job.name, job.seconds) for job in TIMETABLE)
        self._kept_at = float("-inf")
        self._clock = ClockWatch(utc_now(), monotonic())

    def keep(self) -> None:
        """Start the jobs if this worker has come to lead, stop them if it leads no longer."""
        if monotonic() - self._kept_at < _LEAD_SECONDS:
            return
        self._kept_at = monotonic()
        leads, now = self._leadership.holds(), utc_now()
        was_set_back = self._clock.was_set_back(now, self._kept_at)
        if leads and self._scheduler is None:
            self._start()
        elif not leads and self._scheduler is not None:
            self._halt()
        elif was_set_back and self._scheduler is not None:
            _log.warning("the clock of this machine was set back: the jobs begin anew")
            _begin_anew(self._scheduler, now)

    @property
    def leads(self) -> bool:
        """Tell whether this worker keeps the timetable."""
        return self._scheduler is not None

    def tell(self) -> None:
        """Write down how the jobs went, while this worker leads."""
        if self.leads:
            self._runs.keep()

    def stop(self) -> None:
        """Stop the jobs and let another worker lead."""
        self._halt()
        self._leadership.give_up()

    def _start(self) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        threads = {"default": ThreadPoolExecutor(_THREADS), _PRESSING: ThreadPoolExecutor(_PRESSING_THREADS)}
        self._scheduler = BackgroundScheduler(timezone=UTC, executors=threads, job_defaults=defaults, daemon=True)
        for job, first in zip(TIMETABLE, first_runs(utc_now()), strict=True):
            by = {"executor": _PRESSING if job.is_pressing else "default", "next_run_time": first}
            self._scheduler.add_job(self._run, Regularly(job.seconds), [job], name=job.name, **by)
        self._scheduler.start()

    def _halt(self) -> None:
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)

    def _run(self, job: Job) -> None:
        began, fault = monotonic(), None
        self._runs.begin(job.name, utc_now())
        with self._app.app_context(), structlog.contextvars.bound_contextvars(job=job.name):
            try:
                # By the clock that every process shares: one that runs fast here must not make anything overdue.
                now = database_now(db.session())
                # Many a job asks somebody else first, who may be slow, and nothing must be held meanwhile.
                db.session().rollback()
                job.call(now)
            except Exception as error:  # noqa: BLE001 - the next run may do better
                fault = kind_of(error)
                _log.exception("the job failed: %s", job.name)
        self._runs.end(job.name, seconds=monotonic() - began, fault=fault)


def first_runs(now: datetime) -> list[datetime]:
    """Return when each job runs first: one after the other, so that not all of them hold memory and the processor."""
    return [now + number * _APART for number in range(len(TIMETABLE))]


def _begin_anew(scheduler: BackgroundScheduler, now: datetime) -> None:
    """Let no job wait until it is again as late as it was when each was to run next."""
    for job, first in zip(scheduler.get_jobs(), first_runs(now), strict=True):
        job.modify(next_run_time=first)
