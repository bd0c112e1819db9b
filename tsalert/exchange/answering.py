"""Answering what another authority offers: it becomes a case of ours, or is refused with a reason; both are signed."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import service as cases
from tsalert.cases import steps
from tsalert.cases.rules import NewCase, fits
from tsalert.cases.vocabulary import Channel, Source
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict
from tsalert.core.postcodes import find_postcode
from tsalert.db import transaction
from tsalert.exchange import packing, queries, rules
from tsalert.exchange.contents import MatterSchema, read_content
from tsalert.exchange.lapsing import let_go
from tsalert.exchange.models import OfferedPack
from tsalert.exchange.queueing import NewMessage, queue, start_again
from tsalert.exchange.rules import Kind, State
from tsalert.linked import queries as linked
from tsalert.linked import service as linking
from tsalert.linked.models import LinkedKey
from tsalert.linked.signing import sign
from tsalert.response.vocabulary import Category


def accept(pack_id: int, *, actor: Actor, now: datetime) -> int:
    """Take a case over: it is opened here, and the giver is told who has it and under which reference.

    :return: the number of the case.
    :raises NotFound: nothing was offered under this number.
    :raises Conflict: it was answered, taken back or has lapsed, its key was revoked since, or the link has ended.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _unanswered(session, pack_id, now)
        if session.get_one(LinkedKey, row.key_id).revoked_at is not None:
            raise Conflict("The key that signed this was revoked since. Ring them, and have it offered with a new key.")
        authority = linking.require_standing(session, row.authority_id)
        case = cases.begin_case(session, _new_case(row, authority.name), actor=actor, now=now)
        words = (
            f"Taken over from {authority.name}, their reference {row.reference}. SHA-256 of their pack: {row.digest}"
        )
        steps.note_decision(session, case.id, words, actor=actor, now=now)
        row.state, row.case_id, row.answered_at, row.answered_by = State.ACCEPTED, case.id, now, actor.officer_id
        answer = {"is_accepted": True, "reference": case.reference}
        _answer(session, row, answer, actor=actor, now=now)
        return case.id


def refuse(pack_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Say why a case is not taken over; nothing of what it said of people is kept.

    :raises NotFound: nothing was offered under this number.
    :raises Conflict: it was answered, taken back or has lapsed, or the link has ended.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _unanswered(session, pack_id, now)
        let_go(row, State.REFUSED, now=now, reason=reason)
        row.answered_by = actor.officer_id
        _answer(session, row, {"is_accepted": False, "reason": reason}, actor=actor, now=now)


def send_again(pack_id: int, *, actor: Actor, now: datetime) -> None:
    """Send our answer once more.

    :raises NotFound: this was not answered.
    :raises Conflict: it waits in any case, or the link has ended.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        linking.require_standing(session, queries.get_answer(session, pack_id).authority_id)
        message = queries.get_answer(session, pack_id, lock=True)
        start_again(message, now=now)
        audit.record(session, actor, "answer sent again", "offered pack", pack_id, now=now)


def take_file(pack_id: int, *, actor: Actor, now: datetime) -> str:
    """Return our signed answer as a text, to be carried to the other side.

    :raises NotFound: this was not answered.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        message = queries.get_answer(session, pack_id)
        audit.record(session, actor, "answer taken as a file", "offered pack", pack_id, now=now)
        return sign(session, message.payload.encode())


def note_reading(pack_id: int, *, actor: Actor, now: datetime) -> None:
    """Enter in the trail that somebody reads what is offered, before they do.

    :raises NotFound: nothing was offered under this number.
    """
    with transaction() as session:
        queries.get_pack_row(session, pack_id)
        audit.record(session, actor, "pack read", "offered pack", pack_id, now=now)


def _unanswered(session: Session, pack_id: int, now: datetime) -> OfferedPack:
    linked.get_row(session, queries.get_pack_row(session, pack_id).authority_id, lock=True)
    row = queries.get_pack_row(session, pack_id, lock=True)
    rules.require_unanswered(State.of(row.state), answer_by=row.answer_by, now=as_utc(now))
    return row


def _answer(session: Session, row: OfferedPack, said: dict[str, object], *, actor: Actor, now: datetime) -> None:
    authority = linking.require_standing(session, row.authority_id)
    content = {"offer": row.key, "by": packing.whoever_answers(actor.name), **said}
    queue(session, authority, NewMessage(Kind.HANDOVER_ANSWER, content, pack_id=row.id), actor=actor, now=now)
    audit.record(session, actor, row.state, "offered pack", row.id, now=now, case=row.case_id)


def _new_case(row: OfferedPack, authority: str) -> NewCase:
    """Return the case that a pack begins; a type or way of contact that we do not know is left for the officer."""
    assert row.pack is not None  # it is offered
    matter = read_content(MatterSchema(), row.pack["matter"])
    category = Category(matter["category"]) if matter["category"] in [*Category] else Category.OTHER
    kind = matter["kind"]
    return NewCase(
        f"Handed over by {authority}, their reference {row.reference}.\n\n{row.pack['facts']}",
        category,
        channel=Channel(matter["channel"]) if matter["channel"] in [*Channel] else Channel.UNKNOWN,
        kind=kind if kind and fits(category, kind) else None,
        source=Source.OTHER_TRADING_STANDARDS,
        victim_name=matter["victim_name"] or None,
        address=matter["address"] or None,
        postcode=find_postcode(matter["postcode"] or ""),
        chosen_for_vulnerability=matter["chosen_for_vulnerability"],
    )
