"""What waits to be sent: how many messages, and since when the oldest has been due."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.delivery.models import Delivery, Mailing, MailingCount
from tsalert.delivery.quiet import leaves_at
from tsalert.delivery.rules import Channel, Lane

_PENDING: ColumnElement[str] = literal_column("'pending'")


class Waiting(Struct, frozen=True):
    """What waits on one channel in one lane.

    :param count: of messages, with those that are in a worker's hands and those that are due later.
    :param due_since: when the oldest became due that is due by now; None where none is, or where all wait for the day.
    """

    channel: str
    lane: str
    count: int
    due_since: datetime | None


def what_waits(session: Session, *, now: datetime) -> Sequence[Waiting]:
    """Return what waits in mailings that are being sent; paused ones wait for an officer, and do not count."""
    oldest = (
        select(func.min(Delivery.due_at))
        .where(
            Delivery.mailing_id == MailingCount.mailing_id,
            Delivery.channel == MailingCount.channel,
            Delivery.status == _PENDING,
            Delivery.due_at <= now,
        )
        .correlate(MailingCount)
        .scalar_subquery()
    )
    single = (
        select(Mailing.lane, MailingCount.channel, MailingCount.count, oldest.label("due_since"))
        .join(Mailing, Mailing.id == MailingCount.mailing_id)
        .where(Mailing.state == literal_column("'sending'"), MailingCount.status == "pending", MailingCount.count > 0)
        .subquery()
    )
    query = select(single.c.channel, single.c.lane, func.sum(single.c["count"]), func.min(single.c.due_since))
    rows = session.execute(query.group_by(single.c.channel, single.c.lane).order_by(single.c.channel, single.c.lane))
    return [_waiting(*row, now) for row in rows]


def _waiting(channel: str, lane: str, count: int, since: datetime | None, now: datetime) -> Waiting:
    may_leave = leaves_at(Channel(channel), Lane(lane), now) <= as_utc(now)
    return Waiting(channel, lane, int(count), since if may_leave else None)
