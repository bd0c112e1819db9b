"""Who an alert reaches, and why everybody else on the list is left out: every address is counted, once.

Slower than finding the audience itself, since nobody is passed over; tests hold the two to one another.
"""

from collections.abc import Collection
from enum import IntEnum
from typing import Any

from msgspec import Struct
from sqlalchemy import Case, Select, Subquery, and_, case, false, func, literal, not_, select, true
from sqlalchemy.orm import Session

from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers.choice import Choice, is_awake, is_named, left_out_addresses, partners_of
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription
from tsalert.subscribers.profiles import PartnerProfile
from tsalert.subscribers.rules import Frequency, Kind
from tsalert.subscribers.wanting import asked_for, lives_in

OTHER_PARTNER = 0


class Fate(IntEnum):
    """What becomes of an address.

    Up to ``GETS`` it is how far an alert comes by what somebody asked for at the address; the farthest counts. What
    stands above is of the address itself, and counts before that.
    """

    ENDED = 0
    OTHER_TOPIC = 1
    OTHER_WARD = 2
    OTHER_KIND = 3
    WARD_LEFT_OUT = 4
    PAUSED = 5
    DIGEST = 6
    GETS = 7
    OTHER_CHANNEL = 8
    LEFT_OUT = 9
    UNCONFIRMED = 10
    BROKEN = 11
    STOPPED = 12


class Meant(Struct, frozen=True):
    """For whom an alert is: all that the query of its audience is asked for."""

    wards: Collection[str]
    topic: str
    channels: Collection[str]
    is_urgent: bool
    choice: Choice


class Group(Struct, frozen=True):
    """Addresses that are alike; ``kind`` is that of a partner, or None for residents."""

    fate: Fate
    channel: str
    ward: str | None
    kind: int | None
    count: int


def account_for(session: Session, meant: Meant) -> list[Group]:
    """Count every address of the list by what would become of it if an alert went out now."""
    ends, asked = delivery.endpoint_standings().subquery("ends"), _asked(meant).subquery("asked")
    alike = (_fate(ends, asked, meant).label("fate"), ends.c.channel, asked.c.ward, asked.c.kind)
    query = (
        select(*alike, func.count())
        .outerjoin_from(ends, asked, asked.c.endpoint_id == ends.c.id)
        .where(ends.c.id.in_(select(SubscriberEndpoint.endpoint_id)), ends.c.status != EndpointStatus.ERASED)
        .group_by(*alike)
    )
    return [Group(Fate(fate), *rest) for fate, *rest in session.execute(query)]


def _fate(ends: Subquery, asked: Subquery, meant: Meant) -> Case[int]:
    status, reached = ends.c.status, func.coalesce(asked.c.reached, literal(int(Fate.ENDED)))
    left_out = ends.c.id.in_(left_out_addresses(meant.choice)) if meant.choice.left_out else false()
    return case(
        (status.in_([EndpointStatus.OPTED_OUT, EndpointStatus.COMPLAINED]), int(Fate.STOPPED)),
        (status == EndpointStatus.UNCONFIRMED, int(Fate.UNCONFIRMED)),
        (status != EndpointStatus.ACTIVE, int(Fate.BROKEN)),
        (ends.c.is_suppressed, int(Fate.STOPPED)),
        (left_out, int(Fate.LEFT_OUT)),
        (reached < int(Fate.GETS), reached),
        (ends.c.channel.not_in([*meant.channels]), int(Fate.OTHER_CHANNEL)),
        else_=int(Fate.GETS),
    )


def _asked(meant: Meant) -> Select[int, int, str | None, Any]:
    """Return the query of (endpoint, how far an alert comes there, ward, kind of partner) of all that is asked for."""
    kind = case((Subscriber.kind == Kind.PARTNER, func.coalesce(PartnerProfile.kind_id, OTHER_PARTNER)))
    return (
        select(
            Subscription.endpoint_id,
            func.max(_reached(meant)).label("reached"),
            func.min(Subscriber.ward).label("ward"),
            func.max(kind).label("kind"),
        )
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .outerjoin(PartnerProfile, PartnerProfile.partner_id == Subscription.subscriber_id)
        .where(Subscription.ended_at.is_(None))
        .group_by(Subscription.endpoint_id)
    )


def _reached(meant: Meant) -> Case[int]:
    """Return how far an alert comes by one subscription: as far as what stops it first, in the order of ``Fate``."""
    choice = meant.choice
    others = Subscription.subscriber_id.not_in(partners_of(choice)) if choice.kinds else false()
    waits = false() if meant.is_urgent else Subscription.frequency != Frequency.IMMEDIATE
    stops = (
        (not_(and_(true(), *asked_for(meant.topic))), Fate.OTHER_TOPIC),
        (not_(and_(true(), *lives_in(meant.wards))), Fate.OTHER_WARD),
        (others, Fate.OTHER_KIND),
        (func.coalesce(Subscriber.ward, "").in_(choice.but_wards), Fate.WARD_LEFT_OUT),
        (~is_awake(), Fate.PAUSED),
        (waits, Fate.DIGEST),
    )
    # Those named get it whatever they chose, unless they pause.
    named = [(is_named(choice) & is_awake(), int(Fate.GETS))] if choice.named else []
    return case(*named, *((stop, int(fate)) for stop, fate in stops), else_=int(Fate.GETS))
