"""A clock that cannot lie: what starts it, what stops it, what is kept for good, and whose time decides."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tests.response.test_clock import NEAR_CLOCK_CHANGES
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.response import dispatching, service
from tsalert.response.clock import Clock, ClockState, is_breached, read_clock
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.models import Breach, Grade, IncidentClock
from tsalert.response.rows import clock_of
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import (
    Category,
    GradeName,
    Outcome,
    RemoteResolution,
    StandDownReason,
    StartBasis,
    StartRule,
)

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def clocks(session: Session, incident_id: int) -> list[IncidentClock]:
    query = select(IncidentClock).where(IncidentClock.incident_id == incident_id)
    return list(session.scalars(query.order_by(IncidentClock.number).execution_options(populate_existing=True)))


def states(session: Session, incident_id: int, now: datetime) -> list[ClockState]:
    return [read_clock(clock_of(clock), max(now, clock.started_at)).state for clock in clocks(session, incident_id)]


def breaches(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Breach)) or 0


def arrive(incident_id: int, actor: Actor, *, at: datetime, now: datetime | None = None) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE, at=at), actor=actor, now=now or at)


def leave(incident_id: int, actor: Actor, *, at: datetime, now: datetime | None = None) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED, at=at), actor=actor, now=now or at)


def close(incident_id: int, actor: Actor, *, now: datetime) -> None:
    service.record_outcome(incident_id, Outcome.TRADER_SENT_AWAY, actor=actor, now=now)
    service.close_incident(incident_id, actor=actor, now=now)


@given(started_at=NEAR_CLOCK_CHANGES, target=st.integers(1, 3 * 86_400), waited=st.integers(0, 4 * 86_400))
def test_whatever_the_target_the_due_second_itself_is_in_time(started_at: datetime, target: int, waited: int) -> None:
    clock = Clock(started_at, timedelta(seconds=target))
    start = started_at.astimezone(NOON.tzinfo).replace(microsecond=0)
    now = start + timedelta(seconds=waited)
    reading = read_clock(clock, now)
    assert (reading.state is ClockState.RUNNING) == (waited <= target)
    assert reading.due_at == start + timedelta(seconds=target)
    assert is_breached(clock, now) == (waited > target)


@given(at=st.timedeltas(timedelta(0), 4 * HOUR), later=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_that_has_stopped_reads_the_same_for_ever(at: timedelta, later: timedelta) -> None:
    clock = Clock(NOON, 2 * HOUR, stopped_at=NOON + at)
    assert read_clock(clock, NOON + at) == read_clock(clock, NOON + at + later)


def test_setting_out_neither_stops_nor_pauses_a_clock(session: Session, duty: Actor, incident_id: int) -> None:
    before = clock_of(clocks(session, incident_id)[0])
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON + MINUTE)
    leave(incident_id, duty, at=NOON + HOUR)
    assert clock_of(clocks(session, incident_id)[0]) == before


def test_a_first_grade_starts_at_the_first_call_whatever_is_asked(session: Session, duty: Actor) -> None:
    told = roof_call(incident=NewIncident(Category.SCAM))
    incident_id = service.log_call(told, actor=duty, now=NOON).incident_id or 0
    for basis in (StartBasis.NEW_FACTS, StartBasis.WRONG_TRIAGE, StartBasis.REOPENED):
        later = GradeDecision(GradeName.IMMEDIATE, None, basis, NOON + HOUR)
        with pytest.raises(RuleViolation, match="first call"):
            service.grade_incident(incident_id, later, actor=duty, now=NOON + HOUR)
    service.grade_incident(incident_id, GradeDecision(GradeName.IMMEDIATE), actor=duty, now=NOON + HOUR)
    assert clocks(session, incident_id)[0].started_at == NOON


def test_an_arrival_told_after_the_grade_was_lowered_stops_the_clock_that_ran_then(
    session: Session, duty: Actor, incident_id: int
) -> None:
    lowered = GradeDecision(GradeName.PROMPT, "It is calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, lowered, actor=duty, now=NOON + HOUR)
    assert states(session, incident_id, NOON + HOUR) == [ClockState.NOT_APPLICABLE]
    arrive(incident_id, duty, at=NOON + 30 * MINUTE, now=NOON + 3 * HOUR)
    assert states(session, incident_id, NOON + 3 * HOUR) == [ClockState.MET]


def test_an_arrival_after_the_end_of_a_clock_does_not_stop_it(session: Session, duty: Actor, incident_id: int) -> None:
    lowered = GradeDecision(GradeName.PROMPT, "It is calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, lowered, actor=duty, now=NOON + HOUR)
    arrive(incident_id, duty, at=NOON + 90 * MINUTE)
    assert states(session, incident_id, NOON + 3 * HOUR) == [ClockState.NOT_APPLICABLE]


def test_a_visit_from_before_an_incident_was_reopened_stops_nothing_afterwards(
    session: Session, duty: Actor, incident_id: int
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    close(incident_id, duty, now=NOON + 2 * HOUR)
    service.reopen_incident(incident_id, "They are back", actor=duty, now=NOON + 5 * HOUR)
    assert states(session, incident_id, NOON + 6 * HOUR) == [ClockState.MET, ClockState.RUNNING]
    leave(incident_id, duty, at=NOON + 2 * HOUR, now=NOON + 6 * HOUR)
    arrive(incident_id, duty, at=NOON + 6 * HOUR)
    assert states(session, incident_id, NOON + 6 * HOUR) == [ClockState.MET, ClockState.MET]


def test_a_former_visit_told_after_reopening_counts_for_the_former_clock_alone(
    session: Session, duty: Actor, incident_id: int
) -> None:
    dispatching.stand_down(incident_id, StandDownReason.TRADER_GONE, actor=duty, now=NOON + HOUR)
    service.reopen_incident(incident_id, "They are back", actor=duty, now=NOON + 3 * HOUR)
    arrive(incident_id, duty, at=NOON + 30 * MINUTE, now=NOON + 4 * HOUR)
    assert states(session, incident_id, NOON + 4 * HOUR) == [ClockState.MET, ClockState.RUNNING]


def test_an_officer_who_had_left_before_the_new_facts_does_not_stop_their_clock(
    session: Session, duty: Actor, incident_id: int
) -> None:
    lowered = GradeDecision(GradeName.PROMPT, "It is calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, lowered, actor=duty, now=NOON + MINUTE)
    raised = GradeDecision(GradeName.IMMEDIATE, "He is back", StartBasis.NEW_FACTS, NOON + 2 * HOUR)
    service.grade_incident(incident_id, raised, actor=duty, now=NOON + 2 * HOUR)
    arrive(incident_id, duty, at=NOON + HOUR, now=NOON + 5 * HOUR)
    assert states(session, incident_id, NOON + 5 * HOUR)[-1] is ClockState.MET, "there still, as far as anybody knows"
    leave(incident_id, duty, at=NOON + HOUR + 30 * MINUTE, now=NOON + 5 * HOUR)
    assert states(session, incident_id, NOON + 5 * HOUR)[-1] is ClockState.OVERDUE
    assert breaches(session) == 1


def test_a_resolution_from_before_the_clock_started_is_refused(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.stand_down(incident_id, StandDownReason.TRADER_GONE, actor=duty, now=NOON + HOUR)
    service.reopen_incident(incident_id, "They are back", actor=duty, now=NOON + 3 * HOUR)
    how = RemoteResolution.BANK_STOPPED_PAYMENT
    with pytest.raises(RuleViolation):
        dispatching.resolve_remotely(incident_id, Resolution(how, at=NOON + 2 * HOUR), actor=duty, now=NOON + 4 * HOUR)
    assert states(session, incident_id, NOON + 4 * HOUR)[-1] is ClockState.RUNNING


@pytest.fixture
def strict(session: Session) -> Grade:
    """A version of the grade that only the bank's stop ends from afar, and that counts from the grading."""
    grade = Grade(
        name=GradeName.IMMEDIATE,
        target_seconds=3600,
        start_rule=StartRule.GRADED,
        stopped_by=[RemoteResolution.BANK_STOPPED_PAYMENT.value],
        effective_from=NOON + HOUR,
    )
    session.add(grade)
    session.commit()
    return grade


def test_a_resolution_that_stops_no_clock_leaves_it_running(session: Session, duty: Actor, strict: Grade) -> None:
    incident_id = service.log_call(roof_call(), actor=duty, now=NOON + 2 * HOUR).incident_id or 0
    left, bank = RemoteResolution.TRADER_LEFT, RemoteResolution.BANK_STOPPED_PAYMENT
    then = NOON + 2 * HOUR + 10 * MINUTE
    assert dispatching.resolve_remotely(incident_id, Resolution(left), actor=duty, now=then)
    assert states(session, incident_id, then) == [ClockState.RUNNING]
    assert not dispatching.resolve_remotely(incident_id, Resolution(bank), actor=duty, now=then + MINUTE)
    assert states(session, incident_id, then + HOUR) == [ClockState.MET]


def test_a_clock_keeps_the_rules_under_which_it_was_graded(
    session: Session, duty: Actor, incident_id: int, strict: Grade
) -> None:
    now = NOON + HOUR + 10 * MINUTE
    assert not dispatching.resolve_remotely(incident_id, Resolution(RemoteResolution.TRADER_LEFT), actor=duty, now=now)
    assert states(session, incident_id, now) == [ClockState.MET]
    assert clocks(session, incident_id)[0].target_seconds == 7200


def test_a_grade_may_count_from_the_grading(session: Session, duty: Actor, strict: Grade) -> None:
    told = roof_call(incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "It sounds calm"))
    incident_id = service.log_call(told, actor=duty, now=NOON + HOUR).incident_id or 0
    waits = service.log_call(roof_call(incident=NewIncident(Category.SCAM)), actor=duty, now=NOON + HOUR).incident_id
    later = NOON + HOUR + 20 * MINUTE
    wrong = GradeDecision(GradeName.IMMEDIATE, "It was not calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, wrong, actor=duty, now=later)
    service.grade_incident(waits or 0, GradeDecision(GradeName.IMMEDIATE), actor=duty, now=later)
    assert clocks(session, incident_id)[0].started_at == NOON + HOUR, "the first grading, which was wrong"
    assert clocks(session, waits or 0)[0].started_at == later


def test_every_overdue_clock_is_found_in_one_run_however_many_there_are(session: Session, duty: Actor) -> None:
    for _ in range(101):
        service.log_call(roof_call(), actor=duty, now=NOON)
    assert service.record_breaches(NOON + 3 * HOUR) == 101
    assert service.record_breaches(NOON + 4 * HOUR) == 0


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE incident_clock SET due_at = stopped_at",
        "UPDATE incident_clock SET target_seconds = 99999",
        "UPDATE incident_clock SET started_at = ended_at",
        "DELETE FROM incident_clock",
        "UPDATE milestone SET recorded_at = occurred_at",
        "UPDATE milestone SET occurred_at = recorded_at",
        "DELETE FROM milestone",
        "UPDATE grade SET target_seconds = 99999",
        "DELETE FROM grade",
    ],
)
def test_the_database_keeps_what_a_clock_is_made_of(session: Session, duty: Actor, incident_id: int, act: str) -> None:
    arrive(incident_id, duty, at=NOON + MINUTE)
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text(act))


def test_a_breach_survives_what_each_database_can_do_besides(session: Session, incident_id: int) -> None:
    service.record_breaches(NOON + 3 * HOUR)
    kept = session.execute(text("SELECT * FROM breach")).one()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT OR REPLACE INTO breach SELECT id, clock_id, due_at, due_at FROM breach"))
        session.execute(text("INSERT OR REPLACE INTO breach SELECT id + 1, clock_id, due_at, due_at FROM breach"))
    else:
        for table in ("breach", "incident_clock CASCADE", "milestone", "grade CASCADE"):
            with pytest.raises(DatabaseError, match=r"permanent|stays"), session.begin_nested():
                session.execute(text(f"TRUNCATE {table}"))
    assert session.execute(text("SELECT * FROM breach")).one() == kept


def test_no_step_takes_a_breach_back(
    session: Session, duty: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    service.record_breaches(NOON + 3 * HOUR)
    arrive(incident_id, duty, at=NOON + HOUR, now=NOON + 4 * HOUR)
    lowered = GradeDecision(GradeName.PROMPT, "It is calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, lowered, actor=officer(), now=NOON + 4 * HOUR)
    leave(incident_id, duty, at=NOON + 2 * HOUR, now=NOON + 4 * HOUR)
    close(incident_id, duty, now=NOON + 5 * HOUR)
    service.reopen_incident(incident_id, "Once more", actor=duty, now=NOON + 6 * HOUR)
    assert breaches(session) == 1
    assert states(session, incident_id, NOON + 6 * HOUR)[0] is ClockState.MET
