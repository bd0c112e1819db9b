"""What was done to a database as a whole: it came from a backup, or was left for another. Steps of other use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.installation.models import InstallationFact

_RESTORED, _MOVED = "restored", "moved"


def mark_restored(session: Session, attempt: str) -> None:
    """Note which restoring brought what is in this database."""
    session.merge(InstallationFact(name=_RESTORED, value=attempt))


def restored_by(session: Session) -> str | None:
    """Return which restoring brought what is in this database; None where none did."""
    return _value(session, _RESTORED)


def mark_moved(session: Session, now: datetime) -> None:
    """Note that everything in this database is in another one now, and that nobody is to work with it any more."""
    session.merge(InstallationFact(name=_MOVED, value=london_date(now).isoformat()))


def moved_fault(session: Session) -> str | None:
    """Say that everything was moved to another database, which nobody may overlook; None where it was not."""
    day = _value(session, _MOVED)
    return day and f"Everything was moved out of this database on {day}: set TSALERT_DATABASE_URL to the new one"


def _value(session: Session, name: str) -> str | None:
    found = session.get(InstallationFact, name)
    return found.value if found else None
