"""Who was, is and will be on duty."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.rota.conftest import LONG_AGO, NOON, give_mobile, put_on_shift
from tsalert.core.actors import Actor
from tsalert.rota import queries
from tsalert.rota.models import Leave, OfficerMobile
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff
from tsalert.staff.rules import RoleName

HOUR = timedelta(hours=1)


def number(actor: Actor) -> int:
    assert actor.officer_id is not None
    return actor.officer_id


def names(session: Session, hours: float) -> list[tuple[Duty, str]]:
    return [(each.duty, each.name) for each in queries.on_duty(session, at=NOON + hours * HOUR)]


def test_each_duty_has_its_officer_until_the_shift_ends(session: Session, standby: Callable[..., Actor]) -> None:
    robin, morgan = standby("Robin"), standby("Morgan", RoleName.MANAGER)
    put_on_shift(session, number(morgan), Duty.MANAGER, NOON - HOUR, NOON + 9 * HOUR)
    put_on_shift(session, number(robin), Duty.PRIMARY, NOON, NOON + 2 * HOUR)
    assert names(session, -0.5) == [(Duty.MANAGER, "Morgan")]
    assert names(session, 0) == [(Duty.PRIMARY, "Robin"), (Duty.MANAGER, "Morgan")]
    assert names(session, 2) == [(Duty.MANAGER, "Morgan")]
    first = queries.on_duty(session, at=NOON)[0]
    assert (first.until, first.mobile) == (NOON + 2 * HOUR, queries.mobile_of(session, number(robin)))


def test_nobody_on_leave_is_on_duty(session: Session, standby: Callable[..., Actor]) -> None:
    robin = number(standby("Robin"))
    put_on_shift(session, robin, Duty.PRIMARY, NOON, NOON + 8 * HOUR)
    day = NOON.date()
    away = {"first_day": day, "last_day": day, "made_at": LONG_AGO}
    session.add(Leave(officer_id=robin, starts_at=NOON + 2 * HOUR, ends_at=NOON + 4 * HOUR, **away))
    session.add(Leave(officer_id=robin, starts_at=NOON + 6 * HOUR, ends_at=NOON + 6 * HOUR, **away))
    session.flush()
    assert [bool(names(session, hours)) for hours in (0, 2, 3, 4, 6, 8)] == [True, False, False, True, True, False]
    assert queries.on_duty(session, at=NOON)[0].until == NOON + 2 * HOUR
    assert queries.next_change(session, at=NOON + 4 * HOUR) == NOON + 8 * HOUR


def test_the_past_keeps_the_mobile_that_was_verified_then(session: Session, standby: Callable[..., Actor]) -> None:
    robin = number(standby("Robin"))
    put_on_shift(session, robin, Duty.PRIMARY, NOON, NOON + 8 * HOUR)
    held = session.query(OfficerMobile).filter_by(officer_id=robin).one()
    held.removed_at = NOON + HOUR
    session.flush()
    give_mobile(session, robin, "+447700900999", since=NOON + 2 * HOUR)
    shown = [[each.mobile for each in queries.on_duty(session, at=NOON + hours * HOUR)] for hours in (0, 1, 2)]
    assert shown == [[held.e164], [], ["+447700900999"]]


def test_an_officer_who_left_the_service_is_not_on_duty(session: Session, standby: Callable[..., Actor]) -> None:
    robin = number(standby("Robin"))
    put_on_shift(session, robin, Duty.PRIMARY, NOON, NOON + 8 * HOUR)
    held = queries.mobile_of(session, robin)
    assert held is not None
    assert queries.find_by_mobile(session, held) == robin
    staff.get_officer_by_id(session, robin).active = False
    session.flush()
    assert names(session, 1) == []
    assert queries.mobile_of(session, robin) is None
    assert queries.find_by_mobile(session, held) is None


def test_the_next_change_is_when_somebody_else_takes_over(session: Session, standby: Callable[..., Actor]) -> None:
    robin, ash = number(standby("Robin")), number(standby("Ash"))
    put_on_shift(session, robin, Duty.PRIMARY, NOON, NOON + 8 * HOUR)
    put_on_shift(session, robin, Duty.PRIMARY, NOON + 8 * HOUR, NOON + 16 * HOUR)
    put_on_shift(session, ash, Duty.PRIMARY, NOON + 16 * HOUR, NOON + 24 * HOUR)
    assert queries.next_change(session, at=NOON - HOUR) == NOON
    assert queries.next_change(session, at=NOON) == NOON + 16 * HOUR
    assert queries.next_change(session, at=NOON + 30 * HOUR) is None


def test_a_change_weeks_ahead_is_found(session: Session, standby: Callable[..., Actor]) -> None:
    put_on_shift(session, number(standby()), Duty.PRIMARY, NOON + timedelta(days=30), NOON + timedelta(days=31))
    assert queries.next_change(session, at=NOON) == NOON + timedelta(days=30)


def test_an_officer_who_goes_on_for_days_makes_no_change(session: Session, standby: Callable[..., Actor]) -> None:
    robin = number(standby("Robin"))
    for day in range(12):
        starts = NOON + timedelta(days=day)
        put_on_shift(session, robin, Duty.PRIMARY, starts, starts + timedelta(days=1))
    assert queries.next_change(session, at=NOON + HOUR) == NOON + timedelta(days=12)


def test_managers_can_be_reached_whether_on_the_rota_or_not(
    session: Session, standby: Callable[..., Actor], officer: Callable[..., Actor]
) -> None:
    morgan = standby("Morgan", RoleName.MANAGER)
    standby("Robin", RoleName.DUTY_OFFICER)
    standby("Toni", RoleName.ADMINISTRATOR)
    officer(RoleName.MANAGER, name="No mobile")
    assert [(each.name, each.officer_id) for each in queries.reachable_managers(session)] == [
        ("Morgan", number(morgan))
    ]


@pytest.mark.parametrize("strange", ["", "+447700900998", "'; DROP TABLE officer; --"])
def test_a_number_that_nobody_verified_is_nobodys(session: Session, strange: str) -> None:
    assert queries.find_by_mobile(session, strange) is None


def test_who_is_on_duty_takes_one_statement(session: Session, standby: Callable[..., Actor]) -> None:
    put_on_shift(session, number(standby()), Duty.PRIMARY, NOON, NOON + HOUR)
    session.commit()
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: statements.append(told[2]))
    assert names(session, 0)
    assert len(statements) == 1
