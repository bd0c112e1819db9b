"""Charts: what a reader who cannot see them is told, and what the security policy of pages allows."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.reports.charts import WIDTH, Chart, Series, Subject, bars, lines, stacked_bars

SVG = "{http://www.w3.org/2000/svg}"
M = Decimal
QUARTERS = ("2021/22 Q3", "2021/22 Q4", "2022/23 Q1", "2022/23 Q2")


def subject(title: str = "Enquiries rose") -> Subject:
    return Subject("chart", title, "Four quarters of enquiries.", lambda value: f"{value:,}", of="Enquiries")


def drawn_lines(title: str = "Enquiries rose") -> Chart:
    return lines(
        subject(title), QUARTERS, [Series("Enquiries", (M(1), None, M(233), M(248))), Series("Cases", (M(1),) * 4)]
    )


def drawn_bars(title: str = "Enquiries rose") -> Chart:
    return bars(subject(title), [("Scams", M(30)), ("Doorstep crime", M(15)), ("None", M(0))])


def drawn_stack(title: str = "Enquiries rose") -> Chart:
    series = [Series(f"Class {name}", (M(10), M(0), M(5), None)) for name in "ABCDE"]
    return stacked_bars(subject(title), QUARTERS, series)


DRAWN = pytest.mark.parametrize("draw", [drawn_lines, drawn_bars, drawn_stack])


def texts(chart: Chart) -> list[str]:
    return [each.text or "" for each in ET.fromstring(chart.svg).iter(f"{SVG}text")]


@DRAWN
def test_a_chart_is_a_picture_with_a_title_and_a_description(draw: Callable[..., Chart]) -> None:
    root = ET.fromstring(draw().svg)
    named = [root.find(f"{SVG}{part}") for part in ("title", "desc")]
    assert root.get("role") == "img"
    assert [each is not None and each.text for each in named] == ["Enquiries rose", "Four quarters of enquiries."]
    assert root.get("aria-labelledby") == " ".join(each.get("id", "") for each in named if each is not None)


@DRAWN
def test_a_chart_carries_no_style_and_no_script(draw: Callable[..., Chart]) -> None:
    for element in ET.fromstring(draw().svg).iter():
        assert element.tag.removeprefix(SVG) not in {"style", "script", "a", "image", "foreignObject"}
        assert not [name for name in element.keys() if name == "style" or name.startswith("on")]  # noqa: SIM118


@DRAWN
def test_what_somebody_named_is_text_and_never_markup(draw: Callable[..., Chart]) -> None:
    chart = draw('</title><script>alert("x")</script>')
    assert "<script" not in chart.svg
    ET.fromstring(chart.svg)


def test_lines_are_told_apart_by_dashes_and_named_with_their_last_figure() -> None:
    root = ET.fromstring(drawn_lines().svg)
    assert len({line.get("stroke-dasharray") for line in root.iter(f"{SVG}polyline")}) == 2
    assert {"Enquiries", "248", "Cases", "1", "2022/23"} <= set(texts(drawn_lines()))


def test_parts_of_a_bar_are_told_apart_by_patterns() -> None:
    root = ET.fromstring(drawn_stack().svg)
    patterns = {each.get("id"): ET.tostring(each) for each in root.iter(f"{SVG}pattern")}
    assert len(patterns) == len({text.partition(b"id=")[2][15:] for text in patterns.values()}) == 5
    assert {f"url(#{name})" for name in patterns} <= {each.get("fill") for each in root.iter(f"{SVG}rect")}


def test_a_bar_tells_its_category_and_its_figure() -> None:
    assert texts(drawn_bars())[:2] == ["Scams", "30"]


def test_the_table_beneath_tells_the_same_and_names_what_is_missing() -> None:
    assert drawn_bars().rows[0] == ("Scams", "30")
    assert drawn_lines().rows[1] == ("2021/22 Q4", "not available", "1")
    assert drawn_stack().rows[0] == ("2021/22 Q3", "10", "10", "10", "10", "10", "50")
    assert drawn_stack().head == ("", *(f"Class {name}" for name in "ABCDE"), "Total")


@given(values=st.lists(st.decimals(-(10**9), 10**9, places=2), max_size=12))
def test_whatever_the_figures_are_bars_stay_inside_the_picture(values: list[Decimal]) -> None:
    chart = bars(subject(), [(f"Category {place}", value) for place, value in enumerate(values)])
    for bar in ET.fromstring(chart.svg).iter(f"{SVG}rect"):
        assert 0 <= float(bar.get("x", "0")) + float(bar.get("width", "0")) <= WIDTH


def test_two_years_that_begin_side_by_side_are_not_written_over_each_other() -> None:
    quarters = (
        "2024/25 Q4",
        *(f"2025/26 Q{each}" for each in (1, 2, 3, 4)),
        *(f"2026/27 Q{each}" for each in (1, 2, 3)),
    )
    drawn = texts(lines(subject(), quarters, [Series("Enquiries", (M(1),) * 8)]))
    assert [text for text in drawn if "/" in text] == ["2025/26", "2026/27"]
    assert [text for text in drawn if text.startswith("Q")] == ["Q4", "Q1", "Q2", "Q3", "Q4", "Q1", "Q2", "Q3"]


def test_the_last_figures_of_lines_that_meet_lie_neither_on_one_another_nor_on_the_quarters() -> None:
    for last in (M(0), M(248)):
        series = [Series(name, (M(248), M(1), M(1), last)) for name in "ABCD"]
        root = ET.fromstring(lines(subject(), QUARTERS, series).svg)
        heights = [int(each.get("y", "")) for each in root.iter(f"{SVG}text") if each.get("text-anchor") == "end"]
        quarters = [int(each.get("y", "")) for each in root.iter(f"{SVG}text") if each.text == "Q3"]
        gaps = [below - above for above, below in pairwise([0, *sorted(heights[:4]), *quarters])]
        assert min(gaps) >= 14
