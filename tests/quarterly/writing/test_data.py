"""The report for machines says what it says to people, and no more."""

import json
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.quarterly.samples import DEMAND, PUBLIC, REPORT
from tsalert.quarterly import keeping
from tsalert.quarterly.content import Figure, Report, Section
from tsalert.quarterly.vocabulary import SectionKey
from tsalert.quarterly.writing.data import for_readers, json_of


def public_figures(*figures: Figure) -> tuple[Figure, ...]:
    columns = tuple(replace(DEMAND.columns[0], key=str(number)) for number in range(len(figures)))
    table = replace(DEMAND, columns=columns, rows=(replace(DEMAND.rows[0], figures=figures),))
    report = replace(PUBLIC, sections=(Section(SectionKey.DEMAND, (table,)),))
    return for_readers(report).tables()[0].rows[0].figures


def test_the_report_is_read_back_without_what_only_the_disclosure_control_may_know() -> None:
    read = keeping.thaw(json_of(REPORT), Report)
    assert read.head == REPORT.head
    assert [table.caption for table in read.tables()] == [table.caption for table in REPORT.tables()]
    figures = [figure for table in read.tables() for row in table.rows for figure in row.figures]
    assert {figure.largest for figure in figures} == {None}
    assert 19 in {figure.records for figure in figures}


def test_the_public_is_told_no_number_more_exactly_than_people_read_it() -> None:
    lost, banded, mean = public_figures(
        Figure("£163,211", Decimal("163210.55"), 19, Decimal(81000)),
        Figure("£5,000 to £10,000", Decimal(7300)),
        Figure("12", 12),
    )
    assert lost == Figure("£163,211", Decimal(163211))
    assert (banded.value, mean.value) == (None, 12)


def test_the_public_is_not_told_how_many_records_are_behind_a_figure() -> None:
    figures = [each for table in for_readers(PUBLIC).tables() for row in table.rows for each in row.figures]
    assert {figure.records for figure in figures} == {None}


def test_no_number_stands_behind_a_figure_that_is_kept_back() -> None:
    row = replace(DEMAND.rows[0], figures=(Figure("[c]", 3, 3), *DEMAND.rows[0].figures[1:]))
    report = replace(REPORT, sections=(Section(SectionKey.DEMAND, (replace(DEMAND, rows=(row,)),)),))
    cell = json.loads(json_of(report))["sections"][0]["blocks"][0]["rows"][0]["figures"][0]
    assert cell == {"part": "figure", "shown": "[c]", "value": None, "records": None, "largest": None, "tells": []}


@pytest.mark.parametrize("report", [REPORT, PUBLIC])
def test_nobody_is_told_which_figures_could_be_worked_out_from_which(report: Report) -> None:
    told = (replace(DEMAND.rows[0].figures[0], tells=(("demand", "calls", "now"),)), *DEMAND.rows[0].figures[1:])
    table = replace(DEMAND, rows=(replace(DEMAND.rows[0], figures=told),))
    read = for_readers(replace(report, sections=(Section(SectionKey.DEMAND, (table,)),))).tables()[0]
    assert {figure.tells for row in read.rows for figure in row.figures} == {()}
