"""What the prudent rates come to."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tsalert.core.errors import RuleViolation
from tsalert.savings.valuing.scenarios import Scenario, rate_in, stream_price, term_in
from tsalert.savings.valuing.valuation import Quantity, Rate, RateKind, ValueClass, value

BLOCKER = Rate(
    "prudent",
    "call_blocker",
    ValueClass.FUTURE_FINANCIAL,
    RateKind.ANNUAL_STREAM,
    Decimal("2417.52"),
    "a call blocker a year",
    "D",
    term_years=3,
    low=Decimal(313),
    high=Decimal("3308.10"),
    term_low=2,
    term_high=5,
    discount_rate=Decimal("0.035"),
    deadweight=Decimal("0.25"),
)
LOSS = Rate(
    "prudent",
    "scam_victim",
    ValueClass.FUTURE_FINANCIAL,
    RateKind.PER_AMOUNT,
    Decimal(1),
    "of the evidenced future loss",
    "E",
    deadweight=Decimal("0.25"),
    repeat_risk=Decimal("0.5"),
)


@pytest.mark.parametrize(
    ("scenario", "price"),
    [(Scenario.LOW, "461.56"), (Scenario.CENTRAL, "5257.55"), (Scenario.HIGH, "11594.26")],
)
def test_a_blocker_is_worth_its_discounted_years_without_what_would_have_come_anyway(
    scenario: Scenario, price: str
) -> None:
    used = rate_in(BLOCKER, scenario)
    assert (used.kind, used.value) == (RateKind.PER_UNIT, Decimal(price))


def test_of_a_future_loss_counts_what_would_really_have_followed() -> None:
    used = rate_in(LOSS, Scenario.CENTRAL)
    (part,) = value(Quantity(1, future=Decimal(4000)), [used], shares_of=frozenset())
    assert part.formula == "0.375 × £4,000.00 = £1,500.00 → £1,500"


def test_money_that_was_stopped_stays_as_evidenced() -> None:
    (part,) = value(Quantity(1, prevented=Decimal(4000)), [rate_in(LOSS, Scenario.LOW)], shares_of=frozenset())
    assert part.exact == Decimal(4000)


def test_a_rate_without_a_low_and_a_high_is_the_same_in_every_scenario() -> None:
    share = Rate("published", "any", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.54"), "of it", "E")
    assert {rate_in(share, scenario) for scenario in Scenario} == {share}


def test_a_low_of_nothing_is_nothing_and_not_the_central_value() -> None:
    share = Rate("p", "any", ValueClass.HEALTH_QOL, RateKind.SHARE_OF, Decimal("0.54"), "of it", "E", low=Decimal(0))
    assert rate_in(share, Scenario.LOW).value == 0


def test_a_yearly_rate_without_a_term_is_refused() -> None:
    with pytest.raises(RuleViolation, match="term"):
        rate_in(replace(BLOCKER, term_years=None), Scenario.CENTRAL)


@given(
    pence=st.integers(0, 10**7),
    discount=st.integers(0, 200),
    deadweight=st.integers(0, 1000),
    term=st.integers(1, 30),
)
def test_the_years_one_by_one_differ_from_the_term_by_at_most_half_a_penny_each(
    pence: int, discount: int, deadweight: int, term: int
) -> None:
    rate = replace(
        BLOCKER,
        value=Decimal(pence) / 100,
        discount_rate=Decimal(discount) / 1000,
        deadweight=Decimal(deadweight) / 1000,
        term_years=term,
    )
    whole = stream_price(rate, range(term_in(rate, Scenario.CENTRAL)))
    parts = [stream_price(rate, [year]) for year in range(term)]
    assert parts == sorted(parts, reverse=True)
    assert abs(sum(parts) - whole) <= Decimal("0.005") * (term + 1)
    assert whole <= Decimal(pence) / 100 * term
    assert Fraction(whole) * 100 == (Fraction(whole) * 100).__floor__()
