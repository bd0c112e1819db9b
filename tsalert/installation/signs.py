"""Signs of life: the worker's, by which every other process tells whether anybody is paged and anything is sent."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.db import insert_into, not_wait_for_disk, transaction
from tsalert.installation.models import SignOfLife

WORKER, WATCH_MAIL, PRESSING_MAIL = "worker", "watch mail", "pressing watch mail"
# Given once a backup is whole.
BACKUP = "backup"
# A worker gives a sign every 20 seconds; one that is started again, or waits for a lock, is silent for longer.
SILENT_AFTER = timedelta(minutes=3)


def give_sign(now: datetime) -> None:
    """Say that the timetable is kept."""
    with transaction() as session:
        not_wait_for_disk(session)
        note(session, WORKER, now=now)


def note(session: Session, name: str, *, now: datetime) -> None:
    """Keep that something was done; a step."""
    noting = insert_into(session, SignOfLife).values(name=name, at=now)
    session.execute(noting.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def last_sign(session: Session, name: str = WORKER) -> datetime | None:
    """Return when a sign was given last; None where none ever was."""
    found = session.get(SignOfLife, name, populate_existing=True)
    return found.at if found else None


def silent_since(session: Session, *, now: datetime) -> datetime | None:
    """Return since when no worker has been heard of, if that is too long; None before the first was ever started."""
    at = last_sign(session)
    return at if at is not None and as_utc(now) - at > SILENT_AFTER else None


def claim(session: Session, name: str, *, every: timedelta, now: datetime) -> bool:
    """Tell whether it is time for something again, and keep that it was done; a step, for one of many who ask."""
    claiming = insert_into(session, SignOfLife).values(name=name, at=now)
    taken = claiming.on_conflict_do_update(
        index_elements=["name"], set_={"at": now}, where=SignOfLife.at <= as_utc(now) - every
    )
    return session.scalar(taken.returning(SignOfLife.name)) is not None
