"""What stands about the figures of a public edition: notes, charts and what these say. Pure."""

import re
from collections.abc import Collection

from msgspec.structs import replace

from tsalert.quarterly.content import SUPPRESSED, Chart, Figure, Table

HIDDEN_NOTE = "[c]: fewer than 5, or hidden so that another figure cannot be worked out."
HELD_NOTE = (
    "As first published: a change that would tell of fewer than five people, or might be the money of one, is not "
    "shown, here or in figures that it is part of."
)
LEFT_OUT = "What is hidden in the table beneath is not drawn."
_LEAST_TO_DRAW = 2
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


def chart_of(chart: Chart, before: Table, after: Table, telling: Collection[str]) -> Chart | None:
    """Return a chart of what is left of its table, or None where that is too little to draw.

    What it says is kept only while all that it draws is as it was, and no number in it is hidden anywhere.

    :param before: the board's table; ``after`` the public's.
    """
    if not {column.key for column in after.columns}.issuperset(chart.columns):
        return None
    there = _drawn(chart, after)
    left = {key: figures for key, figures in there.items() if SUPPRESSED not in figures}
    is_whole = there == _drawn(chart, before)
    if not left or (not is_whole and len(left) < _LEAST_TO_DRAW):
        return None
    if is_whole and numbers_in(f"{chart.finding} {chart.description}").isdisjoint(telling):
        return chart
    rows = chart.rows if is_whole else tuple(left)
    return replace(chart, rows=rows, finding=after.caption, description=LEFT_OUT)


def _drawn(chart: Chart, table: Table) -> dict[str, list[str]]:
    """Return what is drawn of a table, row by row; nothing of a column that it lacks."""
    places = [place for place, column in enumerate(table.columns) if column.key in chart.columns]
    rows = [row for row in table.rows if (row.key in chart.rows if chart.rows else not row.is_total)]
    return {row.key: [row.figures[place].shown for place in places] for row in rows}
