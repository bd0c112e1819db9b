"""Marking a database, and refusing to start on what could lose or leak data."""

from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from tsalert.config import Settings, SettingsError, sqlite_path
from tsalert.core.clock import utc_now
from tsalert.db import database_now, db, insert_ignoring_conflicts, transaction
from tsalert.installation import marks, rules, storage
from tsalert.installation.models import InstallationFact
from tsalert.settings_reader import is_loopback

_DEMO, _ADDRESS_KEY = "demo", "address_key_check"
_WHOLE = "yes"


def check_start(settings: Settings) -> None:
    """Check tables, disk, files, address key and demo mark before web or worker serves anybody.

    :raises SettingsError: naming every fault.
    """
    connection = db.session().connection()
    unfit = [*filter(None, [storage.encoding_fault(connection), storage.schema_fault(connection)])]
    faults = unfit or start_faults(settings)
    if faults:
        raise SettingsError("\n".join(faults))


def start_faults(settings: Settings) -> list[str]:
    """Return what could lose or leak data, a sentence for each."""
    return [*_disk_faults(settings), *_files_faults(settings.files), *_database_faults(settings), *_clock_faults()]


def is_demo() -> bool:
    """Tell whether this database was marked as a demonstration, which it stays for good."""
    if not _is_ready():
        return False
    return db.session.get(InstallationFact, _DEMO) is not None


def is_whole_demo() -> bool:
    """Tell whether the demonstration in this database was loaded to its end."""
    found = db.session.get(InstallationFact, _DEMO)
    return found is not None and found.value == _WHOLE


def mark_demo(session: Session, *, is_whole: bool = True) -> None:
    """Mark the database as a demonstration; a step of the caller's transaction."""
    session.merge(InstallationFact(name=_DEMO, value=_WHOLE if is_whole else "loading"))


def _is_ready() -> bool:
    return inspect(db.engine).has_table(InstallationFact.__tablename__)


def _disk_faults(settings: Settings) -> list[str]:
    path = sqlite_path(settings.database_url)
    mounts = Path("/proc/mounts")
    if path is None or not mounts.exists():
        return []
    kind = rules.file_system_of(PurePosixPath(path.resolve()), mounts.read_text(encoding="utf-8"))
    if kind in rules.NETWORK_FILE_SYSTEMS:
        return [f"TSALERT_DATABASE_URL is a SQLite file on a network disk ({kind}); use a local disk or PostgreSQL"]
    return []


def _files_faults(folder: Path) -> list[str]:
    probe = folder / f".probe-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"tsalert")
        whole = probe.read_bytes() == b"tsalert"
        probe.unlink()
    except OSError as error:
        return [f"TSALERT_FILES cannot be written and read: {error.strerror}"]
    faults = [] if whole else ["TSALERT_FILES gave back something else than was written"]
    if (folder / rules.RESTORING).exists():
        faults.append("A restore was cut off: run flask --app wsgi backup settle first")
    return faults


def _database_faults(settings: Settings) -> list[str]:
    faults = [*filter(None, [storage.encoding_fault(db.session().connection())])]
    if not _is_ready():
        return faults
    if not _address_key_fits(settings.address_key):
        faults.append(
            "TSALERT_ADDRESS_KEY is not the key this database was made with; people who left would get mail again"
        )
    moved = marks.moved_fault(db.session())
    return [*faults, *filter(None, [moved]), *(_demo_faults(settings) if is_demo() else [])]


def _clock_faults() -> list[str]:
    """Say where this machine's clock is so far off that the times it notes would be untrue."""
    fault = rules.clock_fault(utc_now() - database_now(db.session()))
    return [f"This machine's clock is {fault}: have both set by a time server"] if fault else []


def _address_key_fits(address_key: str) -> bool:
    check = rules.address_key_check(address_key)
    with transaction() as session:
        session.execute(insert_ignoring_conflicts(session, InstallationFact).values(name=_ADDRESS_KEY, value=check))
        return session.get_one(InstallationFact, _ADDRESS_KEY).value == check


def _demo_faults(settings: Settings) -> list[str]:
    """Say what would let a demonstration speak to other machines."""
    smtp, twilio = settings.smtp, settings.twilio
    notify = None if settings.notify is None or settings.notify.is_here else settings.notify
    mails = (smtp is not None and not is_loopback(smtp.host)) or (notify is not None and notify.email_template)
    texts = twilio is not None and not is_loopback(urlsplit(twilio.api_url or "").hostname)
    leaving = {"EMAIL": mails, "SMS": texts or (notify is not None and notify.sms_template)}
    return [
        f"TSALERT_{name} must be recorder or on 127.0.0.1: this database is a demonstration"
        for name, leaves in leaving.items()
        if leaves
    ]
