"""What becomes of a delivery after each answer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW
from tsalert.delivery.ports import Accepted, Answer, InDoubt, Rejected, RetryLater
from tsalert.delivery.retries import (
    LARGEST_CLAIM,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    SMALLEST_CLAIM,
    Standing,
    next_claim_size,
    outcome,
    wait_before,
)
from tsalert.delivery.rules import Channel, Lane, Status, SuppressionReason

EMAIL, SMS = Channel.EMAIL, Channel.SMS


@pytest.mark.parametrize(
    ("channel", "doubts", "answer", "status", "doubts_after"),
    [
        pytest.param(EMAIL, 0, Accepted("id"), Status.ACCEPTED, 0, id="accepted"),
        pytest.param(EMAIL, 0, Rejected("no"), Status.FAILED, 0, id="refused"),
        pytest.param(EMAIL, 0, Rejected("no", SuppressionReason.BOUNCED), Status.HARD_BOUNCED, 0, id="dead-address"),
        pytest.param(SMS, 0, Rejected("no", SuppressionReason.OPTED_OUT), Status.FAILED, 0, id="left-at-the-provider"),
        pytest.param(EMAIL, 0, RetryLater("busy"), Status.PENDING, 0, id="mail-put-off"),
        pytest.param(EMAIL, 0, InDoubt("cut"), Status.PENDING, 1, id="mail-in-doubt-once-is-sent-once-more"),
        pytest.param(EMAIL, 1, InDoubt("cut"), Status.UNKNOWN, 2, id="mail-in-doubt-twice-is-left"),
        pytest.param(SMS, 0, InDoubt("cut"), Status.UNKNOWN, 1, id="text-in-doubt-is-never-sent-again"),
        pytest.param(Channel.VOICE, 0, InDoubt("cut"), Status.UNKNOWN, 1, id="call-in-doubt-is-never-made-again"),
    ],
)
def test_what_an_answer_makes_of_a_delivery(
    channel: Channel, doubts: int, answer: Answer, status: Status, doubts_after: int
) -> None:
    result = outcome(answer, Standing(channel, 0, doubts, None), now=NOW, draw=0.5)
    assert (result.status, result.doubts) == (status, doubts_after)
    assert (result.due_at is None) is (status is not Status.PENDING)


def test_a_delivery_is_given_up_after_many_tries() -> None:
    result = outcome(RetryLater("busy"), Standing(EMAIL, MOST_ATTEMPTS, 0, None), now=NOW, draw=0.5)
    assert (result.status, result.error) == (Status.FAILED, "given up after 20 tries: busy")


def test_what_finds_its_provider_down_is_never_given_up_before_its_time() -> None:
    down, tried = RetryLater("no connection to Twilio", is_outage=True), 3 * MOST_ATTEMPTS
    assert outcome(down, Standing(SMS, tried, 0, None), now=NOW, draw=0.5).status is Status.PENDING
    ends_soon = Standing(SMS, tried, 0, NOW + timedelta(seconds=10))
    assert outcome(down, ends_soon, now=NOW, draw=0.5).status is Status.EXPIRED


def test_a_retry_that_would_come_after_the_alert_has_expired_is_not_made() -> None:
    late = Standing(EMAIL, 0, 0, NOW + timedelta(seconds=10))
    assert outcome(RetryLater("busy"), late, now=NOW, draw=0.9).status is Status.EXPIRED
    assert outcome(RetryLater("busy"), late, now=NOW, draw=0.1).status is Status.PENDING
    assert outcome(InDoubt("cut"), late, now=NOW, draw=0.9).status is Status.UNKNOWN


def test_a_page_in_doubt_is_sent_once_more_within_seconds() -> None:
    page = Standing(EMAIL, 0, 0, None, Lane.PAGING)
    assert outcome(InDoubt("cut"), page, now=NOW, draw=1).due_at == NOW + timedelta(seconds=2)
    assert outcome(InDoubt("cut"), page._replace(lane=Lane.URGENT), now=NOW, draw=1).due_at == NOW + timedelta(
        seconds=30
    )


def test_what_a_provider_asks_for_is_always_waited() -> None:
    result = outcome(RetryLater("busy", 120), Standing(EMAIL, 0, 0, None), now=NOW, draw=0)
    assert result.due_at == NOW + timedelta(seconds=120)


@given(attempt=st.integers(0, 1000), draw=st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_longer_than_a_quarter_of_an_hour(attempt: int, draw: float) -> None:
    assert 0 <= wait_before(attempt, asked=None, draw=draw) <= LONGEST_WAIT


def test_waits_double_from_half_a_minute() -> None:
    assert [wait_before(attempt, asked=None, draw=1) for attempt in range(6)] == [30, 60, 120, 240, 480, 900]


@given(size=st.integers(SMALLEST_CLAIM, LARGEST_CLAIM), took=st.floats(0, 3600), connections=st.integers(1, 64))
def test_a_claim_stays_within_its_bounds(size: int, took: float, connections: int) -> None:
    claimed = next_claim_size(size, took, connections=connections)
    assert SMALLEST_CLAIM <= claimed <= LARGEST_CLAIM * connections
    assert claimed in {SMALLEST_CLAIM, *range(connections)} or claimed % connections == 0  # each has as many to send


def test_a_claim_grows_while_quick_and_shrinks_when_slow() -> None:
    assert [next_claim_size(40, took) for took in (0.1, 0.4, 2.0)] == [80, 40, 20]


@given(size=st.integers(SMALLEST_CLAIM, 1000), a_second=st.floats(50, 1500), rest=st.floats(0.02, 0.05))
def test_a_claim_soon_lasts_two_fifths_of_a_second_however_slow_the_server(
    size: int, a_second: float, rest: float
) -> None:
    for _ in range(9):
        size = next_claim_size(size, size / a_second + rest, connections=4)
    a_round = 4 / a_second
    assert 0.35 - a_round <= size / a_second + rest <= 0.45
