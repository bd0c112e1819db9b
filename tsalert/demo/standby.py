"""The rota: two officers who take turns week by week, a manager behind them, a swap, and one gap to be seen."""

from datetime import date, datetime, time, timedelta

from tsalert.core.actors import Actor
from tsalert.core.clock import from_london_wall, london_date, london_midnight
from tsalert.db import db, transaction
from tsalert.demo.past import Crew
from tsalert.rota import absences, mobiles, planning, queries, service
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.service import Gift
from tsalert.rota.vocabulary import Duty

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_MOBILES = ("+447700900901", "+447700900902", "+447700900903")
_HANDOVER = time(9)
_GAP_AFTER = 5


def load_rota(team: Crew, now: datetime) -> None:
    """Load mobiles and patterns as they have stood for some weeks, then a swap and a day of leave to come."""
    today = london_date(now)
    first = today - timedelta(days=today.weekday()) - 2 * _WEEK
    began = london_midnight(first)
    _verify(team, began)
    for pattern in _patterns(team, first):
        planning.add_pattern(pattern, actor=team.manager, now=began)
    planning.plan_ahead(now)
    _swap(team, today + 2 * _DAY, now)
    _leave_a_gap(team, today, now)


def _verify(team: Crew, at: datetime) -> None:
    for person, mobile in zip((team.officer, team.second, team.manager), _MOBILES, strict=True):
        with transaction() as session:
            mobiles.hold_mobile(session, _id(person), mobile, actor=person, now=at)


def _patterns(team: Crew, first: date) -> list[WeeklyPattern]:
    """Return patterns that cover every hour: who is primary in one week is backup in the next."""
    turns = (
        (Duty.PRIMARY, team.officer, first, 2),
        (Duty.PRIMARY, team.second, first + _WEEK, 2),
        (Duty.BACKUP, team.second, first, 2),
        (Duty.BACKUP, team.officer, first + _WEEK, 2),
        (Duty.MANAGER, team.manager, first, 1),
    )
    every_day = tuple(range(7))
    return [
        WeeklyPattern(duty, _id(person), every_day, _HANDOVER, _HANDOVER, begins, None, every)
        for duty, person, begins, every in turns
    ]


def _swap(team: Crew, day: date, now: datetime) -> None:
    """Let the manager take an evening of whoever is on duty that day."""
    evening, night = (from_london_wall(datetime.combine(day, time(hour))) for hour in (18, 22))
    slots = queries.slots_between(db.session(), evening, evening)
    shift_id = next(slot.shift_id for slot in slots if slot.duty is Duty.PRIMARY)
    gift = Gift(_id(team.manager), "Parents' evening (invented)", evening, night)
    service.give_shift(shift_id, gift, actor=team.manager, now=now)


def _leave_a_gap(team: Crew, today: date, now: datetime) -> None:
    """Let whoever is on duty in some days be away, where that makes one gap: not on the Monday of a handover."""
    day = today + _GAP_AFTER * _DAY
    if day.weekday() == 0:
        day -= _DAY
    noon = from_london_wall(datetime.combine(day, time(12)))
    primary = next(each for each in queries.on_duty(db.session(), at=noon) if each.duty is Duty.PRIMARY)
    absences.record_leave(primary.officer_id, day, day, actor=team.manager, now=now)


def _id(person: Actor) -> int:
    assert person.officer_id is not None  # the crew are officers
    return person.officer_id
