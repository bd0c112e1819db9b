"""What was published is read back whole, with the digest that it had."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.quarterly import keeping
from tsalert.quarterly.content import Chart, Column, Figure, Prose, Report, Row, Section, Table, TitleBlock
from tsalert.quarterly.vocabulary import About, ChartKind, Edition, Kind, SectionKey, Status, Unit

TABLE = Table(
    "demand_by_type",
    "Cases by type",
    "Type",
    (Column("cases", "Cases", Unit.COUNT, About.PEOPLE), Column("lost", "Lost", Unit.MONEY, About.PEOPLE)),
    (
        Row("scam", "Scams", (Figure("12", 12), Figure("£1,600", Decimal("1600.50"), 3, Decimal(900)))),
        Row(
            "total",
            "Total",
            (Figure("12", 12), Figure("£1,600", Decimal("1600.50"))),
            is_total=True,
            about=About.PEOPLE,
        ),
    ),
    notes=("Figures may not sum due to rounding.",),
    merges=((("scam", "doorstep"), "both", "Scams and doorstep crime"),),
)
CHART = Chart("cases", "Most cases were scams", "Bars", ChartKind.BARS, "demand_by_type", ("cases",))
REPORT = Report(
    TitleBlock(
        "A board", "2022/23 Q1", "April to June 2022", date(2022, 4, 1), date(2022, 6, 30), Edition.BOARD,
        Status.LOCKED, 1, "Pat Example (invented)", meeting_on=date(2022, 7, 20),
    ),
    (Section(SectionKey.DEMAND, (Prose("Fewer, but £1,600 “more”.", "Demand"), CHART, TABLE)),),
)  # fmt: skip


def test_a_report_is_read_back_as_it_was_kept() -> None:
    frozen = keeping.freeze(REPORT)
    assert keeping.thaw(frozen, Report) == REPORT
    assert keeping.freeze(keeping.thaw(frozen, Report)) == frozen
    assert REPORT.tables() == (TABLE,)


def test_both_editions_are_kept_under_one_digest() -> None:
    frozen = keeping.freeze({"board": REPORT, "public": REPORT})
    assert keeping.thaw(frozen, dict)["public"] == REPORT
    assert keeping.digest(frozen) == keeping.digest(keeping.freeze({"public": REPORT, "board": REPORT}))


def test_sections_are_read_back_and_nothing_else_for_them() -> None:
    assert keeping.thaw_sections(keeping.freeze(REPORT.sections)) == REPORT.sections
    with pytest.raises(TypeError, match="no tuple"):
        keeping.thaw_sections(keeping.freeze(REPORT))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2), st.text())
def test_every_amount_and_every_text_is_read_back(amount: Decimal, shown: str) -> None:
    assert keeping.thaw(keeping.freeze(Figure(shown, amount)), Figure) == Figure(shown, amount)


@given(st.integers(), st.integers(0, 5))
def test_equal_amounts_are_kept_alike_however_they_were_written(pounds: int, zeros: int) -> None:
    written = Decimal(f"{pounds}.5{'0' * zeros}")
    assert keeping.freeze(Figure("", written)) == keeping.freeze(Figure("", Decimal(f"{pounds}.5")))


@pytest.mark.parametrize(
    ("key", "title", "unit", "kind"),
    [
        ("mean", "Mean loss", Unit.MONEY, Kind.MEAN),
        ("middle", "Median loss", Unit.MONEY, Kind.MEDIAN),
        ("rolling", "Four quarters: July 2021 to June 2022", Unit.COUNT, Kind.YEAR),
        ("rolling_change", "Change of four quarters on the four before", Unit.WORDS, Kind.YEAR_IN_WORDS),
        ("current", "This quarter: 2022/23 Q1", Unit.COUNT, Kind.QUARTER),
        ("last_year", "Same quarter last year: 2021/22 Q1", Unit.COUNT, Kind.PLAIN),
        ("target", "Target", Unit.WORDS, Kind.SET_BEFOREHAND),
        ("lost", "Lost altogether", Unit.MONEY, Kind.PLAIN),
    ],
)
def test_a_column_that_was_kept_before_columns_said_their_kind_has_that_of_its_name(
    key: str, title: str, unit: Unit, kind: Kind
) -> None:
    data = keeping.as_data(Column(key, title, unit))
    del data["kind"]
    assert keeping.thaw(json.dumps(data), Column).kind is kind
    assert keeping.thaw(keeping.freeze(Column(key, title, unit)), Column).kind is Kind.PLAIN


def test_a_row_that_lacks_a_figure_is_no_row() -> None:
    with pytest.raises(ValueError, match="under each column"):
        Table("t", "A table", "Type", TABLE.columns, (Row("one", "One", (Figure("1", 1),)),))
