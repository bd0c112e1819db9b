"""What people look at of runs: pages of lines, files of lines, and two runs side by side."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.runs import rules
from tsalert.runs.canonical import number
from tsalert.runs.differing import Difference, Explained, Kind, differences
from tsalert.runs.lines import Worked
from tsalert.runs.queries import Run, get_run
from tsalert.runs.tally import Place, difference
from tsalert.runs.valuing import Valuer
from tsalert.savings.valuing.profiles import TOTAL

PAGE = 50
HEAD = (
    "Record", "Version", "Kind of work", "Date", "Counts on", "Row", "Column", "Value class", "Rate set", "Rate",
    "Operands", "Our share", "Counted before", "Exact value",
)  # fmt: skip


class WorkedPage(Struct, frozen=True):
    """Some records of a run with their lines; ``next`` is the ``after`` of the page that follows, if one does."""

    items: list[Worked]
    next: str | None


class Comparison(Struct, frozen=True):
    """Why one run comes to other totals than another.

    :param questions: what the two were not asked alike, in words.
    :param differences: by how much each total of the second exceeds the first's, as the runs were kept.
    :param explained: the same, added up from every record.
    """

    first: Run
    second: Run
    questions: list[str]
    differences: dict[Place, Decimal]
    explained: dict[Place, Decimal]
    counts: dict[Kind, int]
    items: list[Difference]
    next: str | None

    @property
    def moved(self) -> Decimal:
        """By how much the records together move the grand total."""
        return self.explained.get((TOTAL, TOTAL), Decimal(0))

    @staticmethod
    def worth(found: Difference) -> Decimal:
        """Return by how much one record moves the grand total."""
        return found.effects.get((TOTAL, TOTAL), Decimal(0))

    @property
    def adds_up(self) -> bool:
        """True where the records explain the difference to the last digit; else a run does not verify."""
        return self.differences == self.explained


def lines_of(session: Session, run: Run, *, after: str | None = None) -> Iterator[Worked]:
    """Work a run's records out again, in its order.

    :param after: only those that come after this reference.
    """
    return Valuer(session, run.question, run.as_of).work(after=after)


def page_of_lines(session: Session, run: Run, *, after: str | None = None, size: int = PAGE) -> WorkedPage:
    """Return some of a run's records with their lines."""
    found = list(islice(Valuer(session, run.question, run.as_of, size=size + 1).work(after=after), size + 1))
    return WorkedPage(found[:size], found[size - 1].stood.reference if len(found) > size else None)


def rows_of_lines(session: Session, run: Run) -> Iterator[tuple[str | int, ...]]:
    """Yield a run's lines as rows of a file, every digit as it is."""
    for worked in lines_of(session, run):
        stood = worked.stood
        head = (stood.reference, stood.number, stood.type.value, stood.on_date.isoformat())
        for line in worked.lines:
            part, rate = line.part, line.part.rate
            place = (line.on.isoformat(), line.row or "", line.column or "", part.value_class.value)
            used = (rate.rate_set, f"{rate.component.value} {rate.kind.value}") if rate else ("", "as evidenced")
            operands = " × ".join(number(operand) for operand in part.operands)
            yield (*head, *place, *used, operands, number(part.share), number(part.less), number(part.exact))


def compare(
    session: Session, first: int, second: int, *, after: str | None = None, size: int | None = PAGE
) -> Comparison:
    """Explain record by record why the second run comes to other totals than the first.

    :param size: how many records are told; None for all.
    :raises NotFound: there is no such run.
    """
    one, other = get_run(session, first), get_run(session, second)
    explained = Explained()
    shown: list[Difference] = []
    for found in differences(lines_of(session, one), lines_of(session, other)):
        explained.add(found)
        if (size is None or len(shown) <= size) and (after is None or found.reference > after):
            shown.append(found)
    return Comparison(
        one,
        other,
        rules.differing(one.question, other.question),
        difference(one.totals, other.totals),
        explained.effects,
        explained.counts,
        shown[:size],
        shown[size - 1].reference if size and len(shown) > size else None,
    )
