"""Checks of what is ours: settings, database, clock, files, room, the worker."""

from collections.abc import Iterator
from datetime import datetime
from time import perf_counter

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import database_now, transaction
from tsalert.installation import service as installation
from tsalert.installation import signs, storage
from tsalert.logs.faults import in_its_own_words, known_of
from tsalert.watching.checks.rules import WRONG, Finding, note, right, wrong
from tsalert.watching.status import queries as status
from tsalert.watching.status import rules as status_rules
from tsalert.web.filters import moment

_WRITTEN = "check"
_MAKE_TABLES = (
    "Run: flask --app wsgi db upgrade. Where anything was recorded before, do not: TSALERT_DATABASE_URL names another, "
    "empty database."
)
# Our own backups hold the tables of their version alone.
_BACK_UP_FIRST = "Make a backup with the version before, or copy the database by other means."


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Say what is worth knowing of settings that were read without a fault."""
    yield right("Settings", "every one is there that must be, and none is wrong")
    if settings.proxies == 0 and settings.public_url.startswith("https://"):
        yield note(
            "Proxy",
            "none is set, and gunicorn speaks no TLS by itself",
            "Set TSALERT_PROXIES to the number of proxies in front; without it every visitor has the proxy's address.",
        )
    if not settings.authority_code:
        yield note(
            "Authority", "its ONS code is not set, so nothing is called out of area", "Set TSALERT_AUTHORITY_CODE."
        )
    if not settings.watching.metrics_token:
        yield note("Metrics", "closed, since TSALERT_METRICS_TOKEN is not set")


def of_database(session: Session) -> Iterator[Finding]:
    """Reach the database, look at the version of its tables, write to it, and hold its clock against ours."""
    try:
        yield _reached(session)
        yield from _letters(session)
        tables = _version(session)
        yield tables
        if tables.verdict != WRONG:
            yield _written()
        ahead = (utc_now() - database_now(session)).total_seconds()
        yield right("Clock", f"this machine and the database are {abs(ahead):.1f} s apart")
    except SQLAlchemyError as error:
        session.rollback()
        yield wrong(
            "Database",
            _why(error),
            "Look whether it runs, lets this user write, has room, and whether TSALERT_DATABASE_URL is right.",
        )


def of_start(settings: Settings) -> Iterator[Finding]:
    """Make the checks of a start: disk, files, address key, demonstration, clock."""
    try:
        faults = installation.start_faults(settings)
    except SQLAlchemyError:
        return  # said already
    for fault in faults:
        yield wrong("Start", fault, "Neither web nor worker starts until this is mended.")
    if not faults:
        yield right("Start", "files can be written, the address key fits, the clock is true enough")


def of_room(settings: Settings) -> Iterator[Finding]:
    """Look how much room is left."""
    for room in status.rooms(settings):
        free = f"{status_rules.in_bytes(room.free)} of {status_rules.in_bytes(room.whole)} are free for {room.what}"
        to_do = "Make room, or move the files (TSALERT_FILES) to a larger disk."
        yield wrong("Room", free, to_do) if room.is_short else right("Room", free)


def of_worker(session: Session, *, now: datetime) -> Iterator[Finding]:
    """Look when a worker was heard of last."""
    to_do = "Start one: python -m tsalert.worker. Without it nobody is paged and nothing is sent."
    try:
        at, silent = signs.last_sign(session), signs.silent_since(session, now=now)
    except SQLAlchemyError:
        session.rollback()
        return  # the database said why
    if at is None:
        yield wrong("Worker", "none was ever heard of", to_do)
    elif silent:
        yield wrong("Worker", f"not heard of since {moment(silent)}", to_do)
    else:
        yield right("Worker", f"heard of {moment(at)}")


def of_backup(session: Session, *, now: datetime) -> Iterator[Finding]:
    """Look when the service made a backup last; others may make them, so that none is no fault."""
    to_do = "Make one each night: flask --app wsgi backup make. Nothing else brings back what a lost disk held."
    try:
        at = signs.last_sign(session, signs.BACKUP)
    except SQLAlchemyError:
        session.rollback()
        return  # the database said why
    if at is None:
        yield note("Backup", "the service made none, so it is yours to know whether there is one", to_do)
    elif status_rules.is_old(at, now=now):
        yield wrong("Backup", f"the last one was made {moment(at)}", to_do)
    else:
        yield right("Backup", f"made {moment(at)}")


def _reached(session: Session) -> Finding:
    began = perf_counter()
    database_now(session)
    return right("Database", f"answers in {(perf_counter() - began) * 1000:.0f} ms")


def _letters(session: Session) -> Iterator[Finding]:
    """Say so where people whose names are written with other letters are found in one case alone."""
    if not storage.knows_small_letters(session.connection()):
        yield wrong(
            "Letters",
            "the database knows the small letters a to z alone, so SIÂN is not found as Siân",
            "Make a backup, then an empty database with createdb --encoding=UTF8 --lc-ctype=C.UTF-8 "
            "--template=template0, and restore it there.",
        )


def _version(session: Session) -> Finding:
    found, needed = storage.schema_of(session.connection()), storage.newest_schema()
    if found == needed:
        return right("Tables", f"of version {found}, which this program needs")
    if not found:
        return wrong("Tables", "not there yet", _MAKE_TABLES)
    words = f"of version {found}, and this program needs {needed}"
    if found > needed:
        return wrong("Tables", words, "Put the newer program back that they are of; nothing makes them older.")
    return wrong("Tables", words, f"{_BACK_UP_FIRST} Then run: flask --app wsgi db upgrade")


def _why(error: SQLAlchemyError) -> str:
    if isinstance(error, OperationalError):
        return in_its_own_words(error)
    return f"{type(error).__name__} {known_of(error)}".strip()


def _written() -> Finding:
    with transaction() as session:
        signs.note(session, _WRITTEN, now=utc_now())
    return right("Writing", "the database took a row")
