"""Performance at a glance: each indicator beside its earlier figures, a table for each kind of number."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec.structs import replace

from tsalert.core.periods import Period
from tsalert.quarterly.content import Column, Figure, Row, Section, Table
from tsalert.quarterly.figures.behind import behind_value
from tsalert.quarterly.figures.figuring import change, value, words
from tsalert.quarterly.figures.reading import Material
from tsalert.quarterly.vocabulary import About, Kind, SectionKey, Unit
from tsalert.reports.comparing import Compared
from tsalert.reports.glance import GlanceRow
from tsalert.reports.vocabulary import Audience
from tsalert.reports.vocabulary import Unit as Measured

RUNNING = "This quarter has not ended: its figures are provisional, and nothing is compared or rated yet."
_CAPTIONS = {
    Measured.COUNT: "Indicators that are counted",
    Measured.SHARE: "Indicators that are percentages",
    Measured.MONEY: "Indicators in pounds",
}
TREND_KEY = "demand_trend"
_TREND = {"enquiries": "enquiries", "scam_doorstep_abuse_cases": "cases", "detriment": "lost"}
# Units, sessions and visits that the service made, and what is a rate times such a count.
_OF_SERVICE = frozenset(
    {
        "immediate", "share_met", "met", "late", "breached_then_ended", "overdue", "not_applicable", "running",
        "interventions", "blockers_installed", "blockers_active", "blockers_ended", "friends_trained", "alerts_sent",
        "subscribers", "friends_savings", "calls",
    }
)  # fmt: skip


def glance_section(material: Material) -> Section:
    """Lay the indicators out; those for the board alone stand in tables that no other edition has."""
    return Section(SectionKey.GLANCE, tuple(_tables(material)))


def about_indicator(name: str) -> About:
    """Return whom an indicator tells of."""
    return About.SERVICE if name in _OF_SERVICE else About.PEOPLE


def before_a_year(material: Material, row: GlanceRow) -> Iterator[tuple[str, str, str]]:
    """Give the cells that show what an indicator was a year before."""
    is_exempt = row.indicator.audience is Audience.BOARD
    yield _key(row.indicator.measure.unit, is_exempt=is_exempt), row.indicator.name, "last_year"
    yield from in_trend(row.indicator.name, [material.glance.compared.last_year])


def _before_four_quarters(material: Material, row: GlanceRow) -> Iterator[tuple[str, str, str]]:
    compared = material.glance.compared
    return in_trend(
        row.indicator.name, [each for each in material.trend if each.first_day < compared.rolling.first_day]
    )


def in_trend(name: str, quarters: Iterable[Period]) -> Iterator[tuple[str, str, str]]:
    """Give the cells of the table quarter by quarter that show an indicator."""
    column = _TREND.get(name)
    return ((TREND_KEY, each.label, column) for each in quarters if column)


def _key(unit: Measured, *, is_exempt: bool) -> str:
    return f"glance_{unit.value}" + ("_board" if is_exempt else "")


def _tables(material: Material) -> Iterator[Table]:
    for audience in (Audience.PUBLIC, Audience.BOARD):
        for unit, caption in _CAPTIONS.items():
            rows = [row for row in material.glance.rows if _is_in(row, unit, audience)]
            if rows:
                yield _table(material, rows, unit, caption, is_exempt=audience is Audience.BOARD)


def _is_in(row: GlanceRow, unit: Measured, audience: Audience) -> bool:
    return row.indicator.measure.unit is unit and row.indicator.audience is audience


def _table(material: Material, rows: Sequence[GlanceRow], unit: Measured, caption: str, *, is_exempt: bool) -> Table:
    key = _key(unit, is_exempt=is_exempt)
    said = f"{caption}, for the board alone" if is_exempt else caption
    running = (RUNNING,) if material.is_provisional else ()
    notes = (*running, *material.told_of_beginning(material.glance.compared.rolling_before))
    columns = _columns(material.glance.compared, Unit.of(unit.value))
    return Table(
        key, said, "Indicator", columns, tuple(_row(material, row) for row in rows), notes, is_exempt=is_exempt
    )


def _columns(compared: Compared, unit: Unit) -> tuple[Column, ...]:
    figures = (
        ("current", f"This quarter: {compared.period.label}", Kind.QUARTER),
        ("before", f"Last quarter: {compared.before.label}", Kind.QUARTER),
        ("last_year", f"Same quarter last year: {compared.last_year.label}", Kind.PLAIN),
        ("rolling", f"Four quarters: {compared.rolling.prose}", Kind.YEAR),
    )
    said = (
        ("change", "Change on the same quarter last year", Kind.PLAIN),
        ("rolling_change", "Change of four quarters on the four before", Kind.YEAR_IN_WORDS),
        ("target", "Target", Kind.SET_BEFOREHAND),
        ("rag", "Rating", Kind.PLAIN),
        ("direction", "Direction", Kind.PLAIN),
    )
    return (
        *(Column(key, title, unit, kind=kind) for key, title, kind in figures),
        *(Column(key, title, Unit.WORDS, kind=kind) for key, title, kind in said),
    )


def _row(material: Material, row: GlanceRow) -> Row:
    name, compared = row.indicator.name, material.glance.compared
    read = _reader(material, name)
    figures = (
        *map(read, (compared.period, compared.before, compared.last_year, compared.rolling)),
        change(row.change.text, tells=before_a_year(material, row)),
        change(row.rolling_change.text, row.rolling_before, tells=_before_four_quarters(material, row)),
        words(row.target or "No target"),
        words(row.judgement.rag.label),
        words(row.direction),
    )
    return Row(name, row.indicator.label, figures, about=about_indicator(name))


def _reader(material: Material, name: str) -> Callable[[Period], Figure]:
    measure = next(row.indicator.measure for row in material.glance.rows if row.indicator.name == name)

    def read(period: Period) -> Figure:
        shown = value(measure.read(material.figures[period]), behind_value(material, name, period))
        return replace(shown, tells=tuple(in_trend(name, [period] if period in material.trend else [])))

    return read
