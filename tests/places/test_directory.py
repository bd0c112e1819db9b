"""Rows of the postcode directory, of both generations of its column names."""

from datetime import date

import pytest

from tests.places.directory_files import COUNTY, DISTRICT, NEWER, OLDER, Line, cells
from tsalert.core.errors import RuleViolation
from tsalert.places.directory import edition_in, read_layout, read_row
from tsalert.places.grid import Point


@pytest.mark.parametrize("columns", [OLDER, NEWER, tuple(name.upper() for name in NEWER)], ids=["old", "new", "upper"])
def test_a_row_reads_alike_under_the_names_of_every_generation(columns: tuple[str, ...]) -> None:
    lowered = tuple(name.lower() for name in columns)
    row = read_row(cells(Line("ZZ1 1AA", ended="201905"), lowered), read_layout(columns))
    assert (row.postcode, row.authority, row.ward) == ("ZZ1 1AA", "E09000006", "E05014000")
    assert (row.introduced_on, row.ended_on, row.point) == (date(1980, 1, 1), date(2019, 5, 1), Point(51.4, 0.05))


def test_under_a_county_council_trading_standards_are_the_countys() -> None:
    row = read_row(cells(Line("ZZ1 1AA", DISTRICT, county=COUNTY), NEWER), read_layout(NEWER))
    assert row.authority == COUNTY


def test_outer_london_is_no_county_with_trading_standards() -> None:
    row = read_row(cells(Line("ZZ1 1AA", county="E13000002"), NEWER), read_layout(NEWER))
    assert row.authority == "E09000006"


def test_the_newest_of_two_editions_of_a_column_counts() -> None:
    columns = ("lad23cd", *NEWER)
    row = read_row(["E09000011", *cells(Line("ZZ1 1AA"), NEWER)], read_layout(columns))
    assert row.authority == "E09000006"


def test_no_such_area_and_no_place_on_the_map_are_told_as_none() -> None:
    nowhere = Line("ZZ1 1AA", "L99999999", "L99999999", "99.999999", "0.000000")
    row = read_row(cells(nowhere, NEWER), read_layout(NEWER))
    assert (row.authority, row.ward, row.point) == (None, None, None)


def test_another_layout_is_refused_with_the_columns_that_are_expected() -> None:
    with pytest.raises(RuleViolation, match=r"no column for authority, ward.*Expected: pcds, dointr, doterm"):
        read_layout(("pcds", "dointr", "doterm", "lat", "long"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(Line("ZZ1  1AA"), "no postcode", id="a-postcode-of-another-shape"),
        pytest.param(Line(""), "no postcode", id="no-postcode"),
        pytest.param(Line("<script>"), "no postcode", id="a-script"),
        pytest.param(Line("ZZ1 1AA", introduced=""), "dointr is empty", id="never-introduced"),
        pytest.param(Line("ZZ1 1AA", introduced="189912"), "no month", id="before-1900"),
        pytest.param(Line("ZZ1 1AA", ended="202013"), "no month", id="a-thirteenth-month"),
        pytest.param(Line("ZZ1 1AA", authority="Bromley"), "area's code", id="a-name-for-a-code"),
        pytest.param(Line("ZZ1 1AA", lat="north"), "no number", id="a-word-for-a-number"),
        pytest.param(Line("ZZ1 1AA", lat="nan"), "do not lie", id="not-a-number"),
        pytest.param(Line("ZZ1 1AA", lat="0.05", long="51.4"), "do not lie", id="north-and-east-exchanged"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(line: Line, said: str) -> None:
    with pytest.raises(RuleViolation, match=said):
        read_row(cells(line, NEWER), read_layout(NEWER))


def test_a_row_cut_short_is_refused() -> None:
    with pytest.raises(RuleViolation, match="has 1 value; 21 are expected"):
        read_row(["ZZ1 1AA"], read_layout(NEWER))


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("ONSPD_AUG_2026_UK.csv", date(2026, 8, 1)),
        ("onspd_may_2025.csv", date(2025, 5, 1)),
        ("ONSPD November 2025.csv", date(2025, 11, 1)),
        ("postcodes.csv", None),
    ],
)
def test_the_name_of_a_file_tells_its_month(name: str, edition: date | None) -> None:
    assert edition_in(name) == edition
