"""Patterns become shifts; changing one never changes what was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.rota.conftest import NOON, identity, shown
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.rota import planning, queries, service
from tsalert.rota.models import Shift
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.service import Gift, NewShift
from tsalert.rota.vocabulary import Duty

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEDNESDAY = NOON.date()
EVERY_DAY = tuple(range(7))


def nights(officer_id: int, /, **changes: object) -> WeeklyPattern:
    told: dict[str, object] = {
        "duty": Duty.PRIMARY,
        "officer_id": officer_id,
        "weekdays": EVERY_DAY,
        "starts": time(18),
        "ends": time(8),
        "effective_from": WEDNESDAY,
    }
    return WeeklyPattern(**told | changes)  # type: ignore[arg-type]


def live(session: Session) -> list[Shift]:
    return list(session.scalars(select(Shift).where(Shift.cancelled_at.is_(None)).order_by(Shift.starts_at, Shift.id)))


def test_a_pattern_becomes_shifts_eight_weeks_ahead(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    planning.add_pattern(nights(identity(standby())), actor=manager, now=NOON)
    made = live(session)
    assert len(made) == 57
    assert made[-1].pattern_day == WEDNESDAY + timedelta(weeks=8)
    assert made[0].starts_at == datetime(2026, 6, 10, 17, tzinfo=UTC)


def test_planning_again_makes_nothing_and_a_day_later_one_more(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    planning.add_pattern(nights(identity(standby())), actor=manager, now=NOON)
    assert [planning.plan_ahead(NOON), planning.plan_ahead(NOON + DAY), planning.plan_ahead(NOON + DAY)] == [0, 1, 0]


def test_a_pattern_that_begins_in_the_middle_of_its_hours_begins_now(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    days = nights(identity(standby()), starts=time(9), ends=time(18))
    planning.add_pattern(days, actor=manager, now=NOON)
    assert live(session)[0].starts_at == NOON
    assert shown(session, NOON - HOUR) == {}


def test_a_change_takes_effect_from_now_and_leaves_the_past(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin, ash = standby("Robin"), standby("Ash")
    pattern_id = planning.add_pattern(nights(identity(robin)), actor=manager, now=NOON)
    later = NOON + 2 * DAY + 8 * HOUR  # 9pm on Friday: Robin's shift has begun
    planning.change_pattern(
        pattern_id,
        nights(identity(ash), starts=time(20), effective_from=later.date()),
        actor=manager,
        now=later,
    )
    night = [shown(session, NOON + days * DAY + 12 * HOUR) for days in range(4)]
    assert [each[Duty.PRIMARY] for each in night] == ["Robin", "Robin", "Robin", "Ash"]
    assert shown(session, NOON + 3 * DAY + 6 * HOUR) == {}
    assert len(live(session)) == 3 + 56


def test_an_ended_pattern_keeps_what_has_begun_and_what_was_given(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin, ash = standby("Robin"), standby("Ash")
    pattern_id = planning.add_pattern(nights(identity(robin)), actor=manager, now=NOON)
    saturday = live(session)[3]
    service.give_shift(saturday.id, Gift(identity(ash), "Wedding"), actor=manager, now=NOON)
    planning.end_pattern(pattern_id, WEDNESDAY, actor=manager, now=NOON + 8 * HOUR)
    assert [shift.officer_id for shift in live(session)] == [identity(robin), identity(ash)]
    assert shown(session, NOON + 9 * HOUR) == {Duty.PRIMARY: "Robin"}
    with pytest.raises(Conflict, match="has ended"):
        planning.end_pattern(pattern_id, WEDNESDAY + 5 * DAY, actor=manager, now=NOON + 5 * DAY)


def test_a_new_pattern_fills_the_hours_around_a_swap(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin, ash, kim = standby("Robin"), standby("Ash"), standby("Kim")
    pattern_id = planning.add_pattern(nights(identity(robin)), actor=manager, now=NOON)
    thursday = live(session)[1]
    part = Gift(identity(ash), "Train", thursday.starts_at + HOUR, thursday.starts_at + 3 * HOUR)
    service.give_shift(thursday.id, part, actor=manager, now=NOON)
    changed = nights(identity(kim), effective_from=WEDNESDAY + DAY)
    planning.change_pattern(pattern_id, changed, actor=manager, now=NOON)
    night = datetime(2026, 6, 11, 17, tzinfo=UTC)
    assert [shown(session, night + hours * HOUR)[Duty.PRIMARY] for hours in (0, 1, 2, 3)] == [
        "Kim",
        "Ash",
        "Ash",
        "Kim",
    ]


def test_a_cancelled_shift_is_not_made_again(session: Session, manager: Actor, standby: Callable[..., Actor]) -> None:
    planning.add_pattern(nights(identity(standby())), actor=manager, now=NOON)
    service.cancel_shift(live(session)[0].id, "Bank holiday", actor=manager, now=NOON)
    planning.plan_ahead(NOON + HOUR)
    assert shown(session, NOON + 8 * HOUR) == {}


def test_patterns_of_one_duty_that_overlap_are_refused_and_the_other_is_named(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    planning.add_pattern(nights(identity(standby("Robin")), every_weeks=2), actor=manager, now=NOON)
    ash = identity(standby("Ash"))
    with pytest.raises(RuleViolation, match="overlap the pattern of Robin"):
        planning.add_pattern(nights(ash, starts=time(7), ends=time(9)), actor=manager, now=NOON)
    far = WEDNESDAY + timedelta(weeks=30)
    with pytest.raises(RuleViolation, match="overlap the pattern of Robin"):
        planning.add_pattern(nights(ash, effective_from=far, every_weeks=3), actor=manager, now=NOON)
    other_weeks = nights(ash, every_weeks=2, effective_from=WEDNESDAY + timedelta(weeks=1))
    planning.add_pattern(other_weeks, actor=manager, now=NOON)
    planning.add_pattern(nights(ash, starts=time(8), ends=time(18), duty=Duty.BACKUP), actor=manager, now=NOON)


def test_a_pattern_by_which_somebody_would_be_their_own_backup_is_refused_however_far_ahead(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin = identity(standby("Robin"))
    planning.add_pattern(nights(robin), actor=manager, now=NOON)
    far = WEDNESDAY + timedelta(weeks=30)
    backup = nights(robin, duty=Duty.BACKUP, effective_from=far)
    with pytest.raises(RuleViolation, match=r"their own backup.* overlap this pattern: Robin, ") as refused:
        planning.add_pattern(backup, actor=manager, now=NOON)
    assert refused.value.field == "weekdays"
    planning.add_pattern(replace(backup, officer_id=identity(standby("Ash"))), actor=manager, now=NOON)


def test_a_shift_that_would_make_somebody_their_own_backup_is_not_made_and_leaves_a_gap(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin = identity(standby("Robin"))
    planning.add_pattern(nights(robin, duty=Duty.BACKUP), actor=manager, now=NOON)
    at = NOON + timedelta(weeks=10) + 8 * HOUR
    service.add_shift(NewShift(Duty.PRIMARY, robin, at + HOUR, at), actor=manager, now=NOON)
    planning.plan_ahead(NOON + timedelta(weeks=5))
    night = [shown(session, at + minutes * timedelta(minutes=30)) for minutes in (-1, 1, 3)]
    assert night == [{Duty.BACKUP: "Robin"}, {Duty.PRIMARY: "Robin"}, {Duty.BACKUP: "Robin"}]


def test_a_pattern_in_the_way_of_a_single_shift_is_refused_and_the_shift_is_named(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    robin, ash = identity(standby("Robin")), identity(standby("Ash"))
    at = NOON + 3 * DAY
    service.add_shift(NewShift(Duty.PRIMARY, robin, at + 9 * HOUR, at), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="overlaps another shift: Robin, On duty, 13 June 2026 at 1:00pm"):
        planning.add_pattern(nights(ash), actor=manager, now=NOON)
    with pytest.raises(RuleViolation, match="own backup"):
        planning.add_pattern(nights(robin, duty=Duty.BACKUP), actor=manager, now=NOON)
    assert session.scalar(select(func.count()).select_from(Shift)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weekdays": ()}, "at least one day"),
        ({"weekdays": (7,)}, "at least one day"),
        ({"every_weeks": 0}, "1 to 8 weeks"),
        ({"every_weeks": 9}, "1 to 8 weeks"),
        ({"effective_from": WEDNESDAY - DAY}, "What was cannot be changed"),
        ({"effective_until": WEDNESDAY - DAY}, "before the first"),
        ({"officer_id": 2**31 - 1}, "Choose an officer"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused(
    session: Session, manager: Actor, standby: Callable[..., Actor], changes: dict[str, object], said: str
) -> None:
    with pytest.raises(RuleViolation, match=said):
        planning.add_pattern(nights(identity(standby()), **changes), actor=manager, now=NOON)


def test_only_who_may_change_the_rota_does(session: Session, standby: Callable[..., Actor]) -> None:
    robin = standby()
    with pytest.raises(NotAllowed):
        planning.add_pattern(nights(identity(robin)), actor=robin, now=NOON)


@pytest.mark.parametrize("number", [404, 0, -1, 2**63])
def test_a_pattern_that_is_none_is_not_found(session: Session, manager: Actor, number: int) -> None:
    with pytest.raises(NotFound):
        planning.end_pattern(number, WEDNESDAY, actor=manager, now=NOON)


def test_the_rota_runs_through_both_clock_changes_without_a_gap(
    session: Session, manager: Actor, standby: Callable[..., Actor]
) -> None:
    for change in (date(2026, 10, 25), date(2027, 3, 28)):
        now = datetime.combine(change - timedelta(days=20), time(12), UTC)
        first = now.date()
        pairs = [nights(identity(standby("Robin")), effective_from=first, effective_until=first + timedelta(days=40))]
        pairs += [nights(identity(standby("Ash")), starts=time(8), ends=time(18), effective_from=first)]
        ids = [planning.add_pattern(each, actor=manager, now=now) for each in pairs]
        hours = int((datetime.combine(change, time(12), UTC) - now) / HOUR)
        for hour in range(hours - 30, hours + 30):
            assert len(queries.on_duty(session, at=now + hour * HOUR)) == 1, hour
        for each in ids:
            planning.end_pattern(each, first, actor=manager, now=now)
