"""The queue in the database: deliveries are claimed under a lease, so that any number of senders may share it.

Every function is a step of a short transaction in which no provider is spoken to. The statements
are built once, since building them would cost more than running them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import Struct, field
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    Update,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from tsalert.db import UTCDateTime
from tsalert.delivery.counting import Changes, count_moves
from tsalert.delivery.models import Delivery, Endpoint, Mailing, SendingStop, Suppression
from tsalert.delivery.outcomes import NUMBERS, write_outcomes
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
_REMEMBERED = timedelta(seconds=10)
_MANY = 100
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
# Pages are claimed by senders of their own, so that none ever stands behind a batch of anything else.
_LANES_OF = {Work.PAGES: frozenset({Lane.PAGING}), Work.OTHERS: frozenset(LANES) - {Lane.PAGING}}
# Asked with each claim, so that every machine obeys a stop from its next batch on. Who is paged, signs in or joins
# never waits for it.
_MAY_LEAVE = or_(
    _mailing.lane.in_([literal_column(f"'{lane.value}'") for lane in sorted(PERSONAL_LANES)]),
    ~exists().where(_stop.is_open),
)
# The latest, not any: messages are taken from the other end of their index, where on PostgreSQL all that were taken
# before have to be passed until somebody tidies up.
_LATEST_DUE = select(func.max(_delivery.due_at)).where(_delivery.mailing_id == _mailing.id, _IS_DUE).scalar_subquery()
_DUE_OF_ALL = (
    select(_mailing.id, _mailing.lane, _mailing.not_after)
    .where(
        _mailing.state == literal_column("'sending'"),
        _MAY_LEAVE,
        or_(_mailing.not_after.is_(None), _mailing.not_after > _now),
        _LATEST_DUE.is_not(None),
    )
    .order_by(case({lane.value: place for place, lane in enumerate(LANES)}, value=_mailing.lane), _mailing.id)
    .limit(bindparam("most", type_=Integer))
)
_place = tuple_(_delivery.due_at, _delivery.id)
_reached = tuple_(bindparam("reached_at", type_=UTCDateTime()), bindparam("reached_id", type_=BigInteger))
_RELEASE = (
    update(Delivery)
    .where(_delivery.claimed_by == _owner, _delivery.status == literal_column("'claimed'"))
    .values(status=Status.PENDING.value, lease_until=None, claimed_by=None)
)
_suppressed = exists().where(
    _suppression.channel == _endpoint.channel, _suppression.address_key == _endpoint.address_key
)
_of_lane = bindparam("of_lane", type_=Text())
# Somebody may have left since they were enqueued; the message with which they come back still goes out.
_MAY_BE_WRITTEN_TO = or_(
    (_endpoint.status == EndpointStatus.ACTIVE.value) & ~_suppressed,
    (_of_lane == Lane.TRANSACTIONAL.value)
    & _endpoint.status.in_([status.value for status in JOINING])
    & ~_suppressed.where(_suppression.reason == SuppressionReason.COMPLAINED.value),
    (_of_lane == Lane.PAGING.value) & (_endpoint.status != EndpointStatus.ERASED.value),
)


def _choosing(*bounds: ColumnElement[bool]) -> Select[int, int, int, int, str | None]:
    chosen = (
        select(_delivery.id, _delivery.endpoint_id, _delivery.attempts, _delivery.doubts)
        .where(_delivery.mailing_id == bindparam("of_mailing"), _IS_DUE, *bounds)
        .order_by(_delivery.due_at, _delivery.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    # None where nobody may be written to. Looked up for each message that was chosen: joined, PostgreSQL reads through
    # all addresses of a list of some ten thousand for each claim.
    address = (
        select(case((_MAY_BE_WRITTEN_TO, _endpoint.address)))
        .where(_endpoint.id == chosen.c.endpoint_id)
        .correlate(chosen)
        .scalar_subquery()
    )
    columns = (chosen.c.id, chosen.c.endpoint_id, chosen.c.attempts, chosen.c.doubts, address)
    return select(*columns).order_by(chosen.c.id)


_CHOSEN, _CHOSEN_BEYOND, _CHOSEN_BEFORE = _choosing(), _choosing(_place > _reached), _choosing(_place <= _reached)
_DUE_AT = select(_delivery.due_at).where(_delivery.id == bindparam("number"))


class Claimed(NamedTuple):
    """One delivery in a sender's hands."""

    id: int
    mailing_id: int
    endpoint_id: int
    address: str
    standing: Standing


# Delivery, endpoint, attempts, doubts and address.
_Chosen = Row[int, int, int, int, str | None]


class Claimant(Struct):
    """Who claims, and how far it has come in each mailing, so that it need not pass again what it has taken.

    :param reached: by mailing, when the message was due up to which it has looked, and the message's number. It is only
        where to look first: what comes back into the queue before it is taken when nothing is left behind it, or once
        this was forgotten, which happens every few seconds.
    """

    channel: Channel
    owner: str
    work: Work = Work.OTHERS
    reached: dict[int, tuple[datetime, int]] = field(default_factory=dict)
    forgot_at: datetime | None = None

    def forget(self, now: datetime) -> None:
        """Forget how far it has come, unless it did so a moment ago."""
        if self.forgot_at is None or not timedelta() <= now - self.forgot_at < _REMEMBERED:
            self.reached.clear()
            self.forgot_at = now


class _Due(NamedTuple):
    id: int
    lane: Lane
    not_after: datetime | None


def claim(
    session: Session, channel: Channel, owner: str, size: int, *, now: datetime, work: Work = Work.OTHERS
) -> list[Claimed]:
    """Claim up to ``size`` deliveries that are due, of the earliest lane first; by night and in a stop some wait.

    Whoever left since they were enqueued is let go.
    """
    claimed, changes = take(session, Claimant(channel, owner, work), size, now=now)
    count_moves(session, changes, now)
    return claimed


def take(session: Session, claimant: Claimant, size: int, *, now: datetime) -> tuple[list[Claimed], Changes]:
    """Claim likewise, and return besides what is still to be added to the counters for those who were let go."""
    channel, owner = claimant.channel, claimant.owner
    claimed: list[Claimed] = []
    left: dict[int, Outcome] = {}
    claimant.forget(now)
    for mailing in _due_mailings(session, channel, now, work=claimant.work, most=_MAILINGS_AT_ONCE):
        for number, endpoint_id, attempts, doubts, address in _choose(
            session, mailing, claimant, size - len(claimed) - len(left), now
        ):
            if address is None:
                left[number] = Outcome(Status.SUPPRESSED, doubts)
            else:
                standing = _standing(channel, attempts, doubts, mailing.not_after, mailing.lane)
                claimed.append(Claimed(number, mailing.id, endpoint_id, address, standing))
        if len(claimed) + len(left) >= size:
            break
    _lease(session, owner, [*left, *(each.id for each in claimed)], now)
    return claimed, write_outcomes(session, channel, owner, left, now=now) if left else {}


def release(session: Session, owner: str) -> int:
    """Put back what an owner claimed and never began; return how many those were."""
    return session.connection().execute(_RELEASE, {"by_owner": owner}).rowcount


def is_due(session: Session, channel: Channel, now: datetime, *, work: Work = Work.OTHERS) -> bool:
    """Tell whether anything waits to be sent on a channel."""
    return bool(_due_mailings(session, channel, now, work=work, most=1))


def _due_mailings(session: Session, channel: Channel, now: datetime, *, work: Work, most: int) -> list[_Due]:
    lanes = lanes_that_leave(channel, _LANES_OF[work], now)
    if not lanes:
        return []
    values = {"by_channel": channel.value, "now": now, "most": most}
    rows = session.connection().execute(_due_of(lanes), values)
    return [_Due(number, Lane(lane), not_after) for number, lane, not_after in rows]


@cache
def _due_of(lanes: tuple[Lane, ...]) -> Select[int, str, datetime | None]:
    return _DUE_OF_ALL.where(_mailing.lane.in_([literal_column(f"'{lane.value}'") for lane in lanes]))


def _choose(session: Session, mailing: _Due, claimant: Claimant, size: int, now: datetime) -> Sequence[_Chosen]:
    """Lock deliveries of a mailing that nobody else holds, and tell whom each is for."""
    connection, reached = session.connection(), claimant.reached.pop(mailing.id, None)
    values = {"of_mailing": mailing.id, "of_lane": mailing.lane.value, "by_channel": claimant.channel.value, "now": now}
    # All at once: to ask the driver for each row by itself takes longer than to get it.
    if reached is None:
        rows = connection.execute(_CHOSEN, values | {"most": size}).all()
    else:
        values |= {"reached_at": reached[0], "reached_id": reached[1]}
        rows = connection.execute(_CHOSEN_BEYOND, values | {"most": size}).all()
        if len(rows) < size:
            return [*rows, *connection.execute(_CHOSEN_BEFORE, values | {"most": size - len(rows)})]
    if len(rows) == size >= _MANY:
        claimant.reached[mailing.id] = (connection.execute(_DUE_AT, {"number": rows[-1].id}).scalar_one(), rows[-1].id)
    return rows


def _lease(session: Session, owner: str, numbers: Sequence[int], now: datetime) -> None:
    if numbers:
        connection = session.connection()
        values = {"numbers": ",".join(map(str, numbers)), "by_owner": owner, "until": now + LEASE}
        connection.execute(_leasing(connection.dialect.name), values)


@cache
def _leasing(dialect: str) -> Update:
    """Return the statement that puts a lease on what was chosen."""
    if dialect == "postgresql":
        is_chosen = _delivery.id == any_(NUMBERS)
    else:
        listed = "[" + bindparam("numbers", type_=Text()) + "]"
        is_chosen = _delivery.id.in_(select(func.json_each(listed).table_valued("value")))
    taken = {"status": Status.CLAIMED.value, "claimed_by": _owner, "lease_until": bindparam("until")}
    return update(Delivery).where(is_chosen).values(taken)


# Nearly all of a claim stand alike.
_standing = lru_cache(maxsize=64)(Standing)
