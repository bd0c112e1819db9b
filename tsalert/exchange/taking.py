"""Taking in what a linked authority signed, whether its worker sends it or a person brings it as a file."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, blame
from tsalert.db import transaction
from tsalert.exchange import queries, rules, telling
from tsalert.exchange.contents import AnswerSchema, OfferSchema, WithdrawalSchema, read_content
from tsalert.exchange.lapsing import let_go
from tsalert.exchange.models import OfferedPack
from tsalert.exchange.rules import Kind, Message, State
from tsalert.handover import service as handovers
from tsalert.handover.rules import Act
from tsalert.linked import queries as linked
from tsalert.linked import signing
from tsalert.linked.models import LinkedAuthority
from tsalert.response.handing_over import Acceptance


class NotYet(NotFound):
    """It is about an offer that may still come, so it is to be sent again."""


class Receipt(Struct, frozen=True):
    """What a message was taken as, and where to see it; again the same message gets the same."""

    key: str
    kind: Kind
    pack_id: int | None = None
    handover_id: int | None = None


class Taken(Struct, frozen=True):
    """A message that is proved and meant for us, with whose it is and how it came."""

    message: Message
    authority: LinkedAuthority
    key_id: int
    signed: str
    actor: Actor
    now: datetime


def take(signed: str, *, actor: Actor, now: datetime) -> Receipt:
    """Take in what was signed; the same again changes nothing.

    :param actor: the officer who brought it as a file, or the service.
    :raises RuleViolation: it was changed, is too old, too long or of an unknown version, or cannot be read.
    :raises NotAllowed: its key is unknown or revoked, or it is not meant for us.
    :raises Conflict: it comes too late, or has the number of another message.
    :raises NotFound: it is about an offer that we do not know.
    """
    with transaction() as session:
        found = signing.open_signed(session, signed.strip())
        message = rules.read_message(found.content)
        # Two messages of one authority are taken one after the other, and none once its key is revoked.
        authority = linked.get_row(session, found.authority_id, lock=True)
        signing.require_trusted(session, found.key_id)
        rules.require_meant(message, own=signing.own_address(), signer=authority.url, now=now)
        taken = Taken(message, authority, found.key_id, signed.strip(), actor, now)
        return _TAKERS[message.head.kind](session, taken)


def bring(signed: str, *, actor: Actor, now: datetime) -> Receipt:
    """Take in a file that an officer brings.

    :raises RuleViolation: as ``take``, and also where it would not be taken from this key or for us; field ``signed``.
    """
    actor.require(Permission.WORK_CASE)
    with blame("signed", (NotAllowed, NotFound, RuleViolation)):
        return take(signed, actor=actor, now=now)


def _take_offer(session: Session, taken: Taken) -> Receipt:
    message = taken.message
    row = queries.find_pack_by_key(session, message.head.key, taken.authority.id)
    if row is None:
        row = _keep(session, taken)
    else:
        rules.require_same(message, kept=row.digest)
        if row.state == State.OFFERED:  # sent again with another key, where the first was revoked
            row.key_id, row.signed = taken.key_id, taken.signed
    return Receipt(message.head.key, message.head.kind, pack_id=row.id)


def _keep(session: Session, taken: Taken) -> OfferedPack:
    message, now = taken.message, taken.now
    content = read_content(OfferSchema(), message.content)
    rules.require_unanswered(State.OFFERED, answer_by=content["answer_by"], now=now)
    row = OfferedPack(
        authority_id=taken.authority.id,
        key_id=taken.key_id,
        key=message.head.key,
        digest=message.digest,
        reference=content["reference"],
        pack=message.content,
        signed=taken.signed,
        offered_at=message.head.made_at,
        answer_by=content["answer_by"],
        received_at=now,
        brought_by=taken.actor.officer_id,
        state=State.OFFERED,
    )
    session.add(row)
    session.flush()
    audit.record(session, taken.actor, "received", "offered pack", row.id, now=now, **_whence(taken))
    telling.tell_of_offer(session, row, taken.authority.name, now=now)
    return row


def _take_withdrawal(session: Session, taken: Taken) -> Receipt:
    content = read_content(WithdrawalSchema(), taken.message.content)
    row = queries.find_pack_by_key(session, content["offer"], taken.authority.id)
    if row is None:  # the offer is still on its way, or travels as a file: they say it again for a while
        raise NotYet("We know no offer with this number yet. Send this again.")
    if row.state == State.OFFERED:
        let_go(row, State.LAPSED if content["because"] == "lapsed" else State.WITHDRAWN, now=taken.now)
        audit.record(session, taken.actor, row.state, "offered pack", row.id, now=taken.now, **_whence(taken))
    return Receipt(taken.message.head.key, taken.message.head.kind, pack_id=row.id)


def _take_answer(session: Session, taken: Taken) -> Receipt:
    message = taken.message
    content = read_content(AnswerSchema(), message.content)
    offer = queries.find_offer_by_key(session, content["offer"], taken.authority.id)
    if offer is None or offer.handover_id is None:
        raise NotFound("We made you no offer with this number.")
    receipt = Receipt(message.head.key, message.head.kind, handover_id=offer.handover_id)
    if offer.answer_key == message.head.key:
        return receipt
    if offer.answer_key is not None:
        raise Conflict("This offer was answered before.")
    _note_answer(session, offer.handover_id, content, actor=taken.actor, now=taken.now)
    offer.answer_key = message.head.key
    audit.record(
        session, taken.actor, "answered by signature", "handover", offer.handover_id, now=taken.now, **_whence(taken)
    )
    return receipt


def _note_answer(session: Session, handover_id: int, content: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """Settle our handover as they answered it, if it still stands."""
    row = handovers.begin(session, handover_id, Act.ACCEPTANCE if content["is_accepted"] else Act.REFUSAL)
    if row.answer_by is not None:
        rules.require_unanswered(State.OFFERED, answer_by=row.answer_by, now=now)
    if content["is_accepted"]:
        told = Acceptance(content["by"], content["reference"])
        handovers.note_acceptance(session, row, told, actor=actor, now=now)
    else:
        reason = content["reason"] or "They gave no reason."
        handovers.note_refusal(session, row, f"{content['by']}: {reason}", actor=actor, now=now)


def _whence(taken: Taken) -> dict[str, str | int]:
    return {"authority": taken.authority.id, "key": taken.key_id, "message": taken.message.head.key}


_TAKERS: dict[Kind, Callable[[Session, Taken], Receipt]] = {
    Kind.HANDOVER_OFFER: _take_offer,
    Kind.HANDOVER_WITHDRAWAL: _take_withdrawal,
    Kind.HANDOVER_ANSWER: _take_answer,
}
