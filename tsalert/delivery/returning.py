"""Messages that came back after a provider had taken them: found by our own token or the provider's reference."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from flask import current_app
from msgspec import Struct
from sqlalchemy import Row, Select, Text, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.core.clock import london_date
from tsalert.core.keys import LARGEST_LONG_ID
from tsalert.db import take_turns
from tsalert.delivery.counting import Place, change_counts, complete_if_done
from tsalert.delivery.models import Delivery, Endpoint, Mailing, MailingCount
from tsalert.delivery.raising import raise_to
from tsalert.delivery.rules import PERSONAL_LANES, Channel, Lane, Status, settle
from tsalert.delivery.tokens import make_signer

# What never left, or has not left yet, cannot have come back.
_LEFT = (
    Status.CLAIMED,
    Status.UNKNOWN,
    Status.ACCEPTED,
    Status.SOFT_BOUNCED,
    Status.DELIVERED,
    Status.UNDELIVERED,
    Status.FAILED,
    Status.HARD_BOUNCED,
)

# Built once, since reports come by the thousand, and building them would cost more than running them.
_TOLD_OF = select(Delivery.id, Delivery.mailing_id, Delivery.endpoint_id, Delivery.channel, Mailing.lane).join(
    Mailing, Mailing.id == Delivery.mailing_id
)
_IS_NAMED = (
    Delivery.id == bindparam("number"),
    Delivery.channel == bindparam("by_channel"),
    or_(Delivery.status.in_([status.value for status in _LEFT]), Delivery.doubts > 0),
)
_NAMED = _TOLD_OF.where(*_IS_NAMED)
_delivery = Delivery.__table__.c
_STANDING = (
    select(_delivery.id, _delivery.mailing_id, _delivery.channel, _delivery.status, _delivery.doubts)
    .where(_delivery.id.in_(bindparam("numbers", expanding=True)))
    .order_by(_delivery.id)
)
_LOCKED = _STANDING.with_for_update()
_Row = Row[*tuple[Any, ...]]
# Turns are numbers, and those of mailings shall be nobody else's.
_SEED = 418
_NOT_THIS_TIME = frozenset({Status.SOFT_BOUNCED, Status.UNDELIVERED})


class Returned(Struct, frozen=True):
    """One delivery that somebody reports on; ``is_alert`` is False for confirmations, pages and mail to staff."""

    delivery_id: int
    mailing_id: int
    endpoint_id: int
    channel: Channel
    is_alert: bool


class Sending(Struct, frozen=True):
    """How far one message has come."""

    channel: Channel
    lane: Lane
    status: Status
    attempts: int
    due_at: datetime


def find_by_token(session: Session, token: str) -> Returned | None:
    """Return the mail of which the Message-ID holds a token; None for a token that is not ours."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    number = make_signer("message", (settings.secret_key, *settings.old_secret_keys)).read(token)
    if number is None or number > LARGEST_LONG_ID:
        return None
    return _read(session, _returned().where(Delivery.id == number, Delivery.channel == Channel.EMAIL))


def find_by_reference(session: Session, channel: Channel, provider_ref: str) -> Returned | None:
    """Return the text or call that a provider knows by a reference."""
    mine = (Delivery.provider_ref == provider_ref, Delivery.channel != Channel.EMAIL, Delivery.channel == channel)
    return _read(session, _returned().where(*mine).order_by(Delivery.id.desc()).limit(1))


def find_by_number(session: Session, number: int, channel: Channel) -> Returned | None:
    """Return the message that a provider knows by our own number; one that waits for another try may have left."""
    return _read(session, _NAMED, {"number": number, "by_channel": channel})


def note_returned(session: Session, delivery_id: int, status: Status, *, now: datetime) -> bool:
    """Raise a delivery to what was reported of it; a step. Tells whether that was news.

    A report may overtake the answer that the message was taken: then nothing waits for that answer any more.
    """
    return _raise(session, {delivery_id: [status]}, now)


def note_named(session: Session, reports: Mapping[tuple[int, Channel], Sequence[Status]], *, now: datetime) -> None:
    """Raise likewise the messages that a provider knows by our own numbers, of those that may have left; a step.

    Nobody waits for what is no news: half of all reports come again.
    """
    numbers = [number for number, _ in reports]
    standing = session.connection().execute(_STANDING, {"numbers": numbers})
    named = {row: reports.get((row.id, Channel(row.channel)), ()) for row in standing if _may_have_left(row)}
    news = {row.id: told for row, told in named.items() if _settled(row, told) != row.status}
    if news:
        _raise(session, news, now)


def soft_days(session: Session, endpoint_id: int, *, last: int) -> int:
    """Count the days on which one of the ``last`` alerts to an address came back, or did not arrive.

    Those of before it was last confirmed, or restored, say nothing of it any more.
    """
    confirmed_at = select(func.coalesce(Endpoint.confirmed_at, Endpoint.created_at)).where(Endpoint.id == endpoint_id)
    mine = (Delivery.endpoint_id == endpoint_id, Mailing.created_at >= confirmed_at.scalar_subquery())
    query = (
        select(Delivery.status, Delivery.sent_at, Delivery.settled_at)
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(*mine, Mailing.lane.not_in(PERSONAL_LANES), Delivery.status.in_(_LEFT))
        .order_by(Delivery.id.desc())
        .limit(last)
    )
    moments = [
        sent_at or settled_at for status, sent_at, settled_at in session.execute(query) if status in _NOT_THIS_TIME
    ]
    return len({london_date(moment) for moment in moments if moment is not None})


def take_turn(session: Session, mailing_id: int) -> None:
    """Let others who take reports of the same mailing wait until the transaction ends.

    Its row is not locked: whoever holds that asks for the counters next, which we hold, and waits for us in a circle.
    """
    take_turns(session, func.hashtextextended(cast(mailing_id, Text), _SEED))


def sendings_of(session: Session, mailing_id: int) -> list[Sending]:
    """Return how far each message of a small mailing has come."""
    columns = select(Delivery.channel, Mailing.lane, Delivery.status, Delivery.attempts, Delivery.due_at)
    query = columns.join(Mailing, Mailing.id == Delivery.mailing_id).where(Delivery.mailing_id == mailing_id)
    return [
        Sending(Channel(channel), Lane(lane), Status(status), attempts, due_at)
        for channel, lane, status, attempts, due_at in session.execute(query.order_by(Delivery.id))
    ]


def size_of(session: Session, mailing_id: int) -> int:
    """Return how many deliveries a mailing has, from its kept counters."""
    total = select(func.sum(MailingCount.count)).where(MailingCount.mailing_id == mailing_id)
    return int(session.scalar(total) or 0)


def _returned() -> Select[int, int, int, str, str]:
    return _TOLD_OF.where(Delivery.status.in_(_LEFT))


def _read(
    session: Session, query: Select[int, int, int, str, str], values: Mapping[str, Any] | None = None
) -> Returned | None:
    row = session.execute(query, values).one_or_none()
    return None if row is None else Returned(*row[:3], Channel(row[3]), row[4] not in PERSONAL_LANES)


def _may_have_left(row: _Row) -> bool:
    return row.status in _LEFT or row.doubts > 0


def _settled(row: _Row, reports: Sequence[Status]) -> Status:
    return reduce(settle, reports, Status(row.status))


def _raise(session: Session, reports: Mapping[int, Sequence[Status]], now: datetime) -> bool:
    session.flush()
    locked = session.connection().execute(_LOCKED, {"numbers": [*reports]})
    risen = {row: after for row in locked if (after := _settled(row, reports[row.id])) != row.status}
    raise_to(session, {row.id: after for row, after in risen.items()}, now=now)
    changes: Counter[Place] = Counter()
    for row, after in risen.items():
        # Claimed rows are counted as pending.
        counted = Status.PENDING if row.status == Status.CLAIMED else Status(row.status)
        changes[row.mailing_id, row.channel, counted] -= 1
        changes[row.mailing_id, row.channel, after] += 1
    change_counts(session, changes)
    for mailing_id in sorted({mailing_id for mailing_id, _, status in changes if status == Status.PENDING}):
        complete_if_done(session, mailing_id, now)
    return bool(risen)
