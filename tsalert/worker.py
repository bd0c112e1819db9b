"""The worker: sends what waits, and runs the timetable if no other worker does. Never part of the web process."""

import logging
import os
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC
from threading import Event, Lock, Thread
from time import monotonic

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tsalert.config import SettingsError, load_settings
from tsalert.core.clock import utc_now
from tsalert.db import database_now, db, shared_now
from tsalert.delivery import claiming, recovery, waking
from tsalert.delivery.claiming import Work
from tsalert.delivery.ports import Gateway
from tsalert.delivery.sending import Sender, Surroundings
from tsalert.foundation import found
from tsalert.installation.service import check_start
from tsalert.jobs import TIMETABLE, Job
from tsalert.leadership import Leadership, make_leadership

_TICK_SECONDS = 1.0
_LEAD_SECONDS = 5.0
_REPLAY_SECONDS = 30.0
_LEAVE_SECONDS = 30.0
# Two, so that one page in the hands of a slow provider holds up no other.
_PAGING_LINES = 2
_LOUD = {"apscheduler": logging.WARNING, "twilio": logging.WARNING, "notifications_python_client": logging.ERROR}
_log = logging.getLogger(__name__)


class Worker:
    """Senders in threads, one for each line to a provider; the main thread wakes them and keeps time."""

    def __init__(self, app: Flask, stop: Event) -> None:
        engine: Engine = db.engine
        is_sqlite = engine.dialect.name == "sqlite"
        # SQLite's own waiting for its one writer sleeps too long, so threads queue here instead.
        lock: AbstractContextManager[object] = Lock() if is_sqlite else nullcontext()
        self._stop = stop
        self._gateways: tuple[Gateway, ...] = app.extensions["tsalert_gateways"]
        self._around = Surroundings(app, recovery.journal_folder(), stop, lock)
        self._timetable = Timetable(app, make_leadership(engine))
        self._waiter = waking.make_waiter(engine, stop)
        self._senders = [
            Sender(gateway, self._around, work)
            for gateway in self._gateways
            for work, lines in ((Work.PAGES, min(_PAGING_LINES, gateway.lines)), (Work.OTHERS, gateway.lines))
            for _ in range(lines)
        ]
        self._replayed_at = float("-inf")

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
        self._timetable.stop()
        self._waiter.close()
        _log.info("worker stopped")


class Timetable:
    """Runs the jobs while this worker leads."""

    def __init__(self, app: Flask, leadership: Leadership) -> None:
        self._app = app
        self._leadership = leadership
        self._scheduler: BackgroundScheduler | None = None
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

    def stop(self) -> None:
        """Stop the jobs and let another worker lead."""
        self._halt()
        self._leadership.give_up()

    def _start(self) -> None:
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults, daemon=True)
        for job in TIMETABLE:
            self._scheduler.add_job(
                self._run, "interval", [job], seconds=job.seconds, name=job.name, next_run_time=utc_now()
            )
        self._scheduler.start()

    def _halt(self) -> None:
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)

    def _run(self, job: Job) -> None:
        with self._app.app_context():
            try:
                # By the clock that every process shares: one that runs fast here must not make anything overdue.
                job.call(database_now(db.session()))
            except Exception:  # noqa: BLE001 - the next run may do better
                _log.exception("the job failed: %s", job.name)


def main() -> None:
    """Send what waits and run the timetable, until told to stop."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    # They say much; those of Twilio and Notify would also write down whom a message is for.
    for library, level in _LOUD.items():
        logging.getLogger(library).setLevel(level)
    app = _start()
    with app.app_context():
        Worker(app, stop).run()


def _start() -> Flask:
    """Build the program without a page, which would be half of its memory, and check what it stands on."""
    try:
        settings = load_settings()
        app = found(settings)
        with app.app_context():
            check_start(settings)
    except SettingsError as error:
        sys.exit(f"tsalert cannot start:\n{error}")
    except DBAPIError:
        sys.stderr.write("tsalert cannot start: the database cannot be reached.\n")
        sys.exit(os.EX_TEMPFAIL)
    return app


if __name__ == "__main__":
    main()
