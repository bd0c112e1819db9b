"""Rows as lines that mean the same on both databases."""

from datetime import UTC, date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.safekeeping.lines import Kind, read_lines, write_lines

INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(tzinfo=None).isoformat(" ", "microseconds"))
KEPT = {
    Kind.INTEGER: st.integers(-(2**63), 2**63 - 1),
    Kind.TEXT: st.text(st.characters(exclude_categories=["Cs"])),
    Kind.BOOLEAN: st.integers(0, 1),
    Kind.INSTANT: INSTANTS,
    Kind.DATE: st.dates().map(date.isoformat),
    Kind.TIME: st.times().map(lambda at: at.isoformat("microseconds")),
    Kind.EXACT: st.decimals(allow_nan=False, allow_infinity=False, places=4).map(lambda number: format(number, "f")),
    Kind.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    Kind.BYTES: st.binary(),
    Kind.JSON: st.just('{"said": "a\\tb"}'),
}


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_what_sqlite_keeps_comes_back_from_its_lines_row_by_row(kind: Kind, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(st.none() | KEPT[kind], st.integers(0, 9)), min_size=1, max_size=4))
    kinds = (kind, Kind.INTEGER)
    lines = write_lines(rows, kinds)
    assert lines.count(b"\n") == len(rows)
    assert list(read_lines(lines, kinds)) == rows


@pytest.mark.parametrize(
    ("kind", "kept", "line"),
    [
        (Kind.INSTANT, "2026-06-10 12:00:00.000000", "2026-06-10 12:00:00+00"),
        (Kind.INSTANT, "2026-06-10 12:00:00.120000", "2026-06-10 12:00:00.12+00"),
        (Kind.INSTANT, "2022-05-03", "2022-05-03 00:00:00+00"),
        (Kind.TIME, "08:30:00.000000", "08:30:00"),
        (Kind.EXACT, "1E+2", "100"),
        (Kind.EXACT, "0.250", "0.250"),
        (Kind.FLOAT, 51.0, "51"),
        (Kind.BOOLEAN, 1, "t"),
        (Kind.TEXT, r"\N", r"\\N"),
        (Kind.TEXT, "", ""),
        (Kind.BYTES, b"\x00\xff", r"\\x00ff"),
    ],
)
def test_a_line_has_the_words_that_postgresql_would_use(kind: Kind, kept: object, line: str) -> None:
    assert write_lines([(kept,)], [kind]) == f"{line}\n".encode()


@pytest.mark.parametrize(("kind", "kept"), [(Kind.INTEGER, "many"), (Kind.INSTANT, "soon"), (Kind.DATE, "2026-13-01")])
def test_a_value_that_its_column_should_not_hold_is_refused(kind: Kind, kept: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whoever reads a table says which
        write_lines([(kept,)], [kind])
