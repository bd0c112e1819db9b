"""Whatever managers do, who was on duty stays what it was."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, time, timedelta
from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.rota.conftest import NOON, identity, shown
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.rota import absences, alarms, mobiles, planning, service
from tsalert.rota.models import Leave, Pattern, Shift
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.service import Gift, NewShift
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The clocks go back in the middle of what is tried.
START = datetime.combine(NOON.replace(month=10, day=24).date(), time(9), NOON.tzinfo)


class Managers:
    """Somebody who changes the rota at random; what is refused is refused."""

    def __init__(self, session: Session, people: list[Actor], seed: int) -> None:
        self.session, self.people, self.random = session, people, Random(seed)

    def act(self, now: datetime) -> None:
        """Do one thing to the rota."""
        often = (self.add, self.add, self.plan, self.plan, self.give, self.regain, self.regain, self.back)
        acts = (*often, self.cancel, self.away, self.end, self.lose)
        with suppress(Conflict, NotFound, RuleViolation):
            self.random.choice(acts)(now)

    def one(self, table: type[Shift] | type[Leave] | type[Pattern]) -> int:
        """Return the id of one of the newest rows, or of none."""
        ids = list(self.session.scalars(select(table.id).order_by(table.id.desc()).limit(8)))
        return self.random.choice(ids) if ids else 404

    @property
    def who(self) -> int:
        return identity(self.random.choice(self.people))

    @property
    def boss(self) -> Actor:
        return self.people[0]

    def add(self, now: datetime) -> None:
        starts = now + self.random.randint(0, 30) * HOUR
        new = NewShift(self.random.choice(list(Duty)), self.who, starts + self.random.randint(1, 20) * HOUR, starts)
        service.add_shift(new, actor=self.boss, now=now)

    def give(self, now: datetime) -> None:
        starts = self.random.choice([None, now + self.random.randint(0, 9) * HOUR])
        service.give_shift(self.one(Shift), Gift(self.who, "Why not", starts), actor=self.boss, now=now)

    def cancel(self, now: datetime) -> None:
        service.cancel_shift(self.one(Shift), "Why not", actor=self.boss, now=now)

    def away(self, now: datetime) -> None:
        if self.random.random() < 0.7:
            return  # three people who are away for most of the days leave nothing to change
        first = london_date(now) + self.random.randint(0, 2) * DAY
        absences.record_leave(self.who, first, first, actor=self.boss, now=now)

    def back(self, now: datetime) -> None:
        absences.cancel_leave(self.one(Leave), actor=self.boss, now=now)

    def weekly(self, now: datetime) -> WeeklyPattern:
        starts, ends = (time(self.random.randint(0, 23)) for _ in range(2))
        first = london_date(now) + self.random.randint(0, 2) * DAY
        return WeeklyPattern(self.random.choice(list(Duty)), self.who, tuple(range(7)), starts, ends, first)

    def plan(self, now: datetime) -> None:
        if self.random.random() < 0.5:
            planning.add_pattern(self.weekly(now), actor=self.boss, now=now)
        else:
            planning.change_pattern(self.one(Pattern), self.weekly(now), actor=self.boss, now=now)

    def end(self, now: datetime) -> None:
        planning.end_pattern(self.one(Pattern), london_date(now), actor=self.boss, now=now)

    def lose(self, now: datetime) -> None:
        mobiles.remove_mobile(self.who, actor=self.boss, now=now)

    def regain(self, now: datetime) -> None:
        officer_id = self.who
        mobiles.hold_mobile(self.session, officer_id, f"+447700900{officer_id % 1000:03}", actor=self.boss, now=now)
        self.session.commit()


@pytest.mark.parametrize("seed", range(4))
def test_who_was_on_duty_stays_what_it_was(session: Session, standby: Callable[..., Actor], seed: int) -> None:
    people = [standby(name, RoleName.MANAGER) for name in ("Robin", "Ash", "Kim")]
    managers = Managers(session, people, seed)
    planning.add_pattern(managers.weekly(START), actor=people[0], now=START)
    told: dict[datetime, dict[Duty, str]] = {}
    for hour in range(60):
        now = START + hour * HOUR
        for _ in range(3):
            managers.act(now + timedelta(minutes=20))
        planning.plan_ahead(now + timedelta(minutes=30))
        alarms.watch(now + timedelta(minutes=40))
        told[now + timedelta(minutes=45)] = shown(session, now + timedelta(minutes=45))
    assert {at: shown(session, at) for at in told} == told
    assert sum(map(bool, told.values())) > 5, "so idle a rota proves nothing"
    assert_no_overlap(session)


def assert_no_overlap(session: Session) -> None:
    for duty in Duty:
        live = select(Shift).where(Shift.duty == duty, Shift.cancelled_at.is_(None)).order_by(Shift.starts_at)
        ends = None
        for shift in session.scalars(live):
            assert ends is None or shift.starts_at >= ends
            ends = shift.ends_at
