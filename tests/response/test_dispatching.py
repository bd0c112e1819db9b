"""Officers on the way, on scene and gone; and what ends an incident without them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.response import dispatching, handing_over, queries, rows, service
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.handing_over import Acceptance
from tsalert.response.models import Milestone
from tsalert.response.rules import GradeDecision
from tsalert.response.steps import IncidentState, Step
from tsalert.response.vocabulary import GradeName, Outcome, RemoteResolution, StandDownReason, StartBasis
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def state_at(session: Session, incident_id: int, now: datetime) -> ClockState:
    clock = queries.get_incident(session, incident_id).clock
    assert clock is not None
    return read_clock(clock, now).state


def test_the_first_arrival_stops_the_clock_and_setting_out_does_not(
    session: Session, duty: Actor, incident_id: int
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON + MINUTE)
    assert state_at(session, incident_id, NOON + HOUR) is ClockState.RUNNING
    state = dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + HOUR)
    assert state is IncidentState.ON_SCENE
    assert state_at(session, incident_id, NOON + 9 * HOUR) is ClockState.MET


def test_a_second_arrival_is_refused_and_changes_nothing(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + HOUR)
    with pytest.raises(Conflict) as refusal:
        dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + 2 * HOUR)
    assert refusal.value.legal == (Step.CLEARED.label,)
    assert len(session.scalars(select(Milestone)).all()) == 1


def test_the_first_of_two_officers_counts_in_whatever_order_they_tell(
    session: Session, duty: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    other = officer(name="Sam Example")
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + 3 * HOUR)
    assert state_at(session, incident_id, NOON) is ClockState.LATE
    there = NewMilestone(Step.ON_SCENE, at=NOON + HOUR)
    dispatching.record_milestone(incident_id, there, actor=other, now=NOON + 3 * HOUR)
    assert state_at(session, incident_id, NOON) is ClockState.MET
    assert len(rows.attendances_of(session, incident_id)) == 2


def test_one_officer_may_speak_for_another(
    session: Session, duty: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    other = officer(name="Sam Example")
    told = NewMilestone(Step.EN_ROUTE, officer_id=other.officer_id)
    dispatching.record_milestone(incident_id, told, actor=duty, now=NOON + MINUTE)
    milestone = session.scalars(select(Milestone)).one()
    assert milestone.recorded_by == duty.officer_id
    assert [each.officer_id for each in rows.attendances_of(session, incident_id)] == [other.officer_id]


def test_an_officer_who_left_may_come_back(session: Session, duty: Actor, incident_id: int) -> None:
    for minutes, step in enumerate((Step.ON_SCENE, Step.CLEARED, Step.ON_SCENE), start=1):
        dispatching.record_milestone(incident_id, NewMilestone(step), actor=duty, now=NOON + minutes * MINUTE)
    assert [each.cleared_at is None for each in rows.attendances_of(session, incident_id)] == [False, True]


def test_an_officer_still_there_leaves_after_it_was_reopened_and_graded_anew(
    session: Session, duty: Actor, incident_id: int
) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + MINUTE)
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=duty, now=NOON + MINUTE)
    service.close_incident(incident_id, actor=duty, now=NOON + MINUTE)
    service.reopen_incident(incident_id, "He came back", actor=duty, now=NOON + HOUR)
    later = GradeDecision(GradeName.PROMPT, "He left", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, later, actor=duty, now=NOON + HOUR)
    left = dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=duty, now=NOON + 2 * HOUR)
    assert left is IncidentState.TRIAGED
    assert [each.cleared_at for each in rows.attendances_of(session, incident_id)] == [NOON + 2 * HOUR]


def test_an_officer_who_turned_back_stops_no_clock(session: Session, duty: Actor, incident_id: int) -> None:
    for minutes, step in enumerate((Step.EN_ROUTE, Step.CLEARED), start=1):
        dispatching.record_milestone(incident_id, NewMilestone(step), actor=duty, now=NOON + minutes * MINUTE)
    assert state_at(session, incident_id, NOON + HOUR) is ClockState.RUNNING


def test_an_officer_already_there_stops_a_clock_that_starts_later(
    session: Session, duty: Actor, incident_id: int
) -> None:
    there = NewMilestone(Step.ON_SCENE)
    prompt = GradeDecision(GradeName.PROMPT, "He left", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, prompt, actor=duty, now=NOON + MINUTE)
    dispatching.record_milestone(incident_id, there, actor=duty, now=NOON + HOUR)
    raised = GradeDecision(GradeName.IMMEDIATE, "He is back", StartBasis.NEW_FACTS, NOON + 2 * HOUR)
    service.grade_incident(incident_id, raised, actor=duty, now=NOON + 2 * HOUR)
    assert state_at(session, incident_id, NOON + 9 * HOUR) is ClockState.MET


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NOON - MINUTE, id="before-the-call"),
        pytest.param(NOON + HOUR + 3 * MINUTE, id="three-minutes-ahead"),
    ],
)
def test_an_impossible_time_is_refused(session: Session, duty: Actor, incident_id: int, at: datetime) -> None:
    with pytest.raises(RuleViolation):
        dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE, at=at), actor=duty, now=NOON + HOUR)
    how = RemoteResolution.TRADER_LEFT
    with pytest.raises(RuleViolation):
        dispatching.resolve_remotely(incident_id, Resolution(how, at), actor=duty, now=NOON + HOUR)
    assert state_at(session, incident_id, NOON + HOUR) is ClockState.RUNNING


def test_a_whole_minute_is_taken_as_the_instant_it_holds(session: Session, duty: Actor, incident_id: int) -> None:
    out = NOON + timedelta(minutes=5, seconds=33)
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=out)
    there = NewMilestone(Step.ON_SCENE, at=out.replace(second=0))
    dispatching.record_milestone(incident_id, there, actor=duty, now=NOON + HOUR)
    assert rows.attendances_of(session, incident_id)[0].on_scene_at == out


def test_nobody_arrives_before_setting_out(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON + HOUR)
    there = NewMilestone(Step.ON_SCENE, at=NOON + MINUTE)
    with pytest.raises(RuleViolation):
        dispatching.record_milestone(incident_id, there, actor=duty, now=NOON + HOUR)


@pytest.mark.parametrize("officer_id", [404, 2**31, 2**63 - 1])
def test_an_officer_who_does_not_exist_cannot_attend(
    session: Session, duty: Actor, incident_id: int, officer_id: int
) -> None:
    told = NewMilestone(Step.ON_SCENE, officer_id=officer_id)
    with pytest.raises(RuleViolation):
        dispatching.record_milestone(incident_id, told, actor=duty, now=NOON)


def test_a_payment_stopped_by_the_bank_stops_the_clock(session: Session, duty: Actor, incident_id: int) -> None:
    how = RemoteResolution.BANK_STOPPED_PAYMENT
    dispatching.resolve_remotely(incident_id, Resolution(how, note="£4,000"), actor=duty, now=NOON + HOUR)
    assert state_at(session, incident_id, NOON + 9 * HOUR) is ClockState.MET
    assert queries.get_incident(session, incident_id).state is IncidentState.RESOLVED_REMOTELY
    assert session.scalars(select(Milestone.note)).one() == "The bank stopped the payment. £4,000"


@pytest.mark.parametrize(
    ("waited", "state"),
    [
        pytest.param(HOUR, ClockState.NOT_APPLICABLE, id="in-time"),
        pytest.param(3 * HOUR, ClockState.BREACHED_THEN_ENDED, id="too-late"),
    ],
)
def test_standing_down_and_handing_over_end_the_clock(
    session: Session, duty: Actor, incident_id: int, waited: timedelta, state: ClockState
) -> None:
    other = service.log_call(roof_call(), actor=duty, now=NOON).incident_id
    assert other is not None
    dispatching.stand_down(incident_id, StandDownReason.WITHDRAWN, actor=duty, now=NOON + waited)
    handing_over.hand_over(other, Acceptance("Otherborough, J Example", "T1"), actor=duty, now=NOON + waited)
    assert state_at(session, incident_id, NOON + 9 * HOUR) is state
    assert state_at(session, other, NOON + 9 * HOUR) is state


def test_an_ended_incident_takes_no_arrival(session: Session, duty: Actor, incident_id: int) -> None:
    dispatching.stand_down(incident_id, StandDownReason.NO_OFFENCE, actor=duty, now=NOON + MINUTE)
    with pytest.raises(Conflict) as refusal:
        dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON + HOUR)
    assert Step.REOPENED.label in refusal.value.legal


def test_another_reason_must_be_put_in_words(session: Session, duty: Actor, incident_id: int) -> None:
    with pytest.raises(RuleViolation):
        dispatching.stand_down(incident_id, StandDownReason.OTHER, actor=duty, now=NOON + MINUTE)


def test_only_a_milestone_is_a_milestone(session: Session, duty: Actor, incident_id: int) -> None:
    with pytest.raises(RuleViolation):
        dispatching.record_milestone(incident_id, NewMilestone(Step.CLOSED), actor=duty, now=NOON)


def test_an_administrator_attends_nothing(officer: Callable[..., Actor], incident_id: int) -> None:
    administrator = officer(RoleName.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=administrator, now=NOON)
