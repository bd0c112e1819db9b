"""What may be recorded, what needs a second officer, and when rates apply."""

import ast
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.savings.recording.checks import check_intervention, check_verifier, needs_verifying
from tsalert.savings.rules import (
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
    PartnerShare,
    Span,
    check_span,
)
from tsalert.savings.valuing.valuation import ValueClass

TODAY = date(2026, 6, 10)
SCAM = NewIntervention(
    type=InterventionType.SCAM_VICTIM, on_date=TODAY, prevented=Decimal(600), evidence=Evidence.PAPER
)
BLOCKER = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=TODAY)
FRIENDS = replace(BLOCKER, type=InterventionType.FRIENDS_AGAINST_SCAMS)
FINE = NewIntervention(
    type=InterventionType.ENFORCEMENT_OUTCOME,
    on_date=TODAY,
    outcome=EnforcementOutcome.FINE,
    memo=Decimal(900),
    evidence=Evidence.COURT,
)
PAID = replace(FINE, outcome=EnforcementOutcome.COMPENSATION_PAID, memo=Decimal(0), recovered=Decimal(900))
PART = Decimal("0.1")


@pytest.mark.parametrize(
    "fine",
    [
        pytest.param(SCAM, id="today"),
        pytest.param(replace(SCAM, on_date=date(2000, 1, 1)), id="first-day-of-all"),
        pytest.param(replace(SCAM, prevented=Decimal("0.01")), id="one-penny"),
        pytest.param(replace(SCAM, prevented=Decimal(5_000_000)), id="largest-amount"),
        pytest.param(replace(SCAM, prevented=Decimal(0), recovered=Decimal(1)), id="recovered"),
        pytest.param(replace(SCAM, prevented=Decimal(0), future=Decimal(1)), id="future-loss"),
        pytest.param(replace(SCAM, is_rapid_response=True), id="rapid-response"),
        pytest.param(replace(BLOCKER, units=1000), id="a-thousand-blockers"),
        pytest.param(replace(FRIENDS, units=10_000), id="ten-thousand-friends"),
        pytest.param(replace(BLOCKER, type=InterventionType.ADVICE, is_rapid_response=True), id="advice-at-the-door"),
        pytest.param(replace(SCAM, type=InterventionType.ADVICE), id="advice-that-saved-money"),
        pytest.param(replace(FRIENDS, units=0, refreshers=4), id="only-people-trained-before"),
        pytest.param(replace(BLOCKER, type=InterventionType.DOOR_CAMERA, units=1000), id="door-cameras"),
        pytest.param(replace(BLOCKER, type=InterventionType.NO_COLD_CALLING_ZONE, units=100), id="zones"),
        pytest.param(replace(BLOCKER, type=InterventionType.TALK), id="a-talk"),
        pytest.param(
            replace(SCAM, type=InterventionType.BANKING_PROTOCOL, is_rapid_response=True), id="called-by-a-bank"
        ),
        pytest.param(replace(BLOCKER, type=InterventionType.BANKING_PROTOCOL), id="called-by-a-bank-in-vain"),
        pytest.param(FINE, id="fine"),
        pytest.param(PAID, id="compensation-paid"),
        pytest.param(replace(SCAM, beneficiary=Beneficiary.BANK), id="loss-of-a-bank"),
        pytest.param(replace(SCAM, share=Decimal("0.3333")), id="a-third-of-it"),
        pytest.param(
            replace(SCAM, share=Decimal("0.5"), partners=(PartnerShare("Kent Police", Decimal("0.5")),)),
            id="shares-of-the-whole",
        ),
    ],
)
def test_what_can_have_happened_may_be_recorded(fine: NewIntervention) -> None:
    check_intervention(fine, today=TODAY)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        pytest.param(replace(SCAM, on_date=date(2026, 6, 11)), "on_date", id="tomorrow"),
        pytest.param(replace(SCAM, on_date=date(1999, 12, 31)), "on_date", id="last-century"),
        pytest.param(replace(SCAM, prevented=Decimal(0)), "amount", id="no-money"),
        pytest.param(replace(SCAM, recovered=Decimal(1)), "amount", id="money-in-two-classes"),
        pytest.param(replace(SCAM, prevented=Decimal(-1)), "amount", id="negative"),
        pytest.param(replace(SCAM, prevented=Decimal("5000000.01")), "amount", id="absurd"),
        pytest.param(replace(SCAM, evidence=None), "evidence", id="no-evidence"),
        pytest.param(replace(SCAM, units=2), "units", id="two-of-one-event"),
        pytest.param(replace(BLOCKER, units=0), "units", id="no-blockers"),
        pytest.param(replace(BLOCKER, units=1001), "units", id="too-many-blockers"),
        pytest.param(replace(FRIENDS, units=-1), "units", id="minus-one-friend"),
        pytest.param(replace(BLOCKER, prevented=Decimal(1)), "amount", id="blocker-with-money"),
        pytest.param(replace(FRIENDS, future=Decimal(1)), "amount", id="friends-with-money"),
        pytest.param(replace(SCAM, type=InterventionType.ADVICE, evidence=None), "evidence", id="advice-by-hearsay"),
        pytest.param(replace(BLOCKER, is_rapid_response=True), "is_rapid_response", id="rapid-blocker"),
        pytest.param(replace(SCAM, prevented=Decimal(0), memo=Decimal(1)), "money", id="scam-for-information"),
        pytest.param(replace(SCAM, memo=Decimal(-600)), "amount", id="negative-beside-it"),
        pytest.param(replace(BLOCKER, refreshers=1), "refreshers", id="blockers-trained-again"),
        pytest.param(replace(FRIENDS, units=0), "units", id="nobody-trained"),
        pytest.param(replace(FRIENDS, refreshers=-1), "refreshers", id="minus-one-trained-again"),
        pytest.param(replace(FRIENDS, refreshers=10_001), "refreshers", id="too-many-trained-again"),
        pytest.param(
            replace(SCAM, type=InterventionType.TALK, prevented=Decimal(0), future=Decimal(1)),
            "money",
            id="future-talk",
        ),
        pytest.param(replace(FINE, outcome=None), "outcome", id="no-outcome"),
        pytest.param(replace(SCAM, outcome=EnforcementOutcome.FINE), "outcome", id="fine-for-a-scam"),
        pytest.param(replace(FINE, memo=Decimal(0), recovered=Decimal(1)), "money", id="fine-recovered"),
        pytest.param(replace(PAID, recovered=Decimal(0), memo=Decimal(1)), "money", id="compensation-as-memo"),
        pytest.param(replace(FINE, memo=Decimal(0)), "amount", id="fine-of-nothing"),
        pytest.param(replace(FINE, units=2), "units", id="two-fines"),
        pytest.param(replace(BLOCKER, beneficiary=Beneficiary.BANK), "beneficiary", id="blocker-of-a-bank"),
        pytest.param(replace(SCAM, share=Decimal(0)), "share", id="no-share"),
        pytest.param(replace(SCAM, share=Decimal("1.0001")), "share", id="more-than-all"),
        pytest.param(replace(SCAM, share=Decimal("0.33333")), "share", id="share-too-fine"),
        pytest.param(
            replace(SCAM, share=Decimal("0.5"), partners=(PartnerShare("Kent Police", Decimal("0.5001")),)),
            "partners",
            id="together-more-than-all",
        ),
        pytest.param(
            replace(SCAM, share=Decimal("0.1"), partners=(PartnerShare("A", PART), PartnerShare(" a", PART))),
            "partners",
            id="one-partner-twice",
        ),
        pytest.param(
            replace(SCAM, share=Decimal("0.1"), partners=(PartnerShare(" ", PART),)), "partners", id="no-name"
        ),
    ],
)
def test_what_cannot_have_happened_is_refused_beside_its_field(bad: NewIntervention, field: str) -> None:
    with refused(field=field):
        check_intervention(bad, today=TODAY)


@pytest.mark.parametrize(
    ("amounts", "money"),
    [
        ({"prevented": Decimal(1)}, ValueClass.PREVENTED),
        ({"recovered": Decimal(1)}, ValueClass.RECOVERED),
        ({"future": Decimal(1)}, ValueClass.FUTURE_FINANCIAL),
        ({"memo": Decimal(1)}, ValueClass.MEMO),
        ({}, None),
    ],
)
def test_money_is_in_one_class(amounts: dict[str, Any], money: ValueClass | None) -> None:
    assert replace(BLOCKER, **amounts).money is money


@pytest.mark.parametrize(("amount", "needed"), [("5000.00", False), ("5000.01", True)])
def test_only_more_than_five_thousand_pounds_needs_a_second_officer(amount: str, needed: bool) -> None:  # noqa: FBT001
    assert needs_verifying(Decimal(amount)) is needed


def test_nobody_verifies_their_own_amount() -> None:
    check_verifier(typed_by={1}, verifier=2, is_needed=True)
    check_verifier(typed_by={None}, verifier=2, is_needed=True)
    for recorded_by, verifier in [(1, 1), (1, None), (None, None)]:
        with refused():
            check_verifier(typed_by={recorded_by}, verifier=verifier, is_needed=True)


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        pytest.param(date(2021, 1, 1), date(2021, 3, 31), False, id="ends-the-day-before"),
        pytest.param(date(2021, 1, 1), date(2021, 4, 1), True, id="ends-on-the-first-day"),
        pytest.param(date(2023, 3, 31), None, True, id="starts-on-the-last-day"),
        pytest.param(date(2023, 4, 1), None, False, id="starts-the-day-after"),
        pytest.param(date(2020, 1, 1), None, True, id="open-end-over-all-of-it"),
    ],
)
def test_two_spans_overlap_where_they_share_a_day(first: date, last: date | None, overlaps: bool) -> None:  # noqa: FBT001
    published = Span(date(2021, 4, 1), date(2023, 3, 31))
    assert Span(first, last).overlaps(published) is overlaps
    assert published.overlaps(Span(first, last)) is overlaps


def test_a_span_ends_on_or_after_its_first_day() -> None:
    check_span(Span(TODAY, TODAY))
    with refused(RuleViolation, "before the first", field="effective_to"):
        check_span(Span(TODAY, date(2026, 6, 9)))
    with refused(RuleViolation, "between 2000 and 2100", field="effective_from"):
        check_span(Span(date(1, 1, 1), None))


def test_no_float_and_no_rounding_by_halves_to_even_enters_savings() -> None:
    folder = Path(__file__).parents[2] / "tsalert" / "savings"
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    assert len(trees) > 5
    assert not [node.id for node in nodes if isinstance(node, ast.Name) and node.id in {"float", "round"}]
    assert not [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, float)]


def test_what_was_counted_is_said_in_words() -> None:
    assert InterventionType.CALL_BLOCKER.in_words(1) == "1 call blocker"
    assert InterventionType.FRIENDS_AGAINST_SCAMS.in_words(1200) == "1,200 people trained"


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ((1, 5), (5, 9), True),
        ((1, 5), (6, 9), False),
        ((1, None), (9, 9), True),
        ((9, None), (1, 8), False),
        ((1, None), (2, None), True),
    ],
)
def test_a_span_without_an_end_overlaps_all_that_ends_later(
    one: tuple[int, int | None], other: tuple[int, int | None], *, is_shared: bool
) -> None:
    first, second = (
        Span(date(2026, 6, begins), date(2026, 6, ends) if ends else None) for begins, ends in (one, other)
    )
    assert first.overlaps(second) is second.overlaps(first) is is_shared


def test_rates_begin_in_this_century() -> None:
    for first in (date(2000, 1, 1), date(2100, 1, 1)):
        check_span(Span(first, first))
    for first in (date(1999, 12, 31), date(2100, 1, 2)):
        with refused(RuleViolation, "between 2000 and 2100", field="effective_from"):
            check_span(Span(first, None))
