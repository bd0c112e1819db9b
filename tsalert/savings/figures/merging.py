"""Taking the formulas of many records together where they differ in their quantity alone. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from tsalert.savings.valuing.valuation import Contribution, RateKind, total


def merge(parts: Sequence[Contribution]) -> Contribution:
    """Return one formula for contributions of one class, rate and share; the pounds are the same exactly."""
    first = parts[0]
    return replace(
        first,
        exact=total(part.exact for part in parts),
        operands=_operands(parts),
        less=total(part.less for part in parts),
    )


def _operands(parts: Sequence[Contribution]) -> tuple[Decimal, ...]:
    rate = parts[0].rate
    if rate is None:
        return (total(part.operands[0] for part in parts),)
    if rate.kind is RateKind.PER_UNIT:
        return (total(part.operands[0] for part in parts), parts[0].operands[1])
    return (parts[0].operands[0], total(part.operands[1] for part in parts))
