"""Headlines: at most one figure of money for each value class, a few counts, and how each changed, in words."""

from collections.abc import Iterator

from msgspec.structs import replace

from tsalert.quarterly.content import Column, Row, Section, Table
from tsalert.quarterly.figures.behind import behind_value
from tsalert.quarterly.figures.figuring import cell, change, value
from tsalert.quarterly.figures.glance import RUNNING, about_indicator, before_a_year, in_trend
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.figures.savings import CLASSES_KEY, DIRECT, ESTIMATED, about_class, behind_class, class_cell
from tsalert.quarterly.vocabulary import SectionKey, Unit
from tsalert.reports.change import UNAVAILABLE, Change, describe_change
from tsalert.reports.glance import GlanceRow
from tsalert.reports.vocabulary import Audience
from tsalert.savings.valuing.valuation import ValueClass

_COUNTS = ("enquiries", "scam_doorstep_abuse_cases", "reports", "immediate", "friends_trained", "blockers_installed")
_CHANGE = Column("change", "Change on the same quarter last year", Unit.WORDS)
_SEE = (
    "At most one figure for each value class: A and B are evidenced, C, D and E are estimated, and no total of them is "
    "money of the Council. The board's own table, which merges A and C, stands under Savings."
)


def headlines_section(material: Material) -> Section:
    """Lay out what a quarter comes to in a few figures."""
    running = (RUNNING,) if material.is_provisional else ()
    notes = (*running, *material.told_of_beginning(material.glance.compared.last_year))
    quarter = material.quarter.prose
    counts = Table(
        "headlines", f"Headlines of {quarter}", "What", (Column("current", "Number", Unit.COUNT), _CHANGE),
        tuple(_count_rows(material)), notes,
    )  # fmt: skip
    money = Table(
        "headlines_money", f"Money in {quarter}, class by class", "What",
        (Column("current", "Pounds", Unit.MONEY), _CHANGE), tuple(_money_rows(material)), (_SEE, *notes),
    )  # fmt: skip
    return Section(SectionKey.HEADLINES, (counts, money))


def _count_rows(material: Material) -> Iterator[Row]:
    yield from (_indicator_row(material, row) for row in _rows(material, _COUNTS))


def _money_rows(material: Material) -> Iterator[Row]:
    yield from (_indicator_row(material, row) for row in _rows(material, ("detriment",)))
    yield from (_class_row(material, kind) for kind in (*DIRECT, *ESTIMATED))


def _rows(material: Material, names: tuple[str, ...]) -> list[GlanceRow]:
    """Return some indicators that everybody reads; what a board keeps to itself is no headline."""
    found = {row.indicator.name: row for row in material.glance.rows if row.indicator.audience is Audience.PUBLIC}
    return [found[name] for name in names if name in found]


def _indicator_row(material: Material, row: GlanceRow) -> Row:
    name = row.indicator.name
    shown = value(row.current, behind_value(material, name, material.quarter))
    figure = replace(shown, tells=tuple(in_trend(name, [material.quarter])))
    told = change(row.change.text, tells=before_a_year(material, row))
    return Row(name, row.indicator.label, (figure, told), about=about_indicator(name))


def _class_row(material: Material, kind: ValueClass) -> Row:
    period = material.quarter
    found = class_cell(material.saved.classes[period], kind)
    year_before = (CLASSES_KEY, material.glance.compared.last_year.label, kind.value)
    told = change(_change(material, kind).text, tells=[year_before])
    figures = (cell(found, behind_class(material, period, kind)), told)
    return Row(kind.value, f"{kind.letter}: {kind.label}", figures, about=about_class(material, period, kind))


def _change(material: Material, kind: ValueClass) -> Change:
    """Tell how a class changed; where other rates held a year before it is worked out anew by those of now."""
    current = class_cell(material.saved.classes[material.quarter], kind)
    rebased = material.saved.rebased_classes
    year_before = class_cell(rebased or material.saved.classes[material.glance.compared.last_year], kind)
    if material.is_provisional or material.told_of_beginning(material.glance.compared.last_year):
        return UNAVAILABLE
    if not current or not year_before or current.has_no_value or year_before.has_no_value:
        return UNAVAILABLE
    is_rebased = rebased is not None and kind in ESTIMATED
    return describe_change(year_before.shown, current.shown, is_rebased=is_rebased)
