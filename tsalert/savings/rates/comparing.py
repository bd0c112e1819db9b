"""Two rate sets side by side. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from tsalert.savings.valuing.valuation import Rate

_SAID = tuple(name for name in Rate.__struct_fields__ if name not in {"rate_set", "intervention_type", "component"})


class Difference(Struct, frozen=True):
    """What two sets say of one type and class; ``names`` are the parts in which they differ."""

    intervention_type: str
    component: str
    first: Rate | None
    second: Rate | None
    names: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """True where both sets say the same."""
        return self.first is not None and self.second is not None and not self.names


def compare(first: Sequence[Rate], second: Sequence[Rate]) -> list[Difference]:
    """Put the rates of two sets side by side, in the order of the first and then what only the second has."""
    return list(_pairs(first, second))


def _pairs(first: Sequence[Rate], second: Sequence[Rate]) -> Iterator[Difference]:
    ours = {(rate.intervention_type, rate.component): rate for rate in first}
    theirs = {(rate.intervention_type, rate.component): rate for rate in second}
    for kind, component in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get((kind, component)), theirs.get((kind, component))
        names = tuple(name for name in _SAID if one and other and getattr(one, name) != getattr(other, name))
        yield Difference(kind, component, one, other, names)
