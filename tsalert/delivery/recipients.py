"""Whom mailings went to, for audiences to join with and for what becomes of a message."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, CompoundSelect, Exists, Select, SQLColumnExpression, exists, func, or_, select
from sqlalchemy.orm import Session

from tsalert.core.keys import LARGEST_LONG_ID
from tsalert.delivery.models import Delivery, Mailing
from tsalert.delivery.progress import NOT_LEFT, NOT_TAKEN
from tsalert.delivery.rules import Status

# The numbers of mailings, or the query of them where they may be so many that no statement could hold them.
Mailings = Collection[int] | Select[int] | CompoundSelect[int]


def taken_by(mailing_ids: Mailings, *, now: datetime) -> Select[int]:
    """Return the query of the endpoints to which a message of some mailings came, may have, or is on its way.

    One that still waits after the time of its mailing is not: no sender takes it any more.
    """
    is_in_time = or_(Delivery.status != Status.PENDING, Mailing.not_after.is_(None), Mailing.not_after > now)
    query = select(Delivery.endpoint_id).join(Mailing, Mailing.id == Delivery.mailing_id)
    return query.where(Delivery.mailing_id.in_(mailing_ids), Delivery.status.not_in(NOT_TAKEN), is_in_time)


def was_sent(mailing_ids: Mailings, endpoint_id: ColumnElement[int]) -> Exists:
    """Return whether any of some mailings has a delivery for an endpoint, as a condition.

    Looked up for each endpoint: a list of a million recipients is never made to look something up in.
    """
    return exists().where(Delivery.mailing_id.in_(mailing_ids), Delivery.endpoint_id == endpoint_id)


def was_taken_before(
    mailings: Mailings,
    endpoint_id: SQLColumnExpression[int | None],
    at: SQLColumnExpression[datetime | None],
) -> Exists:
    """Return whether a message of some mailings that were made by an instant came to an endpoint, as a condition.

    One that may have come, or is on its way, counts.
    """
    mine = (Delivery.mailing_id.in_(mailings), Delivery.endpoint_id == endpoint_id)
    made = (Mailing.id == Delivery.mailing_id, Mailing.created_at <= at)
    return exists().where(*mine, *made, Delivery.status.not_in(NOT_TAKEN))


def outcomes_of(mailing_ids: Collection[int]) -> Select[int, str, str]:
    """Return the query of (endpoint id, channel, status) of every message of some mailings."""
    columns = select(Delivery.endpoint_id, Delivery.channel, Delivery.status)
    return columns.where(Delivery.mailing_id.in_([*mailing_ids]))


def count_taken(session: Session, mailing_ids: Collection[int], *, has_left: bool = False) -> int:
    """Return to how many addresses a message of some mailings came, may have, or is on its way; each counts once.

    :param has_left: leave out those that wait to be sent.
    """
    not_taken = NOT_LEFT if has_left else NOT_TAKEN
    mine = (Delivery.mailing_id.in_(mailing_ids), Delivery.status.not_in(not_taken))
    return session.scalar(select(func.count(Delivery.endpoint_id.distinct())).where(*mine)) or 0


def find_recipient(session: Session, delivery_id: int) -> tuple[int, int] | None:
    """Return (mailing id, endpoint id) of a delivery, or None where there is none."""
    wanted = delivery_id if delivery_id <= LARGEST_LONG_ID else 0
    query = select(Delivery.mailing_id, Delivery.endpoint_id).where(Delivery.id == wanted)
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
