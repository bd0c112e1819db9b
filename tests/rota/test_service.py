"""Single shifts, swaps and cancelling."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import NOON, identity, shown
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.rota import absences, service
from tsalert.rota.models import Shift, Swap
from tsalert.rota.service import Gift, NewShift
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def robin(standby: Callable[..., Actor]) -> int:
    return identity(standby("Robin"))


@pytest.fixture
def ash(standby: Callable[..., Actor]) -> int:
    return identity(standby("Ash"))


@pytest.fixture
def shift_id(session: Session, manager: Actor, robin: int) -> int:
    """Robin's shift from 2pm to 10pm, as instants two and ten hours after noon."""
    new = NewShift(Duty.PRIMARY, robin, NOON + 10 * HOUR, NOON + 2 * HOUR)
    return service.add_shift(new, actor=manager, now=NOON)


def test_a_shift_without_a_start_begins_now(session: Session, manager: Actor, robin: int) -> None:
    service.add_shift(NewShift(Duty.BACKUP, robin, NOON + HOUR), actor=manager, now=NOON)
    assert shown(session, NOON) == {Duty.BACKUP: "Robin"}


def test_a_whole_shift_goes_to_another_and_both_are_named(
    session: Session, manager: Actor, shift_id: int, robin: int, ash: int
) -> None:
    given = service.give_shift(shift_id, Gift(ash, "Dentist"), actor=manager, now=NOON)
    assert given == shift_id
    assert shown(session, NOON + 3 * HOUR) == {Duty.PRIMARY: "Ash"}
    swap = session.scalars(select(Swap)).one()
    assert (swap.from_officer_id, swap.to_officer_id, swap.reason) == (robin, ash, "Dentist")
    entry = audit.entries_about(session, "shift", given)[-1]
    assert (entry.action, entry.detail["from"], entry.detail["to"]) == ("given", robin, ash)


def test_a_part_in_the_middle_leaves_the_rest_with_its_officer(
    session: Session, manager: Actor, shift_id: int, ash: int
) -> None:
    part = Gift(ash, "Child's play", NOON + 4 * HOUR, NOON + 6 * HOUR)
    service.give_shift(shift_id, part, actor=manager, now=NOON)
    names = [shown(session, NOON + hours * HOUR).get(Duty.PRIMARY) for hours in (1, 2, 4, 5, 6, 9, 10)]
    assert names == [None, "Robin", "Ash", "Ash", "Robin", "Robin", None]


def test_what_was_stays_when_the_rest_of_a_running_shift_is_given(
    session: Session, manager: Actor, shift_id: int, ash: int
) -> None:
    service.give_shift(shift_id, Gift(ash, "Ill"), actor=manager, now=NOON + 5 * HOUR)
    assert shown(session, NOON + 5 * HOUR - timedelta(seconds=1)) == {Duty.PRIMARY: "Robin"}
    assert shown(session, NOON + 5 * HOUR) == {Duty.PRIMARY: "Ash"}


def test_a_swap_told_afterwards_is_refused(session: Session, manager: Actor, shift_id: int, ash: int) -> None:
    with pytest.raises(RuleViolation, match="What was cannot be changed"):
        service.give_shift(shift_id, Gift(ash, "Told late", NOON + 3 * HOUR), actor=manager, now=NOON + 4 * HOUR)
    with pytest.raises(Conflict, match="over"):
        service.give_shift(shift_id, Gift(ash, "Told late"), actor=manager, now=NOON + 10 * HOUR)
    assert shown(session, NOON + 3 * HOUR) == {Duty.PRIMARY: "Robin"}


@pytest.mark.parametrize(
    ("hours", "field"),
    [
        ((1, None), "starts_at"),
        ((10, None), "starts_at"),
        ((None, 11), "ends_at"),
        ((5, 5), "ends_at"),
        ((5, 4), "ends_at"),
    ],
)
def test_only_a_part_of_the_shift_can_be_given(
    session: Session, manager: Actor, shift_id: int, ash: int, hours: tuple[int | None, int | None], field: str
) -> None:
    times = [NOON + each * HOUR if each is not None else None for each in hours]
    with pytest.raises(RuleViolation) as refusal:
        service.give_shift(shift_id, Gift(ash, "No", *times), actor=manager, now=NOON)
    assert refusal.value.field == field


def test_who_stands_it_already_or_is_on_leave_or_backs_it_up_cannot_take_it(
    session: Session, manager: Actor, shift_id: int, robin: int, ash: int
) -> None:
    with pytest.raises(RuleViolation, match="already"):
        service.give_shift(shift_id, Gift(robin, "No"), actor=manager, now=NOON)
    backup = service.add_shift(NewShift(Duty.BACKUP, ash, NOON + 12 * HOUR, NOON), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match=r"own backup.*Ash, Backup"):
        service.give_shift(shift_id, Gift(ash, "No"), actor=manager, now=NOON)
    service.cancel_shift(backup, "Moved", actor=manager, now=NOON)
    absences.record_leave(ash, NOON.date(), NOON.date(), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="on leave then: 10 June 2026"):
        service.give_shift(shift_id, Gift(ash, "No"), actor=manager, now=NOON)


def test_nobody_without_a_verified_mobile_or_without_the_right_stands_a_shift(
    session: Session, manager: Actor, officer: Callable[..., Actor], robin: int, shift_id: int
) -> None:
    numberless = identity(officer(name="Nick"))
    with pytest.raises(RuleViolation, match="Nick has no verified mobile"):
        service.add_shift(NewShift(Duty.BACKUP, numberless, NOON + HOUR), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="Nick has no verified mobile"):
        service.give_shift(shift_id, Gift(numberless, "No"), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="may take this duty"):
        service.add_shift(NewShift(Duty.MANAGER, robin, NOON + HOUR), actor=manager, now=NOON)


def test_overlapping_shifts_of_a_duty_are_refused_and_the_other_is_named(
    session: Session, manager: Actor, shift_id: int, ash: int
) -> None:
    with pytest.raises(RuleViolation, match="Robin, On duty, 10 June 2026 at 3:00pm to 10 June 2026 at 11:00pm"):
        service.add_shift(NewShift(Duty.PRIMARY, ash, NOON + 3 * HOUR, NOON), actor=manager, now=NOON)
    service.add_shift(NewShift(Duty.PRIMARY, ash, NOON + 2 * HOUR, NOON), actor=manager, now=NOON)
    service.add_shift(NewShift(Duty.PRIMARY, ash, NOON + 12 * HOUR, NOON + 10 * HOUR), actor=manager, now=NOON)


@pytest.mark.parametrize(("starts", "ends"), [(2, 2), (3, 2), (-1, 2), (1, 24 * 7 + 2)])
def test_times_that_no_shift_can_have_are_refused(
    session: Session, manager: Actor, robin: int, starts: int, ends: int
) -> None:
    with pytest.raises(RuleViolation):
        service.add_shift(
            NewShift(Duty.PRIMARY, robin, NOON + ends * HOUR, NOON + starts * HOUR), actor=manager, now=NOON
        )


def test_a_cancelled_shift_never_was_and_a_running_one_ends_now(
    session: Session, manager: Actor, shift_id: int, ash: int
) -> None:
    service.cancel_shift(shift_id, "Flu", actor=manager, now=NOON + 4 * HOUR)
    assert [bool(shown(session, NOON + hours * HOUR)) for hours in (3, 4, 5)] == [True, False, False]
    with pytest.raises(Conflict, match="over"):
        service.cancel_shift(shift_id, "Flu", actor=manager, now=NOON + 5 * HOUR)
    other = service.add_shift(NewShift(Duty.PRIMARY, ash, NOON + 3 * DAY, NOON + 2 * DAY), actor=manager, now=NOON)
    service.cancel_shift(other, "Flu", actor=manager, now=NOON)
    assert shown(session, NOON + 2 * DAY) == {}
    with pytest.raises(Conflict, match="was cancelled"):
        service.give_shift(other, Gift(ash, "No"), actor=manager, now=NOON)


@pytest.mark.parametrize("number", [404, 0, 2**63])
def test_a_shift_that_is_none_is_not_found(session: Session, manager: Actor, number: int) -> None:
    with pytest.raises(NotFound):
        service.cancel_shift(number, "None", actor=manager, now=NOON)


def test_an_officer_cannot_change_the_rota(
    session: Session, officer: Callable[..., Actor], shift_id: int, ash: int
) -> None:
    duty = officer(RoleName.DUTY_OFFICER)
    with pytest.raises(NotAllowed):
        service.give_shift(shift_id, Gift(ash, "No"), actor=duty, now=NOON)
    assert session.get_one(Shift, shift_id).swapped_at is None


def test_leave_makes_gaps_until_somebody_takes_the_shift(
    session: Session, manager: Actor, shift_id: int, robin: int, ash: int
) -> None:
    leave = absences.record_leave(robin, NOON.date(), NOON.date() + DAY, actor=manager, now=NOON)
    assert shown(session, NOON + 3 * HOUR) == {}
    service.give_shift(shift_id, Gift(ash, "Covers the leave"), actor=manager, now=NOON)
    assert shown(session, NOON + 3 * HOUR) == {Duty.PRIMARY: "Ash"}
    absences.cancel_leave(leave, actor=manager, now=NOON)
    assert shown(session, NOON + 3 * HOUR) == {Duty.PRIMARY: "Ash"}
    with pytest.raises(Conflict):
        absences.cancel_leave(leave, actor=manager, now=NOON)


def test_leave_from_today_begins_now_and_ends_when_it_is_cancelled(
    session: Session, manager: Actor, shift_id: int, robin: int
) -> None:
    leave = absences.record_leave(robin, NOON.date(), NOON.date(), actor=manager, now=NOON + 3 * HOUR)
    absences.cancel_leave(leave, actor=manager, now=NOON + 5 * HOUR)
    assert [bool(shown(session, NOON + hours * HOUR)) for hours in (2, 3, 4, 5)] == [True, False, False, True]


@pytest.mark.parametrize(("first", "last"), [(-1, 1), (2, 1), (0, 400)])
def test_leave_in_the_past_or_upside_down_is_refused(
    session: Session, manager: Actor, robin: int, first: int, last: int
) -> None:
    today = NOON.date()
    with pytest.raises(RuleViolation):
        absences.record_leave(robin, today + first * DAY, today + last * DAY, actor=manager, now=NOON)


def test_leave_of_nobody_or_twice_over_is_refused(session: Session, manager: Actor, robin: int) -> None:
    today = NOON.date()
    with pytest.raises(RuleViolation, match="Choose an officer"):
        absences.record_leave(2**31 - 1, today, today, actor=manager, now=NOON)
    absences.record_leave(robin, today, today, actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="on leave then"):
        absences.record_leave(robin, today, today + DAY, actor=manager, now=NOON)
    with pytest.raises(NotFound):
        absences.cancel_leave(2**63, actor=manager, now=NOON)
