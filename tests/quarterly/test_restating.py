"""Which cells a revision restates."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tsalert.quarterly.content import AS_OF, Column, Figure, Row, Table
from tsalert.quarterly.restating import KEY, restated, table_of
from tsalert.quarterly.vocabulary import Unit

KEYS = st.sampled_from("abcd")
Cells = dict[tuple[str, str], str]
CELLS = st.dictionaries(st.tuples(KEYS, KEYS), st.sampled_from(["1", "2", "[c]"]))


def tables(cells: Cells, columns: tuple[str, ...] = ("n",)) -> list[Table]:
    """Return tables by key, with rows by key, of one shown figure under each column."""
    found: dict[str, list[Row]] = {}
    for (table, row), shown in cells.items():
        found.setdefault(table, []).append(Row(row, f"Row {row}", tuple(Figure(shown) for _ in columns)))
    heads = tuple(Column(each, f"Column {each}", Unit.COUNT) for each in columns)
    return [Table(key, f"Table {key}", "Head", heads, tuple(rows)) for key, rows in found.items()]


def test_a_cell_that_shows_something_else_is_told_with_both() -> None:
    (cell,) = restated(tables({("t", "a"): "1", ("t", "b"): "2"}), tables({("t", "a"): "1", ("t", "b"): "[c]"}))
    assert (cell.titles, cell.before, cell.now) == (("Table t", "Row b", "Column n"), "2", "[c]")


def test_new_and_vanished_rows_tables_and_columns_are_told() -> None:
    cells = restated(tables({("t", "a"): "1", ("gone", "a"): "1"}), tables({("t", "b"): "2"}, ("n", "m")))
    told = {(cell.table, cell.row, cell.column): (cell.before, cell.now) for cell in cells}
    assert told == {
        ("t", "b", "n"): (None, "2"),
        ("t", "b", "m"): (None, "2"),
        ("t", "a", "n"): ("1", None),
        ("gone", "a", "n"): ("1", None),
    }


def test_other_titles_and_another_order_are_no_other_figures() -> None:
    (old,) = tables({("t", "a"): "1", ("t", "b"): "2"})
    new = replace(old, caption="Another", rows=tuple(reversed(old.rows)))
    assert restated([old], [new]) == ()


def test_the_day_on_which_something_was_counted_is_no_figure() -> None:
    earlier, later = (tables({("t", "a"): shown}, (AS_OF,)) for shown in ("8 July 2022", "27 November 2026"))
    assert restated(earlier, later) == ()


def test_what_the_last_revision_restated_is_not_restated_again() -> None:
    earlier = table_of(restated(tables({("t", "a"): "1"}), tables({("t", "a"): "2"})), 1)
    assert earlier.key == KEY
    assert restated([earlier], []) == ()


def test_a_cell_that_was_not_shown_says_so_in_words() -> None:
    (row,) = table_of(restated([], tables({("t", "a"): "1"})), 3).rows
    assert [figure.shown for figure in row.figures] == ["Row a", "Column n", "Not shown", "1"]


@given(CELLS, CELLS)
def test_exactly_the_cells_that_differ_are_told(old: Cells, new: Cells) -> None:
    told = {(cell.table, cell.row): (cell.before, cell.now) for cell in restated(tables(old), tables(new))}
    wanted = {key: (old.get(key), new.get(key)) for key in {*old, *new} if old.get(key) != new.get(key)}
    assert told == wanted


@given(CELLS)
def test_nothing_is_restated_where_nothing_differs(cells: Cells) -> None:
    assert restated(tables(cells), tables(cells)) == ()
