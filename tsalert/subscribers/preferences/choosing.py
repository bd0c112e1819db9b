"""Changing what somebody gets at an address, how often, for which ward, in which form. Steps of both doors."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.clock import london_date
from tsalert.core.errors import RuleViolation
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView, endpoints_by_id
from tsalert.delivery.rules import EndpointStatus
from tsalert.places import finding
from tsalert.places import queries as places
from tsalert.subscribers import queries
from tsalert.subscribers.hearing import further_wards, keep_further_wards, wards_of
from tsalert.subscribers.models import Subscriber, Subscription
from tsalert.subscribers.preferences import wording
from tsalert.subscribers.preferences.acting import By, note_act, note_consent
from tsalert.subscribers.preferences.readers import lock_subscriber, open_subscriptions, require_address
from tsalert.subscribers.preferences.rules import EVERY_WARD, compare
from tsalert.subscribers.rules import LARGE_PRINT, OFFERED, WORDINGS, Act, EndedReason, Kind, tidy_topics


class Choices(Struct, frozen=True):
    """What somebody wants from now on.

    :param ward: a ward, ``EVERY_WARD``, or None for the ward of the postcode.
    :param further_wards: wards to hear about besides that one.
    """

    topics: tuple[str, ...]
    frequency: str
    postcode: str | None = None
    ward: str | None = None
    name: str | None = None
    language: str | None = None
    large_print: bool = False
    further_wards: tuple[str, ...] = ()


def change(session: Session, subscriber_id: int, endpoint_id: int, choices: Choices, *, by: By) -> None:
    """Let a subscriber get exactly what they chose at an address; where alerts had stopped, they start again.

    :raises NotFound: there is no such subscriber, or they do not read that address.
    :raises RuleViolation: a topic, a pace or a ward is not offered.
    """
    subscriber = lock_subscriber(session, subscriber_id)
    require_address(session, subscriber_id, endpoint_id)
    held = open_subscriptions(session, subscriber_id, endpoint_id)
    if subscriber.kind == Kind.PARTNER:
        named = replace(choices, name=choices.name or subscriber.name)
        choices = _of_contact(subscriber, choices) if by.is_reader else named
    _require_offered(session, choices, subscriber, {each.frequency for each in held.values()})
    changed = _describe(session, subscriber, choices, by.now)
    changed += keep_further_wards(session, subscriber, choices.further_wards)
    changed += _subscribe(session, (subscriber_id, endpoint_id), held, choices, by=by)
    act = _let_be_written_to(session, endpoints_by_id(session, [endpoint_id], lock=True)[endpoint_id], by.now)
    if not changed and act is Act.CHANGED:
        return
    wards = wards_of(session, subscriber)
    words = wording.chosen(choices, dict(queries.topics(session)), places.ward_names(session), wards)
    consent = words if act is Act.CHANGED else f"{WORDINGS[by.method]} {words}"
    note_consent(session, subscriber_id, endpoint_id, (act, consent), by=by)
    note_act(session, "chose", subscriber_id, by=by, changed=", ".join(sorted(set(changed))))


def _of_contact(subscriber: Subscriber, choices: Choices) -> Choices:
    """Return what a contact of an organisation may choose: what comes to them, and nothing of what the organisation is.

    Its name stands in our mails and on our pages, and its other contacts get the alerts of its ward.
    """
    return replace(
        choices,
        name=subscriber.name,
        postcode=subscriber.postcode,
        ward=subscriber.ward or EVERY_WARD,
        large_print=LARGE_PRINT in subscriber.formats,
    )


def _require_offered(session: Session, choices: Choices, subscriber: Subscriber, kept: set[str]) -> None:
    if not choices.topics:
        raise RuleViolation("Choose at least one topic. To get no alerts any more, stop them.", field="topics")
    if not set(choices.topics) <= set(queries.topic_ids(session)):
        raise RuleViolation("Choose topics from the list.", field="topics")
    if choices.frequency not in {*OFFERED, *kept}:
        raise RuleViolation("Choose how often from the list.", field="frequency")
    wards = places.ward_names(session)
    if choices.ward not in {None, EVERY_WARD, subscriber.ward, *wards}:
        raise RuleViolation("Choose a ward from the list.", field="ward")
    if not set(choices.further_wards) <= {*wards, *further_wards(session, subscriber.id)}:
        raise RuleViolation("Choose wards from the list.", field="further_wards")


def _describe(session: Session, subscriber: Subscriber, choices: Choices, now: datetime) -> list[str]:
    """Write down who they are and where they live; returns the names of what changed."""
    formats = [each for each in subscriber.formats if each != LARGE_PRINT]
    wanted = {
        "name": choices.name,
        "postcode": choices.postcode,
        "ward": _ward(session, choices, now),
        "language": choices.language or subscriber.language,
        "formats": [*formats, LARGE_PRINT] if choices.large_print else formats,
    }
    changed = [name for name, value in wanted.items() if getattr(subscriber, name) != value]
    for name in changed:
        setattr(subscriber, name, wanted[name])
    return changed


def _ward(session: Session, choices: Choices, now: datetime) -> str | None:
    if choices.ward is None:
        return finding.own_ward(session, choices.postcode, on=london_date(now))
    return None if choices.ward == EVERY_WARD else choices.ward


def _subscribe(
    session: Session, whose: tuple[int, int], held: dict[str, Subscription], choices: Choices, *, by: By
) -> list[str]:
    pace = {topic: each.frequency for topic, each in held.items()}
    difference = compare(pace, tidy_topics(choices.topics), choices.frequency)
    ending = dict.fromkeys(difference.end, EndedReason.CHANGED) | dict.fromkeys(difference.retime, EndedReason.RETIMED)
    for topic, reason in ending.items():
        held[topic].ended_at, held[topic].ended_reason = by.now, reason
    start(session, whose, dict.fromkeys(difference.start + difference.retime, choices.frequency), by=by)
    said = {"topics": difference.start + difference.end, "frequency": difference.retime}
    return [name for name, topics in said.items() if topics]


def start(session: Session, whose: tuple[int, int], paces: dict[str, str], *, by: By) -> None:
    """Start topics at an address.

    :param whose: the subscriber and the address.
    :param paces: how often each topic is to come.
    """
    subscriber_id, endpoint_id = whose
    known = queries.topic_ids(session)
    session.flush()  # what ended makes room for what starts
    session.add_all(
        Subscription(
            subscriber_id=subscriber_id,
            endpoint_id=endpoint_id,
            topic_id=known[topic],
            frequency=pace,
            source=by.method,
            started_at=by.now,
        )
        for topic, pace in paces.items()
    )


def _let_be_written_to(session: Session, end: EndpointView, now: datetime) -> Act:
    """Let alerts go to an address whose reader has just chosen them; returns what that was of their consent."""
    if end.status is EndpointStatus.ACTIVE and not end.is_suppressed:
        return Act.CHANGED
    delivery.lift_suppression(session, end.id, status=EndpointStatus.ACTIVE, now=now)
    return Act.CONFIRMED if end.status is EndpointStatus.UNCONFIRMED else Act.GIVEN
