"""Use cases of calls and of an incident's beginning and end; dispatching.py has what lies between."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import RuleViolation
from tsalert.core.postcodes import part_address
from tsalert.db import db, transaction
from tsalert.delivery.telephones import phone_as_e164
from tsalert.parties.vocabulary import Side
from tsalert.places import queries as places
from tsalert.places.finding import own_ward
from tsalert.references.service import next_reference, references_beforehand
from tsalert.response import outward, paged, progress, queries, rows, rules
from tsalert.response.call_parties import link_parties, restrict_as_call
from tsalert.response.models import Call, Grade, Incident, Milestone
from tsalert.response.rules import GradeDecision, NewCall, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import Outcome, StartBasis
from tsalert.tiers import service as tiers
from tsalert.tiers.queries import is_restricted
from tsalert.tiers.vocabulary import Subject


class LoggedCall(Struct, frozen=True):
    """What came of logging a call; the incident's parts are None where the call has none."""

    call_id: int
    reference: str
    incident_id: int | None
    incident_reference: str | None


def log_call(new: NewCall, *, actor: Actor, now: datetime, is_demo: bool = False) -> LoggedCall:
    """Log a call, and open the incident that it is or attach it to the one it belongs to.

    :param is_demo: take telephone numbers kept for drama as numbers that can be dialled.
    :raises RuleViolation: naming the field at fault.
    """
    actor.require(Permission.LOG_CALL)
    rules.check_call(new, now=now)
    reference, *of_incident = references_beforehand("CR" if new.incident else "C", at=now)
    new = _bearing(new, of_incident)
    with transaction() as session:
        opened_at = min(new.opened_at or now, now)  # nothing is opened after it was saved, whatever two clocks say
        call = Call(
            reference=reference,
            line=new.line,
            opened_at=opened_at,
            claimed_at=new.claimed_at,
            received_at=new.claimed_at or opened_at,
            recorded_at=now,
        )
        return complete(session, call, new, actor=actor, now=now, is_demo=is_demo)


def with_reference(new: NewCall, *, now: datetime) -> NewCall:
    """Return a call to be completed with the reference of the incident that it opens, taken before it is."""
    return _bearing(new, references_beforehand("R", at=now)) if new.incident else new


def complete(session: Session, call: Call, new: NewCall, *, actor: Actor, now: datetime, is_demo: bool) -> LoggedCall:
    """Write what an officer told into a call, and open or join its incident; a step.

    :raises RuleViolation: naming the field at fault.
    """
    has_waited = call.id is not None  # so it may have been restricted meanwhile
    _check_ward(session, new.ward_code)
    new = _with_ward(session, _with_postcode(new), on=london_date(call.received_at))
    _write(call, new, actor=actor, now=now)
    call.phone_e164 = phone_as_e164(new.phone, is_demo=is_demo)
    incident = _incident_of(session, call, new, now=now)
    joins = incident is not None and new.incident is None
    if incident:
        call.incident_id, call.incident_version = incident.id, incident.version
    session.add(call)
    session.flush()
    audit.record(session, actor, "logged", "call", call.id, now=now, disposition=call.disposition)
    if incident and has_waited:
        _restrict_as_call(session, incident.id, call.id, actor=actor, now=now)
    if incident and joins:
        tiers.inherit(session, Subject.CALL, call.id, (Subject.INCIDENT, incident.id), actor=actor, now=now)
    decided = {Side.CALLER: new.caller_is, Side.TRADER: new.trader_is}
    added = link_parties(session, call, decided, is_demo=is_demo, actor=actor, now=now)
    if has_waited or joins:
        restrict_as_call(session, added, call.id, actor, now)
    if incident and new.incident:
        _begin(session, incident, new.incident, actor=actor, now=now)
    reference = incident.reference if incident else None
    return LoggedCall(call.id, call.reference, call.incident_id, reference)


def grade_incident(incident_id: int, decision: GradeDecision, *, actor: Actor, now: datetime) -> None:
    """Grade an incident, or grade it again.

    :raises NotFound: there is no such incident.
    :raises Conflict: it has ended.
    :raises Overtaken: somebody has changed it since it was decided.
    :raises RuleViolation: the decision lacks a reason or a start.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.GRADED, seen=decision.seen)
        progress.give_grade(session, incident, decision, actor=actor, now=now)


def record_outcome(
    incident_id: int,
    outcome: Outcome,
    *,
    note: str | None = None,
    seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record how an incident came out; it may be recorded again until the incident is closed.

    :raises Conflict: it is closed.
    """
    actor.require(Permission.RUN_INCIDENT)
    if outcome is Outcome.OTHER and not note:
        raise RuleViolation("Say what the outcome was.", field="note")
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.OUTCOME_RECORDED, seen=seen)
        incident.outcome, incident.outcome_note = outcome, note
        progress.note_milestone(session, _milestone(incident, Step.OUTCOME_RECORDED, now, outcome.label), actor)


def close_incident(incident_id: int, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Close an incident whose outcome is recorded and for which nobody waits any more.

    :raises Conflict: it has no outcome, its clock runs, or it is closed already.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.CLOSED, seen=seen)
        incident.state, incident.closed_at, incident.offered_to = IncidentState.CLOSED, now, None
        progress.note_milestone(session, _milestone(incident, Step.CLOSED, now), actor)
        paged.follow_close(session, incident_id, now=now)


def reopen_incident(incident_id: int, reason: str, *, seen: int | None = None, actor: Actor, now: datetime) -> None:
    """Open an incident again; a grade with a target starts a further clock now.

    :raises Conflict: it is open.
    """
    actor.require(Permission.RUN_INCIDENT)
    with transaction() as session:
        incident = progress.begin_step(session, incident_id, Step.REOPENED, seen=seen)
        incident.state, incident.closed_at, incident.outcome = IncidentState.REOPENED, None, None
        progress.note_milestone(session, _milestone(incident, Step.REOPENED, now, reason), actor)
        grade = session.get(Grade, incident.grade_id) if incident.grade_id else None
        if grade:
            basis = StartBasis.REOPENED
            due_at = progress.start_clock(session, incident.id, grade, basis=basis, started_at=now, now=now)
            paged.follow_grade(session, incident, due_at=due_at, now=now)


def record_breaches(now: datetime) -> int:
    """Keep the one permanent event of each clock that has passed its target unstopped; returns how many were new.

    Every open clock is looked at, so a worker that was away makes up for it in its first run.

    :param now: the time by the database's own clock, which alone decides (``db.database_now``).
    """
    recorded = 0
    while rows.overdue_clocks(db.session(), now=now):
        with transaction() as session:
            clocks = rows.overdue_clocks(session, now=now, lock=True)
            new = sum(progress.note_breach(session, clock, now=now) for clock in clocks)
        if not new:
            break  # somebody else has the rest in hand
        recorded += new
    return recorded


def _bearing(new: NewCall, of_incident: Sequence[str]) -> NewCall:
    return replace(new, incident=replace(new.incident, reference=of_incident[0])) if new.incident else new


def _check_ward(session: Session, code: str | None) -> None:
    if code is not None and not places.is_ward(session, code):
        raise RuleViolation("Choose a ward from the list.", field="ward_code")


def _with_postcode(new: NewCall) -> NewCall:
    """Return the call with the postcode that was typed into its address: border, ward and zone are told from it."""
    if new.postcode or not new.address:
        return new
    line, postcode = part_address(new.address)
    return replace(new, address=line or None, postcode=postcode)


def _with_ward(session: Session, new: NewCall, *, on: date) -> NewCall:
    """Return the call with the ward of its postcode, where nobody chose one and it lies in one of ours."""
    return new if new.ward_code else replace(new, ward_code=own_ward(session, new.postcode, on=on))


def _write(call: Call, new: NewCall, *, actor: Actor, now: datetime) -> None:
    call.source = new.source
    call.caller_name = new.caller_name
    call.phone = new.phone
    call.is_safe_to_call_back = new.is_safe_to_call_back
    call.address = new.address
    call.postcode = new.postcode
    call.ward_code = new.ward_code
    call.happening = new.happening
    call.is_trader_on_site = new.is_trader_on_site
    call.trader = new.trader
    call.money_state = new.money_state
    call.money_amount = new.money_amount
    call.is_vulnerable = new.is_vulnerable
    call.has_threat = new.has_threat
    call.is_work_in_progress = new.is_work_in_progress
    call.told_999_at = (new.claimed_at or now) if new.was_told_999 else None
    call.disposition = new.disposition
    call.logged_by = actor.officer_id


def _incident_of(session: Session, call: Call, new: NewCall, *, now: datetime) -> Incident | None:
    """Return the incident that a call opens or belongs to."""
    if new.incident:
        incident = _new_incident(session, new, new.incident, now=now)
        session.add(incident)
        session.flush()
        return incident
    if new.incident_reference is None:
        return None
    incident_id = queries.find_incident_id(session, new.incident_reference)
    if incident_id is None:
        raise RuleViolation("There is no incident with that reference. Check its last letter.", field="incident")
    incident = rows.lock_incident(session, incident_id)
    if call.id is not None:
        _require_as_restricted(session, incident_id, call.id)
    incident.version += 1
    return incident


def _new_incident(session: Session, new: NewCall, told: NewIncident, *, now: datetime) -> Incident:
    return Incident(
        reference=told.reference or next_reference(session, "R", at=now),
        category=told.category,
        kind=told.kind,
        address=new.address,
        postcode=new.postcode,
        ward_code=new.ward_code,
        state=IncidentState.RECEIVED,
        opened_at=now,
    )


def _require_as_restricted(session: Session, incident_id: int, call_id: int) -> None:
    """Refuse to add a restricted call to an incident that is open to all: so would be its case, and whoever is told of.

    :raises RuleViolation: saying what to do instead.
    """
    if is_restricted(session, Subject.CALL, call_id) and not is_restricted(session, Subject.INCIDENT, incident_id):
        raise RuleViolation(
            "This call is restricted, and that incident is not. Open a new incident, or ask a manager to restrict that "
            "one first.",
            field="incident",
        )


def _restrict_as_call(session: Session, incident_id: int, call_id: int, *, actor: Actor, now: datetime) -> None:
    """Restrict an incident, which says what its calls told, as a call is that was just written up; and its others."""
    if is_restricted(session, Subject.CALL, call_id):
        incident = (Subject.INCIDENT, incident_id)
        tiers.inherit(session, *incident, (Subject.CALL, call_id), actor=actor, now=now)
        for other in rows.calls_of(session, incident_id):
            tiers.inherit(session, Subject.CALL, other.id, incident, actor=actor, now=now)


def _begin(session: Session, incident: Incident, told: NewIncident, *, actor: Actor, now: datetime) -> None:
    audit.record(session, actor, "opened", "incident", incident.id, now=now, category=incident.category)
    if told.grade is not None:
        decision = GradeDecision(told.grade, told.grade_reason)
        progress.give_grade(session, incident, decision, actor=actor, now=now)
    outward.tell_of_opening(session, incident, told.grade, now=now)


def _milestone(incident: Incident, step: Step, now: datetime, note: str | None = None) -> Milestone:
    return Milestone(incident_id=incident.id, step=step, occurred_at=now, recorded_at=now, note=note)
