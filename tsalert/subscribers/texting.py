"""Joining and leaving by text message. Steps of the room that takes messages in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.delivery import service as delivery
from tsalert.delivery.queries import EndpointView, find_endpoint
from tsalert.delivery.rules import Channel, EndpointStatus
from tsalert.delivery.telephones import is_on_the_islands
from tsalert.subscribers import queries
from tsalert.subscribers.asking import may_cost
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.join_words import read_join_words
from tsalert.subscribers.joining import PUBLIC, Wish, confirm, find_partner, join_at
from tsalert.subscribers.leaving import leave
from tsalert.subscribers.models import SignUp
from tsalert.subscribers.people import Person, Roll, held_by_partners, read_roll, write_roll
from tsalert.subscribers.rules import CONFIRM_LIFE, Act, EndedReason, Kind, Source, changes_by_return


def number_to_text(settings: Settings) -> str | None:
    """Return the number that residents text; None where there is none, or where a messaging service keeps its own."""
    if settings.notify is not None and settings.texts_by_notify:
        return settings.notify.number
    sender = settings.twilio.sender if settings.twilio is not None else None
    return sender if sender and settings.takes_texts else None


def held_back_until_start(settings: Settings) -> bool:
    """Tell whether the provider lets no text of ours through to whoever texted STOP, until they text START."""
    return settings.twilio is not None and settings.takes_texts and not settings.texts_by_notify


def stop_texts(session: Session, number: str, *, now: datetime) -> None:
    """Stop every text to a number, because it texted STOP. A number we never heard of is stopped too."""
    status = EndpointStatus.UNCONFIRMED
    endpoint_id = delivery.find_or_add_endpoint(session, Channel.SMS, number, status=status, now=now)
    leave(session, endpoint_id, EndedReason.STOP_TEXT, method=Source.SMS, now=now)


def start_texts(session: Session, number: str, *, now: datetime) -> bool:
    """Put a number on the list, because it texted YES or START: what it asked for or had before it left.

    :return: False where there is nothing it could mean, so that a person should read it.
    """
    end = find_endpoint(session, Channel.SMS, number)
    if end is None:
        return False
    waiting = waiting_sign_up(session, end, now)
    if waiting is not None:
        confirm(session, waiting, method=Source.SMS, now=now)
        return True
    return _resume(session, end, now)


def join_by_text(session: Session, number: str, words: str, *, now: datetime) -> bool:
    """Put a number on the list, because it texted JOIN: the text is the consent, and proves the number. A step.

    :param words: what stood behind JOIN: a postcode, topics, the code of a partner or nothing.
    :return: False where there are other words, which a person must read; for a number that is no British mobile; and
        while the hour's answers are used up.
    """
    try:
        channel, address = read_contact(number)
    except RuleViolation:
        return False
    asked = read_join_words(words, queries.topic_ids(session))
    if asked is None or channel is not Channel.SMS or is_on_the_islands(address):
        return False
    if not may_cost(session, channel, address, now=now):
        return False
    wish = Wish(asked.topics, asked.postcode, partner_code=find_partner(session, asked.partner_code))
    join_at(session, address, wish, now=now)
    return True


def waiting_sign_up(session: Session, end: EndpointView, now: datetime) -> int | None:
    """Return the last sign-up of an address that its owner may still confirm, or None."""
    mine = (SignUp.endpoint_id == end.id, SignUp.confirmed_at.is_(None), SignUp.asked_at > as_utc(now) - CONFIRM_LIFE)
    return session.scalar(select(SignUp.id).where(*mine).order_by(SignUp.id.desc()).limit(1))


def _resume(session: Session, end: EndpointView, now: datetime) -> bool:
    """Start again what the readers of a number had; a number without any may be asked to join again."""
    roll = read_roll(session, [end.id])
    is_heard = end.status is EndpointStatus.ACTIVE and not end.is_suppressed
    if is_heard and any(person.is_open_at(end.id) for person in roll.readers[end.id]):
        return True
    back = _return(roll, end) or _return_as_reader(session, roll, end)
    status = EndpointStatus.ACTIVE if back else EndpointStatus.UNCONFIRMED
    delivery.lift_suppression(session, end.id, status=status, now=now)
    write_roll(session, roll, queries.topic_ids(session), now=now)
    for person in back:
        record_consent(session, (person.subscriber_id, end.id), Act.GIVEN, method=Source.SMS, now=now)
        audit.record(session, PUBLIC, "joined", "subscriber", person.subscriber_id, now=now, method=Source.SMS)
    return bool(back)


def _return(roll: Roll, end: EndpointView) -> list[Person]:
    """Start again what each reader of an address had; returns those who get anything now."""
    for person in roll.readers[end.id]:
        held = person.held_at(end.id)
        changes = changes_by_return(held, person.kind)
        person.apply(end.id, changes, source=Source.SMS, frequency=held[-1].frequency if held else None)
    return [person for person in roll.readers[end.id] if person.is_open_at(end.id)]


def _return_as_reader(session: Session, roll: Roll, end: EndpointView) -> list[Person]:
    """Start what a partner's former contact had at an address, for a reader like any other; empty for anybody else."""
    changes = changes_by_return(held_by_partners(session, end.id))
    if not changes.start:
        return []
    person = next((each for each in roll.readers[end.id] if each.kind == Kind.RESIDENT), None)
    if person is None:
        person = Person(Kind.RESIDENT, None, None, None)
        roll.people.append(person)
        roll.link(person, end.id, end.channel)
    person.apply(end.id, changes, source=Source.SMS, frequency=None)
    return [person]
