"""How recorded quantities become pounds: value classes, rates as data, and the formula behind every pound. Pure.

Every result is exact. Nothing is rounded here but the last figure of a formula's text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from enum import StrEnum
from math import prod

from tsalert.core.money import PENNY, whole_pounds

# Arithmetic that would lose a digit raises instead.
_EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
_NOTHING = Decimal(0)


class ValueClass(StrEnum):
    """What a pound of benefit is; a pound is in one class only, and classes are never blurred."""

    PREVENTED = "prevented"
    RECOVERED = "recovered"
    FUTURE_FINANCIAL = "future_financial"
    HEALTH_QOL = "health_qol"
    OTHER_SOCIETAL = "other_societal"
    MEMO = "memo"

    @property
    def letter(self) -> str:
        """The class's letter in the method."""
        return _CLASSES[self][0]

    @property
    def label(self) -> str:
        """The class in words."""
        return _CLASSES[self][1]


_CLASSES = {
    ValueClass.PREVENTED: ("A", "Money stopped before it was lost"),
    ValueClass.RECOVERED: ("B", "Money returned to residents"),
    ValueClass.FUTURE_FINANCIAL: ("C", "Estimated future losses avoided"),
    ValueClass.HEALTH_QOL: ("D", "Estimated health and quality-of-life benefit"),
    ValueClass.OTHER_SOCIETAL: ("E", "Other estimated benefit"),
    ValueClass.MEMO: ("M", "For information, never a saving"),
}


class RateKind(StrEnum):
    """What a rate is multiplied with."""

    PER_UNIT = "per_unit"
    PER_AMOUNT = "per_amount"
    SHARE_OF = "share_of"
    ANNUAL_STREAM = "annual_stream"
    REFERENCE = "reference"


EVIDENCE_GRADES = {
    "A": "audited local outturn",
    "B": "official guidance",
    "C": "independent evaluation",
    "D": "vendor or sector estimate",
    "E": "inferred or unknown",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of a rate set: what one unit, pound or share of a type of intervention is worth in one class.

    :param kind: per unit (pounds each), per evidenced future pound, share of the financial saving, pounds a unit
        and year of its term, or a value that is kept for reference and in no formula.
    :param low: the low and high of the prudent basis, where there are any; likewise of the term.
    :param discount_rate: what a year later takes off, such as 0.035.
    :param deadweight: the part that would have come about without us.
    :param repeat_risk: the part of a future loss that would really have followed.
    """

    rate_set: str
    intervention_type: str
    component: ValueClass
    kind: RateKind
    value: Decimal
    unit: str
    evidence_grade: str
    term_years: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    term_low: int | None = None
    term_high: int | None = None
    discount_rate: Decimal | None = None
    deadweight: Decimal | None = None
    repeat_risk: Decimal | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was recorded, for one intervention or for many of one type; pounds where it is money."""

    units: int = 0
    prevented: Decimal = _NOTHING
    recovered: Decimal = _NOTHING
    future: Decimal = _NOTHING

    def __add__(self, other: "Quantity") -> "Quantity":
        with localcontext(_EXACT):
            return Quantity(
                self.units + other.units,
                self.prevented + other.prevented,
                self.recovered + other.recovered,
                self.future + other.future,
            )


@dataclass(frozen=True, slots=True)
class Contribution:
    """Some pounds of one class and what made them; without a rate they stand as evidenced."""

    value_class: ValueClass
    exact: Decimal
    operands: tuple[Decimal, ...]
    rate: Rate | None = None

    @property
    def shown(self) -> Decimal:
        """Whole pounds, half-up, as printed."""
        return whole_pounds(self.exact)

    @property
    def formula(self) -> str:
        """The sum in full, such as ``3 × £16,540.50 = £49,621.50 → £49,622``."""
        result = f"{exact_pounds(self.exact)} → £{self.shown:,}"
        if self.rate is None:
            return f"{exact_pounds(self.exact)} as evidenced → £{self.shown:,}"
        factor, base = self.operands
        if self.rate.kind is RateKind.PER_UNIT:
            return f"{factor:,} × {exact_pounds(base)} = {result}"
        return f"{factor.normalize():f} × {exact_pounds(base)} = {result}"


def value(quantity: Quantity, rates: Sequence[Rate], *, shares_of: frozenset[ValueClass]) -> tuple[Contribution, ...]:
    """Say what a quantity of one type is worth under the rates for that type, class by class.

    Being linear, it gives the same for a group as for its records one by one and added up.

    :param shares_of: the classes whose sum a ``share_of`` rate is a share of; the report profile decides.
    """
    with localcontext(_EXACT):
        made = [*_evidenced(quantity), *_rated(quantity, rates)]
        base = sum((part.exact for part in made if part.value_class in shares_of), _NOTHING)
        shares = [_times(rate, rate.value, base) for rate in rates if rate.kind is RateKind.SHARE_OF and base]
        return (*made, *shares)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Add exactly; a sum that would lose a digit raises."""
    with localcontext(_EXACT):
        return sum(amounts, _NOTHING)


def product(factors: Iterable[Decimal]) -> Decimal:
    """Multiply exactly; a product that would lose a digit raises."""
    with localcontext(_EXACT):
        return prod(factors, start=Decimal(1))


def exact_pounds(amount: Decimal) -> str:
    """Write every digit of an amount, at least its pence: ``£49,621.50``, ``£0.0054``."""
    digits = amount.normalize(_EXACT)
    exponent = digits.as_tuple().exponent
    if isinstance(exponent, int) and exponent > -2:
        digits = digits.quantize(PENNY, context=_EXACT)
    return f"-£{-digits:,f}" if digits < 0 else f"£{digits:,f}"


def _evidenced(quantity: Quantity) -> list[Contribution]:
    amounts = ((ValueClass.PREVENTED, quantity.prevented), (ValueClass.RECOVERED, quantity.recovered))
    return [Contribution(kind, amount, (amount,)) for kind, amount in amounts if amount]


def _rated(quantity: Quantity, rates: Sequence[Rate]) -> list[Contribution]:
    made = []
    for rate in rates:
        if rate.kind is RateKind.PER_UNIT and quantity.units:
            made.append(_times(rate, Decimal(quantity.units), rate.value))
        elif rate.kind is RateKind.PER_AMOUNT and quantity.future:
            made.append(_times(rate, rate.value, quantity.future))
    return made


def _times(rate: Rate, factor: Decimal, base: Decimal) -> Contribution:
    return Contribution(rate.component, factor * base, (factor, base), rate)
