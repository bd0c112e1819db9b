"""The worker: sends what waits, and runs the timetable if no other worker does. Never part of the web process."""

import ctypes
import logging
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from threading import Event, Lock, Thread
from time import monotonic

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
from tsalert.foundation import found, keep_what_is_loaded, require_database_file
from tsalert.installation import workers
from tsalert.installation.service import check_start
from tsalert.leadership import make_leadership
from tsalert.logs.ending import end_without_database
from tsalert.logs.uncaught import tell_of_faults
from tsalert.logs.writing import write_logs
from tsalert.timekeeping import Timetable

_TICK_SECONDS = 1.0
_REPLAY_SECONDS = 30.0
_TELL_SECONDS = 20.0
_LEAVE_SECONDS = 30.0
# Two to every provider, so that one page in the hands of a slow provider holds up no other.
_PAGING_LINES = 2
_M_ARENA_MAX = -8  # glibc's mallopt(3)
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
        except Exception:  # noqa: BLE001 - what fails here must not end the senders, and the next second may do better
            _log.exception("a tick of the worker failed")
        finally:
            db.session.remove()

    def _tick(self) -> None:
        if monotonic() - self._replayed_at > _REPLAY_SECONDS:
            self._replayed_at = monotonic()
            recovery.replay_journals(self._around.journals, now=shared_now(db.session()))
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


def main() -> None:
    """Send what waits and run the timetable, until told to stop."""
    keep_one_heap()
    stop = stop_when_told()
    app = _start()
    write_logs(as_json=app.extensions["tsalert_settings"].watching.logs_json)
    tell_of_faults()
    with app.app_context():
        Worker(app, stop).run()


def keep_one_heap() -> None:
    """Let threads that begin from now on take their memory from one place, where the system's library keeps several.

    Each thread's own place keeps what it once needed: twelve megabytes of a worker that sends to a million.
    """
    choose = getattr(ctypes.CDLL(None), "mallopt", None)  # not every system's library has a choice
    if choose is not None:
        choose(_M_ARENA_MAX, 1)


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
        require_database_file(settings)
        app = found(settings)
        with app.app_context():
            check_start(settings)
            read_little(db.engine)
    except SettingsError as error:
        sys.exit(f"tsalert cannot start:\n{error}")
    except DBAPIError:
        end_without_database()
    keep_what_is_loaded()
    return app


if __name__ == "__main__":
    main()
