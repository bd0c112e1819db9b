"""Adding up a run's lines into the cells of its profile and into classes, exactly. Pure."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec import Struct, field

from tsalert.core.money import whole_pounds
from tsalert.runs.canonical import line as written
from tsalert.runs.canonical import number
from tsalert.runs.lines import Line
from tsalert.savings.valuing.profiles import TOTAL
from tsalert.savings.valuing.valuation import total

CLASS, BANK = "class", "bank"
Place = tuple[str, str]


class Total(Struct, frozen=True):
    """One total of a run: a cell of its profile, or a class of value.

    The row of a class is ``class``, or ``bank`` where a bank must reimburse the loss.
    """

    row: str
    column: str
    exact: Decimal

    @property
    def shown(self) -> Decimal:
        """Whole pounds, half-up, as printed."""
        return whole_pounds(self.exact)

    @classmethod
    def nothing(cls, place: "Place") -> "Total":
        """Return a total in which nothing was counted."""
        return cls(*place, Decimal(0))


def places_of(line: Line, *, is_bank_loss: bool) -> tuple[Place, ...]:
    """Return every total that a line counts in: its class, and the cells of the table that hold it, if any.

    What a bank must reimburse is kept apart from what residents keep.
    """
    of_class = (BANK if is_bank_loss else CLASS, line.part.value_class.value)
    if line.row is None or line.column is None:
        return (of_class,)
    row, column = line.row, line.column
    return (of_class, (row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL))


class Tally(Struct):
    """Exact sums of lines, by the totals in which they count together."""

    _parts: dict[tuple[Place, ...], Decimal] = field(default_factory=dict)

    def add(self, line: Line, *, is_bank_loss: bool, sign: int = 1) -> None:
        """Count a line; a ``sign`` of -1 takes it off."""
        self.add_amount(places_of(line, is_bank_loss=is_bank_loss), sign * line.part.exact)

    def add_amount(self, places: tuple[Place, ...], amount: Decimal) -> None:
        """Count an amount in each of some totals."""
        known = self._parts.get(places)
        self._parts[places] = amount if known is None else total((known, amount))

    @property
    def sums(self) -> dict[Place, Decimal]:
        """Every total, by place."""
        found: dict[Place, Decimal] = {}
        for places, amount in self._parts.items():
            for place in places:
                found[place] = total((found.get(place, Decimal(0)), amount))
        return dict(sorted(found.items()))

    @property
    def moved(self) -> dict[Place, Decimal]:
        """The totals that are not nothing."""
        return {place: amount for place, amount in self.sums.items() if amount}

    def text(self) -> str:
        """Write the totals in canonical form, the same whatever the order in which lines came."""
        found = [{"row": row, "column": column, "exact": number(amount)} for (row, column), amount in self.sums.items()]
        return written({"totals": found})


def read_totals(text: str) -> tuple[Total, ...]:
    """Read totals back from their canonical form."""
    found: list[Mapping[str, str]] = json.loads(text)["totals"]
    return tuple(Total(each["row"], each["column"], Decimal(each["exact"])) for each in found)


def difference(first: Iterable[Total], second: Iterable[Total]) -> dict[Place, Decimal]:
    """Return by how much each total of the second exceeds the first's; totals that are equal are left out."""
    before = {(each.row, each.column): each.exact for each in first}
    after = {(each.row, each.column): each.exact for each in second}
    nothing = Decimal(0)
    found = {
        place: total((after.get(place, nothing), -before.get(place, nothing))) for place in sorted({*before, *after})
    }
    return {place: amount for place, amount in found.items() if amount}
