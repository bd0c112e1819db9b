"""Workers: each says that it runs, so that staff see how many there are and which keeps the timetable."""

import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert import __version__
from tsalert.core.clock import as_utc
from tsalert.db import insert_into
from tsalert.installation.models import WorkerSeen
from tsalert.installation.signs import SILENT_AFTER

_FORGOTTEN_AFTER = timedelta(days=1)


def new_name() -> str:
    """Return a name for this process that no other ever has."""
    return uuid4().hex


def be_seen(session: Session, name: str, *, is_leading: bool, now: datetime, ahead: timedelta = timedelta(0)) -> None:
    """Say that this process works; a step. Workers that have been silent for a day are forgotten.

    :param ahead: how far this machine's clock is ahead of the database's.
    """
    where = {"machine": socket.gethostname(), "process": os.getpid(), "version": __version__, "started_at": now}
    seen = {"is_leading": is_leading, "seen_at": now, "clock_ahead_seconds": round(ahead.total_seconds())}
    saying = insert_into(session, WorkerSeen).values(name=name, **where, **seen)
    session.execute(saying.on_conflict_do_update(index_elements=["name"], set_=seen))
    session.execute(delete(WorkerSeen).where(WorkerSeen.seen_at < as_utc(now) - _FORGOTTEN_AFTER))


def leave(session: Session, name: str) -> None:
    """Take a process that ends in order off the list; a step."""
    session.execute(delete(WorkerSeen).where(WorkerSeen.name == name))


def known_workers(session: Session) -> Sequence[WorkerSeen]:
    """Return the workers heard of within a day, the oldest first."""
    return session.scalars(select(WorkerSeen).order_by(WorkerSeen.started_at, WorkerSeen.name)).all()


def is_silent(worker: WorkerSeen, *, now: datetime) -> bool:
    """Tell whether a worker has said nothing for so long that it is gone."""
    return as_utc(now) - worker.seen_at > SILENT_AFTER
