"""Exact money: Decimal pounds, rounded half-up and only for display."""

import re
from decimal import ROUND_HALF_UP, Decimal

from tsalert.core.errors import RuleViolation

PENNY = Decimal("0.01")
POUND = Decimal(1)
LARGEST = Decimal("999999999.99")
# A comma groups thousands and nothing else: 4,50 may be meant for 4.50, and must not become 450.
_AMOUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?(?<=\d)", re.ASCII)
_LONGEST = 24


def exact(amount: Decimal) -> Decimal:
    """Return an amount as it is.

    :raises TypeError: it is a float, in which 0.1 and 0.2 do not make 0.3; a fault of the program, never of a person.
    """
    if not isinstance(amount, Decimal | int):
        raise TypeError(f"Money and rates are exact: give a Decimal, not {type(amount).__name__}.")
    return amount


def whole_pounds(amount: Decimal) -> Decimal:
    """Round to whole pounds, half away from zero, as the published figures are."""
    return amount.quantize(POUND, rounding=ROUND_HALF_UP)


def whole_pence(amount: Decimal) -> Decimal:
    """Round pounds to the penny, half away from zero."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def pence(amount: Decimal) -> int:
    """Return an amount in pounds as a whole number of pence.

    :raises RuleViolation: the amount has a fraction of a penny.
    """
    whole = Decimal(exact(amount)) * 100
    if whole != whole.to_integral_value():
        raise RuleViolation("An amount of money cannot hold a fraction of a penny.")
    return int(whole)


def parse_pounds(text: str) -> Decimal:
    """Read what a person types: ``4000``, ``£4,000``, ``4,000.50``.

    :raises RuleViolation: it is not an amount, is negative, holds a fraction of a penny or is a
        thousand million pounds or more.
    """
    typed = text.strip().removeprefix("£").strip()
    if typed.startswith("-") or len(typed) > _LONGEST:
        raise RuleViolation("Enter an amount between £0 and £999,999,999.99.")
    if not _AMOUNT.fullmatch(typed):
        raise RuleViolation("Enter an amount in pounds, like 4000 or 4,000.50.")
    amount = Decimal(typed.replace(",", ""))
    if amount > LARGEST:
        raise RuleViolation("Enter an amount between £0 and £999,999,999.99.")
    pence(amount)
    return amount.quantize(PENNY)


def format_pounds(amount: Decimal) -> str:
    """Write an exact amount: ``£4,000``, ``£505,804.50``, ``-£12``."""
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    return f"{sign}£{size:,.0f}" if size == size.to_integral_value() else f"{sign}£{size:,.2f}"
