"""How recorded quantities become pounds: value classes, rates as data, and the formula behind every pound. Pure.

Every result is exact. Nothing is rounded here but the last figure of a formula's text.
"""

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, Overflow, localcontext
from enum import StrEnum
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from tsalert.core.money import PENNY, whole_pounds

# Arithmetic that would lose a digit raises instead.
_EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow, Inexact])
_NOTHING = Decimal(0)
_ALL = Decimal(1)


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


FINANCIAL = frozenset({ValueClass.PREVENTED, ValueClass.FUTURE_FINANCIAL})
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


class Rate(Struct, frozen=True):
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


class Quantity(Struct, frozen=True):
    """What was recorded, for one intervention or for many of one type; pounds where it is money.

    :param units: how many count after the rules against counting twice.
    """

    units: int = 0
    prevented: Decimal = _NOTHING
    recovered: Decimal = _NOTHING
    future: Decimal = _NOTHING
    memo: Decimal = _NOTHING

    def __add__(self, other: "Quantity") -> "Quantity":
        with localcontext(_EXACT):
            return Quantity(
                self.units + other.units,
                self.prevented + other.prevented,
                self.recovered + other.recovered,
                self.future + other.future,
                self.memo + other.memo,
            )


class Contribution(Struct, frozen=True):
    """Some pounds of one class and what made them; without a rate they stand as evidenced.

    :param operands: the evidenced amount, or the factor and what it multiplies.
    :param share: our part of it, in a joint operation.
    :param less: what an earlier record of the same victim counted already.
    """

    value_class: ValueClass
    exact: Decimal
    operands: tuple[Decimal, ...]
    rate: Rate | None = None
    share: Decimal = _ALL
    less: Decimal = _NOTHING

    @property
    def shown(self) -> Decimal:
        """Whole pounds, half-up, as printed."""
        return whole_pounds(self.exact)

    @property
    def formula(self) -> str:
        """The sum in full, such as ``3 × £16,540.50 = £49,621.50 → £49,622``."""
        part = "" if self.share == _ALL else f"{plain(self.share)} × "
        less = f" − {exact_pounds(self.less)} counted before" if self.less else ""
        if self.less < 0:
            less = f" + {exact_pounds(-self.less)} that never counted"
        equals = f" = {exact_pounds(self.exact)}" if self.rate or part or less else ""
        return f"{part}{self._made_of}{less}{equals} → {shown_pounds(self.exact)}"

    @property
    def _made_of(self) -> str:
        if self.rate is None:
            return f"{exact_pounds(self.operands[0])} as evidenced"
        factor, base = self.operands
        count = f"{factor:,}" if self.rate.kind is RateKind.PER_UNIT else plain(factor)
        return f"{count} × {exact_pounds(base)}"


def value(
    quantity: Quantity,
    rates: Sequence[Rate],
    *,
    shares_of: frozenset[ValueClass],
    share: Decimal = _ALL,
    counted_before: Decimal = _NOTHING,
) -> tuple[Contribution, ...]:
    """Say what a quantity of one type is worth under the rates for that type, class by class.

    Being linear where nothing was counted before, it gives the same for a group as for its records added up.

    :param shares_of: the classes whose sum a ``share_of`` rate is a share of; the report profile decides.
    :param share: our part in a joint operation, of every pound.
    :param counted_before: financial pounds of an earlier record; only what exceeds them counts.
    """
    with localcontext(_EXACT):
        made = _in_excess([*_evidenced(quantity, share), *_rated(quantity, rates, share)], counted_before)
        base = [part.exact for part in made if part.value_class in shares_of]
        shares = [_times(rate, rate.value, sum(base)) for rate in rates if rate.kind is RateKind.SHARE_OF and base]
        return (*made, *shares)


def financial(parts: Iterable[Contribution]) -> Decimal:
    """Add up what is financial: classes A and C."""
    return total(part.exact for part in parts if part.value_class in FINANCIAL)


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


def shown_pounds(amount: Decimal) -> str:
    """Write an amount in whole pounds, half-up: ``£49,622``."""
    shown = whole_pounds(amount)
    return f"-£{-shown:,}" if shown < 0 else f"£{abs(shown):,}"


def plain(number: Decimal) -> str:
    """Write a rate or share without needless noughts: ``0.54``."""
    return f"{number.normalize(_EXACT):f}"


def _evidenced(quantity: Quantity, share: Decimal) -> list[Contribution]:
    amounts = (
        (ValueClass.PREVENTED, quantity.prevented),
        (ValueClass.RECOVERED, quantity.recovered),
        (ValueClass.MEMO, quantity.memo),
    )
    return [Contribution(kind, share * amount, (amount,), None, share) for kind, amount in amounts if amount]


def _rated(quantity: Quantity, rates: Sequence[Rate], share: Decimal) -> list[Contribution]:
    made = []
    for rate in rates:
        if rate.kind is RateKind.PER_UNIT and quantity.units:
            made.append(_times(rate, Decimal(quantity.units), rate.value, share))
        elif rate.kind is RateKind.PER_AMOUNT and quantity.future:
            made.append(_times(rate, rate.value, quantity.future, share))
    return made


def _times(rate: Rate, factor: Decimal, base: Decimal | int, share: Decimal = _ALL) -> Contribution:
    return Contribution(rate.component, share * factor * base, (factor, Decimal(base)), rate, share)


def _in_excess(parts: list[Contribution], counted_before: Decimal) -> list[Contribution]:
    """Take off what was counted before, from each financial part in turn and never beyond nothing.

    Of a negative part, which takes something back, is taken off what had never counted.
    """
    if not counted_before:
        return parts
    left, found = counted_before, []
    for part in parts:
        nearest = min if left > 0 else max
        less = nearest(left, part.exact) if left and part.value_class in FINANCIAL else _NOTHING
        left -= less
        found.append(replace(part, exact=part.exact - less, less=less))
    return found
