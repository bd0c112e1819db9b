"""How the list grew, month by month: counted once by the timetable and kept, so that a page reads a few rows."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc, london_date, london_midnight
from tsalert.db import db, transaction
from tsalert.hygiene.models import ListMonth
from tsalert.hygiene.rules import month_of, next_month
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription

EVERYBODY, CHANNEL, WARD, REASON = "all", "channel", "ward", "reason"
_MOST_AT_ONCE = 12
_UNKNOWN = ""


class Span(Struct, frozen=True):
    """A month, up to now where it is not over."""

    month: date
    starts_at: datetime
    ends_at: datetime


def keep_months(now: datetime) -> int:
    """Count the months that are not kept yet, and the one that runs anew; at most twelve at once, the oldest first.

    A person is on the list while they get anything at all, so a change of topics is no leaving.
    """
    spans = list(_to_count(db.session(), now))[:_MOST_AT_ONCE]
    for span in spans:
        rows = list(_count(db.session(), span, now))
        db.session().rollback()
        with transaction() as session:
            session.execute(delete(ListMonth).where(ListMonth.month == span.month))
            session.execute(insert(ListMonth), rows)
    return len(spans)


def months(session: Session, part: str, *, since: date) -> list[ListMonth]:
    """Return the kept months of one kind of part, the oldest first."""
    mine = (ListMonth.part == part, ListMonth.month >= since)
    return list(session.scalars(select(ListMonth).where(*mine).order_by(ListMonth.month, ListMonth.key)))


def _to_count(session: Session, now: datetime) -> Iterator[Span]:
    first = session.scalar(select(func.min(Subscription.started_at)))
    kept = select(ListMonth.month, ListMonth.counted_at).where(ListMonth.part == EVERYBODY)
    counted: Mapping[date, datetime] = dict(session.execute(kept).all())
    month = month_of(london_date(first or now))
    while first and month <= london_date(now):
        end = london_midnight(next_month(month))
        if month not in counted or counted[month] < as_utc(end):
            yield Span(month, london_midnight(month), min(as_utc(end), as_utc(now)))
        month = next_month(month)


def _count(session: Session, span: Span, now: datetime) -> Iterator[dict[str, Any]]:
    of = {
        EVERYBODY: _counts(span, literal(EVERYBODY)),
        CHANNEL: _grouped(span, SubscriberEndpoint.channel).join(
            SubscriberEndpoint,
            (SubscriberEndpoint.subscriber_id == Subscription.subscriber_id)
            & (SubscriberEndpoint.endpoint_id == Subscription.endpoint_id),
        ),
        WARD: _grouped(span, Subscriber.ward).join(Subscriber, Subscriber.id == Subscription.subscriber_id),
    }
    for part, query in of.items():
        for key, touched, before, after in session.execute(query):
            counts = {"joined": touched - before, "left": touched - after, "listed": after}
            yield {"month": span.month, "part": part, "key": key or _UNKNOWN, "counted_at": now, **counts}
    for reason, left in session.execute(_reasons(span)):
        counts = {"joined": 0, "left": left, "listed": 0}
        yield {"month": span.month, "part": REASON, "key": reason, "counted_at": now, **counts}


def _grouped(span: Span, key: Any) -> Select[Any]:
    return _counts(span, key).group_by(key)


def _counts(span: Span, key: Any) -> Select[Any]:
    """Return the query of (key, people on the list at any time of the month, at its start, at its end)."""
    person = Subscription.subscriber_id
    started, open_after = Subscription.started_at < span.starts_at, _is_open_at(span.ends_at)
    columns = (
        func.count(person.distinct()),
        func.count(case((started, person)).distinct()),
        func.count(case((open_after, person)).distinct()),
    )
    return select(key, *columns).where(*_touching(span))


def _touching(span: Span) -> tuple[ColumnElement[bool], ...]:
    return Subscription.started_at < span.ends_at, _is_open_at(span.starts_at)


def _is_open_at(moment: datetime) -> ColumnElement[bool]:
    return or_(Subscription.ended_at.is_(None), Subscription.ended_at >= moment)


def _reasons(span: Span) -> Select[str | None, int]:
    """Return the query of (reason, people who left for it); what ended last counts for who left more than one thing."""
    still = select(Subscription.subscriber_id).where(Subscription.started_at < span.ends_at, _is_open_at(span.ends_at))
    last = (
        select(func.max(Subscription.id))
        .where(*_touching(span), Subscription.ended_at < span.ends_at, Subscription.subscriber_id.not_in(still))
        .group_by(Subscription.subscriber_id)
    )
    return (
        select(Subscription.ended_reason, func.count())
        .where(Subscription.id.in_(last))
        .group_by(Subscription.ended_reason)
    )
