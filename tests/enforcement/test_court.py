"""From the charge to the compensation that reached the victim."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.enforcement.conftest import BANNED, BEGUN, FRAUD, NOW
from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.enforcement import court, court_queries, queries, service
from tsalert.enforcement.court_queries import ProsecutionView
from tsalert.enforcement.court_rules import HearingOutcome, NewDecision, NewDefendant, NewHearing, NewPayment
from tsalert.enforcement.queries import Whose
from tsalert.enforcement.rules import TakingBack
from tsalert.enforcement.vocabulary import CourtKind, DecisionKind, HearingKind, HearingResult, Record, Result
from tsalert.parties import queries as parties

Charged = tuple[int, int, int]
ON = date(2026, 6, 1)
FIRST = NewHearing(HearingKind.FIRST, datetime(2026, 6, 1, 9, tzinfo=UTC), CourtKind.MAGISTRATES, "Anytown")
GUILTY = {"kind": DecisionKind.PLEA, "result": Result.GUILTY_PLEA}


def view(session: Session, charged: Charged) -> ProsecutionView:
    return court_queries.get_prosecution(session, charged[0], charged[1])


def decide(session: Session, charged: Charged, actor: Actor, **changes: object) -> int:
    """Record a decision on the first charge of the defendant."""
    charge = view(session, charged).defendants[0].charges[0].id
    on_charge = changes.get("kind") in {DecisionKind.PLEA, DecisionKind.VERDICT}
    usual = {"defendant_id": charged[2], "on_date": ON, "charge_id": charge if on_charge else None}
    return court.record_decision(*charged[:2], NewDecision(**usual | changes), actor=actor, now=NOW)  # type: ignore[arg-type]


def convict_and_order(session: Session, charged: Charged, actor: Actor, amount: str = "900") -> int:
    """Let the victim pay £1,000, the defendant plead guilty and the court order compensation; returns the order."""
    paid = NewMoneyLine(MoneyKind.PAID, Decimal(1000))
    cases.record_money(charged[0], paid, actor=actor, now=NOW)
    decide(session, charged, actor, **GUILTY)
    return decide(session, charged, actor, kind=DecisionKind.COMPENSATION, amount=Decimal(amount))


def pay(charged: Charged, actor: Actor, order: int, amount: str, on: date = ON) -> int:
    return court.record_payment(*charged[:2], NewPayment(order, Decimal(amount), on), actor=actor, now=NOW)


def test_a_defendant_becomes_a_party_and_is_charged(session: Session, charged: Charged) -> None:
    (defendant,) = view(session, charged).defendants
    assert defendant.name == "Al Example (invented)"
    assert [each.offence.code for each in defendant.charges] == ["fraud_representation"]
    assert parties.get_party(session, defendant.party_id).name == "Al Example (invented)"


def test_a_known_party_is_charged_once_in_a_prosecution(session: Session, charged: Charged, actor: Actor) -> None:
    party = view(session, charged).defendants[0].party_id
    offence = queries.recorded(session, charged[0]).offences[0].id
    with pytest.raises(Conflict, match="already"):
        court.add_defendant(*charged[:2], NewDefendant((offence,), party_id=party), actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"name": None}, "name", id="nobody"),
        pytest.param({"party_id": 999_999}, "party_id", id="a-party-that-is-none"),
        pytest.param({"offence_ids": ()}, "offence_ids", id="no-offence"),
        pytest.param({"offence_ids": (999_999,)}, "offence_ids", id="an-offence-of-no-case"),
    ],
)
def test_a_charge_that_cannot_be_is_refused(
    session: Session, charged: Charged, actor: Actor, changes: dict[str, object], field: str
) -> None:
    offence = queries.recorded(session, charged[0]).offences[0].id
    new = replace(NewDefendant((offence,), name="Bo Example (invented)"), **changes)
    with pytest.raises(RuleViolation) as refused:
        court.add_defendant(*charged[:2], new, actor=actor, now=NOW)
    assert refused.value.field == field


def test_nobody_is_charged_when_the_time_to_prosecute_has_run_out(session: Session, case_id: int, actor: Actor) -> None:
    old = replace(BANNED, conduct_from=date(2025, 5, 1), conduct_to=date(2025, 5, 1), discovered_on=date(2025, 5, 1))
    offence = service.record_offence(case_id, old, actor=actor, now=NOW)
    late = replace(BEGUN, begun_on=date(2026, 5, 1))
    prosecution = court.begin_prosecution(case_id, late, actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="ran out on 30 April 2026"):
        court.add_defendant(case_id, prosecution, NewDefendant((offence,), name="Al"), actor=actor, now=NOW)
    timely = court.begin_prosecution(case_id, replace(late, begun_on=date(2026, 4, 30)), actor=actor, now=NOW)
    court.add_defendant(case_id, timely, NewDefendant((offence,), name="Al"), actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        pytest.param(datetime(2026, 4, 30, 12, tzinfo=UTC), "before the charge", id="before-the-charge"),
        pytest.param(datetime(1890, 4, 30, 12, tzinfo=UTC), "before the charge", id="long-ago"),
        pytest.param(datetime(2036, 4, 30, 12, tzinfo=UTC), "Check the year", id="in-ten-years"),
    ],
)
def test_a_hearing_that_cannot_be_is_refused(charged: Charged, actor: Actor, at: datetime, message: str) -> None:
    with pytest.raises(RuleViolation, match=message) as refused:
        court.list_hearing(*charged[:2], replace(FIRST, at=at), actor=actor, now=NOW)
    assert refused.value.field == "at"


def test_a_hearing_ends_once_and_not_before_its_day(session: Session, charged: Charged, actor: Actor) -> None:
    held = court.list_hearing(*charged[:2], FIRST, actor=actor, now=NOW)
    ended = HearingOutcome(HearingResult.COMMITTED_FOR_SENTENCE, "For sentence at the Crown Court")
    court.record_outcome(*charged[:2], held, ended, actor=actor, now=NOW)
    with pytest.raises(Conflict, match="recorded already"):
        court.record_outcome(*charged[:2], held, ended, actor=actor, now=NOW)
    ahead = replace(FIRST, kind=HearingKind.SENTENCE, at=NOW + timedelta(days=40), court=CourtKind.CROWN)
    coming = court.list_hearing(*charged[:2], ahead, actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="still to come"):
        court.record_outcome(*charged[:2], coming, ended, actor=actor, now=NOW)
    assert [each.result for each in view(session, charged).hearings] == ["committed_for_sentence", None]
    assert [each.at for each in queries.hearings_ahead(session, Whose(NOW)).items] == [NOW + timedelta(days=40)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"kind": DecisionKind.SENTENCE, "result": Result.DISCHARGE}, "kind", id="sentence-without-plea"),
        pytest.param({"kind": DecisionKind.COMPENSATION, "amount": Decimal(5)}, "kind", id="order-without-conviction"),
        pytest.param({"kind": DecisionKind.VERDICT, "result": Result.CONVICTED}, "charge_id", id="no-plea-yet"),
        pytest.param({"kind": DecisionKind.PLEA}, "result", id="a-plea-that-says-nothing"),
        pytest.param({"kind": DecisionKind.PLEA, "result": Result.FINE}, "result", id="a-fine-is-no-plea"),
        pytest.param(GUILTY | {"charge_id": None}, "charge_id", id="a-plea-to-no-charge"),
        pytest.param(GUILTY | {"charge_id": 999_999}, "charge_id", id="a-charge-of-somebody-else"),
        pytest.param(GUILTY | {"on_date": date(2026, 4, 30)}, "on_date", id="before-the-charge"),
        pytest.param(GUILTY | {"on_date": date(2026, 6, 11)}, "on_date", id="tomorrow"),
        pytest.param(GUILTY | {"amount": Decimal(5)}, "amount", id="a-plea-is-no-amount"),
        pytest.param(GUILTY | {"months": 5}, "months", id="a-plea-has-no-length"),
        pytest.param({"kind": DecisionKind.COSTS}, "amount", id="costs-of-nothing"),
        pytest.param({"kind": DecisionKind.COSTS, "result": Result.FINE, "amount": Decimal(5)}, "result", id="both"),
        pytest.param({"kind": DecisionKind.SENTENCE, "result": Result.IMPRISONMENT}, "months", id="prison-no-length"),
        pytest.param(
            {"kind": DecisionKind.SENTENCE, "result": Result.IMPRISONMENT, "months": -1}, "months", id="minus-one-month"
        ),
        pytest.param({"kind": DecisionKind.SENTENCE, "result": Result.FINE}, "amount", id="a-fine-of-nothing"),
    ],
)
def test_a_decision_that_does_not_follow_is_refused(
    session: Session, charged: Charged, actor: Actor, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        decide(session, charged, actor, **changes)
    assert refused.value.field == field
    assert view(session, charged).decisions == ()


def test_who_pleads_not_guilty_is_tried_and_only_then_sentenced(
    session: Session, charged: Charged, actor: Actor
) -> None:
    decide(session, charged, actor, kind=DecisionKind.PLEA, result=Result.NOT_GUILTY_PLEA)
    prison = {"kind": DecisionKind.SENTENCE, "result": Result.IMPRISONMENT, "months": 60}
    with pytest.raises(RuleViolation, match="without a conviction"):
        decide(session, charged, actor, **prison)
    decide(session, charged, actor, kind=DecisionKind.VERDICT, result=Result.CONVICTED)
    with pytest.raises(RuleViolation, match="a verdict on this charge already"):
        decide(session, charged, actor, kind=DecisionKind.VERDICT, result=Result.ACQUITTED)
    with pytest.raises(RuleViolation, match="without a conviction"):
        decide(session, charged, actor, **prison | {"on_date": date(2026, 5, 31)})
    decide(session, charged, actor, **prison)
    assert [each.months for each in view(session, charged).standing] == [None, None, 60]


def test_who_pleads_guilty_needs_no_verdict(session: Session, charged: Charged, actor: Actor) -> None:
    decide(session, charged, actor, **GUILTY)
    with pytest.raises(RuleViolation, match="convicted by it"):
        decide(session, charged, actor, kind=DecisionKind.VERDICT, result=Result.CONVICTED)


def test_compensation_counts_when_it_is_paid_and_not_when_it_is_ordered(
    session: Session, charged: Charged, actor: Actor
) -> None:
    order = convict_and_order(session, charged, actor)
    totals = case_queries.ledger(session, charged[0]).totals
    assert (totals.of(MoneyKind.COMPENSATION_ORDERED), totals.net_detriment) == (Decimal(900), Decimal(1000))
    pay(charged, actor, order, "350.50")
    assert case_queries.ledger(session, charged[0]).totals.net_detriment == Decimal("649.50")
    (shown,) = view(session, charged).orders
    assert (shown.ordered, shown.paid, shown.left) == (Decimal(900), Decimal("350.50"), Decimal("549.50"))


def test_what_was_paid_follows_a_correction_of_its_money_line(session: Session, charged: Charged, actor: Actor) -> None:
    order = convict_and_order(session, charged, actor)
    line = pay(charged, actor, order, "350")
    for amount in ("35", "0"):
        right = NewMoneyLine(MoneyKind.COMPENSATION_PAID, Decimal(amount), supersedes=line)
        line = cases.record_money(charged[0], right, actor=actor, now=NOW)
        assert view(session, charged).orders[0].paid == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "on", "field"),
    [
        pytest.param("900.01", ON, "amount", id="more-than-ordered"),
        pytest.param("0", ON, "amount", id="nothing"),
        pytest.param("1", date(2026, 5, 31), "on_date", id="before-the-order"),
        pytest.param("1", date(2026, 6, 11), "on_date", id="tomorrow"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    session: Session, charged: Charged, actor: Actor, amount: str, on: date, field: str
) -> None:
    order = convict_and_order(session, charged, actor)
    with pytest.raises(RuleViolation) as refused:
        pay(charged, actor, order, amount, on)
    assert refused.value.field == field
    assert case_queries.ledger(session, charged[0]).totals.returned == 0


def test_an_order_that_was_wrong_takes_its_money_line_back(session: Session, charged: Charged, actor: Actor) -> None:
    order = convict_and_order(session, charged, actor)
    line = pay(charged, actor, order, "100")
    back = TakingBack(Record.DECISION, order, "It was of another defendant.")
    with pytest.raises(Conflict, match="£100 of this order was paid"):
        service.take_back(charged[0], back, actor=actor, now=NOW)
    nothing = NewMoneyLine(MoneyKind.COMPENSATION_PAID, Decimal(0), supersedes=line)
    cases.record_money(charged[0], nothing, actor=actor, now=NOW)
    service.take_back(charged[0], back, actor=actor, now=NOW)
    assert view(session, charged).orders == ()
    assert case_queries.ledger(session, charged[0]).totals.of(MoneyKind.COMPENSATION_ORDERED) == 0
    with pytest.raises(NotFound, match="no such order"):
        pay(charged, actor, order, "1")


def test_nothing_is_taken_back_that_something_rests_on(session: Session, charged: Charged, actor: Actor) -> None:
    plea = decide(session, charged, actor, **GUILTY)
    decide(session, charged, actor, kind=DecisionKind.SENTENCE, result=Result.FINE, amount=Decimal(500))
    offence = queries.recorded(session, charged[0]).offences[0].id
    for record, number, words in (
        (Record.DECISION, plea, "rests on this conviction"),
        (Record.OFFENCE, offence, "charged with this offence"),
    ):
        with pytest.raises(Conflict, match=words):
            service.take_back(charged[0], TakingBack(record, number, "Wrong"), actor=actor, now=NOW)


def test_a_prosecution_of_another_case_is_not_found(
    session: Session, charged: Charged, open_case: Callable[..., int], actor: Actor
) -> None:
    other = open_case()
    for number in (charged[1], 0, 2**31, 2**70):
        with pytest.raises(NotFound):
            court.list_hearing(other, number, FIRST, actor=actor, now=NOW)


def test_a_charge_stops_the_clock_of_the_deadline(session: Session, case_id: int, actor: Actor) -> None:
    offence = service.record_offence(case_id, BANNED, actor=actor, now=NOW)
    service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    near = Whose(london_midnight(date(2027, 3, 1)))
    assert [each.offence_id for each in queries.deadlines(session, near).items] == [offence]
    prosecution = court.begin_prosecution(case_id, BEGUN, actor=actor, now=NOW)
    court.add_defendant(case_id, prosecution, NewDefendant((offence,), name="Al"), actor=actor, now=NOW)
    assert queries.deadlines(session, near).items == []
