"""Use cases of calls, grades, outcomes and breaches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.audit import queries as audit
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.places.models import Ward
from tsalert.references.rules import read_reference
from tsalert.response import dispatching, queries, rows, service
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.dispatching import NewMilestone
from tsalert.response.models import Breach, Call, Grade, Grading, Incident, IncidentClock
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import Category, Disposition, GradeName, Outcome, StandDownReason, StartBasis
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def state_at(session: Session, incident_id: int, now: datetime) -> ClockState:
    clock = queries.get_incident(session, incident_id).clock
    assert clock is not None
    return read_clock(clock, now).state


def clocks(session: Session, incident_id: int) -> list[IncidentClock]:
    of_incident = IncidentClock.incident_id == incident_id
    return list(session.scalars(select(IncidentClock).where(of_incident).order_by(IncidentClock.number)))


def graded(**parts: Any) -> GradeDecision:
    return GradeDecision(
        **{"grade": GradeName.PROMPT, "reason": "He has gone", "basis": StartBasis.WRONG_TRIAGE} | parts
    )


def test_a_call_becomes_an_incident_with_a_grade_and_a_clock_in_one_go(session: Session, duty: Actor) -> None:
    logged = service.log_call(roof_call(opened_at=NOON - MINUTE), actor=duty, now=NOON)
    assert read_reference(logged.reference) == logged.reference
    assert logged.incident_id is not None
    incident = queries.get_incident(session, logged.incident_id)
    assert (incident.reference, incident.state) == (logged.incident_reference, IncidentState.TRIAGED)
    assert (incident.category, incident.kind, incident.grade) == (
        Category.DOORSTEP_CRIME,
        "roofing",
        GradeName.IMMEDIATE,
    )
    assert incident.clock is not None
    assert read_clock(incident.clock, NOON).due_at == NOON - MINUTE + 2 * HOUR
    trail = audit.entries_about(session, "incident", logged.incident_id)
    assert [entry.action for entry in trail] == ["opened", "graded"]


def test_a_call_written_up_later_keeps_both_times_and_starts_the_clock_at_the_claimed_one(
    session: Session, duty: Actor
) -> None:
    logged = service.log_call(roof_call(claimed_at=NOON - HOUR, was_told_999=True), actor=duty, now=NOON)
    call = queries.get_call(session, logged.call_id)
    assert (call.opened_at, call.claimed_at, call.received_at) == (NOON, NOON - HOUR, NOON - HOUR)
    assert (call.recorded_at, call.told_999_at) == (NOON, NOON - HOUR)
    assert logged.incident_id is not None
    assert clocks(session, logged.incident_id)[0].started_at == NOON - HOUR


def test_a_call_claimed_from_three_hours_ago_is_a_breach_from_the_start(session: Session, duty: Actor) -> None:
    service.log_call(roof_call(claimed_at=NOON - 3 * HOUR), actor=duty, now=NOON)
    assert session.scalars(select(Breach.due_at)).all() == [NOON - HOUR]


def test_the_number_is_kept_as_typed_and_as_dialled(session: Session, duty: Actor) -> None:
    demo = service.log_call(roof_call(), actor=duty, now=NOON, is_demo=True)
    real = service.log_call(roof_call(), actor=duty, now=NOON)
    assert queries.get_call(session, demo.call_id).phone_e164 == "+447700900123"
    call = queries.get_call(session, real.call_id)
    assert (call.phone, call.phone_e164) == ("07700 900123", None)


def test_an_incident_graded_later_waits_without_a_clock(session: Session, duty: Actor) -> None:
    told = roof_call(incident=NewIncident(Category.SCAM))
    logged = service.log_call(told, actor=duty, now=NOON)
    assert logged.incident_id is not None
    incident = queries.get_incident(session, logged.incident_id)
    assert (incident.state, incident.grade, incident.clock) == (IncidentState.RECEIVED, None, None)
    decision = GradeDecision(GradeName.IMMEDIATE)
    service.grade_incident(logged.incident_id, decision, actor=duty, now=NOON + 30 * MINUTE)
    assert clocks(session, logged.incident_id)[0].started_at == NOON


def test_a_further_call_joins_its_incident(session: Session, duty: Actor, incident_id: int) -> None:
    reference = queries.get_incident(session, incident_id).reference
    told = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference.lower())
    logged = service.log_call(told, actor=duty, now=NOON + MINUTE)
    assert logged.incident_id == incident_id
    assert len(rows.calls_of(session, incident_id)) == 2
    assert len(clocks(session, incident_id)) == 1


@pytest.mark.parametrize("reference", ["R26-99999-X", "nonsense", "R26-00001-Z"])
def test_a_call_cannot_join_an_incident_that_does_not_exist(session: Session, duty: Actor, reference: str) -> None:
    told = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference)
    with pytest.raises(RuleViolation) as refusal:
        service.log_call(told, actor=duty, now=NOON)
    assert refusal.value.field == "incident"
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_refused_call_leaves_nothing_behind(session: Session, duty: Actor) -> None:
    with pytest.raises(RuleViolation, match="ward"):
        service.log_call(roof_call(ward_code="E05000001"), actor=duty, now=NOON)
    assert session.scalar(select(func.count()).select_from(Incident)) == 0


def test_a_call_in_a_known_ward_is_taken(session: Session, duty: Actor) -> None:
    session.add(Ward(code="E05000001", name="Example Park"))
    session.commit()
    logged = service.log_call(roof_call(ward_code="E05000001", postcode="BR1 3UH"), actor=duty, now=NOON)
    assert logged.incident_id is not None
    incident = queries.get_incident(session, logged.incident_id)
    assert incident.ward == "Example Park"
    assert incident.household.postcode == "BR1 3UH"


def test_an_administrator_cannot_log_a_call(officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed):
        service.log_call(roof_call(), actor=officer(RoleName.ADMINISTRATOR), now=NOON)


def test_a_grade_lowered_ends_the_clock_and_raised_again_starts_another(
    session: Session, duty: Actor, incident_id: int
) -> None:
    service.grade_incident(incident_id, graded(), actor=duty, now=NOON + HOUR)
    assert state_at(session, incident_id, NOON + 9 * HOUR) is ClockState.NOT_APPLICABLE
    facts = NOON + 3 * HOUR
    again = graded(grade=GradeName.IMMEDIATE, basis=StartBasis.NEW_FACTS, facts_at=facts)
    service.grade_incident(incident_id, again, actor=duty, now=facts + MINUTE)
    assert [(clock.number, clock.started_at) for clock in clocks(session, incident_id)] == [(1, NOON), (2, facts)]
    assert session.scalar(select(func.count()).select_from(Grading)) == 3


def test_wrong_triage_starts_the_clock_at_the_first_call(session: Session, duty: Actor) -> None:
    told = roof_call(incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "It sounded calm"))
    incident_id = service.log_call(told, actor=duty, now=NOON).incident_id
    assert incident_id is not None
    service.grade_incident(incident_id, graded(grade=GradeName.IMMEDIATE), actor=duty, now=NOON + 3 * HOUR)
    assert clocks(session, incident_id)[0].started_at == NOON
    assert state_at(session, incident_id, NOON + 3 * HOUR) is ClockState.OVERDUE
    assert session.scalar(select(func.count()).select_from(Breach)) == 1


def test_a_target_is_that_of_the_grade_in_force_and_stays_as_it_was_given(
    session: Session, duty: Actor, incident_id: int
) -> None:
    session.add(Grade(name=GradeName.IMMEDIATE, target_seconds=3600, effective_from=NOON + MINUTE))
    session.commit()
    later = service.log_call(roof_call(), actor=duty, now=NOON + HOUR).incident_id
    assert later is not None
    assert [clock.target_seconds for clock in clocks(session, incident_id)] == [7200]
    assert [clock.target_seconds for clock in clocks(session, later)] == [3600]


def test_nothing_closes_without_an_outcome_or_while_somebody_waits(
    session: Session, duty: Actor, incident_id: int
) -> None:
    with pytest.raises(Conflict, match="clock runs"):
        service.close_incident(incident_id, actor=duty, now=NOON)
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + HOUR)
    with pytest.raises(Conflict, match="outcome"):
        service.close_incident(incident_id, actor=duty, now=NOON + HOUR)
    service.record_outcome(incident_id, Outcome.TRADER_SENT_AWAY, actor=duty, now=NOON + HOUR)
    service.close_incident(incident_id, actor=duty, now=NOON + HOUR)
    incident = queries.get_incident(session, incident_id)
    assert (incident.state, incident.closed_at) == (IncidentState.CLOSED, NOON + HOUR)
    with pytest.raises(Conflict) as refusal:
        service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=duty, now=NOON + HOUR)
    assert refusal.value.legal == (Step.REOPENED.label,)


def test_a_reopened_incident_has_a_second_clock_and_keeps_its_first(
    session: Session, duty: Actor, incident_id: int
) -> None:
    dispatching.stand_down(incident_id, StandDownReason.TRADER_GONE, actor=duty, now=NOON + HOUR)
    service.reopen_incident(incident_id, "He came back", actor=duty, now=NOON + 3 * HOUR)
    assert [(clock.number, clock.basis) for clock in clocks(session, incident_id)] == [
        (1, StartBasis.FIRST_CALL),
        (2, StartBasis.REOPENED),
    ]
    assert state_at(session, incident_id, NOON + 4 * HOUR) is ClockState.RUNNING
    assert queries.get_incident(session, incident_id).state is IncidentState.REOPENED


def test_another_outcome_must_be_put_in_words(session: Session, duty: Actor, incident_id: int) -> None:
    with pytest.raises(RuleViolation):
        service.record_outcome(incident_id, Outcome.OTHER, actor=duty, now=NOON)


@pytest.mark.parametrize("number", [0, -1, 404, 2**31, 2**63, 10**30])
def test_an_incident_that_does_not_exist_is_not_found(session: Session, duty: Actor, number: int) -> None:
    with pytest.raises(NotFound):
        service.close_incident(number, actor=duty, now=NOON)
    with pytest.raises(NotFound):
        queries.get_incident(session, number)
    with pytest.raises(NotFound):
        queries.get_call(session, number)


def test_a_breach_is_kept_once_and_only_after_the_due_second(session: Session, incident_id: int) -> None:
    due = NOON + 2 * HOUR
    assert service.record_breaches(due) == 0
    assert service.record_breaches(due + timedelta(seconds=1)) == 1
    assert service.record_breaches(due + HOUR) == 0
    kept = session.execute(select(Breach.due_at, Breach.recorded_at)).one()
    assert tuple(kept) == (due, due + timedelta(seconds=1))


def test_a_clock_that_stopped_in_time_is_never_a_breach(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + HOUR)
    assert service.record_breaches(NOON + 9 * HOUR) == 0


def test_a_late_arrival_is_a_breach_although_nothing_ticked(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + 3 * HOUR)
    assert session.scalar(select(func.count()).select_from(Breach)) == 1
    assert state_at(session, incident_id, NOON + 3 * HOUR) is ClockState.LATE


def test_an_arrival_told_late_counts_as_met_and_the_breach_stays(
    session: Session, duty: Actor, incident_id: int
) -> None:
    service.record_breaches(NOON + 2 * HOUR + MINUTE)
    there = NewMilestone(Step.ON_SCENE, at=NOON + HOUR)
    dispatching.record_milestone(incident_id, there, actor=duty, now=NOON + 3 * HOUR)
    assert state_at(session, incident_id, NOON + 3 * HOUR) is ClockState.MET
    assert session.scalar(select(func.count()).select_from(Breach)) == 1


@pytest.mark.parametrize("act", ["DELETE FROM breach", "UPDATE breach SET due_at = recorded_at"])
def test_the_database_refuses_to_forget_a_breach(session: Session, incident_id: int, act: str) -> None:
    service.record_breaches(NOON + 3 * HOUR)
    with pytest.raises(DatabaseError, match="permanent"), session.begin_nested():
        session.execute(text(act))
    assert session.scalar(select(func.count()).select_from(Breach)) == 1


def test_a_late_breach_is_in_the_trail_as_the_services_own_act(session: Session, incident_id: int) -> None:
    service.record_breaches(NOON + 3 * HOUR)
    last = audit.entries_about(session, "incident", incident_id)[-1]
    assert (last.action, last.officer_id, last.via) == ("breached", None, SERVICE.via)
