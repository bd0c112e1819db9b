"""Finishing or undoing what a restore left behind whose process was killed at the very end."""

from pathlib import Path

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from tsalert.installation import marks
from tsalert.installation.storage import schema_of
from tsalert.safekeeping.folders import waiting_attempts


def settle(folder: Path, engine: Engine) -> int:
    """Let the folder hold the files of which the database tells; return how many attempts there were to settle."""
    attempts = waiting_attempts(folder)
    if not attempts:
        return 0
    with engine.connect() as connection:
        restored = _restored(connection)
    for attempt in attempts:
        if attempt.attempt == restored:
            attempt.finish()
        else:
            attempt.undo()
    return len(attempts)


def _restored(connection: Connection) -> str | None:
    if not schema_of(connection):
        return None
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        return marks.restored_by(session)
