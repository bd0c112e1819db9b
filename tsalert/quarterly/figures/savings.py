"""Savings: direct, then estimated, then the board's table with its range, its rates and what stands apart."""

from collections.abc import Iterator

from msgspec.structs import replace

from tsalert.core.periods import Period
from tsalert.quarterly.content import Block, Chart, Column, Prose, Row, Section, Table
from tsalert.quarterly.figures.board_table import apart_table, board_table, range_table
from tsalert.quarterly.figures.figuring import NOBODY, Behind, behind_money, cell
from tsalert.quarterly.figures.findings import greatest
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, ChartKind, SectionKey, Unit
from tsalert.savings.figures.cells import Cell
from tsalert.savings.figures.sheets import NOT_AUDITED
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.valuing.profiles import PLAIN, TOTAL, get_profile
from tsalert.savings.valuing.valuation import ValueClass, total

CLASSES_KEY = "savings_by_class"
DIRECT = (ValueClass.PREVENTED, ValueClass.RECOVERED)
ESTIMATED = (ValueClass.FUTURE_FINANCIAL, ValueClass.HEALTH_QOL, ValueClass.OTHER_SOCIETAL)
_AMOUNT = (Column("amount", "Pounds", Unit.MONEY, About.PEOPLE),)
_BY_CLASS = (
    "Every class by itself: here health (class D) is a share of estimated future losses (class C) alone. The board's "
    "own table takes it of class A too, and has no row for some kinds of work; so the two differ."
)


def savings_section(material: Material) -> Section:
    """Lay out a quarter's savings."""
    return Section(SectionKey.SAVINGS, tuple(_blocks(material)))


def _blocks(material: Material) -> Iterator[Block]:
    yield Prose(NOT_AUDITED)
    if material.saved.claim:
        yield Prose(
            f"Quoted, and no part of any figure here: {material.saved.claim.words} ({material.saved.claim.source})."
        )
    yield _of_classes(material, "savings_direct", "Direct savings: evidenced money, case by case", DIRECT)
    estimated = _of_classes(material, "savings_estimated", "Estimated savings: worked out by approved rates", ESTIMATED)
    yield replace(estimated, notes=(_BY_CLASS,))
    yield board_table(material)
    yield range_table(material)
    apart = apart_table(material)
    if apart.rows:
        yield apart
    yield _chart(material)
    yield _by_quarter(material)


def behind_class(material: Material, period: Period, kind: ValueClass) -> Behind:
    """Return what people's records are behind a class: health is a share of future losses, which may be evidenced."""
    money = ValueClass.FUTURE_FINANCIAL if kind is ValueClass.HEALTH_QOL else kind
    return behind_money(material.saved.evidenced[period], material.saved.classes[period].profile, [money])


def about_class(material: Material, period: Period, kind: ValueClass) -> About:
    """Return whom a class tells of: estimates by a rate times a count of our own work tell of nobody."""
    is_people = kind in DIRECT or behind_class(material, period, kind) != NOBODY
    return About.PEOPLE if is_people else About.SERVICE


def class_cell(table: SavingsTable, kind: ValueClass) -> Cell | None:
    """Return the figure of a class in a table by class; None where it has none."""
    return next((row.total for row in table.rows if row.slug == kind.value), None)


def _of_classes(material: Material, key: str, caption: str, kinds: tuple[ValueClass, ...]) -> Table:
    period, table = material.quarter, material.saved.classes[material.quarter]
    rows = [_class_row(material, period, kind) for kind in kinds]
    exact = total(found.exact for found in (class_cell(table, kind) for kind in kinds) if found)
    is_people = any(row.about is About.PEOPLE for row in rows)
    letters = f"{', '.join(kind.letter for kind in kinds[:-1])} and {kinds[-1].letter}"
    whole = Row(
        TOTAL,
        f"Total of classes {letters}",
        (cell(Cell(exact), _together(material, period, kinds)),),
        is_total=True,
        about=About.PEOPLE if is_people else About.SERVICE,
    )
    return Table(key, caption, "Value class", _AMOUNT, (*rows, whole))


def _class_row(material: Material, period: Period, kind: ValueClass) -> Row:
    found = class_cell(material.saved.classes[period], kind)
    figure = cell(found, behind_class(material, period, kind))
    return Row(kind.value, f"{kind.letter}: {kind.label}", (figure,), about=about_class(material, period, kind))


def _together(material: Material, period: Period, kinds: tuple[ValueClass, ...]) -> Behind:
    money = [kind for kind in kinds if kind is not ValueClass.HEALTH_QOL]
    return behind_money(material.saved.evidenced[period], material.saved.classes[period].profile, money)


def _chart(material: Material) -> Chart:
    table, period = material.saved.classes[material.quarter], material.quarter
    most = max(table.rows, key=lambda row: row.total.exact, default=table.column_totals)
    quarters = list(material.saved.classes)
    return Chart(
        CLASSES_KEY,
        greatest("Savings", period, f"class {most.title.partition(':')[0]}", most.total.exact, table.grand_total.exact),
        f"One bar for each quarter from {quarters[0].prose} to {quarters[-1].prose}, a part for each value class.",
        ChartKind.STACKED,
        CLASSES_KEY,
        tuple(kind.value for kind in (*DIRECT, *ESTIMATED)),
    )


def _by_quarter(material: Material) -> Table:
    quarters, kinds = list(material.saved.classes), (*DIRECT, *ESTIMATED)
    titles = get_profile(PLAIN).columns
    columns = tuple(
        Column(kind.value, titles[kind.value], Unit.MONEY, _about_of_all(material, quarters, kind)) for kind in kinds
    )
    whole = Column(TOTAL, "Total, A to E", Unit.MONEY, About.PEOPLE, is_total=True)
    rows = tuple(_quarter_row(material, each) for each in quarters)
    running = ("The last quarter has not ended.",) if material.is_provisional else ()
    notes = (*running, *material.told_of_beginning(quarters[0]))
    return Table(CLASSES_KEY, "Savings by class, quarter by quarter", "Quarter", (*columns, whole), rows, notes)


def _quarter_row(material: Material, period: Period) -> Row:
    table, kinds = material.saved.classes[period], (*DIRECT, *ESTIMATED)
    figures = [cell(class_cell(table, kind), behind_class(material, period, kind)) for kind in kinds]
    whole = cell(table.grand_total, _together(material, period, kinds))
    return Row(period.label, period.label, (*figures, whole))


def _about_of_all(material: Material, quarters: list[Period], kind: ValueClass) -> About:
    found = {about_class(material, each, kind) for each in quarters}
    return About.PEOPLE if About.PEOPLE in found else About.SERVICE
