"""People at work: read with their addresses and topics, changed, and written back in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.bulk import add_many
from tsalert.db import new_ids
from tsalert.delivery.rules import Channel
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription, Topic
from tsalert.subscribers.rules import Changes, EndedReason, Frequency, Held, Kind

LANGUAGE = "en-GB"


class Holding(Struct, eq=False):
    """A subscription at work; ``id`` is None until it is written."""

    held: Held
    id: int | None = None
    is_changed: bool = False

    def change(self, **values: str) -> None:
        """Change what is held, now in mind and later in the database."""
        self.held, self.is_changed = replace(self.held, **values), True


class Person(Struct, eq=False):
    """A subscriber at work, with what they hold at each of their addresses."""

    kind: str
    name: str | None
    ward: str | None
    postcode: str | None
    id: int | None = None
    partner_code: str | None = None
    formats: tuple[str, ...] = ()
    language: str = LANGUAGE
    is_changed: bool = False
    channels: dict[int, str] = field(default_factory=dict)
    new_endpoints: list[int] = field(default_factory=list)
    holdings: defaultdict[int, list[Holding]] = field(default_factory=lambda: defaultdict(list))

    @property
    def subscriber_id(self) -> int:
        """The id of one who has been written."""
        assert self.id is not None
        return self.id

    @property
    def has_email(self) -> bool:
        """True where this person reads an email address."""
        return Channel.EMAIL in self.channels.values()

    def update(self, **details: str | None) -> None:
        """Take over what is given; None leaves what is known as it is."""
        for name, value in details.items():
            if value is not None and value != getattr(self, name):
                setattr(self, name, value)
                self.is_changed = True

    def ask_for(self, formats: tuple[str, ...]) -> None:
        """Add formats to those that this person has."""
        if not {*formats} <= {*self.formats}:
            self.formats, self.is_changed = tuple(dict.fromkeys((*self.formats, *formats))), True

    def held_at(self, endpoint_id: int) -> list[Held]:
        """Return what this person has, or had, at one address."""
        return [holding.held for holding in self.holdings[endpoint_id]]

    def is_open_at(self, endpoint_id: int) -> bool:
        """Tell whether this person gets anything at one address."""
        return bool(self.open_at(endpoint_id))

    def open_at(self, endpoint_id: int) -> tuple[str, ...]:
        """Return the topics that this person gets at one address."""
        return tuple(held.topic for held in self.held_at(endpoint_id) if held.ended_reason is None)

    def apply(self, endpoint_id: int, changes: Changes, *, source: str, frequency: str | None) -> None:
        """Carry out changes at one address."""
        holdings = self.holdings[endpoint_id]
        for position in changes.end:
            holdings[position].change(ended_reason=EndedReason.REPLACED)
        for position in changes.retime:
            holdings[position].change(ended_reason=EndedReason.RETIMED)
        for topic in (*changes.start, *(holdings[position].held.topic for position in changes.retime)):
            holdings.append(Holding(Held(topic, frequency or Frequency.IMMEDIATE, source)))


class Roll(Struct):
    """The people that a batch concerns, and who reads which address."""

    people: list[Person] = field(default_factory=list)
    readers: defaultdict[int, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def add(self, person: Person) -> Person:
        """Put somebody on the roll."""
        self.people.append(person)
        for endpoint_id in person.channels:
            self.readers[endpoint_id].append(person)
        return person

    def link(self, person: Person, endpoint_id: int, channel: str) -> bool:
        """Let a person read an address; returns whether that is new."""
        if endpoint_id in person.channels:
            return False
        person.channels[endpoint_id] = channel
        person.new_endpoints.append(endpoint_id)
        self.readers[endpoint_id].append(person)
        return True


def read_roll(session: Session, endpoint_ids: Collection[int]) -> Roll:
    """Return everybody who reads any of the addresses, with all their addresses and topics.

    Ids travel through Python: joined in one query, a database that has not counted its rows yet
    reads whole tables for every batch.
    """
    reading = select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id.in_(endpoint_ids))
    people = _read_people(session, set(session.scalars(reading)))
    _read_holdings(session, people)
    roll = Roll()
    for person in people.values():
        roll.add(person)
    return roll


def held_by_partners(session: Session, endpoint_id: int) -> list[Held]:
    """Return what partners had at an address, also those that have let it go."""
    query = (
        select(Topic.slug, Subscription.frequency, Subscription.source, Subscription.ended_reason)
        .join(Topic, Topic.id == Subscription.topic_id)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(Subscription.endpoint_id == endpoint_id, Subscriber.kind == Kind.PARTNER)
        .order_by(Subscription.id)
    )
    return [Held(*row) for row in session.execute(query)]


def _read_people(session: Session, subscriber_ids: Collection[int]) -> dict[int, Person]:
    if not subscriber_ids:
        return {}
    known = session.execute(
        select(
            Subscriber.id,
            Subscriber.kind,
            Subscriber.name,
            Subscriber.ward,
            Subscriber.postcode,
            Subscriber.language,
            Subscriber.formats,
        )
        .where(Subscriber.id.in_(subscriber_ids), Subscriber.erased_at.is_(None))
        .order_by(Subscriber.id)
    )
    people = {
        subscriber_id: Person(kind, name, ward, postcode, id=subscriber_id, language=language, formats=tuple(formats))
        for subscriber_id, kind, name, ward, postcode, language, formats in known
    }
    links = select(SubscriberEndpoint.subscriber_id, SubscriberEndpoint.endpoint_id, SubscriberEndpoint.channel)
    for subscriber_id, endpoint_id, channel in session.execute(
        links.where(SubscriberEndpoint.subscriber_id.in_(people))
    ):
        people[subscriber_id].channels[endpoint_id] = channel
    return people


def _read_holdings(session: Session, people: Mapping[int, Person]) -> None:
    if not people:
        return
    rows = session.execute(
        select(
            Subscription.id,
            Subscription.subscriber_id,
            Subscription.endpoint_id,
            Topic.slug,
            Subscription.frequency,
            Subscription.source,
            Subscription.ended_reason,
        )
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id.in_(people))
        .order_by(Subscription.id)
    )
    for subscription_id, subscriber_id, endpoint_id, topic, frequency, source, ended_reason in rows:
        held = Held(topic, frequency, source, ended_reason)
        people[subscriber_id].holdings[endpoint_id].append(Holding(held, subscription_id))


def write_roll(session: Session, roll: Roll, topics: Mapping[str, int], *, now: datetime) -> None:
    """Write what changed, everybody new with an id.

    :param topics: the id of each topic by its slug.
    """
    _write_people(session, roll, now)
    links = [
        {"subscriber_id": person.id, "endpoint_id": endpoint_id, "channel": person.channels[endpoint_id]}
        for person in roll.people
        for endpoint_id in person.new_endpoints
    ]
    add_many(session, SubscriberEndpoint, links)
    _write_holdings(session, roll, topics, now)


def _write_people(session: Session, roll: Roll, now: datetime) -> None:
    changed = [person for person in roll.people if person.id is not None and person.is_changed]
    new = [person for person in roll.people if person.id is None]
    if new:
        for person, subscriber_id in zip(new, new_ids(session, Subscriber, len(new)), strict=True):
            person.id = subscriber_id
        rows = [_details(one) | {"id": one.id, "partner_code": one.partner_code, "created_at": now} for one in new]
        add_many(session, Subscriber, rows)
    if changed:
        session.execute(update(Subscriber), [_details(person) | {"id": person.id} for person in changed])


def _details(person: Person) -> dict[str, object]:
    return {
        "kind": person.kind,
        "name": person.name,
        "ward": person.ward,
        "postcode": person.postcode,
        "language": person.language,
        "formats": list(person.formats),
    }


def _write_holdings(session: Session, roll: Roll, topics: Mapping[str, int], now: datetime) -> None:
    new, changed = [], []
    for person, endpoint_id, holding in _holdings(roll):
        held = holding.held
        state: dict[str, object] = {
            "frequency": held.frequency,
            "ended_reason": held.ended_reason,
            "ended_at": now if held.ended_reason else None,
        }
        if holding.id is None:
            whose: dict[str, object] = {
                "subscriber_id": person.id,
                "endpoint_id": endpoint_id,
                "topic_id": topics[held.topic],
            }
            new.append(whose | state | {"source": held.source, "started_at": now})
        elif holding.is_changed:
            changed.append({"id": holding.id} | state)
    if changed:  # what ended makes room for what starts
        session.execute(update(Subscription), changed)
    add_many(session, Subscription, new)


def _holdings(roll: Roll) -> Iterator[tuple[Person, int, Holding]]:
    for person in roll.people:
        for endpoint_id, holdings in person.holdings.items():
            for holding in holdings:
                yield person, endpoint_id, holding
