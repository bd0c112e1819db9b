"""The health of the list, as officers read it. Addresses are masked."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from tsalert.by_id import get_by_id
from tsalert.delivery import queries as delivery
from tsalert.delivery.queries import EndpointView
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.hygiene.models import AddressReport
from tsalert.hygiene.rules import UNCONFIRMED_AFTER, Effect, Kind
from tsalert.keysets import Order, Page, read_page
from tsalert.subscribers.clearing import Unconfirmed, count_unconfirmed
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint

RECENT = timedelta(days=30)


class Held(Struct, frozen=True):
    """The reports of one mailing that wait for a decision."""

    mailing_id: int
    subject: str
    number: int
    audience: int
    since: datetime


class Health(Struct, frozen=True):
    """What the page of the list's health shows first; ``counts`` are of the last 30 days, by (kind, effect)."""

    counts: Mapping[tuple[str, str], int]
    held: Sequence[Held]
    unconfirmed: Unconfirmed
    shared: int
    to_phone: int


class ReportView(Struct, frozen=True):
    """One report with the address it is about, and whose it is."""

    id: int
    end: EndpointView
    kind: Kind
    effect: Effect
    code: str
    at: datetime
    seen_at: datetime | None
    readers: Sequence[tuple[int, str | None]]
    phones: Sequence[EndpointView]


class Shared(Struct, frozen=True):
    """One address that several people read."""

    end: EndpointView
    readers: Sequence[tuple[int, str | None]]


def health(session: Session, *, now: datetime) -> Health:
    """Return how the list is."""
    grouped = select(AddressReport.kind, AddressReport.effect, func.count()).where(AddressReport.at > now - RECENT)
    rows = session.execute(grouped.group_by(AddressReport.kind, AddressReport.effect))
    return Health(
        {(kind, effect): number for kind, effect, number in rows},
        held(session),
        count_unconfirmed(session, before=now - UNCONFIRMED_AFTER),
        session.scalar(select(func.count()).select_from(_shared().subquery())) or 0,
        session.scalar(select(func.count()).select_from(_to_phone().subquery())) or 0,
    )


def held(session: Session) -> list[Held]:
    """Return the mailings of which reports wait for a decision, the oldest first."""
    row = AddressReport
    query = select(row.mailing_id, func.count(), func.min(row.at)).where(row.effect == Effect.HELD)
    rows = session.execute(query.group_by(row.mailing_id).order_by(row.mailing_id)).all()
    found = delivery.subjects_of(session, [mailing_id for mailing_id, _, _ in rows])
    progress = delivery.progress_of_all(session, list(found))
    return [
        Held(mailing_id, found[mailing_id], number, progress[mailing_id].total, since)
        for mailing_id, number, since in rows
    ]


def reports(session: Session, *, kind: Kind | None = None, after: int | None = None) -> Page[ReportView]:
    """Return a page of the reports, newest first."""
    query = select(AddressReport) if kind is None else select(AddressReport).where(AddressReport.kind == kind)
    page = read_page(session, query, Order(AddressReport.id), after=after)
    return page.all_told_by(lambda rows: _views(session, rows))


def to_phone(session: Session, *, after: int | None = None) -> Page[ReportView]:
    """Return a page of the dead email addresses whose readers have a live phone, the oldest first."""
    query = select(AddressReport).where(AddressReport.id.in_(_to_phone()))
    page = read_page(session, query, Order(AddressReport.id, is_rising=True), after=after)
    return page.all_told_by(lambda rows: _views(session, rows))


def shared(session: Session, *, after: int | None = None) -> Page[Shared]:
    """Return a page of the addresses that several people read, in the order of their endpoints."""
    page = read_page(session, _shared(), Order(SubscriberEndpoint.endpoint_id, is_rising=True), after=after)
    ends, readers = delivery.endpoints_by_id(session, page.items), _readers(session, page.items)
    return page.told_by(lambda each: Shared(ends[each], readers[each]))


def lock_report(session: Session, report_id: int) -> AddressReport:
    """Return one report, which nobody else changes until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, AddressReport, report_id, "There is no such report.", lock=True)


def _shared() -> Select[int]:
    endpoint = SubscriberEndpoint.endpoint_id
    return select(endpoint).group_by(endpoint).having(func.count() > 1)


def _to_phone() -> Select[int]:
    """Return the query of the latest report on each dead mailbox of which a reader has a live phone.

    Without those that somebody dealt with since it was last read: every alert that was on its way when the mailbox died
    is reported.
    """
    report, seen = AddressReport, aliased(AddressReport)
    is_of_death = (report.effect == Effect.ENDED, report.kind != Kind.COMPLAINT)
    latest = select(func.max(report.id)).where(*is_of_death).group_by(report.endpoint_id)
    dead, live = delivery.endpoints().subquery("dead"), delivery.endpoints().subquery("live")
    mine, other = aliased(SubscriberEndpoint), aliased(SubscriberEndpoint)
    of_it = (seen.endpoint_id == dead.c.id, seen.effect == Effect.ENDED, seen.kind != Kind.COMPLAINT)
    is_dealt_with = exists().where(*of_it, seen.seen_at >= dead.c.known_since)
    return (
        select(AddressReport.id)
        .join(dead, dead.c.id == AddressReport.endpoint_id)
        .join(mine, mine.endpoint_id == AddressReport.endpoint_id)
        .join(other, other.subscriber_id == mine.subscriber_id)
        .join(live, live.c.id == other.endpoint_id)
        .where(
            AddressReport.id.in_(latest),
            ~is_dealt_with,
            dead.c.channel == Channel.EMAIL,
            dead.c.status == EndpointStatus.BOUNCED,
            live.c.channel != Channel.EMAIL,
            live.c.status == EndpointStatus.ACTIVE,
        )
        .distinct()
    )


def _views(session: Session, rows: Sequence[AddressReport]) -> list[ReportView]:
    ids = [row.endpoint_id for row in rows]
    ends, readers = delivery.endpoints_by_id(session, set(ids)), _readers(session, ids)
    phones = _phones(session, {person for found in readers.values() for person, _ in found})
    return [
        ReportView(
            row.id,
            ends[row.endpoint_id],
            Kind.of(row.kind),
            Effect.of(row.effect),
            row.code,
            row.at,
            row.seen_at,
            readers[row.endpoint_id],
            [phone for person, _ in readers[row.endpoint_id] for phone in phones[person]],
        )
        for row in rows
    ]


def _readers(session: Session, endpoint_ids: Collection[int]) -> defaultdict[int, list[tuple[int, str | None]]]:
    query = (
        select(SubscriberEndpoint.endpoint_id, Subscriber.id, Subscriber.name)
        .join(Subscriber, Subscriber.id == SubscriberEndpoint.subscriber_id)
        .where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids), Subscriber.erased_at.is_(None))
        .order_by(Subscriber.id)
    )
    found: defaultdict[int, list[tuple[int, str | None]]] = defaultdict(list)
    for endpoint_id, subscriber_id, name in session.execute(query):
        found[endpoint_id].append((subscriber_id, name))
    return found


def _phones(session: Session, subscriber_ids: Collection[int]) -> defaultdict[int, list[EndpointView]]:
    phones = (SubscriberEndpoint.subscriber_id.in_(subscriber_ids), SubscriberEndpoint.channel != Channel.EMAIL)
    query = select(SubscriberEndpoint.subscriber_id, SubscriberEndpoint.endpoint_id).where(*phones)
    links = session.execute(query).all()
    ends = delivery.endpoints_by_id(session, {endpoint_id for _, endpoint_id in links})
    found: defaultdict[int, list[EndpointView]] = defaultdict(list)
    for subscriber_id, endpoint_id in links:
        if ends[endpoint_id].status is EndpointStatus.ACTIVE:
            found[subscriber_id].append(ends[endpoint_id])
    return found
