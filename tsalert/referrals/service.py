"""Use cases of a referral: drafted, sent with what was ticked, acknowledged, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import sections, sharing
from tsalert.cases import steps as case_steps
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.core.seen import mark_of, write_anew
from tsalert.db import transaction
from tsalert.referrals import bodies, packs, queries, rules
from tsalert.referrals.models import Referral
from tsalert.referrals.rules import PERSONAL, VICTIM, Acknowledgement, NewReferral, Sending
from tsalert.referrals.vocabulary import Act, State

# What a draft says, as its form calls it.
_WRITTEN = {
    "kind": "what sort of body it is",
    "body": "the body",
    "partner_id": "the body",
    "shared": "what goes with it",
    "with_victim": "what goes with it",
    "lawful_reason": "why particulars may be shared",
    "message": "message",
}


def draft_referral(new: NewReferral, *, actor: Actor, now: datetime) -> int:
    """Begin a referral; nothing leaves us yet. Returns its id.

    :raises NotFound: there is no such case or incident.
    :raises ContinuedElsewhere: the case goes on in another.
    :raises Withheld: it is restricted to this person.
    :raises RuleViolation: it names no body, or shares the victim's particulars without a lawful reason.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_one_subject(new)
    rules.require_lawful(new)
    with transaction() as session:
        of = {"case_id": new.case_id, "incident_id": new.incident_id}
        queries.require_subject(session, **of, actor=actor, now=now)
        row = Referral(**of, **_values(session, new), state=State.DRAFT, made_by=actor.officer_id, made_at=now)
        session.add(row)
        session.flush()
        _record(session, actor, "drafted", row, now, with_victim=row.with_victim)
        return row.id


def mark_of_draft(row: Referral) -> str:
    """Return what tells apart what a draft says, as it stands and after it is written anew."""
    return mark_of(row, _WRITTEN)


def change_draft(referral_id: int, new: NewReferral, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Write a draft anew; what it is about stays.

    :param seen: the mark of the draft that was shown; None where it is not known.
    :raises Conflict: it was sent already.
    :raises RuleViolation: it names no body, shares the victim's particulars without a lawful reason, or says something
        else by now.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_lawful(new)
    with transaction() as session:
        row = _begin(session, referral_id, Act.CHANGE, actor, now)
        changed = write_anew(row, _values(session, new), _WRITTEN, seen=seen)
        _record(session, actor, "changed", row, now, fields=", ".join(changed))


def record_sending(referral_id: int, told: Sending, *, actor: Actor, now: datetime) -> None:
    """Record that it was sent: what it says stays from now on, word for word.

    :raises Conflict: it was sent before, or withdrawn.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin(session, referral_id, Act.SENDING, actor, now)
        sent_at = rules.read_sent_at(told.sent_at, made_at=row.made_at, now=now)
        row.sent_by = actor.officer_id
        pack = packs.assemble(session, row, now=now)
        digest = sections.digest_of(packs.title_of(_reference(session, row)), pack)
        row.state, row.means, row.sent_to, row.sent_at = State.SENT, told.means, told.sent_to, sent_at
        row.pack, row.digest = sections.pack_as_data(pack), digest
        _note(session, row, f"Information passed to {row.body}.", actor=actor, now=now)
        _record(session, actor, "sent", row, now, with_victim=row.with_victim, digest=row.digest)


def record_acknowledgement(referral_id: int, told: Acknowledgement, *, actor: Actor, now: datetime) -> None:
    """Record who has it, and under which reference.

    :raises Conflict: it was not sent, or was acknowledged before.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin(session, referral_id, Act.ACKNOWLEDGEMENT, actor, now)
        row.state, row.acknowledged_at = State.ACKNOWLEDGED, now
        row.acknowledged_by, row.their_reference = told.acknowledged_by, told.their_reference
        reference = f" Their reference: {told.their_reference}." if told.their_reference else ""
        _note(session, row, f"{row.body} acknowledged what we passed to them.{reference}", actor=actor, now=now)
        _record(session, actor, "acknowledged", row, now)


def record_outcome(referral_id: int, outcome: str, *, actor: Actor, now: datetime) -> None:
    """Record what they did with it.

    :raises Conflict: it was not sent.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin(session, referral_id, Act.OUTCOME, actor, now)
        row.state, row.outcome, row.outcome_at = State.ENDED, outcome, now
        _record(session, actor, "outcome recorded", row, now)


def withdraw_referral(referral_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Withdraw a draft; what was sent cannot be called back.

    :raises Conflict: it was sent.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin(session, referral_id, Act.WITHDRAWAL, actor, now)
        row.state, row.reason = State.WITHDRAWN, reason
        _record(session, actor, "withdrawn", row, now)


def _values(session: Session, new: NewReferral) -> dict[str, Any]:
    """Return what a referral says, with the body that was chosen or typed."""
    contact = bodies.find_contact(session, new.contact)
    body = new.body or (contact.name if contact else None)
    kind = new.kind or (contact.kind if contact else None)
    if body is None:
        raise RuleViolation("Choose a body from the list, or say which it is.", field="body")
    if kind is None:
        raise RuleViolation("Say what sort of body it is.", field="kind")
    is_listed = contact is not None and contact.name == body
    with_victim = VICTIM in new.shared
    return {
        "kind": kind,
        "body": body,
        "partner_id": contact.partner_id if contact and is_listed else None,
        "shared": list(new.shared),
        "with_victim": with_victim,
        "lawful_reason": new.lawful_reason if PERSONAL & {*new.shared} else None,
        "message": new.message,
    }


def _begin(session: Session, referral_id: int, act: Act, actor: Actor, now: datetime) -> Referral:
    row = queries.get_row(session, referral_id, actor=actor, now=now, lock=True)
    rules.require_act(State.of(row.state), act)
    return row


def _reference(session: Session, row: Referral) -> str:
    return sharing.read_matter(session, case_id=row.case_id, incident_id=row.incident_id).reference


def _note(session: Session, row: Referral, words: str, *, actor: Actor, now: datetime) -> None:
    """Write into the log of a case, which its timeline shows."""
    if row.case_id is not None:
        case_steps.note_decision(session, row.case_id, words, actor=actor, now=now)


def _record(session: Session, actor: Actor, action: str, row: Referral, now: datetime, **detail: str | bool) -> None:
    of = {"incident": row.incident_id, "case": row.case_id}
    audit.record(session, actor, action, "referral", row.id, now=now, **of, **detail)
