"""Joining through an officer: recorded with the consent that was given, or asked for at the address itself."""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.delivery.rules import Channel
from tsalert.subscribers import asking
from tsalert.subscribers.consenting import record_consent
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.joining import Wish, find_or_add, join_person, keep_wish, require_known, with_known_partner
from tsalert.subscribers.rules import Act, Source

_NOT_RUNG = (
    "This number cannot be rung now. It was asked within the last 24 hours or three times already, it asked us never "
    "to ring again, or too many were rung this hour. If they ring us, they can still be put on the list."
)
_CALL = ("asked by call", _NOT_RUNG)
# What an officer decides is held by no limit.
_MESSAGE = ("asked by message", asking.CALLED_US_SPAM)


def add_by_phone(contact: str, wish: Wish, *, actor: Actor, now: datetime) -> int:
    """Put somebody on the list who agreed on the telephone, and return the subscriber's id.

    :param contact: an email address, a mobile or a landline number, as typed.
    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: the contact, a topic, the ward or the partner's code is not valid.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    channel, address = read_contact(contact)
    with transaction() as session:
        require_known(session, wish)
        wish = with_known_partner(session, wish)
        end = find_or_add(session, channel, address, now)
        person = join_person(session, wish, end, source=Source.PHONE, now=now)
        record_consent(
            session,
            (person.subscriber_id, end.id),
            Act.GIVEN,
            method=Source.PHONE,
            now=now,
            recorded_by=actor.officer_id,
        )
        audit.record(session, actor, "added", "subscriber", person.subscriber_id, now=now, channel=end.channel)
        return person.subscriber_id


def ask_by_call(contact: str, wish: Wish, *, actor: Actor, now: datetime) -> int:
    """Ring a landline, within the hours of the day, to ask whether it wants alerts; returns the sign-up's id.

    Nothing changes for anybody until somebody there presses 1.

    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: it is no landline, may not be asked now, or a topic, the ward or the code is not valid.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    channel, address = read_contact(contact)
    if channel is not Channel.VOICE:
        raise RuleViolation("Only a landline is asked by a call. Enter its number.", field="contact")
    return _ask(channel, address, wish, _CALL, actor=actor, now=now)


def ask_by_message(contact: str, wish: Wish, *, actor: Actor, now: datetime) -> int:
    """Ask an email address or a mobile, by a message of its own, whether it wants alerts; returns the sign-up's id.

    Nothing changes for anybody until its reader confirms.

    :raises NotAllowed: the actor may not manage subscribers.
    :raises RuleViolation: it is a landline, may not be asked, or a topic, the ward or the code is not valid.
    """
    actor.require(Permission.MANAGE_SUBSCRIBERS)
    channel, address = read_contact(contact)
    if channel is Channel.VOICE:
        raise RuleViolation("A landline gets no message. Have it rung, or record their consent here.", field="contact")
    return _ask(channel, address, wish, _MESSAGE, actor=actor, now=now)


def _ask(channel: Channel, address: str, wish: Wish, how: tuple[str, str], *, actor: Actor, now: datetime) -> int:
    """Keep the wish and ask the address; ``how`` is the act in the trail, and the refusal where it may not be asked."""
    act, refusal = how
    with transaction() as session:
        require_known(session, wish)
        wish = with_known_partner(session, wish)
        end = find_or_add(session, channel, address, now)
        asked = keep_wish(session, end, wish, source=Source.PHONE, now=now)
        if not asking.ask(session, asked, now=now):
            raise RuleViolation(refusal, field="contact")
        audit.record(session, actor, act, "sign-up", asked.id, now=now, channel=end.channel)
        return asked.id
