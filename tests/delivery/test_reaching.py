"""A sender goes on in a mailing where it came to, and leaves nobody behind."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.test_sending import Mailing, People
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import claiming
from tsalert.delivery.claiming import Claimant
from tsalert.delivery.rules import Channel

pytestmark = pytest.mark.db
AT_ONCE = 100


def take(claimant: Claimant, now: datetime) -> list[int]:
    """Claim some and return their places in the mailing, counted from 0."""
    with transaction() as session:
        claimed, _ = claiming.take(session, claimant, AT_ONCE, now=now)
    return [int(each.address.partition("@")[0]) for each in claimed]


def pass_some_that_come_back(people: People, mailing: Mailing) -> tuple[Claimant, datetime]:
    """Let a sender take the first and the third hundred of 450, and another put back the second."""
    people(*(f"{place}@example.org" for place in range(450)))
    mailing()
    one, other, now = Claimant(Channel.EMAIL, "one"), Claimant(Channel.EMAIL, "other"), utc_now()
    assert [take(each, now) for each in (one, other, one)] == [[*range(n, n + AT_ONCE)] for n in (0, 100, 200)]
    with transaction() as session:
        assert claiming.release(session, "other") == AT_ONCE
    return one, now


def test_what_comes_back_is_taken_when_nothing_lies_ahead(session: Session, people: People, mailing: Mailing) -> None:
    one, now = pass_some_that_come_back(people, mailing)
    assert take(one, now) == [*range(300, 400)]
    assert take(one, now) == [*range(400, 450), *range(100, 150)]
    assert take(one, now) == [*range(150, 200)]
    assert take(one, now) == []


def test_what_comes_back_is_taken_first_after_a_while(session: Session, people: People, mailing: Mailing) -> None:
    one, now = pass_some_that_come_back(people, mailing)
    assert take(one, now + timedelta(seconds=11)) == [*range(100, 200)]


def test_after_a_clock_was_put_back_too(session: Session, people: People, mailing: Mailing) -> None:
    one, now = pass_some_that_come_back(people, mailing)
    one.forget(now + timedelta(hours=1))
    assert take(one, now) == [*range(100, 200)]


def test_a_sender_forgets_how_far_it_has_come_every_few_seconds() -> None:
    claimant = Claimant(Channel.EMAIL, "one", reached={1: (NOW, 7)}, forgot_at=NOW)
    claimant.forget(NOW + timedelta(seconds=9))
    assert claimant.reached
    claimant.forget(NOW + timedelta(seconds=10))
    assert not claimant.reached
