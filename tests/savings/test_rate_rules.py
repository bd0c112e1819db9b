"""What a rate must be, who approves a set, and which set gives way to another."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tests.refusals import refused
from tsalert.core.errors import RuleViolation
from tsalert.savings.rates import rules
from tsalert.savings.rates.rules import NewRateSet, Standing, Takeover
from tsalert.savings.rules import Span
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass

UNIT = Rate("a", "call_blocker", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.5"), "share", "A")
PRICE = replace(UNIT, component=ValueClass.OTHER_SOCIETAL, kind=RateKind.PER_UNIT, value=Decimal(1_000_000))
LOSS = replace(PRICE, component=ValueClass.FUTURE_FINANCIAL, kind=RateKind.PER_AMOUNT, value=Decimal(1))
YEARLY = replace(PRICE, kind=RateKind.ANNUAL_STREAM, value=Decimal(5), term_years=5)
KEPT = replace(PRICE, kind=RateKind.REFERENCE)
SPAN = Span(date(2026, 1, 1), date(2026, 12, 31))
NEW = NewRateSet(slug="a-1", title="A", basis="prudent", span=SPAN, source="s", evidence_note="n", rates=(UNIT, PRICE))
ONE = Decimal(1)


@pytest.mark.parametrize(
    "rate",
    [
        UNIT,
        replace(UNIT, value=ONE),
        PRICE,
        replace(PRICE, low=Decimal(0), high=Decimal(1_000_000)),
        replace(LOSS, repeat_risk=ONE, deadweight=Decimal(0)),
        replace(YEARLY, deadweight=ONE, discount_rate=Decimal("0.035"), term_low=1, term_high=50),
        replace(YEARLY, value=Decimal("0.000000000001")),
        replace(YEARLY, term_low=5, term_high=5),
    ],
)
def test_a_rate_that_a_formula_can_use_is_taken(rate: Rate) -> None:
    rules.check_rate(rate, basis="prudent")


@pytest.mark.parametrize(
    ("rate", "field", "says"),
    [
        (KEPT, "kind", "Only a set of reference values"),
        (replace(PRICE, intervention_type="x"), "intervention_type", "Choose a type of intervention"),
        (replace(PRICE, component=ValueClass.MEMO), "component", "For information, never a saving has no rate"),
        (replace(PRICE, component=ValueClass.PREVENTED), "component", "has no rate: it is evidenced"),
        (replace(PRICE, component=ValueClass.HEALTH_QOL), "kind", "A share is a rate of health"),
        (replace(UNIT, component=ValueClass.OTHER_SOCIETAL), "kind", "A share is a rate of health"),
        (replace(PRICE, evidence_grade="F"), "evidence_grade", "Choose a grade from A, B, C, D, E."),
        (replace(PRICE, value=Decimal(1_000_001)), "value", "Enter a number from 0 to 1,000,000"),
        (replace(PRICE, value=Decimal(-1)), "value", "Enter a number from 0 to 1,000,000"),
        (replace(PRICE, value=Decimal("NaN")), "value", "Enter a number from 0"),
        (replace(PRICE, value=Decimal("1E-13")), "value", "Enter a number from 0"),
        (replace(UNIT, value=Decimal("1.1")), "value", "Enter a number from 0 to 1."),
        (replace(LOSS, value=Decimal("1.1")), "value", "Enter a number from 0 to 1."),
        (replace(PRICE, low=Decimal(-1)), "low", "Enter a number from 0"),
        (replace(PRICE, high=Decimal(1_000_001)), "high", "Enter a number from 0"),
        (replace(YEARLY, low=Decimal(6)), "low", "Low is at most"),
        (replace(YEARLY, high=Decimal(4)), "low", "Low is at most"),
        (replace(YEARLY, discount_rate=Decimal("1.1")), "discount_rate", "Enter a part of one"),
        (replace(YEARLY, deadweight=Decimal(-1)), "deadweight", "Enter a part of one"),
        (replace(LOSS, repeat_risk=Decimal("Infinity")), "repeat_risk", "Enter a part of one"),
        (replace(YEARLY, repeat_risk=ONE), "repeat_risk", "Repeat risk belongs to"),
        (replace(PRICE, deadweight=ONE), "deadweight", "Deadweight belongs to"),
        (replace(YEARLY, term_years=None), "term_years", "Enter the years for which it counts"),
        (replace(YEARLY, term_years=51), "term_years", "A term is 1 to 50 years"),
        (replace(YEARLY, term_low=0), "term_years", "A term is 1 to 50 years"),
        (replace(YEARLY, term_low=6), "term_low", "The low term is at most"),
        (replace(YEARLY, term_high=4), "term_low", "The low term is at most"),
        (replace(PRICE, term_low=1), "kind", "Only a yearly rate is discounted"),
        (replace(PRICE, term_high=1), "kind", "Only a yearly rate is discounted"),
        (replace(PRICE, discount_rate=ONE), "kind", "Only a yearly rate is discounted"),
    ],
)
def test_a_rate_that_no_formula_could_use_is_refused_at_its_field(rate: Rate, field: str, says: str) -> None:
    with refused(RuleViolation, says, field=field):
        rules.check_rate(rate, basis="prudent")


def test_reference_values_stand_by_themselves() -> None:
    rules.check_rate(KEPT, basis="reference")
    rules.check_rate(replace(KEPT, intervention_type="x", component=ValueClass.MEMO), basis="reference")
    with refused(RuleViolation, "Only a set of reference values", field="kind"):
        rules.check_rate(PRICE, basis="reference")


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"slug": "A"}, "slug", "A name is small letters"),
        ({"slug": "x" * 61}, "slug", "A name is small letters"),
        ({"basis": "x"}, "basis", "Choose one of: published, prudent, reference."),
        ({"span": Span(SPAN.first_day, date(2025, 1, 1))}, "effective_to", "The last day"),
        ({"rates": (UNIT, PRICE, UNIT)}, "rates", "there are two rates"),
        ({"rates": (KEPT,)}, "kind", "Only a set of reference values"),
    ],
)
def test_a_set_that_could_not_be_chosen_or_quoted_is_refused(changes: dict[str, Any], field: str, says: str) -> None:
    rules.check_rate_set(NEW)
    rules.check_rate_set(replace(NEW, slug="x" * 60))
    with pytest.raises(RuleViolation, match=says) as found:
        rules.check_rate_set(replace(NEW, **changes))
    assert found.value.field == field


def test_somebody_who_wrote_none_of_a_set_approves_it() -> None:
    rules.check_approval(writers=[1, None], approver=2, rates=[UNIT], basis="prudent")
    rules.check_approval(writers=[1, None], approver=None, rates=[UNIT], basis="prudent")
    with refused(RuleViolation, "Another manager than one who wrote"):
        rules.check_approval(writers=[1, 2], approver=2, rates=[UNIT], basis="prudent")
    with refused(RuleViolation, "A set without rates"):
        rules.check_approval(writers=[1], approver=2, rates=[], basis="prudent")
    with refused(RuleViolation, "Reference values are in no formula"):
        rules.check_approval(writers=[1], approver=2, rates=[KEPT], basis="reference")


OPEN = Standing("old", "The old one", Span(date(2025, 1, 1), None))
CLOSED = Standing("year", "The year", SPAN)


def test_which_set_gives_way_and_from_when() -> None:
    until_open = Span(date(2026, 1, 1), None)
    assert rules.take_over(until_open, [OPEN], supersedes=None) == Takeover("old", date(2026, 1, 1), is_whole=False)
    assert rules.take_over(Span(date(2027, 1, 1), None), [CLOSED], supersedes=None) is None
    whole = rules.take_over(SPAN, [CLOSED], supersedes="year")
    assert whole == Takeover("year", date(2026, 1, 1), is_whole=True)
    with refused(RuleViolation, "The year already has some of these dates", field="effective_from"):
        rules.take_over(SPAN, [CLOSED], supersedes=None)
    with refused(RuleViolation, "One set can supersede only one other", field="supersedes"):
        rules.take_over(until_open, [OPEN, CLOSED], supersedes="year")
    after = Span(date(2027, 1, 1), None)
    for approved, named in (([CLOSED], "year"), ([OPEN], "year"), ([], "old")):
        with refused(RuleViolation, f"No approved set of this basis is called {named}", field="supersedes"):
            rules.take_over(after, approved, supersedes=named)
    for standing in (OPEN, CLOSED):
        with refused(RuleViolation, f"{standing.title} reaches further", field="effective_to"):
            rules.take_over(Span(date(2026, 1, 1), date(2026, 6, 1)), [standing], supersedes=standing.slug)
