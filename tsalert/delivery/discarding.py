"""Messages whose time is over are deleted; how many a mailing had at each status stays."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Select, delete, exists
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import Base, transaction
from tsalert.delivery.models import Delivery, SentMessage
from tsalert.delivery.rules import Status

_OPEN = (Status.PENDING, Status.CLAIMED, Status.UNKNOWN)
_AT_ONCE, _ROUNDS = 5000, 20
# What told of something, with a message of it whose time is over: (its id, the message's id).
Due = Select[int, int]


def let_go_of(subject: str, due: Due, *, now: datetime) -> None:
    """Delete the messages that are due, some at once, and note in the trail how many each record of a subject had."""
    for _ in range(_ROUNDS):
        with transaction() as session:
            if not _let_some_go(session, subject, due, now):
                return


def may_go() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message has ended, and that nothing else stands by it."""
    return Delivery.status.not_in(_OPEN), *(~exists().where(key.parent == Delivery.id) for key in _keys())


def _let_some_go(session: Session, subject: str, due: Due, now: datetime) -> bool:
    """Delete as many messages of one record as one transaction takes; False where none is due."""
    found = session.execute(due.limit(1)).first()
    if found is None:
        return False
    of_record = due.selected_columns[0] == found[0]
    numbers = [number for _, number in session.execute(due.where(of_record).limit(_AT_ONCE))]
    session.execute(delete(SentMessage).where(SentMessage.delivery_id.in_(numbers)))
    session.execute(delete(Delivery).where(Delivery.id.in_(numbers)))
    audit.record(session, SERVICE, "messages deleted", subject, found[0], now=now, count=len(numbers))
    return True


def _keys() -> list[ForeignKey]:
    """Return the columns of other tables that name a message, but for the recorder's."""
    return [
        key
        for table in Base.metadata.tables.values()
        if table is not SentMessage.__table__
        for key in table.foreign_keys
        if key.column is Delivery.__table__.c.id
    ]
