"""Every pair of state and step, and what a refused step says."""

from itertools import product

import pytest

from tsalert.core.errors import Conflict, Overtaken, RuleViolation
from tsalert.response.steps import (
    LEGAL,
    LEGAL_FOR_OFFICER,
    IncidentState,
    Presence,
    Situation,
    Step,
    after_grading,
    furthest,
    next_step,
    require_fresh,
    require_officer_step,
)

S, T = IncidentState, Step
# One row a state, one column a step: graded, taken, on the way, on scene, left, resolved, stood down, offered,
# handed over, not taken over, outcome, closed, reopened. An x may be done, a dot may not.
TABLE = {
    S.RECEIVED: "x . x x . x x x x x x x .",
    S.TRIAGED: "x x x x x x x x x x x x .",
    S.PAGED: "x x x x x x x x x x x x .",
    S.ACKNOWLEDGED: "x x x x x x x x x x x x .",
    S.EN_ROUTE: "x . x x x x x x x x x x .",
    S.ON_SCENE: "x . x x x . . x x x x x .",
    S.CLEARED: "x . x x x . . x x x x x .",
    S.RESOLVED_REMOTELY: "x . x x x . . x x x x x .",
    S.STOOD_DOWN: ". . . . x . . . . . x x x",
    S.HANDED_OVER: ". . . . x . . . . . x x x",
    S.REOPENED: "x x x x x x x x x x x x .",
    S.CLOSED: ". . . . . . . . . . . . x",
}
PAIRS = [
    pytest.param(state, step, mark == "x", id=f"{state}-{step}")
    for state, row in TABLE.items()
    for step, mark in zip(Step, row.split(), strict=True)
]


def test_the_table_speaks_of_every_state() -> None:
    assert set(TABLE) == set(LEGAL) == set(IncidentState)
    assert len(PAIRS) == len(IncidentState) * len(Step)


@pytest.mark.parametrize(("state", "step", "may"), PAIRS)
def test_each_step_from_each_state(state: IncidentState, step: Step, may: bool) -> None:  # noqa: FBT001
    situation = Situation(state, clock_runs=False, has_outcome=True, is_offered=step is not Step.HANDOVER_OFFERED)
    if may:
        situation.require(step)
        return
    with pytest.raises(Conflict) as refusal:
        situation.require(step)
    barred = {Step.HANDOVER_REFUSED if step is Step.HANDOVER_OFFERED else Step.HANDOVER_OFFERED}
    assert set(refusal.value.legal) == {each.label for each in LEGAL[state] - barred}


@pytest.mark.parametrize(
    ("clock_runs", "has_outcome", "word"), [(True, True, "clock"), (False, False, "outcome"), (True, False, "clock")]
)
def test_an_incident_closes_only_when_nobody_waits_and_its_outcome_is_known(
    clock_runs: bool,  # noqa: FBT001
    has_outcome: bool,  # noqa: FBT001
    word: str,
) -> None:
    situation = Situation(S.TRIAGED, clock_runs=clock_runs, has_outcome=has_outcome)
    with pytest.raises(Conflict, match=word) as refusal:
        situation.require(Step.CLOSED)
    assert Step.CLOSED.label not in refusal.value.legal


@pytest.mark.parametrize(("presence", "step"), list(product(Presence, (T.EN_ROUTE, T.ON_SCENE, T.CLEARED))))
def test_each_milestone_from_each_place_an_officer_can_be(presence: Presence, step: Step) -> None:
    legal = {
        Presence.AWAY: {T.EN_ROUTE, T.ON_SCENE},
        Presence.EN_ROUTE: {T.ON_SCENE, T.CLEARED},
        Presence.ON_SCENE: {T.CLEARED},
    }
    assert legal[presence] == LEGAL_FOR_OFFICER[presence]
    if step in legal[presence]:
        require_officer_step(presence, step)
        return
    with pytest.raises(Conflict) as refusal:
        require_officer_step(presence, step)
    assert set(refusal.value.legal) == {each.label for each in legal[presence]}


@pytest.mark.parametrize(
    ("state", "step", "been", "then"),
    [
        pytest.param(S.TRIAGED, T.EN_ROUTE, False, S.EN_ROUTE, id="sets-out"),
        pytest.param(S.ACKNOWLEDGED, T.EN_ROUTE, False, S.EN_ROUTE, id="sets-out-after-taking-it"),
        pytest.param(S.ON_SCENE, T.EN_ROUTE, False, S.ON_SCENE, id="a-second-officer-sets-out"),
        pytest.param(S.EN_ROUTE, T.CLEARED, False, S.EN_ROUTE, id="turns-back"),
        pytest.param(S.ON_SCENE, T.CLEARED, True, S.CLEARED, id="leaves"),
        pytest.param(S.TRIAGED, T.CLEARED, True, S.TRIAGED, id="leaves-after-it-was-graded-anew"),
        pytest.param(S.RESOLVED_REMOTELY, T.ON_SCENE, True, S.ON_SCENE, id="visits-although-resolved"),
        pytest.param(S.STOOD_DOWN, T.CLEARED, True, S.STOOD_DOWN, id="leaves-after-standing-down"),
    ],
)
def test_an_incident_is_as_far_as_the_officer_who_came_furthest(
    state: IncidentState,
    step: Step,
    been: bool,  # noqa: FBT001
    then: IncidentState,
) -> None:
    assert furthest(state, step, has_been_there=been) is then


@pytest.mark.parametrize(
    ("state", "runs", "then"),
    [
        pytest.param(S.RECEIVED, True, S.TRIAGED, id="first-grade"),
        pytest.param(S.CLEARED, True, S.TRIAGED, id="somebody-must-go-again"),
        pytest.param(S.CLEARED, False, S.CLEARED, id="nobody-need-go-again"),
        pytest.param(S.EN_ROUTE, True, S.EN_ROUTE, id="somebody-goes-already"),
    ],
)
def test_what_a_grade_does_to_the_state(
    state: IncidentState,
    runs: bool,  # noqa: FBT001
    then: IncidentState,
) -> None:
    assert after_grading(state, clock_runs=runs) is then


@pytest.mark.parametrize(
    ("state", "presence", "then"),
    [
        pytest.param(S.RECEIVED, Presence.AWAY, T.GRADED, id="not-graded"),
        pytest.param(S.TRIAGED, Presence.AWAY, T.EN_ROUTE, id="somebody-waits"),
        pytest.param(S.EN_ROUTE, Presence.EN_ROUTE, T.ON_SCENE, id="on-the-way"),
        pytest.param(S.ON_SCENE, Presence.ON_SCENE, T.CLEARED, id="on-scene"),
        pytest.param(S.STOOD_DOWN, Presence.EN_ROUTE, None, id="on-the-way-to-what-has-ended"),
    ],
)
def test_what_an_officer_does_next_while_the_clock_runs(
    state: IncidentState, presence: Presence, then: Step | None
) -> None:
    assert next_step(Situation(state, clock_runs=True, has_outcome=False), presence, needs_visit=True) is then


@pytest.mark.parametrize(
    ("state", "has_outcome", "then"),
    [
        pytest.param(S.TRIAGED, False, T.EN_ROUTE, id="no-target-and-nobody-went"),
        pytest.param(S.TRIAGED, True, T.CLOSED, id="nobody-need-go"),
        pytest.param(S.CLEARED, False, T.OUTCOME_RECORDED, id="left"),
        pytest.param(S.STOOD_DOWN, False, T.OUTCOME_RECORDED, id="stood-down"),
        pytest.param(S.HANDED_OVER, True, T.CLOSED, id="outcome-known"),
        pytest.param(S.CLOSED, True, None, id="closed"),
    ],
)
def test_what_is_done_next_once_nobody_waits(state: IncidentState, has_outcome: bool, then: Step | None) -> None:  # noqa: FBT001
    assert (
        next_step(Situation(state, clock_runs=False, has_outcome=has_outcome), Presence.AWAY, needs_visit=True) is then
    )


def test_an_incident_that_needs_no_visit_asks_for_its_outcome() -> None:
    advice = Situation(S.TRIAGED, clock_runs=False, has_outcome=False)
    assert next_step(advice, Presence.AWAY, needs_visit=False) is T.OUTCOME_RECORDED


@pytest.mark.parametrize("step", Step)
def test_a_decision_on_an_older_version_is_refused_and_a_report_never_is(step: Step) -> None:
    for fresh in (None, 7):
        require_fresh(step, seen=fresh, current=7)
    if step in (T.ACKNOWLEDGED, T.EN_ROUTE, T.ON_SCENE, T.CLEARED):
        require_fresh(step, seen=6, current=7)
        return
    with pytest.raises(Overtaken):
        require_fresh(step, seen=6, current=7)
    with pytest.raises(RuleViolation):
        require_fresh(step, seen=8, current=7)


@pytest.mark.parametrize(("is_offered", "step"), [(True, T.HANDOVER_OFFERED), (False, T.HANDOVER_REFUSED)])
def test_one_body_is_asked_at_a_time_and_only_it_can_refuse(is_offered: bool, step: Step) -> None:  # noqa: FBT001
    situation = Situation(S.TRIAGED, clock_runs=True, has_outcome=False, is_offered=is_offered)
    with pytest.raises(Conflict, match="offered"):
        situation.require(step)
