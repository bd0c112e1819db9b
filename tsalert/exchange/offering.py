"""Offering a handover to a linked authority: signed and queued, or taken as a file where there is no connection."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor, Permission
from tsalert.core.errors import Conflict
from tsalert.db import db, transaction
from tsalert.exchange import packing, queries
from tsalert.exchange.models import ExchangeMessage
from tsalert.exchange.queueing import NewMessage, queue, start_again
from tsalert.exchange.rules import Kind, Sending
from tsalert.handover import queries as handovers
from tsalert.handover.models import Handover
from tsalert.handover.rules import State
from tsalert.linked import queries as linked
from tsalert.linked import service as linking
from tsalert.linked.signing import sign

_ENDED = {State.WITHDRAWN: "withdrawn", State.LAPSED: "lapsed", State.ACCEPTED: "settled", State.REFUSED: "settled"}


def send(handover_id: int, authority_id: int, *, actor: Actor, now: datetime) -> None:
    """Have an offered handover signed and sent; the worker sends it.

    :raises NotFound: there is no such handover or authority.
    :raises Conflict: it is not offered, was sent before, or the link has ended.
    :raises Unavailable: we have no key to sign with.
    :raises RuleViolation: the pack is too long.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        authority = linking.require_standing(session, authority_id)
        linked.current_key(session)
        row = _offered(session, handover_id)
        new = NewMessage(Kind.HANDOVER_OFFER, packing.content_of(session, row), handover_id=row.id)
        message = queue(session, authority, new, actor=actor, now=now)
        detail: dict[str, Any] = {"to": authority.url, "message": message.key, "with_victim": row.with_victim}
        audit.record(session, actor, "sent to linked authority", "handover", row.id, now=now, **detail)


def send_again(handover_id: int, *, actor: Actor, now: datetime) -> None:
    """Send an offer once more, signed with the key that signs now; who has it already has it once.

    :raises NotFound: it was sent to no linked authority.
    :raises Conflict: it is not offered any more, waits in any case, or the link has ended.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        linking.require_standing(session, queries.get_offer(session, handover_id).authority_id)
        message = queries.get_offer(session, handover_id, lock=True)
        _offered(session, handover_id)
        start_again(message, now=now)
        audit.record(session, actor, "sent again to linked authority", "handover", handover_id, now=now)


def take_file(handover_id: int, *, actor: Actor, now: datetime) -> str:
    """Return the signed offer as a text, to be carried to the other side by a way that is secure.

    :raises NotFound: it was sent to no linked authority.
    :raises Conflict: it is not offered any more.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        message = queries.get_offer(session, handover_id)
        _offered(session, handover_id)
        audit.record(session, actor, "taken as a signed file", "handover", handover_id, now=now)
        return sign(session, message.payload.encode())


def tell_of_ends(now: datetime) -> int:
    """Queue a message about every sent offer that ended otherwise than by their answer; returns how many."""
    told = aliased(ExchangeMessage)
    is_told = exists().where(told.handover_id == ExchangeMessage.handover_id, told.kind == Kind.HANDOVER_WITHDRAWAL)
    ended = (
        select(ExchangeMessage.id)
        .join(Handover, Handover.id == ExchangeMessage.handover_id)
        .where(ExchangeMessage.kind == Kind.HANDOVER_OFFER, ExchangeMessage.answer_key.is_(None), ~is_told)
        .where(Handover.state.in_(_ENDED))
    )
    if db.session().scalar(ended.limit(1)) is None:
        return 0
    with transaction() as session:
        found = session.scalars(ended.with_for_update(of=ExchangeMessage, skip_locked=True)).all()
        for number in found:
            _tell_of_end(session, number, now)
        return len(found)


def _tell_of_end(session: Session, message_id: int, now: datetime) -> None:
    offer = session.get_one(ExchangeMessage, message_id)
    row = handovers.get_row(session, offer.handover_id or 0)
    content = {"offer": offer.key, "because": _ENDED[State.of(row.state)]}
    authority = linked.get_row(session, offer.authority_id)
    queue(session, authority, NewMessage(Kind.HANDOVER_WITHDRAWAL, content, handover_id=row.id), actor=SERVICE, now=now)
    if offer.state == Sending.WAITING:  # what is taken back before it left need not leave
        offer.state, offer.settled_at = Sending.GIVEN_UP, now


def _offered(session: Session, handover_id: int) -> Handover:
    row = handovers.get_row(session, handover_id, lock=True)
    state = State.of(row.state)
    if state is not State.OFFERED:
        raise Conflict(f"Only what is offered can be sent. This handover is {state.label.lower()}.")
    return row
