"""A chart shows what its table shows: no more, and nothing else."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.quarterly.samples import DEMAND, REPORT, SAVINGS, TREND, count
from tsalert.core.periods import quarter
from tsalert.quarterly.content import Chart, Column, Figure, Report, Row, Section, Table
from tsalert.quarterly.vocabulary import ChartKind, SectionKey, Unit
from tsalert.quarterly.writing.drawing import drawn

BARS = Chart("c", "A finding", "Bars.", ChartKind.BARS, DEMAND.key, ("lost",))


def with_table(table: Table) -> Report:
    return replace(REPORT, sections=(Section(SectionKey.DEMAND, (table,)),))


def numbered(titles: list[str], columns: int = 1) -> Table:
    heads = tuple(Column(f"c{number}", f"Column {number}", Unit.COUNT) for number in range(columns))
    rows = tuple(Row(title, title, tuple(count(number + 1) for number in range(columns))) for title in titles)
    return Table("many", "Many", "Row", heads, rows)


def test_bars_carry_the_figures_as_the_table_shows_them_and_leave_totals_out() -> None:
    svg = drawn(BARS, REPORT)
    assert svg is not None
    for shown in ("£163,211", "£42,800", "[c]", "Scams", "Financial abuse"):
        assert f">{shown}<" in svg.svg
    assert "£208,011" not in svg.svg


def test_several_columns_stand_side_by_side_with_their_names() -> None:
    svg = drawn(replace(BARS, columns=("cases", "lost")), REPORT)
    assert svg is not None
    assert ">Cases<" in svg.svg
    assert svg.head == ("", "Cases", "Lost")


def test_a_stack_with_a_part_that_is_kept_back_shows_no_total() -> None:
    stack = replace(BARS, kind=ChartKind.STACKED, table=SAVINGS.key, columns=("financial", "health"))
    rows = tuple(replace(row, figures=(*row.figures[:2], Figure("[c]"), *row.figures[3:])) for row in SAVINGS.rows)
    whole = replace(SAVINGS, rows=tuple(row for row in SAVINGS.rows if row.key != "blockers"))
    kept_back = drawn(stack, with_table(replace(whole, rows=rows[:1])))
    assert kept_back is not None
    assert "[c]" in kept_back.svg
    assert kept_back.svg.count("£31,200") == 1
    stacked = drawn(stack, with_table(whole))
    assert stacked is not None
    assert stacked.head[-1] == "Total"
    assert ">£45,312<" in stacked.svg


def test_lines_run_over_the_rows() -> None:
    lines = Chart("c", "Up", "Lines.", ChartKind.LINES, TREND.key, ("all", "scams"))
    found = drawn(lines, REPORT)
    assert found is not None
    assert [row[0] for row in found.rows] == [row.title for row in TREND.rows]
    assert found.svg.count("<polyline") == 2


@pytest.mark.parametrize(
    "chart",
    [replace(BARS, table="gone"), replace(BARS, columns=("gone",)), replace(BARS, rows=("gone",))],
    ids=["no-table", "no-column", "no-row"],
)
def test_what_this_edition_does_not_show_is_not_drawn(chart: Chart) -> None:
    assert drawn(chart, REPORT) is None


def test_of_many_rows_as_many_are_drawn_as_fit_and_of_quarters_the_last() -> None:
    wards = numbered([f"Ward {number}" for number in range(40)])
    many = replace(BARS, table="many", columns=("c0",))
    found = drawn(many, with_table(wards))
    assert found is not None
    assert ">Ward 0<" in found.svg
    assert "24 of 40 rows" in found.description
    quarters = numbered([quarter(year, number).label for year in range(2010, 2020) for number in range(1, 5)])
    found = drawn(many, with_table(quarters))
    assert found is not None
    assert ">2019/20 Q4<" in found.svg
    assert ">2010/11 Q1<" not in found.svg


def test_a_stack_has_room_for_its_rows_however_many_parts_it_has() -> None:
    table = numbered([f"2021/22 Q{number}" for number in range(1, 5)] + ["2022/23 Q1"], columns=6)
    stack = Chart("c", "A", "B", ChartKind.STACKED, "many", tuple(column.key for column in table.columns))
    found = drawn(stack, with_table(table))
    assert found is not None
    assert ">2022/23 Q1<" in found.svg


def test_shares_and_long_names_are_written_to_fit() -> None:
    rows = (Row("long", "A name " * 20, (Figure("97.5%", Decimal("97.5")),)),)
    table = Table("shares", "Shares", "Row", (Column("share", "Share", Unit.SHARE),), rows)
    lines = Chart("c", "A", "B", ChartKind.LINES, "shares", ("share",))
    found = drawn(lines, with_table(table))
    assert found is not None
    assert ">97.5%<" in found.svg
    assert "…" in found.svg
