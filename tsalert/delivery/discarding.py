"""Messages whose time is over are deleted; how many a mailing had at each status stays."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, ForeignKey, delete, exists
from sqlalchemy.orm import Session

from tsalert.db import Base
from tsalert.delivery.models import Delivery, SentMessage
from tsalert.delivery.rules import Status

_OPEN = (Status.PENDING, Status.CLAIMED, Status.UNKNOWN)


def may_go() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a message has ended, and that nothing else stands by it."""
    return Delivery.status.not_in(_OPEN), *(~exists().where(key.parent == Delivery.id) for key in _keys())


def discard(session: Session, delivery_ids: Collection[int]) -> None:
    """Delete messages; a step."""
    session.execute(delete(SentMessage).where(SentMessage.delivery_id.in_(delivery_ids)))
    session.execute(delete(Delivery).where(Delivery.id.in_(delivery_ids)))


def _keys() -> list[ForeignKey]:
    """Return the columns of other tables that name a message, but for the recorder's."""
    return [
        key
        for table in Base.metadata.tables.values()
        if table is not SentMessage.__table__
        for key in table.foreign_keys
        if key.column is Delivery.__table__.c.id
    ]
