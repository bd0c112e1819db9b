"""Whom mailings went to, for audiences to join with and for what becomes of a message."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Exists, Select, exists, func, select
from sqlalchemy.orm import Session

from tsalert.delivery.models import Delivery
from tsalert.delivery.queries import NOT_TAKEN
from tsalert.web.fields import LARGEST_ID


def recipients_of(mailing_ids: Collection[int]) -> Select[int]:
    """Return the query of the endpoints that any of some mailings has a delivery for."""
    return select(Delivery.endpoint_id).where(Delivery.mailing_id.in_(mailing_ids))


def was_sent(mailing_ids: Collection[int], endpoint_id: ColumnElement[int]) -> Exists:
    """Return whether any of some mailings has a delivery for an endpoint, as a condition.

    Looked up for each endpoint: a list of a million recipients is never made to look something up in.
    """
    return exists().where(Delivery.mailing_id.in_(mailing_ids), Delivery.endpoint_id == endpoint_id)


def outcomes_of(mailing_ids: Collection[int]) -> Select[int, str, str]:
    """Return the query of (endpoint id, channel, status) of every message of some mailings."""
    columns = select(Delivery.endpoint_id, Delivery.channel, Delivery.status)
    return columns.where(Delivery.mailing_id.in_([*mailing_ids]))


def count_taken(session: Session, mailing_ids: Collection[int]) -> int:
    """Return to how many addresses a message of some mailings came, may have, or is on its way."""
    taken = select(func.count()).where(Delivery.mailing_id.in_(mailing_ids), Delivery.status.not_in(NOT_TAKEN))
    return session.scalar(taken) or 0


def find_recipient(session: Session, delivery_id: int) -> tuple[int, int] | None:
    """Return (mailing id, endpoint id) of a delivery, or None where there is none."""
    wanted = delivery_id if delivery_id <= LARGEST_ID else 0
    query = select(Delivery.mailing_id, Delivery.endpoint_id).where(Delivery.id == wanted)
    row = session.execute(query).one_or_none()
    return None if row is None else (row[0], row[1])
