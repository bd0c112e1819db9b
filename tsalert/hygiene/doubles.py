"""Two subscribers who may be one person: found by the timetable, decided by officers, and the decision kept."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.hygiene.models import LikelyDuplicate
from tsalert.hygiene.rules import Because, Verdict, mailbox_of, spelled_domains
from tsalert.keysets import Order, Page, read_rows
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint
from tsalert.subscribers.oneness import who_is
from tsalert.subscribers.preferences.merging import make_one
from tsalert.subscribers.rules import Kind

_MOST_BY_NAME = 1000
_AT_ONCE = 500
Pair = tuple[int, int, Because]


class Double(Struct, frozen=True):
    """A pair to decide on, with both names."""

    id: int
    low_id: int
    low_name: str | None
    high_id: int
    high_name: str | None
    because: Because


def look_for_doubles(now: datetime) -> int:
    """Note every pair that may be one person and is not known yet; returns how many were new."""
    session = db.session()
    found = [*_by_spelling(session), *_by_name(session)]
    session.rollback()
    added = 0
    for start in range(0, len(found), _AT_ONCE):
        with transaction() as work:
            added += sum(_note(work, pair, now) for pair in found[start : start + _AT_ONCE])
    return added


def open_doubles(session: Session, *, after: int | None = None) -> Page[Double]:
    """Return a page of the pairs that nobody has decided on, in the order they were found."""
    first_found = Order(LikelyDuplicate.id, is_rising=True)
    found = read_rows(session, _open(), first_found, after=after)
    return found.told_by(lambda row: _double(*row))


def count_open(session: Session) -> int:
    """Count the pairs that nobody has decided on."""
    return session.scalar(select(func.count()).select_from(_open().subquery())) or 0


def decide(pair_id: int, verdict: Verdict, *, actor: Actor, now: datetime) -> int | None:
    """Keep what an officer found of a pair; those who are the same become one subscriber, who is returned.

    A later finding takes its place, and the trail has both; but who was made one is not parted again.

    :raises NotFound: there is no such pair, or one of them was erased.
    :raises RuleViolation: one of them is an organisation.
    :raises Conflict: the two were made one.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can decide who is the same.")
    with transaction() as session:
        row = get_by_id(session, LikelyDuplicate, pair_id, "There is no such pair.", lock=True)
        is_one = who_is(session, row.low_id) == who_is(session, row.high_id)
        if is_one and verdict is not Verdict.SAME:
            raise Conflict("These two were made one, which cannot be undone. Put the other person on the list again.")
        same = make_one(session, row.low_id, row.high_id, actor=actor, now=now) if verdict is Verdict.SAME else None
        row.verdict, row.decided_at, row.decided_by = verdict, now, actor.officer_id
        audit.record(session, actor, "decided", "likely duplicate", pair_id, now=now, verdict=verdict)
        return same


def _double(pair_id: int, low_id: int, low: str | None, high_id: int, high: str | None, because: str) -> Double:
    return Double(pair_id, low_id, low, high_id, high, Because.of(because))


def _open() -> Select[int, int, str | None, int, str | None, str]:
    low, high, row = aliased(Subscriber), aliased(Subscriber), LikelyDuplicate
    return (
        select(row.id, row.low_id, low.name.label("low_name"), row.high_id, high.name.label("high_name"), row.because)
        .join(low, low.id == row.low_id)
        .join(high, high.id == row.high_id)
        .where(row.verdict.is_(None), low.erased_at.is_(None), high.erased_at.is_(None))
    )


def _note(session: Session, pair: Pair, now: datetime) -> bool:
    low, high, because = pair
    values = {"low_id": low, "high_id": high, "because": because, "found_at": now}
    adding = insert_ignoring_conflicts(session, LikelyDuplicate).values(values).returning(LikelyDuplicate.id)
    return session.scalar(adding) is not None


def _by_spelling(session: Session) -> Iterator[Pair]:
    """Find addresses that are one mailbox. Of each mailbox only a number is kept in memory."""
    ends = delivery.endpoints().subquery("ends")
    known = or_(*(ends.c.address.like(f"%@{domain}") for domain in spelled_domains()))
    query = (
        select(ends.c.address, SubscriberEndpoint.subscriber_id)
        .join(SubscriberEndpoint, SubscriberEndpoint.endpoint_id == ends.c.id)
        .where(ends.c.channel == Channel.EMAIL, ends.c.status != EndpointStatus.ERASED, known)
        .order_by(SubscriberEndpoint.subscriber_id)
    )
    first: dict[int, tuple[int, int]] = {}
    for address, subscriber_id in session.execute(query.execution_options(yield_per=5000)):
        own, of_mailbox = hash(address), hash(mailbox_of(address))
        earlier, spelled = first.setdefault(of_mailbox, (subscriber_id, own))
        if earlier != subscriber_id and spelled != own:
            yield earlier, subscriber_id, Because.SPELLING


def _by_name(session: Session) -> Iterator[Pair]:
    """Find who bears the name of an earlier subscriber of their postcode; at most so many who are not known yet."""
    alike = func.min(Subscriber.id).over(partition_by=(func.lower(Subscriber.name), Subscriber.postcode))
    named = select(Subscriber.id.label("high_id"), alike.label("low_id")).where(
        Subscriber.kind == Kind.RESIDENT,
        Subscriber.erased_at.is_(None),
        Subscriber.name != "",
        Subscriber.postcode.is_not(None),
    )
    pair, known = named.subquery("pair"), LikelyDuplicate
    is_known = exists().where(known.low_id == pair.c.low_id, known.high_id == pair.c.high_id)
    query = select(pair.c.low_id, pair.c.high_id).where(pair.c.low_id < pair.c.high_id, ~is_known)
    for low_id, high_id in session.execute(query.order_by(pair.c.high_id).limit(_MOST_BY_NAME)):
        yield low_id, high_id, Because.NAME
