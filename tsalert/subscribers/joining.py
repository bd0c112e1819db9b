"""Joining: asked for by anybody, done by the one who reads the address; or recorded by an officer."""

import logging
from datetime import datetime

from flask import current_app
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import NotFound, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView, endpoints_by_id
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.places import queries as places
from tsalert.places.finding import own_ward
from tsalert.subscribers import asking, queries, rules
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.contacts import read_contact, require_private
from tsalert.subscribers.models import Partner, SignUp, Subscriber
from tsalert.subscribers.people import Person, read_roll, write_roll
from tsalert.subscribers.rules import Act, Kind, Source
from tsalert.subscribers.telling import tell_of_limit
from tsalert.visitors.codes import make_code, try_code
from tsalert.visitors.limiting import spend
from tsalert.visitors.rules import mailbox_of, network_of
from tsalert.visitors.tokens import network_digest

CODE = "join"
_TURNED_AWAY = "Until the hour is over, everybody else is asked to try again later or to ring."
_log = logging.getLogger(__name__)
PUBLIC = Actor(None, "the public", frozenset(), Via.PAGE)


class _Full(TooManyTries):
    """So many joined within the hour that nobody else can."""


class Wish(Struct, frozen=True):
    """What somebody asks for; no topic named means all of them."""

    topics: tuple[str, ...] = ()
    postcode: str | None = None
    ward: str | None = None
    name: str | None = None
    frequency: str | None = None
    formats: tuple[str, ...] = ()
    partner_code: str | None = None


def sign_up(contact: str, wish: Wish, *, network: str, now: datetime) -> str:
    """Take a sign-up from the public site, ask the address to confirm it, and return the token of the code's page.

    A landline is asked by a call, and gets no code.

    Nothing changes for anybody until it does. Whether the address is new, known or has left makes
    no difference that the visitor could see; one that was asked too often is not asked again.

    :param contact: an email address or a telephone number, as typed.
    :param network: the visitor's network address; only a keyed digest of it is kept.
    :raises RuleViolation: the contact or a topic is not valid.
    :raises TooManyTries: too many sign-ups came from this network.
    """
    channel, address = read_contact(contact)
    require_private(channel, address)
    try:
        return _sign_up(channel, address, wish, network, now)
    except _Full:
        with transaction() as session:
            tell_of_limit(session, "people who join on the website", _TURNED_AWAY, now=now)
        raise


def _sign_up(channel: Channel, address: str, wish: Wish, network: str, now: datetime) -> str:
    hour = rules.WATCHED_SPAN
    with transaction() as session:
        require_known(session, wish)
        most = rules.SIGN_UPS_PER_NETWORK
        if not spend(session, "sign up from", network_of(network), most=most, within=hour, now=now):
            raise TooManyTries("Too many people have joined from your connection. Try again in an hour, or ring us.")
        asking.require_cheap(session, channel, network, now=now)
        most = rules.SIGN_UPS_PER_ADDRESS
        if not spend(session, "sign up", mailbox_of(address), most=most, within=hour, now=now):
            return make_code(session, CODE, None, now=now).token
        end = find_or_add(session, channel, address, now)
        asked = keep_wish(session, end, wish, source=Source.WEB, now=now)
        asked.network_digest = network_digest(network)
        session.flush()
        made = make_code(session, CODE, None if channel is Channel.VOICE else asked.id, now=now)
        asking.ask(session, asked, now=now, code=made.code)
        _require_room(session, now)
        audit.record(session, PUBLIC, "asked to join", "sign-up", asked.id, now=now, channel=end.channel)
        return made.token


def _require_room(session: Session, now: datetime) -> None:
    """Refuse sign-ups beyond what a service of any size has in an hour; last, since all of them count one number."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    most, hour = settings.sign_ups_per_hour, rules.WATCHED_SPAN
    if not spend(session, "sign ups", "all", most=most, within=hour, now=now):
        _log.warning("more than %s people asked to join within an hour", most)
        raise _Full("Too many people are joining at the moment. Try again in an hour, or ring us.")


def sign_up_in_vain(*, now: datetime) -> str:
    """Return a token as anybody gets one, for a machine that filled the form."""
    with transaction() as session:
        return make_code(session, CODE, None, now=now).token


def confirm_by_code(token: str, typed: str, *, now: datetime) -> int | None:
    """Put the address of a sign-up on the list by the code that it was sent; returns what ``confirm_sign_up`` does.

    Typed again, as by a second press of the button, it changes nothing and is no mistake.

    :raises RuleViolation: the code is wrong, too old or was tried too often, or they have left since they used it.
    """
    sign_up_id = try_code(CODE, token, typed, now=now, may_repeat=True)
    if sign_up_id is None:
        raise RuleViolation(
            "This code is wrong, more than 10 minutes old, or was tried too often. Open the link of the message "
            "instead, or sign up again.",
            field="code",
        )
    return confirm_sign_up(sign_up_id, now=now)


def confirm_sign_up(sign_up_id: int, *, now: datetime) -> int | None:
    """Put the address of a sign-up on the list, because its reader followed the link; again changes nothing.

    :return: the endpoint; None where it was confirmed before.
    :raises NotFound: there is no such sign-up.
    :raises RuleViolation: it is older than seven days.
    """
    with transaction() as session:
        return confirm(session, sign_up_id, method=Source.WEB, now=now)


def confirm(session: Session, sign_up_id: int, *, method: Source, now: datetime) -> int | None:
    """Put the address of a sign-up on the list; returns its endpoint, None where it was confirmed before. A step.

    :raises NotFound: there is no such sign-up.
    :raises RuleViolation: it is older than seven days, or they have left since they used it.
    """
    asked, end = _hold(session, sign_up_id)
    if asked.confirmed_at is not None:
        _require_active(end)
        return None
    if end.is_forgotten:
        raise RuleViolation("This link does not work any more. Sign up again.")
    if as_utc(now) - asked.asked_at > rules.CONFIRM_LIFE:
        raise RuleViolation("This link is more than 7 days old. Sign up again.")
    asked.confirmed_at = now
    wish = Wish(
        tuple(asked.topics),
        asked.postcode,
        asked.ward,
        frequency=asked.frequency,
        formats=tuple(asked.formats),
        partner_code=asked.partner_code,
    )
    person = join_person(session, wish, end, source=Source(asked.source), now=now)
    record_consent(session, (person.subscriber_id, end.id), Act.CONFIRMED, method=method, now=now)
    audit.record(
        session, PUBLIC, "joined", "subscriber", person.subscriber_id, now=now, channel=end.channel, method=method
    )
    return end.id


def _hold(session: Session, sign_up_id: int) -> tuple[SignUp, EndpointView]:
    """Return a sign-up and its address, both locked: the address first, as whoever erases it locks them.

    :raises NotFound: there is no such sign-up.
    """
    one = select(SignUp).where(SignUp.id == sign_up_id)
    ends = endpoints_by_id(session, session.scalars(one.with_only_columns(SignUp.endpoint_id)).all(), lock=True)
    asked = session.scalar(one.with_for_update().execution_options(populate_existing=True))
    if asked is None:
        raise NotFound("This link does not work. Sign up again.")
    return asked, ends[asked.endpoint_id]


def join_at(session: Session, number: str, wish: Wish, *, now: datetime) -> None:
    """Put a number on the list that texted so itself; again changes nothing but what it asks for on top. A step."""
    end = find_or_add(session, Channel.SMS, number, now)
    person = join_person(session, wish, end, source=Source.SMS, now=now)
    record_consent(session, (person.subscriber_id, end.id), Act.GIVEN, method=Source.SMS, now=now)
    audit.record(session, PUBLIC, "joined", "subscriber", person.subscriber_id, now=now, method=Source.SMS)


def keep_wish(session: Session, end: EndpointView, wish: Wish, *, source: Source, now: datetime) -> SignUp:
    """Keep what somebody wishes at an address until it confirms; a step."""
    asked = SignUp(
        endpoint_id=end.id,
        topics=list(rules.tidy_topics(wish.topics)),
        postcode=wish.postcode,
        ward=wish.ward or own_ward(session, wish.postcode, on=london_date(now)),
        frequency=wish.frequency,
        formats=list(wish.formats),
        partner_code=find_partner(session, wish.partner_code),
        source=source,
        asked_at=now,
    )
    session.add(asked)
    return asked


def require_known(session: Session, wish: Wish) -> None:
    """Refuse a topic or a ward that does not exist.

    :raises RuleViolation: naming the field.
    """
    if not set(wish.topics) <= set(queries.topic_ids(session)):
        raise RuleViolation("Choose topics from the list.", field="topics")
    wards = places.ward_names(session)
    if wish.ward and wards and wish.ward not in wards:
        raise RuleViolation("Choose a ward from the list.", field="ward")


def with_known_partner(session: Session, wish: Wish) -> Wish:
    """Return a wish with the partner's code as it is kept, for an officer or a program that gave one.

    :raises RuleViolation: no partner has it; the field is ``partner``.
    """
    code = find_partner(session, wish.partner_code)
    if (wish.partner_code or "").strip() and code is None:
        raise RuleViolation("There is no partner with this code. Correct it, or leave it out.", field="partner")
    return replace(wish, partner_code=code)


def find_partner(session: Session, code: str | None) -> str | None:
    """Return the code of a partner of ours as it is kept; None for any other."""
    asked = (code or "").strip().upper()
    # What no code holds, such as a null character, is no question for a database.
    return session.scalar(select(Partner.code).where(Partner.code == asked)) if asked.isalnum() else None


def _require_active(end: EndpointView) -> None:
    if end.status is not EndpointStatus.ACTIVE or end.is_suppressed:
        raise RuleViolation("This link was used before. Sign up again.")


def find_or_add(session: Session, channel: Channel, address: str, now: datetime) -> EndpointView:
    """Return the endpoint of an address, locked; one that is new to us is unconfirmed. A step.

    :raises RuleViolation: it is a landline, and nothing is set up that makes calls.
    """
    asking.require_served(channel)
    status = EndpointStatus.UNCONFIRMED
    endpoint_id = delivery.find_or_add_endpoint(session, channel, address, status=status, now=now)
    return endpoints_by_id(session, [endpoint_id], lock=True)[endpoint_id]


def join_person(session: Session, wish: Wish, end: EndpointView, *, source: Source, now: datetime) -> Person:
    """Start what somebody wishes at an address, and let it be written to; what they have already stays. A step.

    What an organisation is stays too, whichever of its contacts joins: its other contacts get the alerts of its ward.
    """
    delivery.lift_suppression(session, end.id, status=EndpointStatus.ACTIVE, now=now)
    roll = read_roll(session, [end.id])
    person = rules.same_reader(wish.name, roll.readers[end.id])
    ward = wish.ward or own_ward(session, wish.postcode, on=london_date(now))
    if person is None:
        person = Person(Kind.RESIDENT, wish.name, ward, wish.postcode, partner_code=wish.partner_code)
        roll.people.append(person)
    is_resident = person.kind == Kind.RESIDENT
    if is_resident:
        person.update(name=wish.name, ward=ward, postcode=wish.postcode)
    roll.link(person, end.id, end.channel)
    changes = rules.changes_by_choice(person.held_at(end.id), wish.topics, wish.frequency)
    person.apply(end.id, changes, source=source, frequency=wish.frequency)
    write_roll(session, roll, queries.topic_ids(session), now=now)
    if is_resident:
        _add_formats(session, person, wish.formats)
    return person


def _add_formats(session: Session, person: Person, formats: tuple[str, ...]) -> None:
    """Note the formats that somebody asks for; those they have already stay."""
    if formats:
        subscriber = session.get_one(Subscriber, person.subscriber_id)
        subscriber.formats = list(dict.fromkeys((*subscriber.formats, *formats)))
