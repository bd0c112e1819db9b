"""Taking in what people text us: each message once, each word to the use case it stands for."""

from datetime import datetime, timedelta

from flask import current_app
from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.alerts.editions import latest_texted
from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.fates import fates
from tsalert.delivery.queries import EndpointView, get_endpoint
from tsalert.delivery.returning import find_by_reference
from tsalert.delivery.rules import TWILIO_STATUSES, Channel, Status
from tsalert.hygiene.reporting import report_number
from tsalert.inbound import officers
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import HAS_STOPPED, MESSAGE, Keyword, is_number, read_joining, read_keyword, readable
from tsalert.response import waiting
from tsalert.response.vocabulary import Line
from tsalert.response.waiting import LONGEST_TEXT, Contact
from tsalert.rota import silence
from tsalert.rota.wording import start_answer
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.wording import help_answer, welcome_answer
from tsalert.telephone.rules import read_caller
from tsalert.telephone.wording import text_answer
from tsalert.visitors.limiting import spend

# Who texts again within the hour goes on with the same call, and knows already that we have their words.
_ONE_TALK = timedelta(hours=1)
_MOST_ANSWERS = 5
# Whoever texts us some days after an alert came to their mobile may mean it.
_MAY_ANSWER = timedelta(days=3)


class Taken(Struct, frozen=True):
    """What a message was taken as, what is answered, and the call that it became."""

    word: str
    answer: str = ""
    call_id: int | None = None


def take_receipt(channel: Channel, reference: str, word: str, *, now: datetime, code: str = "") -> None:
    """Note what Twilio says of a message or call; words that say nothing of its fate change nothing.

    :param code: of a failure, such as ``30005``; one that says that a number is dead, or has told Twilio to stop, ends
        what goes to it.
    """
    status = TWILIO_STATUSES.get(word)
    if reference and status is not None:
        delivery.record_receipt(channel, reference, status, now=now)
        if code and status in {Status.UNDELIVERED, Status.FAILED}:
            report_number(channel, reference, code, now=now)
            if code == HAS_STOPPED and channel is Channel.SMS:
                _hear_of_stop(reference, now)


def take_message(provider_ref: str, sender: str, body: str, *, now: datetime) -> str:
    """Take one text message and return what to answer; "" for no answer.

    The provider may report it any number of times: the first time counts, and the answer is the
    same each time. What is none of our words becomes a call that waits for an officer.
    """
    with transaction() as session:
        taken = take_in(session, provider_ref, sender, body, now=now)
        if taken is not None:
            return taken.answer
        return session.scalars(select(InboundMessage.answer).where(InboundMessage.provider_ref == provider_ref)).one()


def take_in(session: Session, provider_ref: str, sender: str, body: str, *, now: datetime) -> Taken | None:
    """Take one text message and return what it was taken as; None where it came before. A step."""
    sender, body = readable(sender), readable(body)
    values = {"sender": sender, "body": body, "taken_as": MESSAGE, "answer": "", "received_at": now}
    adding = insert_ignoring_conflicts(session, InboundMessage).values(provider_ref=provider_ref, **values)
    new_id = session.scalar(adding.returning(InboundMessage.id))
    if new_id is None:
        return None
    taken = _act(session, sender, body, now)
    changed = update(InboundMessage).where(InboundMessage.id == new_id)
    session.execute(changed.values(taken_as=taken.word, answer=taken.answer, call_id=taken.call_id))
    audit.record(session, SERVICE, "received", "inbound message", new_id, now=now, taken_as=taken.word)
    return taken


def may_answer(session: Session, sender: str, *, now: datetime) -> bool:
    """Tell whether one of our words is answered: each costs us a text, and a machine may answer our answers. A step."""
    return spend(session, "answers to one number", sender, most=_MOST_ANSWERS, within=_ONE_TALK, now=now)


def _act(session: Session, sender: str, body: str, now: datetime) -> Taken:
    """Carry out a message that is one of our words; every other is for an officer."""
    keyword = read_keyword(body) if is_number(sender) else None
    settings: Settings = current_app.extensions["tsalert_settings"]
    if keyword is Keyword.STOP:
        _stop(session, sender, settings, now)
        return Taken(keyword)
    if keyword is Keyword.HELP:
        answer = help_answer(authority=settings.authority_name, number=settings.rapid_response_number)
        return Taken(keyword, answer if may_answer(session, sender, now=now) else "")
    if keyword is Keyword.START and (answer := _start(session, sender, settings, now)):
        return Taken(keyword, answer if may_answer(session, sender, now=now) else "")
    if _joins(session, sender, body, now):
        return Taken(Keyword.JOIN, welcome_answer(authority=settings.authority_name))
    verb_answer = officers.answer_text(session, sender, body, now=now)
    if verb_answer is not None:
        return Taken(officers.VERB, verb_answer)
    return _wait(session, sender, body, settings, now)


def _stop(session: Session, sender: str, settings: Settings, now: datetime) -> None:
    """End what a number gets from us, and say so where an officer's pages went to it.

    Twilio answers STOP by itself and refuses anything more to that number, pages too; Notify does neither.
    """
    subscribers.stop_texts(session, sender, now=now)
    if not settings.texts_by_notify:
        silence.note_stop(session, sender, now=now)


def _hear_of_stop(reference: str, now: datetime) -> None:
    """Take in a STOP that Twilio obeys and we never heard of; nothing where its sender has come back since."""
    with transaction() as session:
        returned = find_by_reference(session, Channel.SMS, reference)
        if returned is None:
            return
        number, end = returned.delivery_id, get_endpoint(session, returned.endpoint_id)
        sent_at = fates(session, [number])[number].sent_at
        if not end.is_forgotten and not _has_come_back(session, end, since=sent_at):
            settings: Settings = current_app.extensions["tsalert_settings"]
            _stop(session, end.address, settings, now)


def _has_come_back(session: Session, end: EndpointView, *, since: datetime | None) -> bool:
    """Tell whether the owner of a number has said since a moment that they want texts: on a page, or by START."""
    if since is None:
        return False
    told = (InboundMessage.sender == end.address, InboundMessage.received_at > since)
    start = select(InboundMessage.id).where(*told, InboundMessage.taken_as == Keyword.START)
    is_confirmed = end.confirmed_at is not None and end.confirmed_at > since
    return is_confirmed or session.scalar(start.limit(1)) is not None


def _start(session: Session, sender: str, settings: Settings, now: datetime) -> str:
    """Start again what went to a number, and return the answer; "" where there is nothing that START could mean."""
    hears_pages = silence.note_start(session, sender, now=now)
    is_on_list = subscribers.start_texts(session, sender, now=now)
    if hears_pages:
        return start_answer(authority=settings.authority_name)
    return welcome_answer(authority=settings.authority_name) if is_on_list else ""


def _joins(session: Session, sender: str, body: str, now: datetime) -> bool:
    """Put who texts JOIN on the list; False where the message is no such wish, or cannot be granted."""
    words = read_joining(body) if is_number(sender) else None
    return words is not None and subscribers.join_by_text(session, sender, words, now=now)


def _wait(session: Session, sender: str, body: str, settings: Settings, now: datetime) -> Taken:
    """Let an officer see to a message; its sender hears so once an hour."""
    since, caller = now - _ONE_TALK, read_caller(sender)
    call_id = waiting.add_text(session, caller.e164, body, since=since, now=now) if caller.e164 else None
    if call_id is None:
        words = _told(session, caller.e164, body, now)[:LONGEST_TEXT] or None
        contact = Contact(Line.RAPID_SMS, caller.phone, caller.e164, now, words)
        call_id = waiting.open_waiting(session, contact, now=now)
    # Who is paged and believes that they have answered leaves a clock running: they hear each time that they have not.
    explained = officers.explain_verbs(session, sender)
    if explained is not None:
        return Taken(MESSAGE, explained, call_id)
    heard = (InboundMessage.sender == sender, InboundMessage.taken_as == MESSAGE, InboundMessage.answer != "")
    answered = select(InboundMessage.id).where(*heard, InboundMessage.received_at > since)
    if caller.e164 is None or session.scalar(answered.limit(1)) is not None:
        return Taken(MESSAGE, call_id=call_id)
    said = text_answer(authority=settings.authority_name, number=settings.rapid_response_number)
    return Taken(MESSAGE, said, call_id)


def _told(session: Session, mobile: str | None, body: str, now: datetime) -> str:
    """Return what an officer reads: the text, after the alert that it may answer."""
    reference = latest_texted(session, mobile, since=now - _MAY_ANSWER) if mobile else None
    return f"After our alert {reference} went to this number by text: {body}" if reference else body
