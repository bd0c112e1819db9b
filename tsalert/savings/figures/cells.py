"""Figures: cells that are each the rounding of their own exact sum, and the rows that they stand in. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field

from tsalert.core.money import whole_pounds
from tsalert.savings.figures.groups import Group
from tsalert.savings.valuing.profiles import TOTAL, Profile
from tsalert.savings.valuing.valuation import shown_pounds, total


class Cell(Struct, frozen=True):
    """One figure.

    :param is_incomplete: no approved rate values some of its records on their dates.
    :param is_counted_only: nothing of this kind has a value at all.
    """

    exact: Decimal
    is_incomplete: bool = False
    is_counted_only: bool = False

    @property
    def shown(self) -> Decimal:
        """Whole pounds, half-up, as printed."""
        return whole_pounds(self.exact)

    @property
    def text(self) -> str:
        """What is printed; a clear word, not zero, where nothing could be valued."""
        if self.is_counted_only:
            return "counted, not valued"
        return "no approved rate" if self.has_no_value else shown_pounds(self.exact)

    @property
    def has_no_value(self) -> bool:
        """True where there are records and no approved rate gives any of them a value."""
        return self.is_incomplete and not self.exact


class SavingsRow(Struct, frozen=True):
    """One row; a column in which it has no figure is None, as is the number of unlike things.

    :param opens: what leads to the explanation of its figures, beside what their columns say.
    """

    slug: str
    title: str
    number: int | None
    cells: Mapping[str, Cell | None]
    opens: Mapping[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> Cell | None:
        """Return the cell of a column."""
        return self.cells.get(column)

    @property
    def total(self) -> Cell:
        """The row's own total."""
        found = self.cells[TOTAL]
        assert found is not None
        return found


class RowSpec(Struct, frozen=True):
    """A row to be filled: which groups it holds, and where it has a figure even if nothing came in."""

    slug: str
    title: str
    holds: Callable[[Group], bool]
    columns: Sequence[str]
    is_counted: bool = False
    opens: Mapping[str, str] = field(default_factory=dict)


def fill(
    profile: Profile, specs: Iterable[RowSpec], groups: Sequence[Group]
) -> tuple[tuple[SavingsRow, ...], SavingsRow]:
    """Return rows and their totals, each figure from the exact pounds of its own groups."""
    rows = tuple(_row(profile, spec, [group for group in groups if spec.holds(group)]) for spec in specs)
    return rows, totals_of(rows, profile.columns)


def totals_of(rows: Sequence[SavingsRow], columns: Iterable[str]) -> SavingsRow:
    """Return the row of totals under some rows."""
    sums = {name: sum_of(row.cell(name) for row in rows) for name in columns}
    return SavingsRow(TOTAL, "Total", None, sums, {"row": TOTAL})


def sum_of(cells: Iterable[Cell | None]) -> Cell:
    """Add figures up exactly."""
    given = [cell for cell in cells if cell is not None]
    return Cell(total(cell.exact for cell in given), is_incomplete=any(cell.is_incomplete for cell in given))


def adds_up(rows: Sequence[SavingsRow], totals: SavingsRow, parts: Sequence[str]) -> bool:
    """Tell whether all shown cells add up to all shown totals: across, down and altogether."""
    across = all(_adds_up([row.cell(name) for name in parts], row.total) for row in (*rows, totals)) if parts else True
    down = all(_adds_up([row.cell(name) for row in rows], cell) for name, cell in totals.cells.items())
    every = _adds_up([row.cell(name) for row in rows for name in parts], totals.total) if parts else True
    return across and down and every


def _adds_up(parts: Sequence[Cell | None], whole: Cell | None) -> bool:
    return whole is None or sum(part.shown for part in parts if part) == whole.shown


def _row(profile: Profile, spec: RowSpec, groups: Sequence[Group]) -> SavingsRow:
    number = sum(group.number for group in groups) if spec.is_counted else None
    if number and not any(group.contributions or group.lacks for group in groups):
        nothing: dict[str, Cell | None] = dict.fromkeys(profile.parts)
        return SavingsRow(
            spec.slug, spec.title, number, nothing | {TOTAL: Cell(Decimal(0), is_counted_only=True)}, spec.opens
        )
    cells: dict[str, Cell | None] = {name: _cell(profile, spec, name, groups) for name in profile.parts}
    return SavingsRow(spec.slug, spec.title, number, cells | {TOTAL: sum_of(cells.values())}, spec.opens)


def _cell(profile: Profile, spec: RowSpec, column: str, groups: Sequence[Group]) -> Cell | None:
    classes = profile.classes_of(column)
    amounts = [part.exact for group in groups for part in group.contributions if part.value_class in classes]
    lacks = any(group.lacks & classes for group in groups)
    return Cell(total(amounts), lacks) if amounts or lacks or column in spec.columns else None
