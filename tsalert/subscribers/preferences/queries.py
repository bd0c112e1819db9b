"""What pages of preferences show: what somebody gets at an address, how they agreed, and why people left."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.delivery.queries import EndpointView, endpoints_by_id, get_endpoint
from tsalert.places import finding
from tsalert.places import queries as places
from tsalert.subscribers import queries
from tsalert.subscribers.hearing import further_wards, wards_of
from tsalert.subscribers.models import ConsentEvent, Subscriber
from tsalert.subscribers.oneness import numbers_of
from tsalert.subscribers.preferences.models import LeavingReason
from tsalert.subscribers.preferences.pausing import paused_until
from tsalert.subscribers.preferences.readers import addresses_of, open_subscriptions
from tsalert.subscribers.preferences.rules import EVERY_WARD, WhyLeft
from tsalert.subscribers.preferences.wording import FREQUENCIES
from tsalert.subscribers.rules import LARGE_PRINT, OFFERED, Frequency, Kind


class Standing(Struct, frozen=True):
    """What one person gets at one address, with all that a form needs to change it.

    :param ward_choice: what a form has chosen: a ward, every ward, or "" for the postcode's.
    """

    subscriber: Subscriber
    end: EndpointView
    topics: tuple[str, ...]
    frequency: str
    ward: str
    ward_choice: str
    others: tuple[str, ...]
    paused_until: datetime | None
    further_wards: tuple[str, ...] = ()

    @property
    def has_stopped(self) -> bool:
        """True where nothing comes to this address any more."""
        return not self.topics

    @property
    def is_contact(self) -> bool:
        """True for the address of an organisation, whose reader changes what comes there alone."""
        return self.subscriber.kind == Kind.PARTNER

    @property
    def is_large_print(self) -> bool:
        """True for somebody who asked for large print."""
        return LARGE_PRINT in self.subscriber.formats


class Offered(Struct, frozen=True):
    """What a form offers to choose from, each as (code, words)."""

    topics: Sequence[tuple[str, str]]
    frequencies: Sequence[tuple[str, str]]
    wards: Sequence[tuple[str, str]]
    further_wards: Sequence[tuple[str, str]]


def standing(session: Session, subscriber: Subscriber, endpoint_id: int, *, now: datetime) -> Standing:
    """Return what a subscriber gets at one of their addresses."""
    held = open_subscriptions(session, subscriber.id, endpoint_id)
    names = places.ward_names(session)
    others = endpoints_by_id(session, set(addresses_of(session, subscriber.id)) - {endpoint_id})
    from_postcode = finding.own_ward(session, subscriber.postcode, on=london_date(now))
    return Standing(
        subscriber=subscriber,
        end=get_endpoint(session, endpoint_id),
        topics=tuple(held),
        frequency=next((each.frequency for each in held.values()), Frequency.IMMEDIATE),
        ward=", ".join(names.get(ward, ward) for ward in wards_of(session, subscriber)) or "Every ward",
        # Who has given neither may give a postcode and expect that it counts.
        ward_choice="" if from_postcode == subscriber.ward else subscriber.ward or EVERY_WARD,
        others=tuple(end.masked for _, end in sorted(others.items())),
        paused_until=paused_until(session, subscriber, endpoint_id),
        further_wards=further_wards(session, subscriber.id),
    )


def offered(session: Session, now_held: Standing) -> Offered:
    """Return what somebody may choose from; what they have stays on offer."""
    paces = [each for each in Frequency if each in {*OFFERED, now_held.frequency}]
    wards = dict(places.ward_options(session))
    own = now_held.subscriber.ward
    kept = {own: own} if own not in {None, *wards} else {}
    first = {"": "The ward of my postcode", EVERY_WARD: "Every ward"}
    return Offered(
        queries.topics(session),
        [(each.value, FREQUENCIES[each]) for each in paces],
        [(code or "", name or "") for code, name in (first | kept | wards).items()],
        [(code, name) for code, name in wards.items() if code != own],
    )


def history(session: Session, subscriber_id: int, *, at: int | None = None) -> Sequence[ConsentEvent]:
    """Return what somebody agreed to and took back, the latest first.

    :param at: only what was about this address.
    """
    mine = select(ConsentEvent).where(ConsentEvent.subscriber_id.in_(numbers_of(session, subscriber_id)))
    if at is not None:
        mine = mine.where(ConsentEvent.endpoint_id == at)
    return session.scalars(mine.order_by(ConsentEvent.at.desc(), ConsentEvent.id.desc())).all()


def why_people_left(session: Session, since: datetime) -> list[tuple[WhyLeft, int]]:
    """Return how many gave each reason for leaving from an instant on; whoever gave none is not among them."""
    given = select(LeavingReason.reason, func.count()).where(LeavingReason.at >= since).group_by(LeavingReason.reason)
    counts = dict(session.execute(given).all())
    return [(each, counts.get(each.value, 0)) for each in WhyLeft]
