"""How many records, and how large a one, are behind evidenced money."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.periods import parse_period
from tsalert.savings.figures.evidenced import evidenced_money, together
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention, PartnerShare
from tsalert.savings.service import record_intervention
from tsalert.savings.valuing.valuation import ValueClass

Q1 = parse_period("2022/23 Q1")
DAY = date(2022, 5, 3)


def test_records_count_and_the_largest_is_our_part_of_it(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    records = Quarter(Q1, actor)
    for amount in ("600", "900.50"):
        records.record(InterventionType.SCAM_VICTIM, DAY, amount)
    records.record(InterventionType.CALL_BLOCKER, DAY, units=3)
    ours = NewIntervention(
        type=InterventionType.SCAM_VICTIM,
        on_date=DAY,
        prevented=Decimal(2000),
        evidence=Evidence.BANK,
        share=Decimal("0.25"),
        partners=(PartnerShare("Another service", Decimal("0.75")),),
    )
    record_intervention(ours, actor=actor, now=london_midnight(DAY))
    found = evidenced_money(session, Q1)
    assert {each.kind.money for each in found} == {ValueClass.PREVENTED}
    assert together(found) == (3, Decimal("900.50"))
    assert together([]) == (0, Decimal(0))


def test_a_unit_that_counts_over_a_visit_tells_of_its_money_as_one_persons(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    visit = NewIntervention(
        type=InterventionType.SCAM_VICTIM, on_date=date(2022, 2, 1), prevented=Decimal(600), evidence=Evidence.BANK,
        household_key="BR9 1AA 1",
    )  # fmt: skip
    record_intervention(visit, actor=actor, now=london_midnight(DAY))
    for home in ("BR9 1AA 1", "BR9 1AA 2"):
        fitted = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=DAY, household_key=home)
        record_intervention(fitted, actor=actor, now=london_midnight(DAY))
    (found,) = evidenced_money(session, Q1)
    assert (found.kind.type, found.records, found.largest) == (InterventionType.CALL_BLOCKER, 1, Decimal(600))
