"""The worker: sends what waits, and runs the timetable if no other worker does. Never part of the web process."""

import logging
import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from time import monotonic

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tsalert.config import SettingsError, load_settings
from tsalert.core.clock import utc_now
from tsalert.db import database_now, db, shared_now, transaction
from tsalert.delivery import claiming, recovery, waking
from tsalert.delivery.claiming import Work
from tsalert.delivery.ports import Gateway
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.foundation import found, keep_what_is_loaded
from tsalert.installation import workers
from tsalert.installation.job_runs import RunLog
from tsalert.installation.service import check_start
from tsalert.jobs import TIMETABLE, Job
from tsalert.leadership import Leadership, make_leadership
from tsalert.logs.endings import tell_of_faults
from tsalert.logs.faults import DATABASE_IS_GONE
from tsalert.logs.writing import write_logs

_TICK_SECONDS = 1.0
_LEAD_SECONDS = 5.0
_REPLAY_SECONDS = 30.0
_TELL_SECONDS = 20.0
_LEAVE_SECONDS = 30.0
_APART = timedelta(milliseconds=100)
# Two to every provider, so that one page in the hands of a slow provider holds up no other.
_PAGING_LINES = 2
_log = logging.getLogger(__name__)


class Worker:
    """Senders in threads, one for each line to a provider; the main thread wakes them and keeps time."""

    def __init__(self, app: Flask, stop: Event) -> None:
        engine: Engine = db.engine
        is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer at a time: threads that queue here need not ask every millisecond for their turn.
        lock: AbstractContextManager[object] = Lock() if is_sqlite else nullcontext()
        self._stop = stop
        self._gateways: tuple[Gateway, ...] = app.extensions["tsalert_gateways"]
        self._around = Surroundings(app, recovery.journal_folder(), stop, lock)
        self._timetable = Timetable(app, make_leadership(engine))
        self._waiter = waking.make_waiter(engine, stop)
        self._senders = [
            Sender(gateway, self._around, work)
            for gateway in self._gateways
            for work, lines in ((Work.PAGES, _PAGING_LINES), (Work.OTHERS, gateway.lines))
            for _ in range(lines)
        ]
        self._name = workers.new_name()
        self._replayed_at = self._told_at = float("-inf")

    def run(self) -> None:
        """Work until told to stop; then let each sender finish the message in its hands."""
        threads = [Thread(target=sender.run, daemon=True) for sender in self._senders]
        self._tick_safely()
        for thread in threads:
            thread.start()
        _log.info("worker ready: %s", ", ".join(f"{each.channel} over {each.lines}" for each in self._gateways))
        while not self._stop.is_set():
            self._waiter.wait(_TICK_SECONDS)
            self._tick_safely()
        self._leave(threads)

    def _tick_safely(self) -> None:
        try:
            self._tick()
        except SQLAlchemyError as error:
            _log.warning("the database cannot be reached: %s", type(error).__name__)
        finally:
            db.session.remove()

    def _tick(self) -> None:
        if monotonic() - self._replayed_at > _REPLAY_SECONDS:
            recovery.replay_journals(self._around.journals, now=shared_now(db.session()))
            self._replayed_at = monotonic()
        self._timetable.keep()
        self._wake_senders()
        if monotonic() - self._told_at > _TELL_SECONDS:
            self._told_at = monotonic()
            self._tell()

    def _tell(self) -> None:
        """Write down that this worker works, and what its jobs and its providers did."""
        now, leads = shared_now(db.session()), self._timetable.leads
        ahead = utc_now() - database_now(db.session())
        with self._around.write_lock:
            with transaction() as session:
                workers.be_seen(session, self._name, is_leading=leads, now=now, ahead=ahead)
            self._around.answers.keep(now=now)
            self._timetable.tell()

    def _wake_senders(self) -> None:
        session = db.session()
        now = shared_now(session)
        kinds = {(sender.channel, sender.work) for sender in self._senders}
        due = {(channel, work) for channel, work in kinds if claiming.is_due(session, channel, now, work=work)}
        for sender in self._senders:
            if (sender.channel, sender.work) in due:
                sender.wake.set()

    def _leave(self, threads: list[Thread]) -> None:
        for sender in self._senders:
            sender.wake.set()
        deadline = monotonic() + _LEAVE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))
        self._tell_safely_that_it_ends()
        self._timetable.stop()
        self._waiter.close()
        _log.info("worker stopped")

    def _tell_safely_that_it_ends(self) -> None:
        """Leave nothing untold; where the database is gone, silence says the same after a while."""
        try:
            self._tell()
            with self._around.write_lock, transaction() as session:
                workers.leave(session, self._name)
        except SQLAlchemyError:
            _log.warning("the last of what this worker did is not written down")
        finally:
            db.session.remove()


class Timetable:
    """Runs the jobs while this worker leads, and notes how each went."""

    def __init__(self, app: Flask, leadership: Leadership) -> None:
        self._app = app
        self._leadership = leadership
        self._scheduler: BackgroundScheduler | None = None
        self._runs = RunLog((job.name, job.seconds) for job in TIMETABLE)
        self._kept_at = float("-inf")

    def keep(self) -> None:
        """Start the jobs if this worker has come to lead, stop them if it leads no longer."""
        if monotonic() - self._kept_at < _LEAD_SECONDS:
            return
        self._kept_at = monotonic()
        leads = self._leadership.holds()
        if leads and self._scheduler is None:
            self._start()
        elif not leads and self._scheduler is not None:
            self._halt()

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
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults, daemon=True)
        for job, first in zip(TIMETABLE, first_runs(utc_now()), strict=True):
            self._scheduler.add_job(
                self._run, "interval", [job], seconds=job.seconds, name=job.name, next_run_time=first
            )
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
                job.call(database_now(db.session()))
            except Exception as error:  # noqa: BLE001 - the next run may do better
                fault = type(error).__name__
                _log.exception("the job failed: %s", job.name)
        self._runs.end(job.name, seconds=monotonic() - began, fault=fault)


def first_runs(now: datetime) -> list[datetime]:
    """Return when each job runs first: one after the other, so that not all of them hold memory and the processor."""
    return [now + number * _APART for number in range(len(TIMETABLE))]


def main() -> None:
    """Send what waits and run the timetable, until told to stop."""
    stop = stop_when_told()
    app = _start()
    write_logs(as_json=app.extensions["tsalert_settings"].watching.logs_json)
    tell_of_faults()
    with app.app_context():
        Worker(app, stop).run()


def stop_when_told() -> Event:
    """Return what is set once somebody asks this process to end, by SIGTERM or SIGINT; called before any thread begins.

    A thread waits for the signal, since a handler would run in the middle of whatever the main thread does. Within the
    event's own waiting it would wait for ever for a lock that its thread holds.
    """
    stop, signals = Event(), {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def listen() -> None:
        signal.sigwait(signals)
        stop.set()

    Thread(target=listen, daemon=True).start()
    return stop


def read_little(engine: Engine) -> None:
    """Let a connection to SQLite keep half a megabyte of what it reads.

    Each sender and each job has a connection, and the pages that it does not keep the system does.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA cache_size = -500"))
        engine.dispose()


def _start() -> Flask:
    """Build the program without a page, which would be half of its memory, and check what it stands on."""
    try:
        settings = load_settings()
        app = found(settings)
        with app.app_context():
            check_start(settings)
            read_little(db.engine)
    except SettingsError as error:
        sys.exit(f"tsalert cannot start:\n{error}")
    except DBAPIError:
        sys.stderr.write(DATABASE_IS_GONE)
        sys.exit(os.EX_TEMPFAIL)
    keep_what_is_loaded()
    return app


if __name__ == "__main__":
    main()
