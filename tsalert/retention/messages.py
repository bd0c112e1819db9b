"""Texts and mails that led to no call, such as STOP and JOIN: whose they are is forgotten in time, or with the address.

A row stays, by which its provider's second report of the same message is known.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm import Session

from tsalert.retention.held.entries import REMOVED
from tsalert.retention.reaching import changed, table

_TABLES = ("inbound_message", "inbound_mail")
_PERSONAL = ("sender", "subject", "body")


def count_old(session: Session, before: datetime) -> int:
    """Count the messages that came before an instant, led to no call, and still say whose they are."""
    counts = (session.scalar(select(func.count()).where(*_old(rows, before))) for rows in _tables())
    return sum(count or 0 for count in counts)


def forget_old(session: Session, before: datetime) -> dict[str, int]:
    """Forget whose the messages are that came before an instant; a step. Returns how many there were, by table."""
    counts = {rows.name: _forget(session, rows, *_old(rows, before)) for rows in _tables()}
    return {name: count for name, count in counts.items() if count}


def forget_of(session: Session, addresses: Collection[str]) -> None:
    """Forget the messages that came from some addresses; a step. What led to a call goes with that."""
    for rows in _tables():
        sender = func.lower(rows.c.sender) if rows.name == "inbound_mail" else rows.c.sender
        mine = sender.in_([each.lower() for each in addresses])
        _forget(session, rows, rows.c.call_id.is_(None), mine)


def _tables() -> Iterator[Table]:
    return map(table, _TABLES)


def _old(rows: Table, before: datetime) -> tuple[ColumnElement[bool], ...]:
    return rows.c.call_id.is_(None), rows.c.received_at < before, rows.c.sender != REMOVED


def _forget(session: Session, rows: Table, *which: ColumnElement[bool]) -> int:
    nothing = {name: REMOVED for name in _PERSONAL if name in rows.c}
    return changed(session, update(rows).where(*which).values(nothing))
