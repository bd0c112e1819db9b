"""The policy, and where a run stands in it."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import NOW
from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.delivery.rules import Channel, Status
from tsalert.paging.rules import (
    Asked,
    Policy,
    PolicyStep,
    Position,
    Verdict,
    at_end,
    brought_forward,
    check_policy,
    due_at,
    judge,
    read_verb,
)
from tsalert.paging.vocabulary import Verb
from tsalert.rota.vocabulary import Duty

S = timedelta(seconds=1)


def policy(*steps: tuple[int, Duty, Channel]) -> Policy:
    return Policy(
        steps=tuple(PolicyStep(after * S, duty, channel) for after, duty, channel in steps),
        repeat_after=300 * S,
        repage_after=900 * S,
        welfare_after=1800 * S,
        welfare_answer=300 * S,
        welfare_misses=2,
        down_after=30 * S,
    )


SHIPPED = policy(
    (0, Duty.PRIMARY, Channel.SMS),
    (60, Duty.PRIMARY, Channel.VOICE),
    (300, Duty.BACKUP, Channel.SMS),
    (300, Duty.BACKUP, Channel.VOICE),
    (600, Duty.MANAGER, Channel.SMS),
    (600, Duty.MANAGER, Channel.VOICE),
)


def test_the_policy_that_comes_with_the_service_is_one() -> None:
    check_policy(SHIPPED)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        pytest.param([], "1 to 20", id="no-step"),
        pytest.param([(5, Duty.PRIMARY, Channel.SMS)], "at once", id="nothing-at-once"),
        pytest.param(
            [(0, Duty.PRIMARY, Channel.SMS), (60, Duty.BACKUP, Channel.SMS), (30, Duty.PRIMARY, Channel.VOICE)],
            "order",
            id="out-of-order",
        ),
        pytest.param([(0, Duty.PRIMARY, Channel.SMS)] * 2, "same", id="twice-the-same"),
        pytest.param([(0, Duty.PRIMARY, Channel.EMAIL)], "wakes nobody", id="mail-alone"),
        pytest.param([(0, Duty.PRIMARY, Channel.SMS), (7201, Duty.BACKUP, Channel.SMS)], "2 hours", id="too-late"),
    ],
)
def test_a_policy_that_wakes_nobody_in_time_is_refused(steps: list[tuple[int, Duty, Channel]], said: str) -> None:
    with refused(RuleViolation, said, field="steps"):
        check_policy(policy(*steps))


POLICIES = st.lists(
    st.tuples(st.integers(0, 7200), st.sampled_from(Duty), st.sampled_from(Channel)), min_size=1, max_size=20
).map(lambda steps: policy(*sorted(steps, key=lambda step: step[0])))


@given(chosen=POLICIES, skipped=st.sets(st.sampled_from(Duty)), passed=st.integers(0, 8000), ahead=st.integers(0, 8000))
def test_bringing_a_duty_forward_puts_nothing_off_and_keeps_the_order(
    chosen: Policy, skipped: set[Duty], passed: int, ahead: int
) -> None:
    position, now = Position(NOW, ahead * S, 0), NOW + passed * S
    moved = brought_forward(chosen, position, skipped, now=now)
    if moved is None:
        assert all(step.duty in skipped for step in chosen.steps)
        return
    times = [due_at(chosen, Position(moved.anchor_at, moved.ahead, number)) for number in range(len(chosen.steps))]
    before = [due_at(chosen, Position(NOW, ahead * S, number)) for number in range(len(chosen.steps))]
    assert all(new is not None and old is not None and new <= old for new, old in zip(times, before, strict=True))
    assert all(first is not None and then is not None and first <= then for first, then in pairwise(times))
    following = next(number for number, step in enumerate(chosen.steps) if step.duty not in skipped)
    due = times[following]
    assert due is not None
    assert due <= now


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("TAKE 4821", Asked(Verb.TAKE, "4821")),
        ("pass 0007", Asked(Verb.PASS, "0007")),
        (" EnRoute 4821. ", Asked(Verb.ENROUTE, "4821")),
        ("En route, 4821", Asked(Verb.ENROUTE, "4821")),
        ("arrived4821", Asked(Verb.ARRIVED, "4821")),
        ("CLEAR", Asked(Verb.CLEAR, None)),
        ("ok 48", Asked(Verb.OK, "48")),
        ("OK thanks, on my way", None),
        ("They arrived 4821", None),
        ("TAKE 4821 please", None),
        ("٤TAKE 4821", None),
        ("TAKE ٤٨٢١", None),
        ("", None),
    ],
)
def test_a_text_is_a_verb_only_if_it_is_nothing_else(body: str, asked: Asked | None) -> None:
    assert read_verb(body) == asked


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_verbs(body: str) -> None:
    read_verb(body)


@pytest.mark.parametrize(
    ("status", "waited", "verdict"),
    [
        (Status.PENDING, 29, Verdict.WAITING),
        (Status.PENDING, 30, Verdict.OVERDUE),
        (Status.CLAIMED, 30, Verdict.OVERDUE),
        (Status.UNKNOWN, 0, Verdict.DOUBTFUL),
        (Status.UNKNOWN, 3600, Verdict.LET_GO),
        (Status.ACCEPTED, 3600, Verdict.WENT_OUT),
        (Status.DELIVERED, 0, Verdict.WENT_OUT),
        (Status.UNDELIVERED, 0, Verdict.WENT_OUT),
        (Status.FAILED, 0, Verdict.REFUSED),
        (Status.HARD_BOUNCED, 0, Verdict.REFUSED),
        (Status.CANCELLED, 90, Verdict.LET_GO),
    ],
)
def test_what_the_fate_of_a_page_means(status: Status, waited: int, verdict: Verdict) -> None:
    assert judge(status, waited=waited * S, patience=30 * S) is verdict


def test_after_enough_misses_one_after_the_other_is_rung_and_then_nobody() -> None:
    chain = [SHIPPED.rung(misses) for misses in range(6)]
    assert chain == [None, None, Duty.MANAGER, Duty.BACKUP, Duty.MANAGER, None]


@pytest.mark.parametrize("people", [0, 11])
def test_one_to_ten_people_are_rung(people: int) -> None:
    for fitting in (1, 10):
        check_policy(replace(SHIPPED, welfare_chain=(Duty.MANAGER,) * fitting))
    with refused(RuleViolation, "Give 1 to 10 people to ring", field="welfare_chain"):
        check_policy(replace(SHIPPED, welfare_chain=(Duty.MANAGER,) * people))


def test_a_policy_has_one_to_twenty_steps_within_two_hours() -> None:
    check_policy(policy((0, Duty.PRIMARY, Channel.SMS)))
    check_policy(policy(*((60 * number, Duty.PRIMARY, Channel.SMS) for number in range(20))))
    check_policy(policy((0, Duty.PRIMARY, Channel.SMS), (7200, Duty.BACKUP, Channel.SMS)))
    check_policy(policy((0, Duty.PRIMARY, Channel.EMAIL), (0, Duty.PRIMARY, Channel.VOICE)))
    with refused(RuleViolation, "Give 1 to 20 steps", field="steps"):
        check_policy(policy(*((60 * number, Duty.PRIMARY, Channel.SMS) for number in range(21))))


def test_a_round_is_over_after_its_last_step() -> None:
    position = Position(NOW, 5 * S, 0)
    assert due_at(SHIPPED, replace(position, next_step=2)) == NOW + 295 * S
    assert at_end(SHIPPED, position) == Position(NOW, 5 * S, 6)
    assert due_at(SHIPPED, at_end(SHIPPED, position)) is None


def test_the_step_that_is_brought_forward_is_due_now() -> None:
    position = Position(NOW, 0 * S, 1)
    moved = brought_forward(SHIPPED, position, {Duty.PRIMARY}, now=NOW + 10 * S)
    assert moved == Position(NOW, 290 * S, 1)
    assert brought_forward(SHIPPED, position, {*Duty}, now=NOW) is None
    late = brought_forward(SHIPPED, position, {Duty.PRIMARY}, now=NOW + 400 * S)
    assert late == Position(NOW, 0 * S, 1)


@pytest.mark.parametrize(
    ("status", "waited", "verdict"),
    [
        (Status.CLAIMED, 29, Verdict.WAITING),
        (Status.UNKNOWN, 3599, Verdict.DOUBTFUL),
        (Status.EXPIRED, 0, Verdict.LET_GO),
        (Status.SUPPRESSED, 0, Verdict.LET_GO),
    ],
)
def test_when_a_page_is_let_go(status: Status, waited: int, verdict: Verdict) -> None:
    assert judge(status, waited=waited * S, patience=30 * S) is verdict
