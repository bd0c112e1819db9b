"""How a change between two periods is told."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.periods import parse_period
from tsalert.reports.change import Share, Value, describe_change, write_value
from tsalert.reports.comparing import compare_with, quarters_in, quarters_up_to, year_before
from tsalert.reports.vocabulary import Move

M = Decimal

# Rolling years to January 2021 and 2022, as the board's partners published them, with what was printed beside them.
PUBLISHED = (
    ("Total Notifiable Offences", 21_328, 24_594, "+15%", 14),
    ("Non-Domestic Violence with Injury", 1_280, 1_448, "+13%", 14),
    ("Total Burglary", 1_452, 1_577, "+9%", 8),
    ("Theft of Motor Vehicles", 950, 1_056, "+11%", 10),
    ("Knife Crime Offences", 215, 189, "-12%", -12),
    ("Sexual offences", 496, 606, "+22%", 19),
    ("Domestic Abuse Offences", 2_900, 2_697, "-7%", -7),
    ("Hate Crime", 513, 805, "+57%", 44),
    ("ASB Calls", 13_620, 7_267, "-47%", -47),
)


@pytest.mark.parametrize(
    ("before", "current", "text"),
    [
        pytest.param(100, 112, "+12%", id="up"),
        pytest.param(100, 88, "-12%", id="down"),
        pytest.param(200, 205, "+3%", id="half-a-percent-is-rounded-up"),
        pytest.param(200, 195, "-3%", id="and-down-when-falling"),
        pytest.param(1000, 1004, "less than 1%", id="a-little-more"),
        pytest.param(1000, 996, "less than 1%", id="a-little-less"),
        pytest.param(1000, 1005, "+1%", id="half-a-percent-is-one"),
        pytest.param(40, 40, "no change", id="the-same"),
        pytest.param(0, 0, "no change (0 to 0)", id="nought-to-nought"),
        pytest.param(0, 7, "up from 0", id="from-nought"),
        pytest.param(M(0), M(-3), "down from 0", id="below-nought"),
        pytest.param(7, 0, "-7 (-100%, low base)", id="to-nought"),
        pytest.param(8, 12, "+4 (+50%, low base)", id="few"),
        pytest.param(19, 20, "+1 (+5%, low base)", id="nineteen-are-few"),
        pytest.param(20, 21, "+5%", id="twenty-are-enough"),
        pytest.param(12, 1500, "+1,488 (+12,400%, low base)", id="many-after-few"),
        pytest.param(5, 5, "no change", id="few-and-the-same"),
        pytest.param(M(10), M(15), "+50%", id="ten-pounds-are-no-count"),
        pytest.param(M(-100), M(20), "+£120", id="from-a-negative-amount"),
        pytest.param(M(-100), M("-150.5"), "-£50.50", id="further-below"),
        pytest.param(M(-100), M(-100), "no change", id="negative-and-the-same"),
        pytest.param(M(100), M(-50), "-150%", id="below-nought-from-above"),
        pytest.param(None, 4, "not available", id="nothing-to-hold-it-against"),
        pytest.param(4, None, "not available", id="no-figure"),
        pytest.param(Share(60, 100), Share(64, 100), "+4 percentage points", id="shares-go-in-points"),
        pytest.param(Share(60, 100), Share(59, 100), "-1 percentage point", id="one-point"),
        pytest.param(Share(600, 1000), Share(601, 1000), "less than 1 percentage point", id="under-a-point"),
        pytest.param(Share(1, 2), Share(50, 100), "no change", id="the-same-share"),
        pytest.param(Share(6, 7), Share(5, 5), "+14 percentage points (low base)", id="a-share-of-few"),
        pytest.param(Share(0, 0), Share(5, 5), "not available", id="a-share-of-nothing"),
        pytest.param(5, Share(5, 5), "not available", id="unlike-things"),
    ],
)
def test_a_change_is_told_in_words(before: Value | None, current: Value | None, text: str) -> None:
    assert describe_change(before, current).text == text


@pytest.mark.parametrize(("category", "before", "current", "text", "_printed"), PUBLISHED)
def test_published_percentages_are_worked_out_from_their_counts(
    category: str, before: int, current: int, text: str, _printed: int
) -> None:
    assert describe_change(before, current).text == text


def test_six_of_nine_printed_percentages_were_wrong() -> None:
    wrong = [row for row in PUBLISHED if describe_change(row[1], row[2]).percent != row[4]]
    assert len(wrong) == 6


def test_amounts_worked_out_anew_by_later_rates_are_marked() -> None:
    found = describe_change(M(100), M(112), is_rebased=True)
    assert (found.text, found.is_rebased) == ("+12% (rebased)", True)


@given(before=st.integers(1, 10**9), current=st.integers(0, 10**9))
def test_a_percentage_is_the_exact_one_rounded_half_up(before: int, current: int) -> None:
    exact = (M(current) - before) * 100 / before
    assert describe_change(before, current).percent == int(exact.quantize(M(1), rounding=ROUND_HALF_UP))


@given(before=st.one_of(st.integers(-100, 100), st.decimals(-100, 100, places=2)), by=st.integers(-50, 50))
def test_a_change_never_tells_infinity_and_always_the_right_way(before: int | Decimal, by: int) -> None:
    found = describe_change(before, before + by)
    assert found.move is (Move.SAME if by == 0 else Move.UP if by > 0 else Move.DOWN)
    assert "inf" not in found.text.lower()
    assert found.percent is None or before > 0


@given(part=st.integers(0, 500), more=st.integers(0, 500), whole=st.integers(500, 1000))
def test_points_there_and_back_are_the_same(part: int, more: int, whole: int) -> None:
    there, back = (
        describe_change(*pair)
        for pair in ((Share(part, whole), Share(more, whole)), (Share(more, whole), Share(part, whole)))
    )
    assert (there.percent or 0) == -(back.percent or 0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234, "1,234"),
        (M("505804.50"), "£505,804.50"),
        (Share(6, 7), "86% (6 of 7)"),
        (Share(1, 1), "1 of 1"),
        (None, "not available"),
    ],
)
def test_a_figure_is_written_for_people(value: Value | None, text: str) -> None:
    assert write_value(value) == text


def test_a_complete_quarter_is_the_last_of_its_four() -> None:
    found = compare_with(parse_period("2022/23 Q2"), today=parse_period("2026/27 Q1").first_day)
    assert [found.before.label, found.last_year.label] == ["2022/23 Q1", "2021/22 Q2"]
    assert found.rolling.prose == "October 2021 to September 2022"
    assert found.rolling_before.prose == "October 2020 to September 2021"


def test_of_a_quarter_that_runs_the_four_before_it_are_taken() -> None:
    running = parse_period("2022/23 Q1")
    found = compare_with(running, today=running.last_day)
    assert (found.rolling.label, found.rolling_before.label) == ("2021/22", "2020/21")


def test_a_year_is_held_against_years() -> None:
    found = compare_with(parse_period("2021/22"), today=parse_period("2026/27 Q1").first_day)
    assert [found.before.label, found.last_year.label, found.rolling.label] == ["2020/21", "2020/21", "2021/22"]


@given(year=st.integers(2000, 2198), number=st.integers(1, 4))
def test_four_quarters_and_the_four_before_touch_and_never_overlap(year: int, number: int) -> None:
    last = parse_period(f"{year}/{(year + 1) % 100:02} Q{number}")
    found = compare_with(last, today=parse_period("2199/00 Q4").last_day)
    assert found.rolling.last_day == last.last_day
    assert (found.rolling.first_day - found.rolling_before.last_day).days == 1
    assert quarters_in(found.rolling) == quarters_in(found.rolling_before) == 4
    assert quarters_up_to(last, 5)[0] == year_before(last)


@pytest.mark.parametrize("one", [1, Decimal("0.01")], ids=["count", "pounds"])
@pytest.mark.parametrize("power", [27, 30, 60])
def test_a_number_of_any_size_has_a_change(one: int | Decimal, power: int) -> None:
    """Nobody has so many records; a figure that was typed wrongly must not take the page down."""
    many = one * 10**power
    assert describe_change(one, many).move is Move.UP
    assert describe_change(many, one).text == "-100%"
    assert describe_change(-many, one).move is Move.UP
    assert describe_change(-one, many).move is Move.UP
