"""What an activity may say, and what it may not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.activities.conftest import DAY, session_plan
from tests.refusals import refused
from tsalert.activities.rules import Plan, Reach, Result, check_plan, check_result, require_state
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State
from tsalert.core.errors import Conflict, RuleViolation

TODAY = date(2022, 6, 10)
FRIENDS = Result(present=20, trained=12, refreshers=3, champions=2)
CAMPAIGN = session_plan(
    kind=ActivityKind.CAMPAIGN, last_day=date(2022, 6, 3), channels=(Channel.RADIO, Channel.PRESS), audience=None
)
TRAINING = session_plan(kind=ActivityKind.TRAINING, audience=Audience.POLICE, topic="Doorstep crime", given_by="A bank")


@pytest.mark.parametrize("plan", [session_plan(), CAMPAIGN, TRAINING])
def test_each_kind_can_be_planned(plan: Plan) -> None:
    check_plan(plan, today=TODAY)


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (session_plan(first_day=date(1899, 12, 31)), "first_day"),
        (session_plan(first_day=date(2222, 1, 1)), "first_day"),
        (session_plan(last_day=DAY - timedelta(days=1)), "last_day"),
        (session_plan(last_day=DAY + timedelta(days=7)), "last_day"),
        (session_plan(channels=(Channel.WEB,)), "channels"),
        (replace(TRAINING, audience=Audience.RESIDENTS), "audience"),
        (replace(TRAINING, audience=None), "audience"),
        (replace(TRAINING, topic=None), "topic"),
        (replace(TRAINING, given_by=None), "given_by"),
        (session_plan(officer_ids=tuple(range(31))), "officer_ids"),
    ],
)
def test_a_plan_that_cannot_take_place_is_refused(plan: Plan, field: str) -> None:
    with refused(field=field):
        check_plan(plan, today=TODAY)


@pytest.mark.parametrize(
    ("plan", "result"),
    [
        (session_plan(), FRIENDS),
        (session_plan(kind=ActivityKind.TALK), Result(present=31, leaflets=40)),
        (TRAINING, Result(present=9, trained=9)),
        (CAMPAIGN, Result(leaflets=2000, reach=(Reach(Channel.RADIO, 90_000, "The station's own figures"),))),
    ],
)
def test_what_was_held_has_the_numbers_of_its_kind(plan: Plan, result: Result) -> None:
    check_result(plan, result, today=TODAY)


@pytest.mark.parametrize(
    ("plan", "result", "field"),
    [
        (session_plan(), replace(FRIENDS, trained=None), "trained"),
        (session_plan(), replace(FRIENDS, present=-1), "present"),
        (session_plan(), replace(FRIENDS, present=100_001), "present"),
        (session_plan(), replace(FRIENDS, trained=18), "trained"),
        (session_plan(), replace(FRIENDS, champions=16), "champions"),
        (session_plan(), replace(FRIENDS, leaflets=10**9), "leaflets"),
        (session_plan(first_day=date(2022, 6, 11)), FRIENDS, "last_day"),
        (session_plan(kind=ActivityKind.TALK), Result(present=3, trained=2), "trained"),
        (CAMPAIGN, Result(reach=(Reach(Channel.WEB, 1, "Hits"),)), "reach_web"),
        (CAMPAIGN, Result(reach=(Reach(Channel.RADIO, 1, ""),)), "how_radio"),
        (CAMPAIGN, Result(reach=(Reach(Channel.RADIO, -5, "Hits"),)), "reach_radio"),
        (CAMPAIGN, Result(reach=(Reach(Channel.RADIO, 1, "x"),) * 2), "reach"),
    ],
)
def test_numbers_that_cannot_be_are_refused(plan: Plan, result: Result, field: str) -> None:
    with refused(field=field):
        check_result(plan, result, today=TODAY)


SOME = st.integers(0, 200)


@given(present=SOME, trained=SOME, again=SOME, champions=SOME)
def test_nobody_is_trained_who_was_not_there(present: int, trained: int, again: int, champions: int) -> None:
    result = Result(present=present, trained=trained, refreshers=again, champions=champions)
    possible = champions <= trained + again <= present
    try:
        check_result(session_plan(), result, today=TODAY)
    except RuleViolation:
        assert not possible
    else:
        assert possible


def test_a_step_that_its_state_does_not_allow_says_what_may_be_done() -> None:
    require_state(State.PLANNED, State.PLANNED)
    with refused(Conflict, "held", legal=("correct it",)):
        require_state(State.HELD, State.PLANNED)
