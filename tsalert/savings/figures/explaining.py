"""How was this worked out? From a figure of a table back to formulas, rates and records."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period
from tsalert.savings.figures import behind
from tsalert.savings.figures.cells import Cell
from tsalert.savings.figures.groups import Group, is_in_table
from tsalert.savings.figures.merging import merge
from tsalert.savings.figures.scopes import Scope
from tsalert.savings.figures.sums import Sums
from tsalert.savings.figures.table import SavingsTable, build_table, lacks_rate
from tsalert.savings.models import Intervention
from tsalert.savings.queries import Version
from tsalert.savings.rates.rate_sets import RateSetView, set_for
from tsalert.savings.rates.trying import sets_of
from tsalert.savings.valuing.methods import AS_PUBLISHED, Method
from tsalert.savings.valuing.profiles import TOTAL, RowRule
from tsalert.savings.valuing.records import rates_of, records_of
from tsalert.savings.valuing.scenarios import price_text
from tsalert.savings.valuing.valuation import Contribution, ValueClass, exact_pounds, shown_pounds
from tsalert.savings.valuing.worth import Moment, value_record

# Before the name of a row: all rows but that one, as the board's series tells the year.
ALL_BUT = "all-but-"
MOMENTS = {
    Moment.RECORDED: "",
    Moment.ANNIVERSARY: "another year of use",
    Moment.ENDED: "ended early, taken back",
}


class Figure(Struct, frozen=True):
    """Which figure is asked about; by default a period's grand total as published."""

    period: Period
    method: Method = AS_PUBLISHED
    row: str = TOTAL
    column: str = TOTAL
    ward: str | None = None


class Line(Struct, frozen=True):
    """One formula of an explanation; ``rate_set`` is None where an amount stands as evidenced.

    :param price: how the price of a unit came about, where it is more than one number.
    """

    row: str
    records: int
    moment: Moment
    contribution: Contribution
    rate_set: RateSetView | None
    price: str | None


class Unvalued(Struct, frozen=True):
    """Units of one row for which no approved rate stands on their dates."""

    row: str
    units: int
    first_day: date
    last_day: date


class Explanation(Struct, frozen=True):
    """Everything behind one figure; ``next`` is where the following page of records starts."""

    figure: Figure
    table: SavingsTable
    cell: Cell
    lines: tuple[Line, ...]
    unvalued: tuple[Unvalued, ...]
    records: tuple[behind.ValuedRecord, ...]
    next: str | None

    @property
    def title(self) -> str:
        """The figure in words: ``Call blockers, financial``."""
        if self.figure.row == self.figure.column == TOTAL:
            return "Total savings"
        row, column = self.figure.row, self.table.columns[self.figure.column]
        left_out = row.startswith(ALL_BUT)
        title = self.table.row(row.removeprefix(ALL_BUT)).title
        words = column if column[1:2] == ":" else column.lower()
        return f"All but {title}, {words}" if left_out else f"{title}, {words}"

    @property
    def sum(self) -> str:
        """The figure exactly and as shown: ``£49,621.50 → £49,622``."""
        return f"{exact_pounds(self.cell.exact)} → {shown_pounds(self.cell.exact)}"


class Valuation(Struct, frozen=True):
    """What one intervention is worth, by the approved rates of its own date, if there are any."""

    rate_set: RateSetView | None
    contributions: tuple[Contribution, ...]


def explain(session: Session, figure: Figure, *, after: str | None = None, size: int | None = None) -> Explanation:
    """Explain one figure of a period.

    :param size: how many records to name; by default a page of them.
    :raises RuleViolation: there is no such figure.
    """
    profile, method = figure.method.profile, figure.method
    rules = _rules(figure)
    sets = sets_of(session, method, figure.period)
    scope = Scope(types=tuple(rule.type for rule in rules), ward=figure.ward)
    groups = Sums(session, scope).groups((figure.period,), method, sets)
    table = build_table(figure.period, method, groups)
    row = TOTAL if figure.row.startswith(ALL_BUT) else figure.row
    cell = table.row(row).cell(figure.column)
    if cell is None:
        raise RuleViolation("There is no figure in that column.", field="column")
    counted = [group for group in groups if is_in_table(group, profile)]
    page = behind.read_page(session, behind.Asked(figure.period, method, tuple(sets), scope), after, size=size)
    classes = profile.classes_of(figure.column)
    return Explanation(
        figure,
        table,
        cell,
        tuple(_lines(figure, rules, counted, sets)),
        tuple(_unvalued(figure, rules, counted)),
        tuple(record.only(classes) for record in page.records),
        page.next,
    )


def value_intervention(session: Session, version: Version) -> Valuation:
    """Say what one intervention is worth in the published series, class by class."""
    sets = sets_of(session, AS_PUBLISHED)
    row = session.get_one(Intervention, version.id)
    (record,) = records_of(session, [row])
    return Valuation(set_for(sets, row.on_date), value_record(record, AS_PUBLISHED, rates_of(sets)))


def _rules(figure: Figure) -> list[RowRule]:
    rows = figure.method.profile.rows
    known = {TOTAL} | {rule.slug for rule in rows}
    row, left_out = figure.row.removeprefix(ALL_BUT), figure.row.startswith(ALL_BUT)
    if row not in known or (left_out and row == TOTAL):
        raise RuleViolation("There is no such row in the table.", field="row")
    if left_out:
        return [rule for rule in rows if rule.slug != row]
    return [rule for rule in rows if row in {TOTAL, rule.slug}]


def _lines(
    figure: Figure, rules: Iterable[RowRule], counted: Sequence[Group], sets: Iterable[RateSetView]
) -> Iterator[Line]:
    """Return the formulas, in the order of the table's rows; a year's quarters are taken together."""
    by_slug = {found.slug: found for found in sets}
    classes = figure.method.profile.classes_of(figure.column)
    for rule in rules:
        groups = [group for group in counted if group.type is rule.type]
        for moment, parts, records in _alike(groups, classes):
            part = merge(parts)
            chosen = by_slug[part.rate.rate_set] if part.rate else None
            price = _price(chosen, part, figure.method) if chosen and moment is Moment.RECORDED else None
            yield Line(rule.title, records, moment, part, chosen, price)


def _alike(
    groups: Iterable[Group], classes: Collection[ValueClass]
) -> Iterator[tuple[Moment, list[Contribution], int]]:
    """Yield the contributions that one formula tells together, with their moment and of how many records they are."""
    found: dict[tuple[Moment, *tuple[object, ...]], list[tuple[Contribution, int]]] = {}
    for group in groups:
        for part in group.contributions:
            if part.value_class in classes:
                alike = (group.entry.moment, part.value_class, part.rate, part.share, part.less != 0)
                found.setdefault(alike, []).append((part, group.records))
    for (moment, *_), parts in found.items():
        yield moment, [part for part, _ in parts], sum(records for _, records in parts)


def _price(chosen: RateSetView, part: Contribution, method: Method) -> str | None:
    rate = part.rate
    assert rate is not None
    given = next(each for each in chosen.rates_for(rate.intervention_type) if each.component is rate.component)
    return price_text(given, method.scenario)


def _unvalued(figure: Figure, rules: Iterable[RowRule], counted: Iterable[Group]) -> Iterator[Unvalued]:
    titles = {rule.type: rule.title for rule in rules}
    for group in counted:
        if lacks_rate(group, figure.method.profile, figure.column):
            yield Unvalued(titles[group.type], group.number, group.first_day, group.last_day)
