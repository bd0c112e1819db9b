"""What stands about the figures of a public edition: notes, charts and what these say. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from tsalert.quarterly.content import SUPPRESSED, Chart, Figure, Row, Table

HIDDEN_NOTE = "[c]: fewer than 5, or hidden so that another figure cannot be worked out."
HELD_NOTE = (
    "As first published: a change that would tell of fewer than five people is not shown, here or in figures that it "
    "is part of."
)
LEFT_OUT = "What is hidden in the table beneath is not drawn."
# A number that stands alone; parts of names and of years such as 2022/23 tell no figure.
_NUMBER = re.compile(r"(?<![\w/,.-])£?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?(?![\w/-])")


def numbers_in(text: str) -> set[str]:
    """Return the numbers that a text tells, as they are written."""
    return set(_NUMBER.findall(text))


def without(figure: Figure, *, is_hidden: bool) -> Figure:
    """Return a figure as the public reads it."""
    return Figure(SUPPRESSED) if is_hidden else Figure(figure.shown, figure.value)


def notes_of(table: Table, telling: Collection[str], *, is_held: bool) -> tuple[str, ...]:
    """Return the notes of a table: those that tell nothing hidden, and what was done to its figures."""
    kept = [
        note for note in table.notes if note not in {HIDDEN_NOTE, HELD_NOTE} and numbers_in(note).isdisjoint(telling)
    ]
    hides = any(figure.shown == SUPPRESSED for row in table.rows for figure in row.figures)
    return (*kept, *([HIDDEN_NOTE] if hides else []), *([HELD_NOTE] if is_held else []))


def chart_of(chart: Chart, table: Table | None, *, is_changed: bool, telling: Collection[str]) -> Chart | None:
    """Return a chart of what is left of its table, or None where that is too little to draw.

    What it says is kept only while its table tells all that it told, and no number in it is hidden elsewhere.
    """
    if table is None or not {column.key for column in table.columns}.issuperset(chart.columns):
        return None
    left = tuple(row.key for row in _drawn(chart, table) if not _is_hidden(chart, table, row))
    if not left or (is_changed and len(left) < 2):
        return None
    whole = not is_changed and len(left) == len(_drawn(chart, table))
    rows = chart.rows if whole else left
    if whole and numbers_in(f"{chart.finding} {chart.description}").isdisjoint(telling):
        return chart
    return replace(chart, rows=rows, finding=table.caption, description=f"{table.caption}. {LEFT_OUT}")


def _drawn(chart: Chart, table: Table) -> list[Row]:
    if chart.rows:
        return [row for row in table.rows if row.key in chart.rows]
    return [row for row in table.rows if not row.is_total]


def _is_hidden(chart: Chart, table: Table, row: Row) -> bool:
    shown: Mapping[str, Figure] = dict(zip([column.key for column in table.columns], row.figures, strict=True))
    return any(shown[key].shown == SUPPRESSED for key in chart.columns)
