"""Counters of a mailing, changed in the same transaction as the rows they count.

Whoever changes many does so last of all: from then until its transaction ends, the other senders of the mailing wait.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import CursorResult, UpdateBase, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tsalert.delivery.models import Mailing, MailingCount
from tsalert.delivery.rules import MailingState, Status

Place = tuple[int, str, str]  # of a counter: mailing, channel, status
Changes = Mapping[Place, int]
_WAITING = select(func.sum(MailingCount.count)).where(
    MailingCount.mailing_id == bindparam("of_mailing"), MailingCount.status == Status.PENDING.value
)
_WAITING_BY_CHANNEL = (
    select(MailingCount.count)
    .where(MailingCount.mailing_id == bindparam("of_mailing"), MailingCount.status == Status.PENDING.value)
    .order_by(MailingCount.channel)
    .with_for_update()
)
# Who changes a mailing locks it first and its counters last, but a sender learns from the counters alone that it is
# done. So it passes over one that somebody holds, lest each waits for the other.
_IS_FREE = (
    select(Mailing.id)
    .where(
        Mailing.id == bindparam("of_mailing"),
        Mailing.state.in_((MailingState.SENDING.value, MailingState.PAUSED.value)),
    )
    .with_for_update(key_share=True, skip_locked=True)
    .scalar_subquery()
)
_COMPLETE = (
    update(Mailing)
    .where(Mailing.id == _IS_FREE)
    .values(state=MailingState.COMPLETED.value, completed_at=bindparam("at"), paused_because=None)
)


def change_counts(session: Session, changes: Changes) -> None:
    """Add to the counters of (mailing, channel, status).

    Rows are taken in one order by everybody, so that two senders never wait for each other.
    """
    rows = [
        {"of_mailing": mailing_id, "of_channel": channel, "of_status": status, "change": change}
        for (mailing_id, channel, status), change in sorted(changes.items())
        if change
    ]
    if rows:
        session.flush()
        session.connection().execute(_adding(session.get_bind().dialect.name), rows)


def count_moves(session: Session, changes: Changes, now: datetime) -> None:
    """Add to the counters likewise, and complete each of the mailings of which nothing waits any more."""
    change_counts(session, changes)
    for mailing_id in sorted({mailing_id for mailing_id, _, _ in changes}):
        complete_if_done(session, mailing_id, now)


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Run a statement that changes rows and return how many it changed; the session is not told which."""
    result = session.execute(statement, execution_options={"synchronize_session": False, "preserve_rowcount": True})
    return cast(CursorResult[Any], result).rowcount


def hold_waiting(session: Session, mailing_id: int) -> None:
    """Let nobody else change how many of a mailing wait; whoever does at this moment is waited for.

    It is for who holds the mailing and adds to it, before any other of its counters is changed.
    """
    session.connection().execute(_WAITING_BY_CHANNEL, {"of_mailing": mailing_id}).all()


def complete_if_done(session: Session, mailing_id: int, now: datetime) -> None:
    """Complete a mailing of which nothing waits any more; one that somebody holds is left to them, or to repair."""
    connection = session.connection()
    waiting = connection.execute(_WAITING, {"of_mailing": mailing_id}).scalar()
    if not waiting:
        connection.execute(_COMPLETE, {"of_mailing": mailing_id, "at": now})


@lru_cache(maxsize=2)
def _adding(dialect: str) -> UpdateBase:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert(MailingCount)
    added = insert.values(
        mailing_id=bindparam("of_mailing"),
        channel=bindparam("of_channel"),
        status=bindparam("of_status"),
        count=bindparam("change"),
    )
    key, total = ["mailing_id", "channel", "status"], {"count": MailingCount.count + added.excluded.count}
    # With something to return all rows go in one statement: PostgreSQL is else asked for each.
    counted: UpdateBase = added.on_conflict_do_update(index_elements=key, set_=total).returning(MailingCount.mailing_id)
    return counted
