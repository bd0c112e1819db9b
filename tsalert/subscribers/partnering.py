"""Partners put on the list, and their addresses linked and let go; steps of use cases about partners."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Select, delete, exists, func, select, update
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound, RuleViolation, blame
from tsalert.core.keys import is_id
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers.asking import require_served
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.models import (
    Partner,
    PartnerDeclaration,
    Subscriber,
    SubscriberEndpoint,
    Subscription,
    Topic,
)
from tsalert.subscribers.partners import Declaration, declare
from tsalert.subscribers.people import LANGUAGE
from tsalert.subscribers.rules import EVERY_TOPIC, Act, EndedReason, Frequency, Kind, Source


class Standing(Struct, frozen=True):
    """A partner with what it last declared."""

    id: int
    name: str
    ward: str | None
    code: str
    reach: int | None
    basis: str | None
    declared_at: datetime | None
    joined_at: datetime

    @property
    def since(self) -> datetime:
        """When it last told us how many it reaches, or joined."""
        return self.declared_at or self.joined_at


def list_partners(session: Session) -> list[Standing]:
    """Return every partner that was not erased, by name."""
    return [Standing(row[0], row[1] or "", *row[2:]) for row in session.execute(_standings())]


def listed_ids() -> Select[int]:
    """Return the query of the ids of every partner that was not erased."""
    return _standings().order_by(None).with_only_columns(Subscriber.id)


def get_partner(session: Session, partner_id: int) -> Standing:
    """Return one partner.

    :raises NotFound: there is none.
    """
    mine = _standings().where(Subscriber.id == (partner_id if is_id(partner_id) else 0))
    row = session.execute(mine).one_or_none()
    if row is None:
        raise NotFound("There is no such partner.")
    return Standing(row[0], row[1] or "", *row[2:])


def partners_at(session: Session, endpoint_id: int) -> list[int]:
    """Return the partners that an address belongs to, in the order in which they joined."""
    linked = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == endpoint_id)
    return list(session.scalars(select(Partner.subscriber_id).where(Partner.subscriber_id.in_(linked)).order_by(
        Partner.subscriber_id
    )))  # fmt: skip


def name_by_code(session: Session, code: str) -> str | None:
    """Return the name of the partner that has a code, as readers of its newsletter know it, or none."""
    asked = code.strip().upper()
    if not asked.isalnum():  # what no code holds, such as a null character, is no question for a database
        return None
    row = session.execute(_standings().where(Partner.code == asked)).one_or_none()
    return row[1] if row else None


def codes_at(session: Session, endpoint_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """Return (endpoint id, partner id, code) of the partners at some addresses, those whose alerts go there first."""
    gets_alerts = exists().where(
        Subscription.subscriber_id == SubscriberEndpoint.subscriber_id,
        Subscription.endpoint_id == SubscriberEndpoint.endpoint_id,
        Subscription.ended_at.is_(None),
    )
    query = (
        select(SubscriberEndpoint.endpoint_id, Partner.subscriber_id, Partner.code)
        .join(Partner, Partner.subscriber_id == SubscriberEndpoint.subscriber_id)
        .join(Subscriber, Subscriber.id == Partner.subscriber_id)
        .where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids), Subscriber.erased_at.is_(None))
        .order_by(gets_alerts.desc(), Partner.subscriber_id)
    )
    return [(endpoint_id, partner_id, code) for endpoint_id, partner_id, code in session.execute(query)]


def declarations_of(session: Session, partner_id: int) -> Sequence[PartnerDeclaration]:
    """Return what a partner declared, the latest first."""
    query = select(PartnerDeclaration).where(PartnerDeclaration.partner_id == partner_id)
    return session.scalars(query.order_by(PartnerDeclaration.declared_at.desc(), PartnerDeclaration.id.desc())).all()


def every_declaration(session: Session) -> dict[int, list[PartnerDeclaration]]:
    """Return what each partner declared, the latest first, in one statement however many there are."""
    query = select(PartnerDeclaration).order_by(PartnerDeclaration.declared_at.desc(), PartnerDeclaration.id.desc())
    found: dict[int, list[PartnerDeclaration]] = {}
    for each in session.scalars(query):
        found.setdefault(each.partner_id, []).append(each)
    return found


def addresses_of(session: Session, partner_id: int) -> list[EndpointView]:
    """Return the addresses of a partner."""
    mine = select(SubscriberEndpoint.endpoint_id).where(SubscriberEndpoint.subscriber_id == partner_id)
    found = delivery_queries.endpoints_by_id(session, set(session.scalars(mine)))
    return [found[endpoint_id] for endpoint_id in sorted(found)]


def addresses_that_get_alerts(session: Session, partner_id: int) -> set[int]:
    """Return those of a partner's addresses that alerts go to."""
    mine = (Subscription.subscriber_id == partner_id, Subscription.ended_at.is_(None))
    return set(session.scalars(select(Subscription.endpoint_id).where(*mine)))


def add_partner(session: Session, name: str, ward: str | None, *, now: datetime) -> int:
    """Put a partner on the list with a code of its own and no address yet; a step."""
    row = Subscriber(kind=Kind.PARTNER, name=name, language=LANGUAGE, ward=ward, formats=[], created_at=now)
    session.add(row)
    session.flush()
    declare(session, [Declaration(row.id, None, None, None)], now=now)
    return row.id


def rename_partner(session: Session, partner_id: int, name: str, ward: str | None) -> None:
    """Give a partner another name or ward; a step."""
    session.execute(update(Subscriber).where(Subscriber.id == partner_id).values(name=name, ward=ward))


def link_address(session: Session, partner_id: int, typed: str, *, now: datetime) -> int:
    """Link an address to a partner, whose officer says it may be written to; returns the endpoint. A step.

    :raises RuleViolation: it is no address, its owner wants nothing from us, or it is a landline and no calls are made.
    """
    with blame("address"):
        channel, address = read_contact(typed)
    endpoint_id = delivery.find_or_add_endpoint(session, channel, address, status=EndpointStatus.UNCONFIRMED, now=now)
    end = delivery_queries.endpoints_by_id(session, [endpoint_id], lock=True)[endpoint_id]
    if end.is_suppressed:
        raise RuleViolation(
            "The person at this address asked us to stop, or it does not work. They can join again themselves.",
            field="address",
        )
    delivery.confirm_endpoint(session, endpoint_id, now=now)
    if session.get(SubscriberEndpoint, (partner_id, endpoint_id)) is None:
        with blame("address"):
            require_served(channel)
        session.add(SubscriberEndpoint(subscriber_id=partner_id, endpoint_id=endpoint_id, channel=channel))
        session.flush()
    return endpoint_id


def start_alerts(
    session: Session, partner_id: int, endpoint_id: int, *, recorded_by: int | None, now: datetime
) -> None:
    """Send alerts on every topic to a partner's address, if it does not get them yet; a step.

    :param recorded_by: the officer who says that its reader agreed.
    """
    if endpoint_id in addresses_that_get_alerts(session, partner_id):
        return
    topic_id = session.scalars(select(Topic.id).where(Topic.slug == EVERY_TOPIC)).one()
    session.add(
        Subscription(
            subscriber_id=partner_id,
            endpoint_id=endpoint_id,
            topic_id=topic_id,
            frequency=Frequency.IMMEDIATE,
            source=Source.PHONE,
            started_at=now,
        )
    )
    whose = (partner_id, endpoint_id)
    record_consent(session, whose, Act.GIVEN, method=Source.PHONE, now=now, recorded_by=recorded_by)


def stop_alerts(
    session: Session, partner_id: int, endpoint_ids: Collection[int], *, recorded_by: int | None, now: datetime
) -> None:
    """End what a partner gets at some of its addresses; whoever else reads them keeps theirs. A step."""
    for endpoint_id in sorted(addresses_that_get_alerts(session, partner_id) & {*endpoint_ids}):
        whose = (partner_id, endpoint_id)
        record_consent(session, whose, Act.WITHDRAWN, method=Source.PHONE, now=now, recorded_by=recorded_by)
    mine = (Subscription.subscriber_id == partner_id, Subscription.endpoint_id.in_(endpoint_ids))
    ending = update(Subscription).where(*mine, Subscription.ended_at.is_(None))
    session.execute(ending.values(ended_at=now, ended_reason=EndedReason.BY_OFFICER))


def unlink_address(
    session: Session, partner_id: int, endpoint_id: int, *, recorded_by: int | None, now: datetime
) -> None:
    """End what a partner gets at an address and let the address go; a step.

    :raises NotFound: it is not one of the partner's.
    """
    mine = (SubscriberEndpoint.subscriber_id == partner_id, SubscriberEndpoint.endpoint_id == endpoint_id)
    if session.scalar(select(SubscriberEndpoint.endpoint_id).where(*mine)) is None:
        raise NotFound("This partner has no such contact.")
    stop_alerts(session, partner_id, [endpoint_id], recorded_by=recorded_by, now=now)
    session.execute(delete(SubscriberEndpoint).where(*mine))


def _standings() -> Select[int, str | None, str | None, str, int | None, str | None, datetime | None, datetime]:
    return (
        select(
            Subscriber.id,
            Subscriber.name,
            Subscriber.ward,
            Partner.code,
            Partner.declared_reach,
            Partner.basis,
            Partner.declared_at,
            Subscriber.created_at,
        )
        .join(Partner, Partner.subscriber_id == Subscriber.id)
        .where(Subscriber.kind == Kind.PARTNER, Subscriber.erased_at.is_(None))
        .order_by(func.lower(Subscriber.name), Subscriber.id)
    )
