"""Who may be rung, how often, and when a call was missed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.telephone.rules import (
    MOST_RINGS,
    Candidate,
    Course,
    Limits,
    Reason,
    is_missed,
    limit_reached,
    may_be_rung,
    next_to_ring,
    read_caller,
)

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("number", "real", "in_drama"),
    [
        ("+447400123456", True, True),
        ("+447700900501", False, True),
        ("07400123456", False, False),
        ("+442079460123", False, False),
        ("+441632960123", False, False),
        ("+447624123456", False, False),
        ("+447797712345", False, False),
        ("+447012345678", False, False),
        ("+449098790000", False, False),
        ("+12025550123", False, False),
        ("sip:alex@example.org", False, False),
        ("", False, False),
        (None, False, False),
    ],
)
def test_calls_are_put_through_to_british_mobiles_alone(number: str | None, *, real: bool, in_drama: bool) -> None:
    assert may_be_rung(number, is_demo=False) is real
    assert may_be_rung(number, is_demo=True) is in_drama


@given(st.text())
def test_whatever_the_network_tells_of_a_caller_can_be_shown(told: str) -> None:
    caller = read_caller(told)
    assert caller.shown
    assert len(caller.shown) <= 200
    assert caller.e164 is None or caller.e164 == told.strip()
    assert caller.prefix


def test_a_block_of_a_thousand_numbers_shares_a_prefix_and_all_who_withhold_theirs_another() -> None:
    one, two, other = read_caller("+447700900001"), read_caller("+447700900999"), read_caller("+447700901001")
    assert one.prefix == two.prefix != other.prefix
    assert read_caller("anonymous").prefix == read_caller("Restricted").prefix == "withheld"
    assert read_caller("sip:alex@example.org").prefix == "other"


@given(st.lists(st.integers(1, 9), max_size=9), st.sets(st.integers(1, 9)))
def test_nobody_is_rung_twice_for_a_call_and_never_more_than_a_few(chain: list[int], rung: set[int]) -> None:
    found = next_to_ring([Candidate(each, f"+4474001234{each:02}") for each in chain], rung)
    if found is None:
        assert len(rung) >= MOST_RINGS or set(chain) <= rung
    else:
        assert found.officer_id not in rung
        earlier = chain[: chain.index(found.officer_id)]
        assert set(earlier) <= rung


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_limit_is_reached_exactly_when_as_many_were_rung(in_all: int, by_prefix: int) -> None:
    reached = limit_reached(Limits(100, 10), in_all=in_all, by_prefix=by_prefix)
    assert (reached is None) == (in_all < 100 and by_prefix < 10)
    assert (reached is Reason.TOO_MANY_IN_ALL) == (in_all >= 100)


@pytest.mark.parametrize(
    ("course", "missed_after"),
    [
        pytest.param(Course(NOON, ended_at=NOON + MINUTE), MINUTE, id="rang-off"),
        pytest.param(
            Course(NOON, ended_at=NOON + MINUTE, was_asked_for_message=True), 2 * MINUTE, id="asked-and-left-nothing"
        ),
        pytest.param(Course(NOON, message_at=NOON + MINUTE), 6 * MINUTE, id="left-a-message"),
        pytest.param(
            Course(NOON, ended_at=NOON + MINUTE, message_at=NOON + MINUTE), 6 * MINUTE, id="left-a-message-and-ended"
        ),
        pytest.param(Course(NOON), 10 * MINUTE, id="end-never-reported"),
    ],
)
def test_when_a_call_counts_as_missed(course: Course, missed_after: timedelta) -> None:
    assert not is_missed(course, NOON + missed_after - SECOND)
    assert is_missed(course, NOON + missed_after)


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_call_that_an_officer_took_is_never_missed(waited: timedelta) -> None:
    assert not is_missed(Course(NOON, taken_at=NOON + SECOND, ended_at=NOON + MINUTE), NOON + waited)
