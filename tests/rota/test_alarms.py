"""Gaps of the next seven days alarm, once each."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import NOON, give_mobile, identity, put_on_shift, shown
from tsalert.core.actors import SERVICE, Actor, Permission
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.rota import alarms, mobiles, queries, service
from tsalert.rota.models import KnownGap
from tsalert.rota.service import NewShift
from tsalert.rota.vocabulary import DUTIES, Duty
from tsalert.staff import access
from tsalert.staff import queries as staff
from tsalert.staff.rules import RoleName

HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def stand_daily(session: Session, officer_id: int, duty: Duty, days: Iterable[int]) -> None:
    """Let an officer stand from noon to noon on days counted from the 10th of June."""
    for day in days:
        put_on_shift(session, officer_id, duty, NOON + day * DAY, NOON + (day + 1) * DAY)


@pytest.fixture
def covered(session: Session, standby: Callable[..., Actor]) -> int:
    """A rota that is full but for Robin's primary shifts, which end in three days and begin again a day later."""
    robin = identity(standby("Robin"))
    for duty in DUTIES[1:]:
        stand_daily(session, identity(standby("Ash", RoleName.MANAGER)), duty, range(-1, 63))
    stand_daily(session, robin, Duty.PRIMARY, [*range(-1, 3), *range(4, 63)])
    session.commit()
    return robin


def mails(session: Session) -> list[str]:
    return list(session.scalars(select(Mailing.text).order_by(Mailing.id)))


def fill(robin: int, manager: Actor) -> int:
    new = NewShift(Duty.PRIMARY, robin, NOON + 4 * DAY, NOON + 3 * DAY)
    return service.add_shift(new, actor=manager, now=NOON)


def test_a_gap_within_seven_days_is_told_to_everybody_who_may_change_the_rota(
    session: Session, covered: int, officer: Callable[..., Actor], manager: Actor
) -> None:
    officer(RoleName.ADMINISTRATOR, name="Toni")
    officer(RoleName.DUTY_OFFICER, name="Not told")
    assert [alarms.watch(NOON), alarms.watch(NOON + 11 * MINUTE)] == [0, 1]
    text = mails(session)[0]
    assert "On duty: nobody from 13 June 2026 at 1:00pm to 14 June 2026 at 1:00pm" in text
    assert "/rota" in text
    told = session.scalars(select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)).all()
    managers = {each.email for each in staff.officers_who_may(session, {Permission.MANAGE_ROTA})}
    assert set(told) == managers
    assert len(told) == len(managers) == 4


def test_a_gap_is_told_once_though_it_shrinks_grows_or_begins(
    session: Session, covered: int, manager: Actor, standby: Callable[..., Actor]
) -> None:
    alarms.watch(NOON)
    for hours in range(1, 4 * 24, 7):
        alarms.watch(NOON + hours * HOUR)
    assert len(mails(session)) == 1
    assert session.scalars(select(KnownGap.closed_at)).one() is None
    alarms.watch(NOON + 4 * DAY)
    assert session.scalars(select(KnownGap.closed_at)).one() == NOON + 4 * DAY


def test_a_gap_that_was_filled_and_came_back_is_told_again(session: Session, covered: int, manager: Actor) -> None:
    alarms.watch(NOON)
    alarms.watch(NOON + HOUR)
    shift_id = fill(covered, manager)
    assert alarms.count_open(session) == 0
    service.cancel_shift(shift_id, "Flu", actor=manager, now=NOON + 2 * HOUR)
    assert alarms.count_open(session) == 1
    alarms.watch(NOON + 3 * HOUR)
    assert len(mails(session)) == 2


def test_a_gap_that_is_filled_within_minutes_is_not_written_about(
    session: Session, covered: int, manager: Actor
) -> None:
    alarms.watch(NOON)
    fill(covered, manager)
    alarms.watch(NOON + HOUR)
    assert mails(session) == []


def test_a_gap_that_begins_within_the_hour_is_told_at_once(session: Session, covered: int, manager: Actor) -> None:
    alarms.watch(NOON)
    shift = queries.on_duty(session, at=NOON)[0]
    assert shift.duty is Duty.PRIMARY
    running = queries.slots_between(session, NOON, NOON, officer_id=covered)[0].shift_id
    service.cancel_shift(running, "Flu", actor=manager, now=NOON + MINUTE)
    assert alarms.watch(NOON + MINUTE) == 1


def test_the_two_halves_of_a_gap_that_was_told_are_no_news(session: Session, covered: int, manager: Actor) -> None:
    alarms.watch(NOON)
    alarms.watch(NOON + HOUR)
    middle = NewShift(Duty.PRIMARY, covered, NOON + 3 * DAY + 12 * HOUR, NOON + 3 * DAY + 6 * HOUR)
    service.add_shift(middle, actor=manager, now=NOON + 2 * HOUR)
    assert alarms.count_open(session) == 2
    assert alarms.watch(NOON + 3 * HOUR) == 0


def test_a_gap_beyond_seven_days_waits(session: Session, standby: Callable[..., Actor]) -> None:
    for duty in DUTIES:
        stand_daily(session, identity(standby(duty, RoleName.MANAGER)), duty, range(-1, 8))
    session.commit()
    assert alarms.watch(NOON) == 0
    assert alarms.count_open(session) == 0
    alarms.watch(NOON + DAY + MINUTE)
    assert alarms.count_open(session) == 3
    assert alarms.watch(NOON + DAY + HOUR) == 3
    assert len(mails(session)) == 1


def test_a_rota_that_nobody_ever_stood_on_is_no_alarm(session: Session, manager: Actor) -> None:
    alarms.watch(NOON)
    assert alarms.watch(NOON + HOUR) == 0
    assert mails(session) == []


def test_a_gap_that_nobody_could_be_told_of_waits_for_somebody(
    session: Session, standby: Callable[..., Actor], officer: Callable[..., Actor]
) -> None:
    stand_daily(session, identity(standby("Robin")), Duty.PRIMARY, range(-1, 3))
    alarms.watch(NOON)
    assert alarms.watch(NOON + HOUR) == 0
    officer(RoleName.ADMINISTRATOR)
    assert alarms.watch(NOON + 2 * HOUR) == 3


def test_an_officer_who_left_leaves_gaps_and_a_true_past(session: Session, covered: int, manager: Actor) -> None:
    staff.get_officer_by_id(session, covered).active = False
    session.commit()
    alarms.watch(NOON)
    assert [each.duty for each in queries.on_duty(session, at=NOON)] == [Duty.BACKUP, Duty.MANAGER]
    assert queries.on_duty(session, at=NOON - HOUR)[0].name == "Robin"
    assert alarms.count_open(session) == 1


def suspend(session: Session, officer_id: int, *, until: timedelta) -> None:
    """Suspend an officer from noon on, with the timetable at work meanwhile."""
    email = staff.get_officer_by_id(session, officer_id).email
    access.suspend(email, now=NOON, by=SERVICE)
    alarms.watch(NOON + MINUTE)
    access.activate(email, now=NOON + until, by=SERVICE)


def test_a_suspended_officer_leaves_gaps_until_they_may_sign_in_again(
    session: Session, covered: int, manager: Actor
) -> None:
    held = queries.held_mobile(session, covered)
    assert held is not None
    e164, held.silent_since = held.e164, NOON - DAY
    session.commit()
    suspend(session, covered, until=HOUR)
    assert Duty.PRIMARY not in shown(session, NOON + 2 * HOUR)
    alarms.watch(NOON + HOUR + MINUTE)
    stood = [shown(session, NOON + hours * HOUR / 2).get(Duty.PRIMARY) for hours in (-1, 1, 4)]
    assert stood == ["Robin", None, "Robin"]
    again = queries.held_mobile(session, covered)
    assert again is not None
    assert (again.e164, again.silent_since) == (e164, NOON - DAY)
    mobiles.remove_mobile(covered, actor=manager, now=NOON + 3 * HOUR)
    alarms.watch(NOON + 4 * HOUR)
    assert queries.mobile_of(session, covered) is None


def test_a_mobile_that_another_officer_has_meanwhile_is_not_given_back(
    session: Session, covered: int, officer: Callable[..., Actor]
) -> None:
    held = queries.mobile_of(session, covered)
    suspend(session, covered, until=HOUR)
    give_mobile(session, identity(officer(name="Kim")), held, since=NOON + HOUR)
    alarms.watch(NOON + 2 * HOUR)
    assert queries.mobile_of(session, covered) is None


def test_a_mobile_that_two_suspended_officers_had_goes_back_to_whoever_had_it_last(
    session: Session, covered: int, officer: Callable[..., Actor]
) -> None:
    held, later = queries.mobile_of(session, covered), identity(officer(name="Kim"))
    emails = [staff.get_officer_by_id(session, each).email for each in (covered, later)]
    access.suspend(emails[0], now=NOON, by=SERVICE)
    alarms.watch(NOON + MINUTE)
    give_mobile(session, later, held, since=NOON + HOUR)
    access.suspend(emails[1], now=NOON + 2 * HOUR, by=SERVICE)
    alarms.watch(NOON + 2 * HOUR + MINUTE)
    for email in emails:
        access.activate(email, now=NOON + 3 * HOUR, by=SERVICE)
    alarms.watch(NOON + 3 * HOUR + MINUTE)
    assert [queries.mobile_of(session, each) for each in (covered, later)] == [None, held]


def test_whoever_had_left_proves_their_mobile_anew(session: Session, covered: int) -> None:
    suspend(session, covered, until=HOUR)
    alarms.watch(NOON + HOUR)
    row = staff.get_officer_by_id(session, covered)
    access.end_account(session, row, reason=None, now=NOON + 2 * HOUR, by=SERVICE)
    session.commit()
    alarms.watch(NOON + 3 * HOUR)
    access.activate(row.email, now=NOON + 4 * HOUR, by=SERVICE)
    alarms.watch(NOON + 5 * HOUR)
    assert queries.mobile_of(session, covered) is None
