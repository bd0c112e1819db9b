"""When a unit's worth is counted: its whole term at once, or a year of it on each anniversary. Pure.

The years of a term add up to the whole of it to the penny: each is the difference between two sums of whole years.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from msgspec.structs import replace

from tsalert.savings.valuing.scenarios import Scenario, end_of, rate_in, stream_price, term_in, to_the_penny
from tsalert.savings.valuing.valuation import Rate, RateKind, total


class Recognition(StrEnum):
    """When what lasts for years is counted."""

    WHOLE_TERM = "whole_term"
    YEARLY = "yearly"

    @property
    def label(self) -> str:
        """The choice in words."""
        return {
            Recognition.WHOLE_TERM: "The whole term when it is installed",
            Recognition.YEARLY: "A year of the term at installation and on each anniversary",
        }[self]


def has_term(rate: Rate) -> bool:
    """Tell whether a rate is for something that goes on being worth something for years."""
    return rate.kind is RateKind.ANNUAL_STREAM or (rate.kind is RateKind.PER_UNIT and rate.term_years is not None)


def longest_term(rates: Iterable[Rate], scenario: Scenario) -> int:
    """Return the years over which anything of one type is counted; 1 where all of it is counted at once."""
    return max((term_in(rate, scenario) for rate in rates if has_term(rate)), default=1)


@lru_cache(maxsize=4096)
def rates_of_year(rates: tuple[Rate, ...], scenario: Scenario, year: int) -> tuple[Rate, ...]:
    """Return what one year of a term is worth, the first being 0; what has no term is counted in the first.

    Where nothing is left in a year, there are no rates.
    """
    used = [_priced(rate, scenario, year, year + 1) if has_term(rate) else rate_in(rate, scenario) for rate in rates]
    if year == 0:
        return tuple(used)
    lasting = [rate for given, rate in zip(rates, used, strict=True) if has_term(given) and rate.value]
    return (*lasting, *_shares(used)) if lasting else ()


@lru_cache(maxsize=4096)
def rates_of_unexpired(rates: tuple[Rate, ...], scenario: Scenario, begun: int) -> tuple[Rate, ...]:
    """Return, as a negative price, what the years are worth that had not begun when a unit ended.

    Where every year had begun, there are no rates.
    """
    lasting = [_priced(rate, scenario, begun, term_in(rate, scenario)) for rate in rates if has_term(rate)]
    taken = tuple(replace(rate, value=-rate.value) for rate in lasting if rate.value)
    return (*taken, *_shares(rate_in(rate, scenario) for rate in rates)) if taken else ()


def anniversary(day: date, years: int) -> date:
    """Return the same day some years later; for 29 February, where there is none, the day before 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def years_begun(installed_on: date, ended_on: date) -> int:
    """Return how many years of its use had begun when a unit ended; the first begins at installation."""
    whole = ended_on.year - installed_on.year
    return max(1, whole + (anniversary(installed_on, whole) < ended_on))


def _priced(rate: Rate, scenario: Scenario, first: int, end: int) -> Rate:
    """Return a rate for the years from one up to another of its term, as pounds a unit."""
    price = total((_years(rate, scenario, end), -_years(rate, scenario, first)))
    return replace(rate_in(rate, scenario), kind=RateKind.PER_UNIT, value=price)


def _years(rate: Rate, scenario: Scenario, count: int) -> Decimal:
    """Return what the first years of a unit's term are worth together; all of them are worth its whole price."""
    whole, term = rate_in(rate, scenario), term_in(rate, scenario)
    if count >= term:
        return whole.value
    if rate.kind is RateKind.ANNUAL_STREAM:
        return stream_price(end_of(rate, scenario), range(count))
    return to_the_penny(Fraction(whole.value) * count / term)


def _shares(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    return tuple(rate for rate in rates if rate.kind is RateKind.SHARE_OF)
