"""Whoever keeps every version of a report learns nothing from their differences."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.quarterly.disclosure import tables
from tests.quarterly.disclosure.tables import figure
from tests.quarterly.disclosure.test_hiding import NUMBERS, few_of, require_safe, table_of
from tsalert.core.periods import quarter
from tsalert.quarterly.content import SUPPRESSED, Column, Figure, Row, Section, Table
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.disclosure.quoting import Published
from tsalert.quarterly.disclosure.wording import HELD_NOTE, HIDDEN_NOTE
from tsalert.quarterly.vocabulary import About, SectionKey, Unit


def by_type(values: Sequence[int]) -> Table:
    return tables.counts("by_type", tables.with_totals([[each] for each in values], is_wide=False), is_wide=False)


def editions(*revisions: Sequence[Section]) -> list[tuple[Section, ...]]:
    """Publish one revision after the other; the newest first."""
    made: list[tuple[Section, ...]] = []
    for sections in revisions:
        made.insert(0, for_public(sections, made))
    return made


def column(table: Table) -> list[str]:
    return [row.figures[0].shown for row in table.rows]


@pytest.mark.parametrize(
    ("first", "second", "expected", "is_held"),
    [
        pytest.param([50, 60], [50, 60], ["50", "60", "110"], False, id="unchanged"),
        pytest.param([50, 60], [55, 60], ["55", "60", "115"], False, id="five-came"),
        pytest.param([50, 60], [54, 60], ["50", "60", "110"], True, id="four-came"),
        pytest.param([50, 60], [48, 70], ["50", "60", "110"], True, id="two-went-and-ten-came-elsewhere"),
        pytest.param([50, 60], [54, 56], ["50", "60", "110"], True, id="four-moved"),
        pytest.param(
            [3, 60, 70], [9, 60, 70], ["[c]", "[c]", "70", "139"], False, id="the-few-became-many-and-stay-hidden"
        ),
        pytest.param([3, 60, 70], [3, 66, 90], ["[c]", "[c]", "90", "159"], False, id="as-much-hidden-as-before"),
        pytest.param([3, 60, 70], [3, 61, 90], ["[c]", "[c]", "70", "133"], True, id="one-among-the-hidden"),
        pytest.param([20, 60, 70], [3, 60, 70], ["20", "60", "70", "150"], True, id="many-became-few"),
    ],
)
def test_a_table_is_published_anew_when_no_change_tells_of_few(
    first: list[int], second: list[int], expected: list[str], *, is_held: bool
) -> None:
    newest = editions([tables.section(by_type(first))], [tables.section(by_type(second))])[0]
    found = table_of(newest, "by_type")
    assert column(found) == expected
    assert (HELD_NOTE in found.notes) is is_held
    assert (HIDDEN_NOTE in found.notes) is (SUPPRESSED in expected)


def test_small_steps_do_not_add_up_unseen() -> None:
    """Each revision is held against all before it, so that 110 cannot become 102 where 100 was once published."""
    steps = editions(*([tables.section(by_type([each, 60]))] for each in (100, 110, 102)))
    assert [column(table_of(each, "by_type"))[0] for each in steps] == ["110", "110", "100"]


def test_what_is_held_is_published_once_enough_has_changed() -> None:
    steps = editions(*([tables.section(by_type([each, 60]))] for each in (100, 103, 106)))
    assert [column(table_of(each, "by_type"))[0] for each in steps] == ["106", "100", "100"]


def test_a_number_that_is_held_is_held_in_every_table() -> None:
    def report(scams: int, other: int) -> list[Section]:
        rows = (
            Row("cases", "Cases", (figure(scams + other), Figure("+4%")), about=About.PEOPLE),
            Row("talks", "Talks", (figure(scams), Figure("+9%")), about=About.SERVICE),
        )
        columns = (Column("current", "Number", Unit.COUNT), Column("change", "Change", Unit.WORDS))
        headlines = Table("headlines", "H", "What", columns, rows)
        return [tables.section(headlines, key=SectionKey.HEADLINES), tables.section(by_type([scams, other]))]

    newest = editions(report(50, 60), report(52, 68))[0]
    assert column(table_of(newest, "by_type")) == ["50", "60", "110"]
    assert column(table_of(newest, "headlines")) == ["110", "52"]


def test_a_change_in_words_waits_with_the_figure_that_it_tells() -> None:
    """Beside an unchanged 60, "+17%" that becomes "+20%" tells that two went a year before."""

    def report(now: int, before: int, told: str) -> list[Section]:
        columns = (Column("current", "Number", Unit.COUNT), Column("change", "Change", Unit.WORDS))
        tells = (("by_year", "before", "column0"),)
        row = Row("cases", "Cases", (figure(now), Figure(told, tells=tells)), about=About.PEOPLE)
        by_year = tables.without_totals("by_year", [("before", [before]), ("now", [now])])
        return [tables.section(Table("headlines", "H", "What", columns, (row,)), by_year)]

    newest = editions(report(60, 51, "+18%"), report(60, 49, "+22%"))[0]
    assert column(table_of(newest, "by_year")) == ["51", "60"]
    assert [each.shown for each in table_of(newest, "headlines").rows[0].figures] == ["60", "+18%"]


def money(pounds: int, records: int, largest: int) -> list[Section]:
    columns = (
        Column("told", "Cases", Unit.COUNT, About.PEOPLE),
        Column("lost", "Lost", Unit.MONEY, About.PEOPLE),
    )
    row = Row("scam", "Scams", (figure(records), figure(Decimal(pounds), records, largest)))
    return [tables.section(Table("losses", "Losses", "Type", columns, (row,)))]


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param((9_000, 20, 2_000), ["20", "£9,000"], id="unchanged"),
        pytest.param((9_500, 20, 2_000), ["20", "£9,000"], id="an-amount-corrected"),
        pytest.param((9_500, 21, 2_000), ["20", "£9,000"], id="one-came"),
        pytest.param((14_000, 26, 2_000), ["26", "£14,000"], id="six-came"),
        pytest.param((14_000, 26, 4_900), ["20", "£9,000"], id="six-came-one-with-nearly-all"),
    ],
)
def test_a_difference_of_money_is_no_single_amount(second: tuple[int, int, int], expected: list[str]) -> None:
    newest = editions(money(9_000, 20, 2_000), money(*second))[0]
    assert [each.shown for each in table_of(newest, "losses").rows[0].figures] == expected


def test_rows_once_merged_stay_merged() -> None:
    merges = ((("row0", "row1"), "both", "Both"),)
    first, second = (replace(by_type(values), merges=merges) for values in ([2, 60, 70], [9, 70, 70]))
    newest = editions([tables.section(first)], [tables.section(second)])[0]
    assert [row.key for row in table_of(newest, "by_type").rows] == ["both", "row2", "total"]
    assert column(table_of(newest, "by_type")) == ["79", "70", "149"]


def test_another_shape_of_table_waits_where_people_stand_in_it() -> None:
    wide = tables.counts("by_type", tables.with_totals([[50, 9], [60, 9]]))
    newest = editions([tables.section(by_type([50, 60]))], [tables.section(wide)])[0]
    assert column(table_of(newest, "by_type")) == ["50", "60", "110"]


def glance(current: int, before: int, year_ago: int, *shown: str) -> Section:
    """Show one indicator with some of its three quarters."""
    values = {"current": current, "before": before, "last_year": year_ago}
    columns = tuple(Column(key, key, Unit.COUNT) for key in shown)
    row = Row("reports", "Reports", tuple(figure(values[key]) for key in shown), about=About.PEOPLE)
    return Section(SectionKey.GLANCE, (Table("glance_count", "Glance", "Indicator", columns, (row,)),))


@pytest.mark.parametrize("first", [("current",), ("current", "last_year"), ("last_year", "before", "current")])
def test_another_shape_waits_where_another_quarter_says_of_it_what_differs_by_few(first: tuple[str, ...]) -> None:
    """The version that brings a column brings it anew beside a report that said 41 of the quarter before, not 43."""
    now, then = quarter(2022, 3), quarter(2022, 2)
    other = Published(then, for_public([glance(41, 50, 60, "current", "before", "last_year")]))
    earlier = for_public([glance(70, 43, 90, *first)], (), now, [other])
    newest = for_public([glance(70, 43, 90, "current", "before", "last_year")], [earlier], now, [other])
    expected = {"current": "70", "before": "41", "last_year": "90"}
    assert [each.shown for each in table_of(newest, "glance_count").rows[0].figures] == [expected[key] for key in first]


@st.composite
def revisions(draw: st.DrawFn) -> list[list[list[int]]]:
    """Three revisions of a table, in which people come and go, mostly few."""
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 2))
    grid = draw(st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=height, max_size=height))
    moves = st.one_of(st.sampled_from([0, 0, 0, 1, -1, 2]), st.integers(-9, 20))
    made = [grid]
    for _ in range(2):
        made.append([[max(0, each + draw(moves)) for each in line] for line in made[-1]])
    return made


@settings(max_examples=80, deadline=None)
@given(made=revisions())
def test_who_has_all_versions_sees_nobody_come_or_go(made: list[list[list[int]]]) -> None:
    """No shown number, and no sum of hidden ones, differs between two versions by one to four people."""
    before = [tables.counts("by_type", tables.with_totals(grid)) for grid in made]
    published = [table_of(each, "by_type") for each in editions(*([tables.section(table)] for table in before))]
    values = [{name: total for parts, total in tables.shown_in(table) for name in parts} for table in published]
    for number, newer in enumerate(values):
        for older in values[number + 1 :]:
            assert set(newer) == set(older), "a number came to be hidden or shown"
            moved = {name: newer[name] - older[name] for name in newer}
            assert not {abs(by) for by in moved.values()} & {1, 2, 3, 4}
            for parts, _ in tables.equations(published[number], []):
                shown = [name for name in parts if name in moved]
                if len(parts) > 1 and len(shown) < len(parts):
                    assert abs(sum(parts[name] * moved[name] for name in shown)) not in {1, 2, 3, 4}


@settings(max_examples=25, deadline=None)
@given(made=revisions())
def test_each_version_alone_is_safe_too(made: list[list[list[int]]]) -> None:
    """What is hidden because it once was can still be several things."""
    sections = [tables.section(tables.counts("by_type", tables.with_totals(grid))) for grid in made]
    for newest, grid in zip(reversed(editions(*([each] for each in sections))), made, strict=True):
        public = table_of(newest, "by_type")
        is_held = HELD_NOTE in public.notes
        few = [] if is_held else few_of(tables.counts("by_type", tables.with_totals(grid)))
        require_safe(tables.equations(public, []), tables.hidden_in(public), few)
