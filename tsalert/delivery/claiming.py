"""The queue in the database: deliveries are claimed under a lease, so that any number of senders may share it.

Every function is a step of a short transaction in which no provider is spoken to. The statements
are built once, since building them would cost more than running them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlalchemy import Integer, Select, Text, bindparam, case, exists, literal_column, or_, select, update
from sqlalchemy.orm import Session

from tsalert.db import UTCDateTime
from tsalert.delivery.models import Delivery, Endpoint, Mailing, SendingStop, Suppression
from tsalert.delivery.outcomes import IS_CLAIMED, record_outcomes
from tsalert.delivery.quiet import lanes_that_leave
from tsalert.delivery.retries import Outcome, Standing
from tsalert.delivery.rules import (
    JOINING,
    LANES,
    PERSONAL_LANES,
    Channel,
    EndpointStatus,
    Lane,
    Status,
    SuppressionReason,
)

LEASE = timedelta(minutes=10)
_MAILINGS_AT_ONCE = 50
_delivery, _mailing, _endpoint = Delivery.__table__.c, Mailing.__table__.c, Endpoint.__table__.c
_suppression = Suppression.__table__.c
_stop = SendingStop.__table__.c
_now = bindparam("now", type_=UTCDateTime())
_channel = bindparam("by_channel", type_=Text())
_owner = bindparam("by_owner", type_=Text())


class Work(StrEnum):
    """Which deliveries a sender takes."""

    PAGES = "pages"
    OTHERS = "others"


# Partial indexes serve only a query that names the status itself, not a parameter.
_IS_DUE = (
    (_delivery.channel == _channel) & (_delivery.status == literal_column("'pending'")) & (_delivery.due_at <= _now)
)
_IS_PAGE = _mailing.lane == literal_column("'paging'")
# Pages are claimed by senders of their own, so that none ever stands behind a batch of anything else.
_LANES_OF = {Work.PAGES: frozenset({Lane.PAGING}), Work.OTHERS: frozenset(LANES) - {Lane.PAGING}}
# Asked with each claim, so that every machine obeys a stop from its next batch on. Who is paged, signs in or joins
# never waits for it.
_MAY_LEAVE = or_(
    _mailing.lane.in_([literal_column(f"'{lane.value}'") for lane in sorted(PERSONAL_LANES)]),
    ~exists().where(_stop.is_open),
)
_DUE_OF_ALL = (
    select(_mailing.id)
    .where(
        _mailing.state == literal_column("'sending'"),
        _MAY_LEAVE,
        or_(_mailing.not_after.is_(None), _mailing.not_after > _now),
        exists().where(_delivery.mailing_id == _mailing.id, _IS_DUE),
    )
    .order_by(case({lane.value: place for place, lane in enumerate(LANES)}, value=_mailing.lane), _mailing.id)
    .limit(bindparam("most", type_=Integer))
)
_CHOSEN = (
    select(_delivery.id)
    .where(_delivery.mailing_id == bindparam("of_mailing"), _IS_DUE)
    .order_by(_delivery.due_at, _delivery.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
    .cte("chosen")
)
_CLAIM = (
    update(Delivery)
    .where(_delivery.id.in_(select(_CHOSEN.c.id)))
    .values(status=Status.CLAIMED.value, claimed_by=_owner, lease_until=bindparam("until"))
    .returning(_delivery.id)
)
_RELEASE = (
    update(Delivery)
    .where(_delivery.claimed_by == _owner, IS_CLAIMED)
    .values(status=Status.PENDING.value, lease_until=None, claimed_by=None)
)
_suppressed = exists().where(
    _suppression.channel == _endpoint.channel, _suppression.address_key == _endpoint.address_key
)
# Somebody may have left since they were enqueued; the message with which they come back still goes out.
_MAY_BE_WRITTEN_TO = or_(
    (_endpoint.status == EndpointStatus.ACTIVE.value) & ~_suppressed,
    (_mailing.lane == Lane.TRANSACTIONAL.value)
    & _endpoint.status.in_([status.value for status in JOINING])
    & ~_suppressed.where(_suppression.reason != SuppressionReason.OPTED_OUT.value),
    _IS_PAGE & (_endpoint.status != EndpointStatus.ERASED.value),
)
_IN_HAND = (
    select(
        _delivery.id,
        _delivery.mailing_id,
        _delivery.endpoint_id,
        _endpoint.address,
        _delivery.attempts,
        _delivery.doubts,
        _mailing.not_after,
        _mailing.lane,
        _MAY_BE_WRITTEN_TO,
    )
    .join(Endpoint.__table__, _endpoint.id == _delivery.endpoint_id)
    .join(Mailing.__table__, _mailing.id == _delivery.mailing_id)
    .where(_delivery.claimed_by == _owner, IS_CLAIMED)
    .order_by(_delivery.id)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery in a sender's hands."""

    id: int
    mailing_id: int
    endpoint_id: int
    address: str
    standing: Standing


def claim(
    session: Session, channel: Channel, owner: str, size: int, *, now: datetime, work: Work = Work.OTHERS
) -> list[Claimed]:
    """Claim up to ``size`` deliveries that are due, of the earliest lane first; by night and in a stop some wait."""
    wanted = size
    for mailing_id in _due_mailings(session, channel, now, work=work, most=_MAILINGS_AT_ONCE):
        wanted -= _claim_of_mailing(session, mailing_id, channel, owner, wanted, now)
        if wanted <= 0:
            break
    return _in_hand(session, channel, owner, now) if wanted < size else []


def release(session: Session, owner: str) -> int:
    """Put back what an owner claimed and never began; return how many those were."""
    return session.connection().execute(_RELEASE, {"by_owner": owner}).rowcount


def is_due(session: Session, channel: Channel, now: datetime, *, work: Work = Work.OTHERS) -> bool:
    """Tell whether anything waits to be sent on a channel."""
    return bool(_due_mailings(session, channel, now, work=work, most=1))


def _due_mailings(session: Session, channel: Channel, now: datetime, *, work: Work, most: int) -> Sequence[int]:
    lanes = lanes_that_leave(channel, _LANES_OF[work], now)
    if not lanes:
        return []
    values = {"by_channel": channel.value, "now": now, "most": most}
    return session.connection().execute(_due_of(lanes), values).scalars().all()


@cache
def _due_of(lanes: tuple[Lane, ...]) -> Select[int]:
    return _DUE_OF_ALL.where(_mailing.lane.in_([literal_column(f"'{lane.value}'") for lane in lanes]))


def _claim_of_mailing(session: Session, mailing_id: int, channel: Channel, owner: str, size: int, now: datetime) -> int:
    values = {"of_mailing": mailing_id, "by_channel": channel.value, "by_owner": owner, "now": now, "most": size}
    return len(session.connection().execute(_CLAIM, values | {"until": now + LEASE}).all())


def _in_hand(session: Session, channel: Channel, owner: str, now: datetime) -> list[Claimed]:
    """Return what an owner holds; who left since they were enqueued is let go."""
    rows = session.connection().execute(_IN_HAND, {"by_owner": owner}).all()
    left = {number: Outcome(Status.SUPPRESSED, doubts) for number, *_, doubts, _, _, may in rows if not may}
    if left:
        record_outcomes(session, channel, owner, left, now=now)
    return [
        Claimed(number, mailing_id, endpoint_id, address, Standing(channel, attempts, doubts, not_after, Lane(lane)))
        for number, mailing_id, endpoint_id, address, attempts, doubts, not_after, lane, may in rows
        if may
    ]
