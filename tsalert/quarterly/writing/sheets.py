"""A table of the report on a sheet of its own, and the charts that Excel draws from it."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from tsalert.documents.cleaning import clean
from tsalert.quarterly.content import Chart, Figure, Row, Table
from tsalert.quarterly.vocabulary import ChartKind, Unit
from tsalert.quarterly.writing import wording
from tsalert.quarterly.writing.cells import Number, cell_of

_NARROWEST, _WIDEST, _WIDEST_HEAD = 12, 40, 60
_CHART_ROWS = 22
_A4 = 9
# Colours as in the report's own charts, and patterns for those who cannot tell colours.
_FILLS = (
    ("#1D70B8", ""), ("#00703C", "wide_upward_diagonal"), ("#4C2C92", "dark_horizontal"), ("#B45309", "dark_vertical"),
    ("#505A5F", "outlined_diamond"),
)  # fmt: skip
_DASHES = ("solid", "dash", "round_dot", "dash_dot")
_KINDS: dict[ChartKind, dict[str, str]] = {
    ChartKind.BARS: {"type": "bar"},
    ChartKind.STACKED: {"type": "bar", "subtype": "stacked"},
    ChartKind.LINES: {"type": "line"},
}


class Looks(Struct, frozen=True):
    """How cells of a workbook look."""

    book: Any
    title: Any
    strong: Any
    finding: Any
    text: Any
    link: Any
    head: Any
    _numbers: dict[tuple[str, bool], Any] = field(default_factory=dict)

    @classmethod
    def of(cls, book: Any) -> "Looks":
        """Make the looks of a workbook."""
        top = {"valign": "top", "text_wrap": True}
        return cls(
            book,
            title=book.add_format({"bold": True, "font_size": 14}),
            finding=book.add_format({"bold": True}),
            strong=book.add_format({"bold": True, **top}),
            text=book.add_format(top),
            link=book.add_format({"font_color": "#1D70B8", "underline": 1, **top}),
            head=book.add_format({"bold": True, "bottom": 1, **top}),
        )

    def number(self, form: str, *, is_total: bool) -> Any:
        """Return the look of a number; each is made once."""
        look = {"num_format": form, "align": "right", "valign": "top", "bold": is_total}
        return self._numbers.setdefault((form, is_total), self.book.add_format(look))

    def words(self, *, is_total: bool, is_right: bool) -> Any:
        """Return the look of words in the place of a figure."""
        look = {"valign": "top", "text_wrap": True, "bold": is_total, "align": "right" if is_right else "left"}
        return self._numbers.setdefault((f"words {is_right}", is_total), self.book.add_format(look))


def set_page(page: Any, footer: str) -> None:
    """Say how a sheet is printed."""
    page.set_landscape()
    page.set_paper(_A4)
    page.fit_to_pages(1, 0)
    page.set_footer(f"&L{clean(footer).replace('&', '&&')}&RPage &P of &N")


def add_sheet(page: Any, looks: Looks, table: Table, charts: Sequence[Chart]) -> None:
    """Fill a sheet: caption and notes, the table under its frozen head, its charts beneath."""
    page.write_string(0, 0, clean(table.caption), looks.title)
    notes = table.notes or (() if table.rows else (wording.NO_ROWS,))
    for line, note in enumerate(notes, start=1):
        page.write_string(line, 0, clean(note))
    top = len(notes) + 2
    for place, title in enumerate((table.head, *(column.title for column in table.columns))):
        page.write_string(top, place, clean(title), looks.head)
        page.set_column(place, place, _width(table, place))
    page.freeze_panes(top + 1, 1)
    page.repeat_rows(top)
    for line, row in enumerate(table.rows, start=top + 1):
        page.write_string(line, 0, clean(row.title), looks.strong)
        for place, figure in enumerate(row.figures, start=1):
            _write(page, looks, (line, place), figure, is_total=row.is_total, unit=table.columns[place - 1].unit)
    below = top + len(table.rows) + 2
    for chart in charts:
        below += _CHART_ROWS * _add_chart(looks, page, table, chart, (top, below))


def _write(page: Any, looks: Looks, at: tuple[int, int], figure: Figure, *, is_total: bool, unit: Unit) -> None:
    cell = cell_of(figure)
    if isinstance(cell, Number):
        page.write_number(*at, cell.value, looks.number(cell.form, is_total=is_total))
    else:
        look = looks.words(is_total=is_total, is_right=unit is not Unit.WORDS)
        page.write_string(*at, clean(cell), look)


def _width(table: Table, place: int) -> int:
    head = table.columns[place - 1].title if place else table.head
    cells = [row.figures[place - 1].shown if place else row.title for row in table.rows]
    longest = max((len(cell) for cell in (*cells, *head.split())), default=0)
    return min(_WIDEST if place else _WIDEST_HEAD, max(_NARROWEST, longest + 3))


def _add_chart(looks: Looks, page: Any, table: Table, chart: Chart, at: tuple[int, int]) -> bool:
    """Draw a chart at a row beneath the table; one whose numbers do not lie together is left to other formats."""
    top, below = at
    places = [place for place, column in enumerate(table.columns, start=1) if column.key in chart.columns]
    rows = [line for line, row in enumerate(table.rows, start=top + 1) if _is_drawn(chart, row, places)]
    if not rows or not places or rows[-1] - rows[0] >= len(rows):
        return False
    drawn = looks.book.add_chart(_KINDS[chart.kind])
    for number, place in enumerate(places):
        drawn.add_series(_series(page.get_name(), (top, rows[0], rows[-1]), place, _look(chart.kind, number)))
    # A title is taken from a cell: one that is given as text may be read as a formula.
    page.write_string(below, 0, clean(chart.finding), looks.finding)
    drawn.set_title({"name": [page.get_name(), below, 0], "name_font": {"size": 12}})
    drawn.set_legend({"position": "bottom", "none": len(places) == 1})
    if chart.kind is not ChartKind.LINES:
        drawn.set_y_axis({"reverse": True})
    drawn.set_size({"width": 640, "height": 380})
    page.insert_chart(below + 1, 0, drawn, {"description": clean(f"{chart.finding}. {chart.description}")})
    return True


def _is_drawn(chart: Chart, row: Row, places: Sequence[int]) -> bool:
    is_meant = row.key in chart.rows if chart.rows else not row.is_total
    return is_meant and all(isinstance(cell_of(row.figures[place - 1]), Number) for place in places)


def _series(sheet: str, lines: tuple[int, int, int], place: int, look: dict[str, Any]) -> dict[str, Any]:
    head, first, last = lines
    return {
        "name": [sheet, head, place],
        "categories": [sheet, first, 0, last, 0],
        "values": [sheet, first, place, last, place],
        "data_labels": {"value": True},
    } | look


def _look(kind: ChartKind, number: int) -> dict[str, Any]:
    colour, pattern = _FILLS[number % len(_FILLS)]
    if kind is ChartKind.LINES:
        return {"line": {"color": colour, "dash_type": _DASHES[number % len(_DASHES)]}, "marker": {"type": "automatic"}}
    if pattern:
        return {"pattern": {"pattern": pattern, "fg_color": colour, "bg_color": "#FFFFFF"}}
    return {"fill": {"color": colour}}
