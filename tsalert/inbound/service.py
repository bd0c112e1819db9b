"""Taking in what people text us: each message once, each word to the use case it stands for."""

from datetime import datetime

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import TWILIO_STATUSES, Channel
from tsalert.inbound import officers
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import MESSAGE, Keyword, is_number, read_keyword, readable
from tsalert.subscribers import service as subscribers
from tsalert.subscribers.wording import help_answer, welcome_answer


def take_receipt(channel: Channel, reference: str, word: str, *, now: datetime) -> None:
    """Note what Twilio says of a message or call; words that say nothing of its fate change nothing."""
    status = TWILIO_STATUSES.get(word)
    if reference and status is not None:
        delivery.record_receipt(channel, reference, status, now=now)


def take_message(provider_ref: str, sender: str, body: str, *, now: datetime) -> str:
    """Take one text message and return what to answer; "" for no answer.

    The provider may report it any number of times: the first time counts, and the answer is the
    same each time. What is none of our words is kept for an officer to read.
    """
    with transaction() as session:
        sender, body = readable(sender), readable(body)
        values = {"sender": sender, "body": body, "taken_as": MESSAGE, "answer": "", "received_at": now}
        adding = insert_ignoring_conflicts(session, InboundMessage).values(provider_ref=provider_ref, **values)
        new_id = session.scalar(adding.returning(InboundMessage.id))
        if new_id is None:
            known = select(InboundMessage.answer).where(InboundMessage.provider_ref == provider_ref)
            return session.scalars(known).one()
        taken_as, answer = _act(session, sender, body, now)
        changed = update(InboundMessage).where(InboundMessage.id == new_id)
        session.execute(changed.values(taken_as=taken_as, answer=answer))
        audit.record(session, SERVICE, "received", "inbound message", new_id, now=now, taken_as=taken_as)
        return answer


def _act(session: Session, sender: str, body: str, now: datetime) -> tuple[str, str]:
    """Carry out a word; returns what the message was taken as, and the answer."""
    keyword = read_keyword(body) if is_number(sender) else None
    settings: Settings = current_app.extensions["tsalert_settings"]
    if keyword is Keyword.STOP:
        # The provider answers STOP by itself, and refuses anything more to that number.
        subscribers.stop_texts(session, sender, now=now)
        return keyword, ""
    if keyword is Keyword.HELP:
        return keyword, help_answer(authority=settings.authority_name, number=settings.rapid_response_number)
    if keyword is Keyword.START and subscribers.start_texts(session, sender, now=now):
        return keyword, welcome_answer(authority=settings.authority_name)
    verb_answer = officers.answer_text(session, sender, body, now=now)
    return (MESSAGE, "") if verb_answer is None else (officers.VERB, verb_answer)
