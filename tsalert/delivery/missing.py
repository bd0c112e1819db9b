"""Messages that did not come: found by one index, each person's newest alone. Queries for other capabilities."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, exists, func, literal_column, select, text
from sqlalchemy.orm import aliased

from tsalert.delivery.models import MISSING, Delivery, Endpoint, Mailing
from tsalert.delivery.rules import Status

# In the words of the index, lest it is not used.
_IS_MISSING = text(MISSING.replace("status", "delivery.status", 1))


def missing_of(mailing_ids: Collection[int], statuses: Collection[Status]) -> Select[int, int, int, str, str, str]:
    """Return the query of (id, mailing id, endpoint id, channel, status, address) of messages that did not come.

    Whom a later one of the mailings went to, whatever became of it, is told by that one.
    """
    later = aliased(Delivery)
    overtaken = exists().where(
        later.endpoint_id == Delivery.endpoint_id, later.mailing_id.in_([*mailing_ids]), later.id > Delivery.id
    )
    return (
        select(
            Delivery.id,
            Delivery.mailing_id,
            Delivery.endpoint_id,
            Delivery.channel,
            Delivery.status,
            Endpoint.address,
        )
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Delivery.mailing_id.in_([*mailing_ids]), _IS_MISSING, Delivery.status.in_([*statuses]), ~overtaken)
    )


def refused_since(since: datetime) -> Select[int, int, int, str, str, str | None]:
    """Return the query of (id, mailing id, endpoint id, channel, lane, error) of messages to addresses that are dead.

    :param since: when the oldest mailing was made that is looked at.
    """
    # By numbers, which rise with time: they are the index that finds what is missing, and that of mailings.
    earlier = select(func.coalesce(func.max(Mailing.id), 0)).where(Mailing.created_at < since).scalar_subquery()
    is_dead = (_IS_MISSING, Delivery.status == literal_column("'hard_bounced'"))
    columns = (Delivery.id, Delivery.mailing_id, Delivery.endpoint_id, Delivery.channel, Mailing.lane, Delivery.error)
    query = select(*columns).join(Mailing, Mailing.id == Delivery.mailing_id)
    return query.where(Delivery.mailing_id > earlier, *is_dead)
