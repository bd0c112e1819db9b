"""A wrong time is corrected by a further milestone; the clock is worked out again and no breach is taken back."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tests.response.test_clock import NEAR_CLOCK_CHANGES
from tests.response.test_clock_facts import arrive, breaches, clocks, close, leave, states
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotAllowed, NotFound, Overtaken, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.paging.models import PageRun
from tsalert.response import correcting_times, dispatching, handing_over, queries, rows, service, standing
from tsalert.response.clock import Clock, ClockState, first_stop, read_clock
from tsalert.response.correcting_times import NewTime
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.figure_lists import Result, Wanted, list_lines
from tsalert.response.figures import response_period
from tsalert.response.handing_over import Acceptance
from tsalert.response.models import Grade, Milestone
from tsalert.response.rules import GradeDecision
from tsalert.response.standing import Aftermath
from tsalert.response.steps import WAITING, IncidentState, Step
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import GradeName, RemoteResolution, StartBasis
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOON + 5 * HOUR
QUARTER = parse_period("2026/27 Q1")


def milestone(session: Session, incident_id: int, step: Step = Step.ON_SCENE) -> int:
    told = select(Milestone.id).where(Milestone.incident_id == incident_id, Milestone.step == step)
    return session.scalars(told.order_by(Milestone.id.desc())).first() or 0


def correct(
    session: Session, incident_id: int, at: datetime, actor: Actor, *, step: Step = Step.ON_SCENE, now: datetime = LATER
) -> None:
    told = NewTime(at, "Wrong hour")
    correcting_times.correct_time(incident_id, milestone(session, incident_id, step), told, actor=actor, now=now)


def test_a_late_arrival_that_was_in_time_is_met_and_its_breach_stays(
    session: Session, duty: Actor, incident_id: int
) -> None:
    arrive(incident_id, duty, at=NOON + 170 * MINUTE)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.LATE], 1)
    correct(session, incident_id, NOON + 110 * MINUTE, duty)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.MET], 1)
    found = response_period(session, QUARTER).total()
    assert (found.states[ClockState.MET], found.met_after_breach, found.told_late) == (1, 1, 1)
    (line,) = list_lines(session, Wanted(QUARTER, Result.MET_AFTER_BREACH), reader=SERVICE, now=utc_now())
    assert line.run is not None
    assert line.run.stop is not None
    assert line.run.stop.is_corrected
    told = [(each.what, each.note) for each in timeline(session, incident_id, now=LATER)]
    assert ("On scene", "Corrected from 10 June 2026 at 3:50pm. Wrong hour") in told
    assert ("On scene", "Corrected later: it was 10 June 2026 at 2:50pm.") in told
    breach = dict(told)["Target passed with nobody there"]
    assert breach == "As it is now: met at 10 June 2026 at 2:50pm, as we were told afterwards."


def test_an_arrival_in_time_that_was_late_becomes_a_breach(session: Session, duty: Actor, incident_id: int) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    correct(session, incident_id, NOON + 130 * MINUTE, duty)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.LATE], 1)


def test_the_due_second_itself_is_still_in_time(session: Session, duty: Actor, incident_id: int) -> None:
    arrive(incident_id, duty, at=NOON + 170 * MINUTE)
    correct(session, incident_id, NOON + 2 * HOUR, duty)
    assert states(session, incident_id, LATER) == [ClockState.MET]


def test_another_officer_who_was_there_first_still_counts(
    session: Session, duty: Actor, incident_id: int, officer: Callable[..., Actor]
) -> None:
    arrive(incident_id, officer(name="First There"), at=NOON + HOUR)
    arrive(incident_id, duty, at=NOON + 90 * MINUTE)
    correct(session, incident_id, NOON + 130 * MINUTE, duty)
    assert clocks(session, incident_id)[0].stopped_at == NOON + HOUR


def test_setting_out_is_corrected_and_leaves_the_clock_alone(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON + 20 * MINUTE)
    arrive(incident_id, duty, at=NOON + HOUR)
    correct(session, incident_id, NOON + 10 * MINUTE, duty, step=Step.EN_ROUTE)
    (visit,) = rows.attendances_of(session, incident_id)
    assert (visit.en_route_at, clocks(session, incident_id)[0].stopped_at) == (NOON + 10 * MINUTE, NOON + HOUR)


def test_a_resolution_without_a_visit_still_stops_the_clock(session: Session, duty: Actor, incident_id: int) -> None:
    told = Resolution(RemoteResolution.BANK_STOPPED_PAYMENT)
    dispatching.resolve_remotely(incident_id, told, actor=duty, now=NOON + HOUR)
    arrive(incident_id, duty, at=NOON + 50 * MINUTE, now=NOON + 90 * MINUTE)
    assert clocks(session, incident_id)[0].stopped_at == NOON + 50 * MINUTE
    correct(session, incident_id, NOON + 80 * MINUTE, duty)
    assert clocks(session, incident_id)[0].stopped_at == NOON + HOUR


def test_a_time_before_the_incident_was_reopened_lets_its_clock_run_again(
    session: Session, duty: Actor, incident_id: int
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 70 * MINUTE)
    close(incident_id, duty, now=NOON + 80 * MINUTE)
    service.reopen_incident(incident_id, "He is back", actor=duty, now=NOON + 2 * HOUR)
    arrive(incident_id, duty, at=NOON + 150 * MINUTE)
    correct(session, incident_id, NOON + 110 * MINUTE, duty, now=NOON + 160 * MINUTE)
    found = states(session, incident_id, NOON + 160 * MINUTE)
    assert found == [ClockState.MET, ClockState.RUNNING]
    correct(session, incident_id, NOON + 130 * MINUTE, duty, now=NOON + 160 * MINUTE)
    close(incident_id, duty, now=NOON + 170 * MINUTE)
    with pytest.raises(RuleViolation, match="Reopen it first"):
        correct(session, incident_id, NOON + 100 * MINUTE, duty)


def test_an_incident_that_was_handed_over_is_left_with_no_clock_that_runs_again(
    session: Session, duty: Actor, incident_id: int
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 70 * MINUTE)
    close(incident_id, duty, now=NOON + 80 * MINUTE)
    service.reopen_incident(incident_id, "He is back", actor=duty, now=NOON + 2 * HOUR)
    arrive(incident_id, duty, at=NOON + 150 * MINUTE)
    handing_over.hand_over(incident_id, Acceptance("The police"), actor=duty, now=NOON + 160 * MINUTE)
    with pytest.raises(RuleViolation, match="Reopen it first"):
        correct(session, incident_id, NOON + 100 * MINUTE, duty)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        pytest.param(NOON - MINUTE, "before the call", id="before-the-call"),
        pytest.param(LATER + HOUR, "still to come", id="still-to-come"),
        pytest.param(NOON + 95 * MINUTE, "after the step that follows", id="after-they-left"),
        pytest.param(NOON + HOUR, "recorded already", id="the-same-minute"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    session: Session, duty: Actor, incident_id: int, at: datetime, why: str
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 90 * MINUTE)
    with pytest.raises(RuleViolation, match=why):
        correct(session, incident_id, at, duty)


def test_only_the_officer_or_a_manager_corrects_a_time(
    session: Session, duty: Actor, incident_id: int, officer: Callable[..., Actor]
) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        correct(session, incident_id, NOON + 50 * MINUTE, officer(name="Another"))
    correct(session, incident_id, NOON + 50 * MINUTE, officer(RoleName.MANAGER, name="Mo"))
    corrected = timeline(session, incident_id, now=LATER)
    assert [each.told_by for each in corrected if each.what == "On scene"] == ["Mo", ""]


def test_a_time_is_corrected_once_and_then_its_correction(session: Session, duty: Actor, incident_id: int) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    first = milestone(session, incident_id)
    correct(session, incident_id, NOON + 50 * MINUTE, duty)
    again = NewTime(NOON + 40 * MINUTE, "Still wrong")
    with pytest.raises(Conflict, match="corrected already"):
        correcting_times.correct_time(incident_id, first, again, actor=duty, now=LATER)
    with pytest.raises(Overtaken):
        correcting_times.correct_time(
            incident_id, milestone(session, incident_id), NewTime(again.at, "Stale", 1), actor=duty, now=LATER
        )
    correct(session, incident_id, again.at, duty)
    assert clocks(session, incident_id)[0].stopped_at == again.at


def test_what_is_no_officers_step_of_the_incident_is_not_found(session: Session, duty: Actor, incident_id: int) -> None:
    for number in (0, 999_999, 2**40):
        with pytest.raises(NotFound):
            correcting_times.correct_time(incident_id, number, NewTime(NOON, "No"), actor=duty, now=LATER)


def test_working_a_clock_out_anew_changes_nothing_that_was_worked_out_step_by_step(
    session: Session, duty: Actor, incident_id: int
) -> None:
    regraded = GradeDecision(GradeName.PROMPT, "Calm", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, regraded, actor=duty, now=NOON + 20 * MINUTE)
    arrive(incident_id, duty, at=NOON + 10 * MINUTE, now=NOON + 30 * MINUTE)
    raised = GradeDecision(GradeName.IMMEDIATE, "Threats", StartBasis.NEW_FACTS, NOON + 40 * MINUTE)
    service.grade_incident(incident_id, raised, actor=duty, now=NOON + 45 * MINUTE)
    leave(incident_id, duty, at=NOON + 35 * MINUTE, now=NOON + 50 * MINUTE)
    resolved = Resolution(RemoteResolution.TRADER_LEFT)
    arrive(incident_id, duty, at=NOON + 70 * MINUTE)
    close(incident_id, duty, now=NOON + 80 * MINUTE)
    service.reopen_incident(incident_id, "Back", actor=duty, now=NOON + 90 * MINUTE)
    dispatching.resolve_remotely(incident_id, resolved, actor=duty, now=NOON + 100 * MINUTE)
    before = [each.stopped_at for each in clocks(session, incident_id)]
    standing.stand_anew(session, rows.lock_incident(session, incident_id), now=LATER)
    assert [each.stopped_at for each in clocks(session, incident_id)] == before
    assert len(before) == 3
    assert queries.get_incident(session, incident_id).state == "resolved_remotely"


VISITS = st.lists(st.tuples(st.integers(-7200, 14400), st.none() | st.integers(0, 7200)), max_size=4)


@given(start=NEAR_CLOCK_CHANGES, visits=VISITS, order=st.randoms())
def test_the_stop_that_stands_does_not_depend_on_the_order_in_which_it_was_told(
    start: datetime, visits: Sequence[tuple[int, int | None]], order: Random
) -> None:
    utc = start.astimezone(NOON.tzinfo)
    told = [
        (utc + timedelta(seconds=came), None if stayed is None else utc + timedelta(seconds=came + stayed))
        for came, stayed in visits
    ]
    shuffled = list(told)
    order.shuffle(shuffled)
    clock = Clock(utc, 2 * HOUR)
    stop = first_stop(clock, told, [], is_reopened=False)
    assert stop == first_stop(clock, shuffled, [], is_reopened=False)
    if stop is not None:
        state = read_clock(Clock(utc, 2 * HOUR, stop), stop).state
        assert (state is ClockState.MET) == (stop <= utc.replace(microsecond=0) + 2 * HOUR)


def resolve(incident_id: int, actor: Actor, at: datetime, now: datetime = NOON + 90 * MINUTE) -> None:
    told = Resolution(RemoteResolution.BANK_STOPPED_PAYMENT, at)
    dispatching.resolve_remotely(incident_id, told, actor=actor, now=now)


def test_the_time_of_a_resolution_without_a_visit_is_corrected_and_the_clock_follows(
    session: Session, duty: Actor, incident_id: int
) -> None:
    resolve(incident_id, duty, NOON + HOUR)
    correct(session, incident_id, NOON + 40 * MINUTE, duty, step=Step.RESOLVED_REMOTELY)
    assert clocks(session, incident_id)[0].stopped_at == NOON + 40 * MINUTE
    told = [(each.what, each.note) for each in timeline(session, incident_id, now=LATER)]
    assert ("Resolved without a visit", "Corrected from 10 June 2026 at 2:00pm. Wrong hour") in told
    correct(session, incident_id, NOON + 150 * MINUTE, duty, step=Step.RESOLVED_REMOTELY)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.LATE], 1)


@pytest.mark.parametrize(
    ("at", "why"),
    [
        pytest.param(NOON - MINUTE, "before the call", id="before-the-call"),
        pytest.param(NOON + 5 * HOUR, "after the step that follows", id="after-it-was-closed"),
        pytest.param(NOON + HOUR, "recorded already", id="the-same"),
    ],
)
def test_a_resolution_cannot_have_come_then(
    session: Session, duty: Actor, incident_id: int, at: datetime, why: str
) -> None:
    resolve(incident_id, duty, NOON + HOUR)
    close(incident_id, duty, now=NOON + 100 * MINUTE)
    with pytest.raises(RuleViolation, match=why):
        correct(session, incident_id, at, duty, step=Step.RESOLVED_REMOTELY)


def test_a_resolution_is_corrected_by_whoever_told_it_or_a_manager(
    session: Session, duty: Actor, incident_id: int, officer: Callable[..., Actor]
) -> None:
    resolve(incident_id, duty, NOON + HOUR)
    number, other = milestone(session, incident_id, Step.RESOLVED_REMOTELY), officer(name="Another")
    assert correcting_times.correctable_by(session, incident_id, duty) == {number}
    assert correcting_times.correctable_by(session, incident_id, other) == set()
    with pytest.raises(NotAllowed):
        correct(session, incident_id, NOON + 40 * MINUTE, other, step=Step.RESOLVED_REMOTELY)
    manager = officer(RoleName.MANAGER)
    correct(session, incident_id, NOON + 40 * MINUTE, manager, step=Step.RESOLVED_REMOTELY)


def wakes(session: Session, incident_id: int, duty: Actor) -> Aftermath:
    """Correct the last arrival to before the incident was reopened."""
    told = NewTime(NOON + 110 * MINUTE, "Wrong hour")
    number, now = milestone(session, incident_id), NOON + 170 * MINUTE
    return correcting_times.correct_time(incident_id, number, told, actor=duty, now=now)


def come_back(incident_id: int, duty: Actor) -> None:
    """Attend, close, reopen two hours after noon, and attend again."""
    arrive(incident_id, duty, at=NOON + HOUR)
    leave(incident_id, duty, at=NOON + 70 * MINUTE)
    close(incident_id, duty, now=NOON + 80 * MINUTE)
    service.reopen_incident(incident_id, "He is back", actor=duty, now=NOON + 2 * HOUR)
    arrive(incident_id, duty, at=NOON + 150 * MINUTE)


def test_a_clock_that_runs_again_with_nobody_there_wakes_the_officers_on_duty(
    session: Session, duty: Actor, incident_id: int
) -> None:
    come_back(incident_id, duty)
    leave(incident_id, duty, at=NOON + 160 * MINUTE)
    assert wakes(session, incident_id, duty) is Aftermath.PAGED
    of_incident = select(PageRun.ended_at).where(PageRun.incident_id == incident_id)
    assert session.scalars(of_incident.order_by(PageRun.id)).all()[-1] is None
    assert queries.get_incident(session, incident_id).state in WAITING


def test_nobody_is_woken_while_an_officer_is_there(session: Session, duty: Actor, incident_id: int) -> None:
    come_back(incident_id, duty)
    assert wakes(session, incident_id, duty) is Aftermath.ATTENDED
    assert queries.get_incident(session, incident_id).state is IncidentState.ON_SCENE


def test_a_clock_that_runs_again_under_a_grade_that_pages_nobody_is_said_aloud(session: Session, duty: Actor) -> None:
    session.add(Grade(name=GradeName.IMMEDIATE, target_seconds=7200, pages=False, effective_from=NOON - HOUR))
    session.commit()
    incident_id = service.log_call(roof_call(), actor=duty, now=NOON).incident_id or 0
    come_back(incident_id, duty)
    leave(incident_id, duty, at=NOON + 160 * MINUTE)
    assert wakes(session, incident_id, duty) is Aftermath.UNPAGED
    assert queries.get_incident(session, incident_id).state is IncidentState.TRIAGED
