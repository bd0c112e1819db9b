"""Quiet hours: nobody is rung or texted at night, on the nights the clocks change too."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import EVERYBODY, WORDS
from tsalert.core.clock import in_london
from tsalert.db import transaction
from tsalert.delivery import claiming, service
from tsalert.delivery.quiet import day_begins, is_quiet, lanes_that_leave, leaves_at
from tsalert.delivery.rules import LANES, Channel, Lane
from tsalert.delivery.waiting import what_waits

MIDNIGHT = NOW.replace(hour=23)


def clock_change(year: int, month: int) -> datetime:
    """Return the instant London's clocks move: 01:00 UTC on the month's last Sunday."""
    last = date(year, month, 31)
    return datetime.combine(last - timedelta(days=(last.weekday() + 1) % 7), time(1), UTC)


NEAR_CLOCK_CHANGES = st.builds(
    lambda year, month, offset: clock_change(year, month) + offset,
    st.integers(2020, 2040),
    st.sampled_from([3, 10]),
    st.timedeltas(timedelta(hours=-30), timedelta(hours=30)),
)


@given(NEAR_CLOCK_CHANGES)
def test_the_day_begins_now_or_at_the_next_eight_o_clock_in_london(moment: datetime) -> None:
    begins = day_begins(moment)
    assert not is_quiet(begins)
    if is_quiet(moment):
        assert in_london(begins).time() == time(8)
        # The longest night is the one on which the clocks go back.
        assert timedelta(0) < begins - moment <= timedelta(hours=12)
        assert is_quiet(begins - timedelta(microseconds=1))
    else:
        assert begins == moment


@given(NEAR_CLOCK_CHANGES, st.timedeltas(timedelta(0), timedelta(hours=36)))
def test_who_waits_longer_never_leaves_earlier(moment: datetime, later: timedelta) -> None:
    assert day_begins(moment) <= day_begins(moment + later)


@pytest.mark.parametrize(
    ("wall", "quiet"), [("07:59:59", True), ("08:00:00", False), ("20:59:59", False), ("21:00:00", True)]
)
def test_the_hours_end_at_exactly_eight_and_begin_at_exactly_nine(wall: str, *, quiet: bool) -> None:
    summer = datetime.fromisoformat(f"2026-06-10T{wall}+01:00")
    winter = datetime.fromisoformat(f"2026-12-10T{wall}+00:00")
    assert is_quiet(summer) is is_quiet(winter) is quiet


@given(NEAR_CLOCK_CHANGES)
def test_mail_pages_and_urgent_alerts_leave_at_any_hour(moment: datetime) -> None:
    assert lanes_that_leave(Channel.EMAIL, LANES, moment) == LANES
    for channel in Channel:
        for lane in (Lane.PAGING, Lane.URGENT):
            assert leaves_at(channel, lane, moment) == moment


@pytest.mark.parametrize(
    ("channel", "lane", "leaves"),
    [
        (Channel.EMAIL, Lane.BULK, True),
        (Channel.SMS, Lane.BULK, False),
        (Channel.SMS, Lane.TRANSACTIONAL, True),
        (Channel.SMS, Lane.URGENT, True),
        (Channel.VOICE, Lane.BULK, False),
        (Channel.VOICE, Lane.TRANSACTIONAL, False),
        (Channel.VOICE, Lane.URGENT, True),
    ],
)
def test_what_waits_by_night_is_sent_by_day(
    people: Callable[..., list[int]], session: Session, channel: Channel, lane: Lane, *, leaves: bool
) -> None:
    people("a@example.org", "+447700900001", "+442079460001")
    with transaction() as work:
        mailing_id = service.create_mailing(work, WORDS, lane=lane, now=MIDNIGHT)
        service.enqueue(work, mailing_id, EVERYBODY, now=MIDNIGHT)
    with transaction() as work:
        assert claiming.is_due(work, channel, MIDNIGHT) is leaves
        (waits,) = [each for each in what_waits(work, now=MIDNIGHT) if each.channel == channel]
        assert waits.due_since == (MIDNIGHT if leaves else None)  # or it would alarm somebody all night
        assert len(claiming.claim(work, channel, "night", 10, now=MIDNIGHT)) == int(leaves)
    with transaction() as work:
        assert len(claiming.claim(work, channel, "day", 10, now=day_begins(MIDNIGHT))) == int(not leaves)
