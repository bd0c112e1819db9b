"""What alerts may still cost in this hour and this month, exact to a ten-thousandth of a penny. Pure."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from tsalert.core.clock import as_utc, london_date, london_midnight
from tsalert.core.money import whole_pence

# Prices have up to four decimals of a penny, so that sums in this unit are whole numbers.
_UNITS_OF_A_PENNY = 10_000
_UNITS_OF_A_POUND = 100 * _UNITS_OF_A_PENNY


class Span(StrEnum):
    """A time for which spending is limited, in the order in which everybody counts."""

    HOUR = "hour"
    MONTH = "month"


class Purse(Struct, frozen=True):
    """What was spent in one span so far, in units, and what may be in pounds; None sets no limit."""

    span: Span
    limit: Decimal | None
    spent: int

    @property
    def left(self) -> Decimal | None:
        """Pounds that may still be spent; None where there is no limit, nothing where it is passed already."""
        return None if self.limit is None else max(self.limit - in_pounds(self.spent), Decimal(0))

    def bears(self, cost: int) -> bool:
        """Tell whether so many units more keep within the limit."""
        return self.limit is None or self.spent + cost <= self.limit * _UNITS_OF_A_POUND


def to_units(pence: Decimal) -> int:
    """Return pence as whole units."""
    return int(pence * _UNITS_OF_A_PENNY)


def in_pounds(cost: int) -> Decimal:
    """Return units as pounds, exact."""
    return Decimal(cost) / _UNITS_OF_A_POUND


def to_the_penny(amount: Decimal) -> str:
    """Write an exact amount in pounds rounded to the penny, with both digits of it: ``£2.00``."""
    return f"£{whole_pence(amount):,}"


def begins(span: Span, now: datetime) -> datetime:
    """Return when the hour or the month that holds an instant began in London, whose clocks change on whole hours."""
    if span is Span.HOUR:
        return as_utc(now).replace(minute=0, second=0, microsecond=0)
    return london_midnight(london_date(now).replace(day=1))


def why_too_dear(cost: int, purses: Iterable[Purse], *, is_again: bool = False) -> str | None:
    """Return why an alert may not cost so much now, in words; None where it may.

    :param is_again: it went out before, and its channels and audience stand.
    """
    advice = "Send it again for fewer reasons," if is_again else "Leave a channel out, narrow who it goes to,"
    for purse in purses:
        if purse.limit is not None and purse.left is not None and not purse.bears(cost):
            return (
                f"Its texts and calls cost {to_the_penny(in_pounds(cost))}, but only {to_the_penny(purse.left)} of the "
                f"{to_the_penny(purse.limit)} for the {purse.span} is left. {advice} or ask a manager to let it cost "
                "more."
            )
    return None
