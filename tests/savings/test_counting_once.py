"""One event's money counts once; shares are parts of a whole; a household is known by one key. Pure rules."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tsalert.cases.vocabulary import Evidence as CaseEvidence
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.errors import RuleViolation
from tsalert.savings.recording.checks import check_intervention, check_shares, percent
from tsalert.savings.recording.events import Held, check_one_event, check_paid
from tsalert.savings.recording.households import household_at, read_household
from tsalert.savings.recording.money_lines import CLASSES, Line, from_line
from tsalert.savings.rules import (
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
    PartnerShare,
)
from tsalert.savings.valuing.valuation import ValueClass

TODAY = date(2026, 6, 10)
SAVINGS = {"prevented": ValueClass.PREVENTED, "recovered": ValueClass.RECOVERED, "future": ValueClass.FUTURE_FINANCIAL}
POUNDS = st.integers(1, 500_000_000).map(lambda pence: Decimal(pence) / 100)
PARTS = st.integers(1, 10_000).map(lambda part: Decimal(part) / 10_000)


def saving(field: str, amount: Decimal, **more: object) -> NewIntervention:
    kind = InterventionType.SCAM_VICTIM
    return NewIntervention(type=kind, on_date=TODAY, evidence=Evidence.BANK, **{field: amount}, **more)  # type: ignore[arg-type]


@given(st.sampled_from(list(SAVINGS)), POUNDS, st.sampled_from(list(SAVINGS.values())), POUNDS)
def test_money_of_an_event_that_holds_money_needs_its_line_or_a_sentence(
    field: str, amount: Decimal, held_class: ValueClass, held_amount: Decimal
) -> None:
    held = [Held("S26-00001-J", held_class, held_amount)]
    with pytest.raises(RuleViolation) as refused:
        check_one_event(saving(field, amount), held)
    assert refused.value.field == "other_money"
    assert "S26-00001-J" in refused.value.message
    check_one_event(saving(field, amount, other_money="The second cheque"), held)
    is_same = (held_class, held_amount) == (SAVINGS[field], amount)
    if not is_same:
        check_one_event(saving(field, amount, money_line_id=1), held)


def test_a_line_makes_no_second_pound_of_a_record_that_names_no_line() -> None:
    new = saving("prevented", Decimal(600), money_line_id=1)
    with pytest.raises(RuleViolation, match="names no money line"):
        check_one_event(new, [Held("S26-00001-J", ValueClass.PREVENTED, Decimal(600))])
    check_one_event(new, [Held("S26-00001-J", ValueClass.PREVENTED, Decimal(600), has_line=True)])


@pytest.mark.parametrize(
    ("field", "held", "words"),
    [
        ("recovered", ValueClass.PREVENTED, "never lost cannot come back"),
        ("prevented", ValueClass.RECOVERED, "was not prevented"),
    ],
)
def test_prevented_money_is_not_recovered_as_well(field: str, held: ValueClass, words: str) -> None:
    with pytest.raises(RuleViolation, match=words):
        check_one_event(saving(field, Decimal(600)), [Held("S26-00001-J", held, Decimal(600))])


def test_memo_money_takes_no_room_and_needs_none() -> None:
    check_one_event(saving("prevented", Decimal(1)), [Held("S26-00001-J", ValueClass.MEMO, Decimal(1))])
    fine = NewIntervention(type=InterventionType.ENFORCEMENT_OUTCOME, on_date=TODAY, memo=Decimal(1))
    check_one_event(fine, [Held("S26-00001-J", ValueClass.PREVENTED, Decimal(1))])


@given(POUNDS, st.lists(POUNDS, max_size=6))
def test_what_came_back_never_passes_what_was_paid(paid: Decimal, refunds: list[Decimal]) -> None:
    back = Decimal(0)
    for refund in refunds:
        try:
            check_paid(saving("recovered", refund), back, paid)
        except RuleViolation as error:
            assert error.field == "amount"  # noqa: PT017
            assert back + refund > paid
        else:
            back += refund
    assert back <= paid


def test_a_case_without_money_lines_says_nothing_of_what_was_paid() -> None:
    check_paid(saving("recovered", Decimal(600)), Decimal(0), None)
    check_paid(saving("prevented", Decimal(600)), Decimal(0), Decimal(0))
    with pytest.raises(RuleViolation, match="£0 was paid"):
        check_paid(saving("recovered", Decimal(600)), Decimal(0), Decimal(0))


@given(PARTS, st.lists(PARTS, max_size=5))
def test_shares_are_accepted_exactly_when_they_are_at_most_the_whole(ours: Decimal, others: list[Decimal]) -> None:
    partners = [PartnerShare(f"Partner {place}", share) for place, share in enumerate(others)]
    if ours + sum(others) <= 1:
        check_shares(ours, partners)
        return
    with pytest.raises(RuleViolation, match="at most 100%") as refused:
        check_shares(ours, partners)
    assert refused.value.field == "partners"


@given(PARTS)
def test_a_share_reads_as_it_was_given(share: Decimal) -> None:
    assert Decimal(percent(share).removesuffix("%")) == share * 100


@pytest.mark.parametrize("kind", list(MoneyKind))
def test_a_line_of_money_decides_amount_and_class_or_is_no_saving(kind: MoneyKind) -> None:
    line = Line(7, 3, kind, Decimal(600), CaseEvidence.VALUER)
    new = NewIntervention(type=InterventionType.ENFORCEMENT_OUTCOME, on_date=TODAY, money_line_id=7)
    if kind not in CLASSES:
        with pytest.raises(RuleViolation, match="no saving"):
            from_line(new, line)
        return
    made = from_line(new, line)
    assert (made.money, made.money_amount, made.case_id) == (CLASSES[kind], Decimal(600), 3)
    assert made.evidence is Evidence.PAPER
    assert (made.beneficiary is Beneficiary.BANK) == (kind is MoneyKind.REFUNDED_BY_BANK)


def test_compensation_counts_when_it_is_paid_and_not_when_it_is_ordered() -> None:
    new = NewIntervention(type=InterventionType.ENFORCEMENT_OUTCOME, on_date=TODAY)
    ordered = from_line(new, Line(7, 3, MoneyKind.COMPENSATION_ORDERED, Decimal(600), CaseEvidence.COURT))
    assert (ordered.outcome, ordered.memo, ordered.amount) == (
        EnforcementOutcome.COMPENSATION_ORDERED,
        Decimal(600),
        Decimal(0),
    )
    paid = from_line(new, Line(8, 3, MoneyKind.COMPENSATION_PAID, Decimal(600), CaseEvidence.COURT))
    assert (paid.outcome, paid.recovered, paid.memo) == (EnforcementOutcome.COMPENSATION_PAID, Decimal(600), Decimal(0))
    for made in (ordered, paid):
        check_intervention(made, today=TODAY)


@pytest.mark.parametrize(
    ("line", "said", "field"),
    [
        pytest.param(
            Line(7, 4, MoneyKind.PREVENTED, Decimal(6), CaseEvidence.BANK), {}, "money_line_id", id="other-case"
        ),
        pytest.param(
            Line(7, 3, MoneyKind.PREVENTED, Decimal(6), CaseEvidence.BANK, is_superseded=True),
            {},
            "money_line_id",
            id="corrected",
        ),
        pytest.param(
            Line(7, 3, MoneyKind.PREVENTED, Decimal(0), CaseEvidence.BANK), {}, "money_line_id", id="taken-back"
        ),
        pytest.param(
            Line(7, 3, MoneyKind.PREVENTED, Decimal(6), CaseEvidence.BANK),
            {"prevented": Decimal(7)},
            "amount",
            id="more",
        ),
        pytest.param(
            Line(7, 3, MoneyKind.PREVENTED, Decimal(6), CaseEvidence.BANK),
            {"future": Decimal(6)},
            "amount",
            id="other-class",
        ),
    ],
)
def test_nothing_contradicts_the_line_of_money(line: Line, said: dict[str, Decimal], field: str) -> None:
    new = NewIntervention(type=InterventionType.SCAM_VICTIM, on_date=TODAY, case_id=3, money_line_id=7, **said)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation) as refused:
        from_line(new, line)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("BR1 3UH 12", "BR1 3UH 12"),
        ("br13uh 12a, high street", "BR1 3UH 12A"),
        ("Flat 3, 12 High Street, BR1 3UH", "BR1 3UH 12+3"),
        ("12 High St flat 3 br1 3uh", "BR1 3UH 12+3"),
        ("Rose Cottage, Mill Lane BR1 3UH", "BR1 3UH ROSE COTTAGE"),
        ("100020450001", "UPRN 100020450001"),
        ("uprn: 0100020450001", "UPRN 100020450001"),
    ],
)
def test_one_household_has_one_key_however_it_was_typed(typed: str, key: str) -> None:
    assert read_household(typed) == key
    assert read_household(key) == key


@pytest.mark.parametrize("typed", ["", "12", "BR1 3UH", "12 High Street", "with 3", "Mrs Example", "9" * 13, "\x00"])
def test_what_names_no_household_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        read_household(typed)
    assert refused.value.field == "household_key"


@example("A A1 4AA", "BR1 3UH")
@given(st.text(max_size=60), st.one_of(st.none(), st.just("BR1 3UH")))
def test_a_key_is_the_key_of_itself(address: str, postcode: str | None) -> None:
    key = household_at(address, postcode)
    if key is not None:
        assert read_household(key) == key


def test_an_enforcement_outcome_has_one_class_and_the_rule_says_which() -> None:
    amounts = {"prevented": ValueClass.PREVENTED, "recovered": ValueClass.RECOVERED, "memo": ValueClass.MEMO}
    for outcome, (field, value_class) in product(EnforcementOutcome, amounts.items()):
        new = NewIntervention(
            type=InterventionType.ENFORCEMENT_OUTCOME,
            on_date=TODAY,
            outcome=outcome,
            evidence=Evidence.COURT,
            **{field: Decimal(5)},  # type: ignore[arg-type]
        )
        if value_class is outcome.value_class:
            check_intervention(new, today=TODAY)
        else:
            with pytest.raises(RuleViolation):
                check_intervention(new, today=TODAY)
    assert [each for each in EnforcementOutcome if each.value_class is ValueClass.RECOVERED] == ["compensation_paid"]


SMALL = st.one_of(st.just(Decimal(0)), st.integers(-100, 600_000_000).map(lambda pence: Decimal(pence) / 100))
ANYTHING = st.builds(
    NewIntervention,
    type=st.sampled_from(InterventionType),
    on_date=st.dates(date(1999, 12, 1), date(2026, 7, 1)),
    units=st.integers(-1, 3),
    refreshers=st.one_of(st.just(0), st.integers(-1, 3)),
    prevented=SMALL,
    recovered=st.one_of(st.just(Decimal(0)), SMALL),
    future=st.one_of(st.just(Decimal(0)), SMALL),
    memo=st.one_of(st.just(Decimal(0)), SMALL),
    outcome=st.one_of(st.none(), st.sampled_from(EnforcementOutcome)),
    evidence=st.sampled_from(Evidence),
    beneficiary=st.sampled_from(Beneficiary),
    share=st.one_of(st.just(Decimal(1)), PARTS),
    partners=st.lists(st.builds(PartnerShare, st.text(max_size=3), PARTS), max_size=2).map(tuple),
)


@given(ANYTHING)
def test_whatever_may_be_recorded_holds_no_pound_twice_and_no_negative_one(new: NewIntervention) -> None:
    try:
        check_intervention(new, today=TODAY)
    except RuleViolation as error:
        assert error.field  # noqa: PT017
        return
    amounts = [new.prevented, new.recovered, new.future, new.memo]
    assert min(amounts) >= 0
    assert sum(amount > 0 for amount in amounts) <= 1
    assert new.money is None or new.money in new.type.shape.money
    assert new.units + new.refreshers >= 1
    assert new.type.unit or new.units == 1
    assert new.share + sum(each.share for each in new.partners) <= 1
    assert new.beneficiary is not Beneficiary.BANK or new.amount
    assert (new.outcome is not None) == (new.type is InterventionType.ENFORCEMENT_OUTCOME)
