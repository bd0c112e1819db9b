"""Runs of the past come out the same whatever history follows, and each shows what its own day showed."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.runs.conftest import RECORDED, question
from tsalert.core.actors import Actor
from tsalert.core.errors import TsalertError
from tsalert.core.periods import parse_period
from tsalert.prevention.models import InstalledUnit
from tsalert.prevention.rules import Ending, NewEnding
from tsalert.runs import queries, service
from tsalert.runs.reading import compare
from tsalert.runs.rules import Question
from tsalert.runs.valuing import method_of
from tsalert.savings import service as savings
from tsalert.savings.counting import equipment
from tsalert.savings.models import Intervention
from tsalert.savings.queries import get_current, savings_table
from tsalert.savings.rates import approving
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention

HOMES = ("BR1 1AA 1", "BR1 1AA 2")
ASKED = [
    question("2022/23"),
    question("2022/23 Q2", profile="classes"),
    question("2022/23", basis="prudent-central", profile="classes"),
    question("2023/24", basis="prudent-high", recognition="yearly"),
]


class Office:
    """Officers who record, correct, withdraw and end at random, one act a day."""

    def __init__(self, session: Session, actor: Actor, manager: Actor, seed: int) -> None:
        self.session, self.actor, self.manager, self.random = session, actor, manager, Random(seed)

    def act(self, now: datetime) -> None:
        """Do one thing; what the rules refuse is not done."""
        acts: tuple[Callable[[datetime], None], ...] = (
            self._record, self._record, self._record, self._correct, self._withdraw, self._end
        )  # fmt: skip
        try:
            self.random.choice(acts)(now)
        except TsalertError:
            self.session.rollback()

    def _record(self, now: datetime) -> None:
        reference = savings.record_intervention(self._new(), actor=self.actor, now=now)
        if get_current(self.session, reference).content.type is InterventionType.CALL_BLOCKER:
            equipment.add_units(reference, [f"CB-{reference}"], actor=self.actor, now=now)

    def _correct(self, now: datetime) -> None:
        known = get_current(self.session, self._any())
        savings.correct_intervention(
            known.reference, self._new(known.content.type), of_version=known.number, reason="Seen anew",
            actor=self.actor, now=now,
        )  # fmt: skip

    def _withdraw(self, now: datetime) -> None:
        known = get_current(self.session, self._any())
        savings.withdraw_intervention(
            known.reference, of_version=known.number, reason="Told twice", actor=self.actor, now=now
        )

    def _end(self, now: datetime) -> None:
        unit = self.random.choice(self.session.scalars(select(InstalledUnit.id)).all() or [0])
        day = date(2022, 4, 1) + timedelta(days=self.random.randrange(500))
        ending = NewEnding(self.random.choice(list(Ending)), day, "Seen at a visit")
        equipment.end_unit(unit, ending, actor=self.actor, now=now)

    def _any(self) -> str:
        return self.random.choice(self.session.scalars(select(Intervention.reference)).all() or ["S22-00000-A"])

    def _new(self, kind: InterventionType | None = None) -> NewIntervention:
        kind = kind or self.random.choice([InterventionType.SCAM_VICTIM, InterventionType.CALL_BLOCKER])
        has_money = kind is InterventionType.SCAM_VICTIM
        name = self.random.choice(["prevented", "future", "recovered"])
        money: dict[str, Any] = {name: Decimal(self.random.randrange(100, 3_000_000)) / 100} if has_money else {}
        return NewIntervention(
            type=kind,
            on_date=date(2022, 4, 1) + timedelta(days=self.random.randrange(365)),
            household_key=self.random.choice(HOMES),
            evidence=Evidence.BANK if has_money else None,
            share=self.random.choice([Decimal(1), Decimal("0.5")]),
            **money,
        )


@pytest.fixture(params=[1, 2, 3])
def office(request: pytest.FixtureRequest, session: Session, maker: Actor, manager: Actor) -> Office:
    approving.approve_rate_set("prudent-2026", actor=manager, now=RECORDED)
    return Office(session, maker, manager, request.param)


def days(count: int) -> Iterator[datetime]:
    return (datetime(2024, 1, 1, 9, tzinfo=RECORDED.tzinfo) + timedelta(days=number) for number in range(count))


def shown_now(session: Session, asked: Question) -> dict[tuple[str, str], Decimal]:
    table = savings_table(session, asked.period, method_of(asked))
    cells = [(row.slug, column, cell) for row in table.lines for column, cell in row.cells.items()]
    return {(row, column): cell.exact for row, column, cell in cells if cell and cell.exact}


def test_whatever_happens_later_a_run_comes_out_the_same_and_shows_what_its_day_showed(
    session: Session, office: Office, maker: Actor
) -> None:
    made: dict[int, dict[tuple[str, str], Decimal]] = {}
    for now in days(24):
        office.act(now)
        asked = office.random.choice(ASKED)
        run_id = service.make_run(asked, as_of=None, note=None, actor=maker, now=now + timedelta(hours=1))
        made[run_id] = shown_now(session, asked)
    assert any(made.values())
    for run_id, shown in made.items():
        verdict = service.verify_run(run_id, actor=maker, now=now + timedelta(days=1))
        assert verdict.is_same
        kept = {(each.row, each.column): each.exact for each in verdict.run.totals if each.exact}
        assert {place: amount for place, amount in kept.items() if place[0] not in {"class", "bank"}} == shown
    numbers = list(made)
    for first, second in pairwise(numbers):
        assert compare(session, first, second).adds_up


def test_a_unit_that_ends_later_is_in_place_in_an_older_run_and_taken_back_in_a_newer_one(
    session: Session, maker: Actor, manager: Actor
) -> None:
    approving.approve_rate_set("prudent-2026", actor=manager, now=RECORDED)
    new = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=date(2022, 6, 1), household_key=HOMES[0])
    reference = savings.record_intervention(new, actor=maker, now=RECORDED)
    [unit] = equipment.add_units(reference, ["CB-1"], actor=maker, now=RECORDED)
    asked = Question(parse_period("2022/23 Q4"), "classes", "prudent-central", "whole_term")
    before = service.make_run(asked, as_of=None, note=None, actor=maker, now=RECORDED + timedelta(days=1))
    ended = NewEnding(Ending.RETURNED, date(2023, 2, 1), "Moved away")
    equipment.end_unit(unit, ended, actor=maker, now=RECORDED + timedelta(days=2))
    after = service.make_run(asked, as_of=None, note=None, actor=maker, now=RECORDED + timedelta(days=3))
    assert service.verify_run(before, actor=maker, now=RECORDED + timedelta(days=4)).is_same
    assert queries.get_run(session, before).total.exact == 0
    taken = queries.get_run(session, after).total_of(("call_blocker", "future_financial")).exact
    assert taken == -(Decimal("5257.55") - Decimal("1813.14"))
    assert compare(session, before, after).moved == queries.get_run(session, after).total.exact
