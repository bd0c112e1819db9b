"""What every step of an incident leaves behind: a milestone, an entry in the trail, and a clock that knows it.

All are parts of the caller's transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import whole_seconds
from tsalert.db import insert_ignoring_conflicts
from tsalert.response import outward, paged, rows, rules
from tsalert.response.clock import is_breached, stop_already_made
from tsalert.response.models import Attendance, Breach, Grade, Grading, Incident, IncidentClock, Milestone
from tsalert.response.rules import GradeDecision
from tsalert.response.steps import IncidentState, Situation, Step, after_grading, require_fresh
from tsalert.response.vocabulary import GradeName, RemoteResolution, StartBasis, StartRule


def begin_step(session: Session, incident_id: int, step: Step, *, seen: int | None = None) -> Incident:
    """Lock an incident, refuse a step that it cannot take now, and give it its next version.

    :param seen: the version on which the step was decided; None where it is not known.
    :raises NotFound: there is no such incident.
    :raises Conflict: naming the legal steps.
    :raises Overtaken: somebody has changed it since, which matters to this step.
    """
    incident = rows.lock_incident(session, incident_id)
    clock = rows.latest_clock(session, incident_id)
    situation = Situation(
        IncidentState.of(incident.state),
        clock_runs=clock is not None and _runs(clock),
        has_outcome=incident.outcome is not None,
        is_offered=incident.offered_to is not None,
    )
    situation.require(step)
    require_fresh(step, seen=seen, current=incident.version)
    incident.version += 1
    return incident


def note_milestone(session: Session, milestone: Milestone, actor: Actor) -> None:
    """Keep a step with the time it is said to have happened and the time we were told, and enter it in the trail."""
    milestone.recorded_by, milestone.source = actor.officer_id, actor.via
    milestone.version = session.get_one(Incident, milestone.incident_id).version
    session.add(milestone)
    now = milestone.recorded_at
    audit.record(session, actor, milestone.step, "incident", milestone.incident_id, now=now)


def give_grade(session: Session, incident: Incident, decision: GradeDecision, *, actor: Actor, now: datetime) -> None:
    """Give an incident a grade; a running clock ends, and a grade with a target starts one.

    :raises RuleViolation: the decision lacks a reason, or the time of its facts cannot be.
    """
    grade = rows.grade_in_force(session, decision.grade, at=now)
    calls = rows.calls_of(session, incident.id)
    proposed = rows.proposed_by(calls)
    rules.check_decision(decision, previous=_grade_of(session, incident), proposed=proposed)
    basis = decision.basis or StartBasis.FIRST_CALL
    first = rows.first_of(calls) or incident.opened_at
    started_at = rules.start_of_clock(decision, first_call_at=first, now=now)
    if grade.start_rule == StartRule.GRADED and basis is not StartBasis.NEW_FACTS:
        started_at = rows.first_graded_at(session, incident.id) or now
    session.add(
        Grading(
            incident_id=incident.id,
            grade_id=grade.id,
            proposed=proposed,
            reason=decision.reason,
            basis=basis,
            facts_at=decision.facts_at if basis is StartBasis.NEW_FACTS else None,
            graded_by=actor.officer_id,
            graded_at=now,
            version=incident.version,
        )
    )
    if incident.grade_id is not None:
        end_clock(session, incident.id, "graded again", now=now)
    due_at = start_clock(session, incident.id, grade, basis=basis, started_at=started_at, now=now)
    incident.grade_id = grade.id
    incident.state = after_grading(IncidentState.of(incident.state), clock_runs=due_at is not None)
    paged.follow_grade(session, incident, due_at=due_at, now=now)
    audit.record(session, actor, "graded", "incident", incident.id, now=now, grade=grade.name, proposed=proposed)


def start_clock(
    session: Session, incident_id: int, grade: Grade, *, basis: StartBasis, started_at: datetime, now: datetime
) -> datetime | None:
    """Start an incident's next clock if the grade has a target; returns when it is due if it now runs.

    Who is there already stops it at once, but not where the incident was reopened.
    """
    if grade.target_seconds is None:
        return None
    latest = rows.latest_clock(session, incident_id)
    start = whole_seconds(started_at)
    clock = IncidentClock(
        incident_id=incident_id,
        number=latest.number + 1 if latest else 1,
        grade_id=grade.id,
        basis=basis,
        target_seconds=grade.target_seconds,
        started_at=start,
        due_at=start + timedelta(seconds=grade.target_seconds),
        stopped_at=None if basis is StartBasis.REOPENED else _stop_by_visits(session, incident_id, start),
    )
    session.add(clock)
    session.flush()
    note_breach(session, clock, now=now)
    return clock.due_at if _runs(clock) else None


def stop_clock(session: Session, incident_id: int, *, at: datetime, now: datetime) -> None:
    """Stop the clocks of an incident that had not ended by then; the first stop counts, whenever we are told.

    That may be an earlier clock than the newest: an arrival told after the grade was lowered
    came before its clock ended. What came before an incident was reopened stops no clock of the
    time since.
    """
    for clock in rows.clocks_of(session, incident_id):
        is_old = clock.basis == StartBasis.REOPENED and whole_seconds(at) < clock.started_at
        stop = max(clock.started_at, whole_seconds(at))
        if not is_old and (clock.ended_at is None or stop <= clock.ended_at):
            note_breach(session, clock, now=now)
            clock.stopped_at = min(clock.stopped_at or stop, stop)


def take_back_stop(session: Session, visit: Attendance, *, now: datetime) -> None:
    """Let a clock run on that was stopped at its start by somebody who, as we are told now, had left by then."""
    clock = rows.latest_clock(session, visit.incident_id)
    if clock is None or clock.ended_at is not None or clock.stopped_at != clock.started_at:
        return
    if visit.on_scene_at and stop_already_made(clock.started_at, [(visit.on_scene_at, visit.cleared_at)]) is None:
        clock.stopped_at = _stop_by_visits(session, visit.incident_id, clock.started_at)
        note_breach(session, clock, now=now)


def stop_clock_remotely(
    session: Session, incident_id: int, how: RemoteResolution, *, at: datetime, now: datetime
) -> bool:
    """Stop the running clock if its grade says that this stops it; tells whether anybody still waits.

    :raises RuleViolation: it happened before the running clock started, so it did not end that wait.
    """
    clock = rows.latest_clock(session, incident_id)
    if clock is None or not _runs(clock):
        return False
    rules.possible_time(at, now=now, not_before=clock.started_at)
    if how not in session.get_one(Grade, clock.grade_id).stopped_by:
        note_breach(session, clock, now=now)
        return True
    stop_clock(session, incident_id, at=at, now=now)
    return False


def end_clock(session: Session, incident_id: int, reason: str, *, now: datetime) -> None:
    """End an incident's running clock without a stop; what was breached stays breached."""
    clock = rows.latest_clock(session, incident_id)
    if clock is None or not _runs(clock):
        return
    note_breach(session, clock, now=now)
    clock.ended_at, clock.end_reason = max(clock.started_at, whole_seconds(now)), reason


def note_breach(session: Session, clock: IncidentClock, *, now: datetime) -> bool:
    """Keep the fact that a target passed with nobody there; tells whether it was news."""
    if not is_breached(rows.clock_of(clock), max(now, clock.started_at)):
        return False
    fact = {"clock_id": clock.id, "due_at": clock.due_at, "recorded_at": now}
    is_new = session.scalar(insert_ignoring_conflicts(session, Breach).values(fact).returning(Breach.id)) is not None
    if is_new:
        audit.record(session, SERVICE, "breached", "incident", clock.incident_id, now=now, clock=clock.number)
        outward.tell_of_breach(session, clock, now=now)
    return is_new


def _stop_by_visits(session: Session, incident_id: int, start: datetime) -> datetime | None:
    visits = [(each.on_scene_at, each.cleared_at) for each in rows.attendances_of(session, incident_id)]
    return stop_already_made(start, [(came, left) for came, left in visits if came is not None])


def _runs(clock: IncidentClock) -> bool:
    return clock.stopped_at is None and clock.ended_at is None


def _grade_of(session: Session, incident: Incident) -> GradeName | None:
    grade = session.get(Grade, incident.grade_id) if incident.grade_id else None
    return GradeName.of(grade.name) if grade else None
