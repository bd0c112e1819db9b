"""Charts of a report, drawn from the very figures that its tables show. Pure."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from tsalert.documents.cleaning import clean
from tsalert.quarterly.content import Chart, Column, Figure, Report, Row, Table
from tsalert.quarterly.vocabulary import ChartKind, Unit
from tsalert.reports import charts
from tsalert.reports.charts import Bar, Series, Subject
from tsalert.savings.valuing.valuation import shown_pounds

_MOST_BARS = 24
_QUARTER = re.compile(r"\d{4}/\d{2} Q[1-4]")
_LONGEST = 60  # letters of a name that a chart has room for; the table has the whole of it


def drawn(chart: Chart, report: Report) -> charts.Chart | None:
    """Draw a chart, or return None where the edition has no table or column for it."""
    table = next((each for each in report.tables() if each.key == chart.table), None)
    columns = [column for column in table.columns if column.key in chart.columns] if table else []
    rows = _rows(chart, table) if table else []
    if table is None or not columns or not rows:
        return None
    shown = _that_fit(chart.kind, rows, columns)
    description = chart.description
    if len(shown) < len(rows):
        description += f" It has {len(shown)} of {len(rows)} rows of the table, which has all of them."
    write = _WRITE[columns[0].unit]
    subject = Subject(f"chart-{chart.key}", clean(chart.finding), clean(description), write, columns[0].title)
    return _draw(chart.kind, subject, table, columns, shown)


def _that_fit(kind: ChartKind, rows: Sequence[Row], columns: Sequence[Column]) -> Sequence[Row]:
    """Return the rows that there is room for: of quarters the last ones, of all else the first."""
    room = _MOST_BARS // (1 if kind is ChartKind.STACKED else len(columns)) or 1
    if kind is ChartKind.LINES or len(rows) <= room:
        return rows
    return rows[-room:] if all(_QUARTER.fullmatch(row.title) for row in rows) else rows[:room]


def _draw(
    kind: ChartKind, subject: Subject, table: Table, columns: Sequence[Column], rows: Sequence[Row]
) -> charts.Chart:
    names = [_short(row.title) for row in rows]
    cells = {column.key: [_cell(table, row, column) for row in rows] for column in columns}
    series = [Series(_short(column.title), tuple(_value(cell) for cell in cells[column.key])) for column in columns]
    if kind is ChartKind.LINES:
        return charts.lines(subject, names, series)
    # A part that is not shown would make the total at a bar's end a lie, and give it away beside a true one.
    if kind is ChartKind.STACKED and all(value is not None and value >= 0 for each in series for value in each.values):
        return charts.stacked_bars(subject, names, series)
    bars = [
        (_short(column.title), [Bar(_value(cell), _short(cell.shown)) for cell in cells[column.key]])
        for column in columns
    ]
    return charts.grouped_bars(subject, names, bars)


def _rows(chart: Chart, table: Table) -> list[Row]:
    return [row for row in table.rows if (row.key in chart.rows if chart.rows else not row.is_total)]


def _cell(table: Table, row: Row, column: Column) -> Figure:
    return row.figures[table.columns.index(column)]


def _value(figure: Figure) -> Decimal | None:
    return None if figure.value is None else Decimal(figure.value)


def _short(text: str) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"


def _count(value: Decimal) -> str:
    return f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.1f}"


_WRITE: dict[Unit, Callable[[Decimal], str]] = {
    Unit.COUNT: _count,
    Unit.MONEY: shown_pounds,
    Unit.SHARE: lambda value: f"{_count(value)}%",
    Unit.WORDS: _count,
}
