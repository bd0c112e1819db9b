"""Counters of a mailing, changed in the same transaction as the rows they count."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, UpdateBase, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tsalert.delivery.models import Mailing, MailingCount
from tsalert.delivery.rules import MailingState, Status

Changes = Mapping[tuple[int, str, str], int]


def change_counts(session: Session, changes: Changes) -> None:
    """Add to the counters of (mailing, channel, status).

    Rows are taken in one order by everybody, so that two senders never wait for each other.
    """
    rows = [
        {"mailing_id": mailing_id, "channel": channel, "status": status, "count": change}
        for (mailing_id, channel, status), change in sorted(changes.items())
        if change
    ]
    if not rows:
        return
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(MailingCount).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["mailing_id", "channel", "status"],
            set_={"count": MailingCount.count + statement.excluded.count},
        )
    )


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Run a statement that changes rows and return how many it changed; the session is not told which."""
    result = session.execute(statement, execution_options={"synchronize_session": False, "preserve_rowcount": True})
    return cast(CursorResult[Any], result).rowcount


def pending_count(session: Session, mailing_id: int) -> int:
    """Return how many deliveries of a mailing wait or are in hand."""
    of_mailing = (MailingCount.mailing_id == mailing_id, MailingCount.status == Status.PENDING)
    return sum(session.scalars(select(MailingCount.count).where(*of_mailing)))


def complete_if_done(session: Session, mailing_id: int, now: datetime) -> None:
    """Complete a mailing of which nothing waits any more."""
    if pending_count(session, mailing_id) == 0:
        session.execute(
            update(Mailing)
            .where(Mailing.id == mailing_id, Mailing.state == MailingState.SENDING)
            .values(state=MailingState.COMPLETED, completed_at=now)
        )
