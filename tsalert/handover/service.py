"""Use cases of a handover: drafted, offered with its pack, then taken, refused or taken back."""

from datetime import datetime

from flask import current_app
from msgspec.structs import asdict
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging, sections
from tsalert.cases import queries as cases
from tsalert.cases import steps as case_steps
from tsalert.cases.rules import require_open
from tsalert.cases.vocabulary import Status
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict
from tsalert.core.seen import mark_of, write_anew
from tsalert.db import transaction
from tsalert.handover import packs, queries, rules
from tsalert.handover.models import Handover
from tsalert.handover.rules import Act, NewHandover, State
from tsalert.response import handing_over
from tsalert.response import queries as response
from tsalert.response.handing_over import Acceptance
from tsalert.response.steps import Step
from tsalert.tiers.queries import require_visible
from tsalert.tiers.vocabulary import Subject

# What a draft says, as its form calls it.
_WRITTEN = {
    "body": "who is asked",
    "facts": "facts",
    "risk": "risk",
    "actions": "what we did",
    "told": "who we told",
    "with_victim": "who the victim is",
}


def draft_handover(new: NewHandover, *, actor: Actor, now: datetime) -> int:
    """Begin a handover of an incident or a case; nobody is asked yet. Returns its id.

    :raises NotFound: there is no such incident or case.
    :raises Conflict: the incident or case has ended, or has a handover under way.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_one_subject(new)
    with transaction() as session:
        _require_open_subject(session, new)
        _require_seen(session, new, actor, now)
        values = {name: getattr(new, name) for name in _WRITTEN}
        subject = {"incident_id": new.incident_id, "case_id": new.case_id}
        row = Handover(**subject, **values, state=State.DRAFT, made_by=actor.officer_id, made_at=now)
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict("A handover of this is under way already.", legal=["go on with that one"]) from error
        _record(session, actor, "drafted", row, now, with_victim=new.with_victim)
        return row.id


def mark_of_draft(row: Handover) -> str:
    """Return what tells apart what a draft says, as it stands and after it is written anew."""
    return mark_of(row, _WRITTEN)


def change_draft(handover_id: int, new: NewHandover, *, seen: str | None = None, actor: Actor, now: datetime) -> None:
    """Write a draft anew; what it hands over stays.

    :param seen: the mark of the draft that was shown; None where it is not known.
    :raises Conflict: it was offered already.
    :raises RuleViolation: it says something else by now.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = begin(session, handover_id, Act.CHANGE)
        changed = write_anew(row, asdict(new), _WRITTEN, seen=seen)
        _record(session, actor, "changed", row, now, fields=", ".join(changed))


def offer_handover(handover_id: int, *, answer_by: datetime | None = None, actor: Actor, now: datetime) -> None:
    """Offer it: from now on the pack stays as it is, word for word. The incident or case stays ours.

    :param answer_by: when the offer lapses; None for the hours that the settings say.
    :raises Conflict: it was offered before, or its incident or case has ended.
    """
    actor.require(Permission.WORK_CASE)
    settings: Settings = current_app.extensions["tsalert_settings"]
    lapses_at = rules.time_to_answer(answer_by, hours=settings.handover_hours, now=now)
    with transaction() as session:
        row = _begin_as(actor, session, handover_id, Act.OFFER)
        row.offered_by = actor.officer_id
        _require_open_subject(session, row)
        if row.incident_id is not None:
            handing_over.offer(session, row.incident_id, row.body, actor=actor, now=now)
        _note(session, row, f"Offered to {row.body}.", actor=actor, now=now)
        pack, title = packs.assemble(session, row, now=now), packs.title_of(packs.subject_of(session, row).reference)
        row.state, row.offered_at, row.answer_by = State.OFFERED, now, lapses_at
        row.pack, row.digest = sections.pack_as_data(pack), sections.digest_of(title, pack)
        _record(session, actor, "offered", row, now, digest=row.digest, with_victim=row.with_victim)


def accept_handover(handover_id: int, told: Acceptance, *, actor: Actor, now: datetime) -> None:
    """Record who took it and under which reference, which ends an incident's clock; both still count as ours.

    :raises Conflict: it is not offered.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin_as(actor, session, handover_id, Act.ACCEPTANCE)
        note_acceptance(session, row, told, actor=actor, now=now)


def note_acceptance(session: Session, row: Handover, told: Acceptance, *, actor: Actor, now: datetime) -> None:
    """Note in a handover that was begun with ``begin`` who took it; a step."""
    if row.incident_id is not None:
        handing_over.take(session, row.incident_id, told, actor=actor, now=now)
    reference = f" Their reference: {told.their_reference}." if told.their_reference else ""
    words = f"Handed over to {row.body}. Accepted by {told.accepted_by}.{reference}"
    _note(session, row, words, actor=actor, now=now)
    row.accepted_by, row.their_reference = told.accepted_by, told.their_reference
    end(row, State.ACCEPTED, actor=actor, now=now)
    _record(session, actor, "accepted", row, now)


def refuse_handover(handover_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Record why they do not take it; it stays ours, and the clock of an incident ran on all the time.

    :raises Conflict: it is not offered.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin_as(actor, session, handover_id, Act.REFUSAL)
        note_refusal(session, row, reason, actor=actor, now=now)


def note_refusal(session: Session, row: Handover, reason: str, *, actor: Actor, now: datetime) -> None:
    """Note in a handover that was begun with ``begin`` why it was not taken; a step."""
    give_back(session, row, reason, actor=actor, now=now)
    end(row, State.REFUSED, actor=actor, now=now, reason=reason)
    _record(session, actor, "refused", row, now)


def withdraw_handover(handover_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a draft or an offer back.

    :raises Conflict: it has ended.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        row = _begin_as(actor, session, handover_id, Act.WITHDRAWAL)
        if row.state == State.OFFERED:
            give_back(session, row, f"We took the offer back: {reason}", actor=actor, now=now)
        end(row, State.WITHDRAWN, actor=actor, now=now, reason=reason)
        _record(session, actor, "withdrawn", row, now)


def note_reading(handover_id: int, *, actor: Actor, now: datetime) -> None:
    """Enter in the trail that somebody reads a pack, before they do.

    :raises NotFound: there is no such handover.
    """
    with transaction() as session:
        row = queries.get_row(session, handover_id)
        _record(session, actor, "pack read", row, now, with_victim=row.with_victim)


def give_back(session: Session, row: Handover, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let an offered incident or case be ours again, as its timeline tells; a step."""
    if row.incident_id is not None:
        handing_over.refuse(session, row.incident_id, reason, actor=actor, now=now)
    _note(session, row, f"{row.body} did not take it over. {reason}", actor=actor, now=now)


def end(row: Handover, state: State, *, actor: Actor, now: datetime, reason: str | None = None) -> None:
    """End a handover; a step."""
    row.state, row.reason, row.answered_at, row.answered_by = state, reason, now, actor.officer_id


def begin(session: Session, handover_id: int, act: Act) -> Handover:
    """Return a handover, locked, about which something may be done; a step.

    :raises NotFound: there is no such handover.
    :raises Conflict: this may not be done, or it was answered on the incident's page.
    """
    row = queries.get_row(session, handover_id, lock=True)
    rules.require_act(State.of(row.state), act)
    _require_unanswered(session, row)
    return row


def _begin_as(actor: Actor, session: Session, handover_id: int, act: Act) -> Handover:
    """Return a handover as ``begin`` does, for an officer who may also change the incident that it hands over."""
    row = begin(session, handover_id, act)
    if row.incident_id is not None and rules.changes_incident(act, State.of(row.state)):
        actor.require(Permission.RUN_INCIDENT)
    return row


def _require_unanswered(session: Session, row: Handover) -> None:
    """Refuse to deal with an offer of an incident that was answered on the incident's own page.

    :raises Conflict: it was.
    """
    if row.incident_id is None or row.offered_at is None:
        return
    answer = handing_over.find_answer(session, row.incident_id, row.body, offered_at=row.offered_at)
    if answer is not None:
        raise Conflict(f"It was answered on the incident's page: {answer.words}")


def _require_open_subject(session: Session, new: NewHandover | Handover) -> None:
    if new.incident_id is not None:
        response.get_incident(session, new.incident_id).situation.require(Step.HANDED_OVER)
    else:
        case = cases.get_case(session, new.case_id or 0)
        merging.require_here(session, case)
        require_open(Status(case.status), case.reference)


def _note(session: Session, row: Handover, words: str, *, actor: Actor, now: datetime) -> None:
    """Write into the log of a case; an incident's timeline has its own words."""
    if row.case_id is not None:
        case_steps.note_decision(session, row.case_id, words, actor=actor, now=now)


def _record(session: Session, actor: Actor, action: str, row: Handover, now: datetime, **detail: str | bool) -> None:
    of = {"incident": row.incident_id, "case": row.case_id}
    audit.record(session, actor, action, "handover", row.id, now=now, **of, **detail)


def _require_seen(session: Session, new: NewHandover, actor: Actor, now: datetime) -> None:
    """Refuse to hand over what is kept from whoever writes the handover.

    :raises Withheld: it is.
    """
    for subject, number in ((Subject.CASE, new.case_id), (Subject.INCIDENT, new.incident_id)):
        if number is not None:
            require_visible(session, actor, subject, number, now=now)
