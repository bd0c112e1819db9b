"""What enforcement came to in a quarter, by the day of each step; what was taken back is left out."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.enforcement.conftest import BEGUN, NOW
from tests.enforcement.test_court import Charged, convict_and_order, decide, pay
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.enforcement import service
from tsalert.enforcement.figures import NO_MONEY, MoneySum, enforcement_figures
from tsalert.enforcement.rules import NewAction, NewCancellation, TakingBack
from tsalert.enforcement.vocabulary import ActionKind, ContractKind, DecisionKind, Place, Record, Result

QUARTER, BEFORE = parse_period("2026/27 Q1"), parse_period("2025/26 Q4")
DAY = date(2026, 6, 1)


def test_a_quarter_without_enforcement_is_all_noughts(session: Session) -> None:
    found = enforcement_figures(session, BEFORE)
    assert (found.prosecutions, found.contracts_cancelled, found.compensation_paid) == (0, 0, NO_MONEY)
    assert not found.actions
    assert not found.results
    assert not found.ordered


def test_every_step_counts_in_the_quarter_of_its_day(session: Session, charged: Charged, actor: Actor) -> None:
    order = convict_and_order(session, charged, actor)
    pay(charged, actor, order, "200")
    pay(charged, actor, order, "300")
    decide(session, charged, actor, kind=DecisionKind.SENTENCE, result=Result.SUSPENDED, months=6, charge_id=None)
    found = enforcement_figures(session, QUARTER)
    assert BEGUN.begun_on in QUARTER
    assert found.prosecutions == 1
    assert found.results == {Result.GUILTY_PLEA: 1, Result.SUSPENDED: 1}
    assert found.ordered == {DecisionKind.COMPENSATION: MoneySum(1, Decimal(900), Decimal(900))}
    assert found.compensation_paid == MoneySum(2, Decimal(500), Decimal(300))
    assert enforcement_figures(session, BEFORE).prosecutions == 0


def test_what_was_taken_back_does_not_count(session: Session, case_id: int, actor: Actor) -> None:
    warned = NewAction(ActionKind.WARNING, DAY, "Told in writing to stop")
    first = service.record_action(case_id, warned, actor=actor, now=NOW)
    service.record_action(case_id, warned, actor=actor, now=NOW)
    contract = NewCancellation(
        "A new roof", ContractKind.SERVICE, Place.OFF_PREMISES, date(2026, 5, 25), cancelled_on=DAY
    )
    service.record_cancellation(case_id, contract, actor=actor, now=NOW)
    service.take_back(case_id, TakingBack(Record.ACTION, first, "Written down twice"), actor=actor, now=NOW)
    found = enforcement_figures(session, QUARTER)
    assert (found.actions, found.contracts_cancelled) == ({ActionKind.WARNING: 1}, 1)
