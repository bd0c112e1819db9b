"""What the rates of the prudent basis come to in a scenario: prices and shares that formulas multiply with. Pure.

A stream's price is worked out in exact fractions and rounded half-up once, to the penny, as the price of one unit;
everything after that is exact again.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from msgspec.structs import replace

from tsalert.core.errors import RuleViolation
from tsalert.core.money import PENNY
from tsalert.savings.valuing.valuation import Rate, RateKind, exact_pounds, plain, product

_ONE = Fraction(1)
_ALL = Decimal(1)


class Scenario(StrEnum):
    """Which end of the evidence the prudent basis is read from; the published basis has the central one alone.

    Low and high are what somebody could argue for, not the ends of a statistical interval.
    """

    LOW = "low"
    CENTRAL = "central"
    HIGH = "high"


@lru_cache(maxsize=1024)
def rate_in(rate: Rate, scenario: Scenario) -> Rate:
    """Return a rate as formulas use it in a scenario: pounds a unit, pounds a pound, or a share.

    :raises RuleViolation: an annual stream has no term.
    """
    chosen = end_of(rate, scenario)
    if rate.kind is RateKind.ANNUAL_STREAM:
        return replace(chosen, kind=RateKind.PER_UNIT, value=stream_price(chosen, range(term_in(rate, scenario))))
    if rate.kind is RateKind.PER_AMOUNT:
        return replace(chosen, value=_certain(chosen))
    return chosen


def end_of(rate: Rate, scenario: Scenario) -> Rate:
    """Return a rate whose value is its low or high one, where it has such."""
    amount = {Scenario.LOW: rate.low, Scenario.HIGH: rate.high}.get(scenario)
    return rate if amount is None else replace(rate, value=amount)


def term_in(rate: Rate, scenario: Scenario) -> int:
    """Return the years for which a unit goes on being worth something.

    :raises RuleViolation: none is given.
    """
    term = {Scenario.LOW: rate.term_low, Scenario.HIGH: rate.term_high}.get(scenario) or rate.term_years
    if term is None:
        raise RuleViolation("A yearly rate needs its term in years.", field="term_years")
    return term


def stream_price(rate: Rate, years: Iterable[int]) -> Decimal:
    """Return what some years of one unit's use are worth at installation, in whole pence; year 0 is the first.

    A year counts ``value × (1 - deadweight) / (1 + discount) ** year``.
    """
    growth = _ONE + Fraction(rate.discount_rate or 0)
    yearly = Fraction(rate.value) * (_ONE - Fraction(rate.deadweight or 0))
    return to_the_penny(sum((yearly / growth**year for year in years), Fraction(0)))


def price_text(rate: Rate, scenario: Scenario) -> str | None:
    """Say how the price or part that a formula uses came about; None where it is the rate's own number."""
    used, chosen = rate_in(rate, scenario), end_of(rate, scenario)
    if rate.kind is RateKind.ANNUAL_STREAM:
        return (
            f"{exact_pounds(used.value)} = {exact_pounds(chosen.value)} a year for {term_in(rate, scenario)} years"
            f"{_anyway(rate)}, a later year discounted at {_percent(rate.discount_rate)} a year"
        )
    if rate.kind is RateKind.PER_AMOUNT and used.value != chosen.value:
        follows = "" if rate.repeat_risk is None else f" × {plain(rate.repeat_risk)} that would have followed"
        return f"{plain(used.value)} = {plain(chosen.value)}{follows}{_anyway(rate)}"
    return None


def _anyway(rate: Rate) -> str:
    return f", less {_percent(rate.deadweight)} that would have come anyway" if rate.deadweight else ""


def _percent(part: Decimal | None) -> str:
    return f"{plain(product((part or Decimal(0), Decimal(100))))}%"


def _certain(rate: Rate) -> Decimal:
    """Return the part of an evidenced future loss that would have come without us."""
    follows = _ALL if rate.repeat_risk is None else rate.repeat_risk
    return product((rate.value, follows, _ALL - (rate.deadweight or Decimal(0))))


def to_the_penny(pounds: Fraction) -> Decimal:
    """Round half-up to whole pence; what is worth something is never negative."""
    return Decimal((pounds * 100 + Fraction(1, 2)).__floor__()) * PENNY
