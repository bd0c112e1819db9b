"""What if? The same period with what stands and with a draft in its place, row by row. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from tsalert.savings.figures.cells import Cell, SavingsRow
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.valuing.valuation import shown_pounds, total


class ComparedRow(Struct, frozen=True):
    """A row as it stands and as it would be; the difference is rounded from its own exact sum."""

    standing: SavingsRow
    tried: SavingsRow

    @property
    def difference(self) -> Cell:
        """What the draft would change."""
        first, second = self.standing.total, self.tried.total
        exact = total((second.exact, -first.exact))
        return Cell(exact, is_incomplete=first.is_incomplete or second.is_incomplete)

    @property
    def text(self) -> str:
        """The difference as printed, with its sign; "not known" where only one side has rates."""
        first, second = self.standing.total, self.tried.total
        if first.has_no_value is not second.has_no_value:
            return "not known"
        return signed(self.difference.exact)


def compare_rows(standing: SavingsTable, tried: SavingsTable) -> Sequence[ComparedRow]:
    """Put two tables of the same profile side by side, the totals last."""
    return [ComparedRow(row, tried.row(row.slug)) for row in standing.lines]


def signed(amount: Decimal) -> str:
    """Write a difference: ``+£1,200``, ``-£3``, ``no change``."""
    if amount == 0:
        return "no change"
    return shown_pounds(amount) if amount < 0 else f"+{shown_pounds(amount)}"
