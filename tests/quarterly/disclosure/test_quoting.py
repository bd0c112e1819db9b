"""What another quarter's report says is not told otherwise, by few, in this one."""

import pytest
from msgspec.structs import replace

from tests.quarterly.disclosure.tables import figure
from tsalert.core.periods import Period, parse_period
from tsalert.quarterly.content import SUPPRESSED, Column, Figure, Row, Section, Table
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.disclosure.quoting import Published
from tsalert.quarterly.disclosure.wording import HELD_NOTE
from tsalert.quarterly.vocabulary import About, Kind, SectionKey, Unit

Q1, Q2 = parse_period("2022/23 Q1"), parse_period("2022/23 Q2")
_KINDS = {"current": Kind.QUARTER, "before": Kind.QUARTER, "last_year": Kind.PLAIN, "rolling": Kind.YEAR}


def report(now: int, before: int, last_year: int = 100, rolling: int = 900) -> tuple[Section, ...]:
    """A report of which the trend has this quarter and the last one."""
    columns = tuple(Column(key, key, Unit.COUNT, kind=kind) for key, kind in _KINDS.items())
    change = Column("change", "Change", Unit.WORDS)
    told = Figure("+9%", tells=(("glance_count", "cases", "last_year"),))
    row = Row("cases", "Cases", (*map(figure, (now, before, last_year, rolling)), told), about=About.PEOPLE)
    trend = tuple(Row(each.label, each.label, (figure(number),)) for each, number in ((Q1, before), (Q2, now)))
    cases = (Column("cases", "Cases", Unit.COUNT, About.PEOPLE),)
    return (
        Section(SectionKey.GLANCE, (Table("glance_count", "Glance", "Indicator", (*columns, change), (row,)),)),
        Section(SectionKey.DEMAND, (Table("demand_trend", "Trend", "Quarter", cases, trend),)),
    )


def first(cases: int) -> Published:
    """The first quarter's report, whose trend has nothing but itself."""
    columns = tuple(Column(key, key, Unit.COUNT, kind=kind) for key, kind in _KINDS.items())
    row = Row("cases", "Cases", tuple(map(figure, (cases, 80, 90, 700))), about=About.PEOPLE)
    trend = (Row(Q1.label, Q1.label, (figure(cases),)),)
    sections = (
        Section(SectionKey.GLANCE, (Table("glance_count", "Glance", "Indicator", columns, (row,)),)),
        Section(
            SectionKey.DEMAND,
            (Table("demand_trend", "Trend", "Quarter", (Column("cases", "Cases", Unit.COUNT, About.PEOPLE),), trend),),
        ),
    )
    return Published(Q1, for_public(sections))


def second(sections: tuple[Section, ...], *others: Published, quarter: Period = Q2) -> dict[str, list[list[str]]]:
    public = for_public(sections, (), quarter, others)
    tables = [block for section in public for block in section.blocks if isinstance(block, Table)]
    return {table.key: [[each.shown for each in row.figures] for row in table.rows] for table in tables} | {
        "notes": [list(table.notes) for table in tables]
    }


@pytest.mark.parametrize(
    ("published", "now", "expected"),
    [
        pytest.param(233, 233, "233", id="unchanged"),
        pytest.param(233, 235, "233", id="two-came-late"),
        pytest.param(233, 231, "233", id="two-went"),
        pytest.param(233, 240, "240", id="seven-came-late"),
        pytest.param(4, 5, SUPPRESSED, id="few-became-five"),
        pytest.param(4, 60, SUPPRESSED, id="few-became-many"),
    ],
)
def test_last_quarter_is_told_as_it_was_published_where_the_difference_tells_of_few(
    published: int, now: int, expected: str
) -> None:
    found = second(report(300, now), first(published))
    assert found["glance_count"][0][:2] == ["300", expected]
    assert found["demand_trend"] == [[expected], ["300"]]


def test_four_quarters_are_not_told_beside_a_quarter_of_theirs_that_is_older() -> None:
    """900 less what the four reports say are the two who came late."""
    assert second(report(300, 233), first(233))["glance_count"][0][3] == "900"
    found = second(report(300, 235), first(233))
    assert found["glance_count"][0][3] == SUPPRESSED
    assert HELD_NOTE in found["notes"][0]


def test_a_change_is_not_told_of_a_figure_that_is_quoted() -> None:
    year_before = parse_period("2021/22 Q2")
    older = Published(year_before, report(102, 90))
    assert second(report(300, 233, 110), older)["glance_count"][0][4] == "+9%"
    found = second(report(300, 233, 100), older)
    assert found["glance_count"][0][2] == "102"
    assert found["glance_count"][0][4] == SUPPRESSED


def test_what_was_published_last_of_a_quarter_is_quoted() -> None:
    found = second(report(300, 241), first(240), first(233))
    assert found["demand_trend"][0] == ["240"]


def published(quarter: Period, cases: int) -> Published:
    """A quarter's report that tells of its own quarter alone."""
    columns = (Column("current", "current", Unit.COUNT, kind=Kind.QUARTER),)
    row = Row("cases", "Cases", (figure(cases),), about=About.PEOPLE)
    return Published(
        quarter, for_public((Section(SectionKey.GLANCE, (Table("glance_count", "A", "B", columns, (row,)),)),))
    )


@pytest.mark.parametrize(
    ("third", "rolling", "expected"),
    [
        pytest.param((200,), 300 + 233 + 250 + 200, "983", id="as-the-four-reports-say"),
        pytest.param((2,), 300 + 233 + 250 + 2, SUPPRESSED, id="less-the-others-it-is-the-hidden-one"),
        pytest.param((200,), 300 + 233 + 250 + 202, SUPPRESSED, id="two-came-late"),
        pytest.param((200,), 300 + 233 + 250 + 208, "991", id="eight-came-late"),
        pytest.param((208, 200), 300 + 233 + 250 + 208, "991", id="as-was-published-last"),
        pytest.param((208, 200), 300 + 233 + 250 + 202, SUPPRESSED, id="two-more-than-was-published-first"),
    ],
)
def test_four_quarters_less_what_their_reports_say_leave_nothing_of_few(
    third: tuple[int, ...], rolling: int, expected: str
) -> None:
    """No table here shows the quarters before the last one; their own reports do."""
    winter, autumn = parse_period("2021/22 Q4"), parse_period("2021/22 Q3")
    others = [published(Q1, 233), published(winter, 250), *(published(autumn, each) for each in third)]
    assert second(report(300, 233, rolling=rolling), *others)["glance_count"][0][3] == expected


@pytest.mark.parametrize(
    ("now", "revised", "anew"),
    [
        pytest.param(240, "240", "240", id="as-the-later-report-says"),
        pytest.param(241, "233", SUPPRESSED, id="one-more-than-it-says"),
        pytest.param(250, "250", "250", id="ten-more-than-it-says"),
    ],
)
def test_what_a_later_report_says_of_this_quarter_is_not_told_otherwise_by_few(
    now: int, revised: str, anew: str
) -> None:
    """The second quarter's report, which came between, tells 240 of the first."""
    later = Published(Q2, for_public(report(300, 240), (), Q2, [first(233)]))
    sections = published(Q1, now).sections
    for earlier, expected in (([published(Q1, 233).sections], revised), ([], anew)):
        (section,) = for_public(sections, earlier, Q1, [later])
        (table,) = (block for block in section.blocks if isinstance(block, Table))
        assert table.rows[0].figures[0].shown == expected


def test_what_no_edition_of_this_quarter_had_yet_is_not_told_otherwise_by_few_either() -> None:
    """An indicator that was added since: there is nothing of it that could stand as it was."""
    later = Published(Q2, for_public(report(300, 240), (), Q2, [first(233)]))
    (glance,) = published(Q1, 241).sections
    (table,) = (block for block in glance.blocks if isinstance(block, Table))
    enquiries = Row("enquiries", "Enquiries", tuple(figure(500) for _ in table.columns), about=About.PEOPLE)
    before, now = (
        replace(glance, blocks=(replace(table, rows=rows),)) for rows in ((enquiries,), (enquiries, *table.rows))
    )
    for earlier in ((before,), ()):
        (section,) = for_public((now,), [earlier], Q1, [later])
        (told,) = (block for block in section.blocks if isinstance(block, Table))
        assert [row.figures[0].shown for row in told.rows] == ["500", SUPPRESSED]
