"""What the public reads of a report: published tables, money, charts, words and notes."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.quarterly.disclosure import tables
from tests.quarterly.disclosure.tables import figure, section
from tsalert.quarterly.content import SUPPRESSED, Block, Chart, Column, Figure, Prose, Row, Section, Table
from tsalert.quarterly.disclosure.publishing import for_public
from tsalert.quarterly.disclosure.wording import HIDDEN_NOTE
from tsalert.quarterly.vocabulary import About, ChartKind, Kind, SectionKey, Unit

MERGES = ((("scams", "doorstep_crime"), "both", "Scams and doorstep crime"),)
_MONEY = (("financial", False), ("health", False), ("other", False), ("total", True))


def savings(scams: tuple[int, str, int], doorstep: tuple[int, str, int], friends: int, blockers: int) -> Table:
    """The board's table: how many records, their pounds, the largest; health is 54% of these."""
    people = [_evidenced(*scams), _evidenced(*doorstep)]
    service = [
        _rated(friends, Decimal("23.09"), Decimal(0), Decimal("36.03")),
        _rated(blockers, Decimal("16540.50"), Decimal("8931.87"), Decimal(0)),
    ]
    lines = [*people, *service]
    whole = [sum((line[place].value or Decimal(0) for line in lines), Decimal(0)) for place in range(1, 5)]
    keys = ("scams", "doorstep_crime", "friends_against_scams", "call_blockers")
    abouts = (About.PEOPLE, About.PEOPLE, About.SERVICE, About.SERVICE)
    rows = [Row(key, key, line, about=about) for key, line, about in zip(keys, lines, abouts, strict=True)]
    total = Row("total", "Total", (Figure("n/a"), *map(_pounds, whole)), is_total=True)
    money = [Column(key, key, Unit.MONEY, is_total=is_total) for key, is_total in _MONEY]
    columns = (Column("number", "Number", Unit.COUNT), *money)
    return Table("savings_table", "Savings", "Intervention", columns, (*rows, total), (), MERGES)


def _pounds(value: int | Decimal, records: int | None = None, largest: Decimal | None = None) -> Figure:
    exact = Decimal(value)
    return Figure(f"£{exact.quantize(Decimal(1), 'ROUND_HALF_UP'):,}", exact, records, largest)


def _evidenced(number: int, pounds: str, largest: int) -> tuple[Figure, ...]:
    parts = [Decimal(pounds) * share for share in (Decimal(1), Decimal("0.54"), Decimal(0), Decimal("1.54"))]
    most = [Decimal(largest) * share for share in (Decimal(1), Decimal("0.54"), Decimal(0), Decimal("1.54"))]
    return (figure(number), *(_pounds(part, number, each) for part, each in zip(parts, most, strict=True)))


def _rated(units: int, *rates: Decimal) -> tuple[Figure, ...]:
    return (figure(units), *(_pounds(rate * units) for rate in rates), _pounds(sum(rates, Decimal(0)) * units))


def shown(table: Table) -> dict[str, list[str]]:
    return {row.key: [each.shown for each in row.figures] for row in table.rows}


def public(*blocks: Block, key: SectionKey = SectionKey.SAVINGS) -> tuple[Block, ...]:
    return tuple(block for part in for_public([Section(key, blocks)], []) for block in part.blocks)


def public_table(table: Table, key: SectionKey = SectionKey.SAVINGS) -> Table:
    (found,) = public(table, key=key)
    assert isinstance(found, Table)
    return found


def test_the_first_quarter_of_2022_23_is_published_with_scams_merged() -> None:
    """The £600 were one person's; Friends and blockers are the service's own work and stand."""
    found = public_table(savings((1, "600", 600), (5, "40500", 18_000), 112, 3))
    assert shown(found) == {
        "both": ["6", "£41,100", "£22,194", "£0", "£63,294"],
        "friends_against_scams": ["112", "£2,586", "£0", "£4,035", "£6,621"],
        "call_blockers": ["3", "£49,622", "£26,796", "£0", "£76,417"],
        "total": ["n/a", "£93,308", "£48,990", "£4,035", "£146,333"],
    }
    assert found.rows[0].title == "Scams and doorstep crime"
    assert found.notes == ()


def test_the_second_quarter_of_2022_23_loses_nothing() -> None:
    found = public_table(savings((0, "0", 0), (0, "0", 0), 0, 0))
    assert all(set(values) <= {"0", "£0", "n/a"} for values in shown(found).values())
    assert set(shown(found)) == {"scams", "doorstep_crime", "friends_against_scams", "call_blockers", "total"}


def test_one_persons_saving_hides_the_totals_too_where_all_else_stands() -> None:
    """Who has the total and the rates of blockers and Friends would have the rest of it."""
    found = public_table(savings((1, "600", 600), (1, "40500", 40_500), 112, 3))
    assert shown(found) == {
        "both": ["[c]", "[c]", "[c]", "£0", "[c]"],
        "friends_against_scams": ["112", "£2,586", "£0", "£4,035", "£6,621"],
        "call_blockers": ["3", "£49,622", "£26,796", "£0", "£76,417"],
        "total": ["n/a", "[c]", "[c]", "£4,035", "[c]"],
    }
    assert found.notes == (HIDDEN_NOTE,)


def test_a_total_that_is_hidden_is_hidden_in_every_table_and_in_no_sentence() -> None:
    table = savings((1, "600", 600), (1, "40500", 40_500), 112, 3)
    columns = (Column("current", "Number", Unit.MONEY), Column("change", "Change", Unit.WORDS))
    rows = (
        Row("all", "All savings", (table.rows[-1].figures[-1], Figure("+12%"))),
        Row("friends", "Friends", (table.rows[2].figures[-1], Figure("-3%"))),
    )
    notes = ("All savings were £146,333.", "Friends made £6,621.")
    headline = Table("headlines", "Headlines", "What", columns, rows, notes)
    chart = Chart("c", "Most was £40,500 of doorstep crime", "Bars", ChartKind.BARS, "savings_table", ("financial",))
    first, second = for_public(
        [Section(SectionKey.HEADLINES, (headline,)), Section(SectionKey.SAVINGS, (chart, table))], []
    )
    (told,) = first.blocks
    assert isinstance(told, Table)
    assert shown(told) == {"all": ["[c]", "[c]"], "friends": ["£6,621", "-3%"]}
    assert told.notes == ("Friends made £6,621.", HIDDEN_NOTE)
    drawn = second.blocks[0]
    assert isinstance(drawn, Chart)
    assert (drawn.finding, drawn.rows) == ("Savings", ("friends_against_scams", "call_blockers"))
    assert "Savings" not in drawn.description, "its title, which is read out before it, is not said twice"


def losses(*rows: tuple[str, int, str, int]) -> Table:
    columns = (
        Column("told", "Cases", Unit.COUNT, About.PEOPLE),
        Column("lost", "Lost", Unit.MONEY, About.PEOPLE),
        Column("one", "One victim lost", Unit.MONEY, About.PEOPLE, kind=Kind.MEAN),
        Column("middle", "Half lost less than", Unit.MONEY, About.PEOPLE, kind=Kind.MEDIAN),
        Column("most", "Nobody lost more than", Unit.MONEY, About.PEOPLE, kind=Kind.LARGEST),
        Column("share", "Of all", Unit.SHARE, About.PEOPLE),
        Column("change", "Change", Unit.WORDS),
        Column("wanted", "What we wanted", Unit.WORDS, kind=Kind.SET_BEFOREHAND),
    )
    return Table("losses", "Losses", "Type", columns, tuple(_loss(*row) for row in rows))


def _loss(key: str, told: int, lost: str, largest: int) -> Row:
    amounts = [Decimal(lost), Decimal(lost) / told, Decimal(lost) / told, Decimal(largest)]
    money = [_pounds(each, told, Decimal(largest)) for each in amounts]
    return Row(key, key, (figure(told), *money, Figure("12%", 12), Figure("+3"), Figure("No target")))


@pytest.mark.parametrize(
    ("told", "lost", "largest", "expected"),
    [
        pytest.param(40, "40000", 9_000, "40 £40,000 £1,000 £1,000 [c] 12% [c]", id="many"),
        pytest.param(9, "9000", 3_000, "9 £9,000 £1,000 [c] [c] 12% [c]", id="no-median-of-nine"),
        pytest.param(4, "4000", 1_500, "[c] £4,000 [c] [c] [c] [c] [c]", id="four"),
        pytest.param(2, "4000", 2_000, "[c] [c] [c] [c] [c] [c] [c]", id="two"),
        pytest.param(40, "40000", 34_001, "40 [c] [c] £1,000 [c] [c] [c]", id="one-is-more-than-85%"),
        pytest.param(40, "40000", 34_000, "40 £40,000 £1,000 £1,000 [c] 12% [c]", id="one-is-85%"),
    ],
)
def test_money_of_people_is_shown_by_how_many_it_tells_of(told: int, lost: str, largest: int, expected: str) -> None:
    assert shown(public_table(losses(("scam", told, lost, largest)), SectionKey.DEMAND))["scam"] == [
        *expected.split(),
        "No target",
    ]


def test_money_of_which_nobody_says_how_many_records_it_has_is_hidden() -> None:
    table = Table(
        "t", "T", "T", (Column("lost", "Lost", Unit.MONEY, About.PEOPLE),), (Row("a", "A", (figure(Decimal(900)),)),)
    )
    assert shown(public_table(table)) == {"a": [SUPPRESSED]}


def test_money_that_nobodys_record_makes_is_shown() -> None:
    """Such as the savings of a quarter with blockers alone, in a row that in other quarters holds people's money."""
    table = Table(
        "t", "T", "T", (Column("saved", "Saved", Unit.MONEY, About.PEOPLE),), (Row("a", "A", (_pounds(900, 0),)),)
    )
    assert shown(public_table(table)) == {"a": ["£900"]}


def test_a_mean_in_another_table_tells_no_hidden_sum() -> None:
    lost = Column("lost", "Lost", Unit.MONEY, About.PEOPLE)
    sums = (
        Row("a", "A", (figure(Decimal(900), 1, 900),)),
        Row("b", "B", (figure(Decimal(6_000), 10, 2_000),)),
        Row("c", "C", (figure(Decimal(70_000), 10, 9_000),)),
        Row("total", "Total", (figure(Decimal(76_900), 21, 9_000),), is_total=True),
    )
    told = Column("told", "Cases", Unit.COUNT, About.PEOPLE)
    mean = Column("mean", "Mean", Unit.MONEY, About.PEOPLE, kind=Kind.MEAN)
    means = (
        Row("b", "B", (figure(11), figure(Decimal(600), 10, 2_000))),
        Row("c", "C", (figure(12), figure(Decimal(7_000), 10, 9_000))),
    )
    first, second = public(
        Table("sums", "Sums", "T", (lost,), sums),
        Table("means", "Means", "T", (told, mean), means),
        key=SectionKey.DEMAND,
    )
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert shown(first) == {"a": ["[c]"], "b": ["[c]"], "c": ["£70,000"], "total": ["£76,900"]}
    assert shown(second) == {"b": ["11", "[c]"], "c": ["12", "£7,000"]}


@pytest.mark.parametrize(
    ("told", "is_shown"),
    [
        pytest.param("90% (9 of 10)", False, id="one-was-not"),
        pytest.param("30% (3 of 10)", False, id="three-were"),
        pytest.param("50% (5 of 10)", True, id="five-and-five"),
        pytest.param("100% (10 of 10)", True, id="all"),
        pytest.param("3 of 3", False, id="of-few"),
    ],
)
def test_a_share_tells_of_those_in_it_and_of_those_outside(told: str, *, is_shown: bool) -> None:
    columns = (Column("share", "Share", Unit.SHARE, About.PEOPLE),)
    table = Table("t", "T", "T", columns, (Row("a", "A", (Figure(told, Decimal(90)),)),))
    assert shown(public_table(table)) == {"a": [told if is_shown else SUPPRESSED]}


def glance(values: tuple[int, int, int, int], rag: str = "Green") -> Table:
    keys = {"current": Kind.QUARTER, "before": Kind.QUARTER, "last_year": Kind.PLAIN, "rolling": Kind.YEAR}
    columns = [Column(key, key.replace("_", " "), Unit.COUNT, kind=kind) for key, kind in keys.items()]
    told = {"rolling_change": Kind.YEAR_IN_WORDS, "target": Kind.SET_BEFOREHAND}
    keys_said = ("change", "rolling_change", "target", "rag", "direction")
    words = [Column(key, key, Unit.WORDS, kind=told.get(key, Kind.PLAIN)) for key in keys_said]
    said = [Figure(each) for each in ("+1", "+2", "30", rag, "Up, better")]
    row = Row("cases", "Cases", (*map(figure, values), *said), about=About.PEOPLE)
    return Table("glance_count", "Glance", "Indicator", (*columns, *words), (row,))


def test_a_year_of_which_two_quarters_are_unseen_costs_the_row_no_other_word() -> None:
    found = shown(public_table(glance((30, 40, 35, 80)), SectionKey.GLANCE))["cases"]
    assert found == ["30", "40", "35", "[c]", "+1", "[c]", "30", "Green", "Up, better"]


def test_a_small_total_is_hidden_under_whatever_name_it_has_among_the_headlines() -> None:
    table = tables.counts("t", tables.with_totals([[2], [0]], is_wide=False), is_wide=False)
    whole = tables.counts("w", tables.with_totals([[2], [7]], is_wide=False), is_wide=False)
    columns = (Column("current", "Number", Unit.COUNT),)
    rows = tuple(Row(key, key, (figure(each),), about=About.PEOPLE) for key, each in (("few", 2), ("matters", 9)))
    first, second = for_public(
        [section(Table("h", "H", "What", columns, rows), key=SectionKey.HEADLINES), section(table, whole)], []
    )
    (headlines,), (_, parts) = first.blocks, second.blocks
    assert isinstance(headlines, Table)
    assert isinstance(parts, Table)
    assert shown(headlines) == {"few": ["[c]"], "matters": ["9"]}
    assert shown(parts) == {"row0": ["[c]"], "row1": ["[c]"], "total": ["9"]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param((30, 40, 35, 150), ["30", "40", "35", "150"], id="all-shown"),
        pytest.param((3, 40, 35, 150), ["[c]", "40", "35", "[c]"], id="the-year-less-what-others-told"),
        pytest.param((30, 2, 35, 150), ["30", "[c]", "35", "[c]"], id="last-quarter"),
        pytest.param((30, 40, 1, 150), ["30", "40", "[c]", "[c]"], id="last-year"),
    ],
)
def test_a_years_sum_tells_no_quarter_of_it(values: tuple[int, int, int, int], expected: list[str]) -> None:
    found = shown(public_table(glance(values), SectionKey.GLANCE))["cases"]
    assert found[:4] == expected
    is_all = SUPPRESSED not in expected
    assert found[4:] == (["+1", "+2", "30", "Green", "Up, better"] if is_all else ["[c]", "[c]", "30", "[c]", "[c]"])


def test_a_years_sum_tells_no_quarter_that_another_table_hides() -> None:
    column = Column("cases", "Cases", Unit.COUNT, About.PEOPLE)
    numbers = (40, 3, 60, 50)
    trend = Table(
        "trend",
        "T",
        "Quarter",
        (column,),
        tuple(Row(f"q{n}", f"q{n}", (figure(each),)) for n, each in enumerate(numbers)),
    )
    first, second = for_public([section(glance((50, 60, 35, 153)), key=SectionKey.GLANCE), section(trend)], [])
    (year,), (quarters,) = first.blocks, second.blocks
    assert isinstance(year, Table)
    assert isinstance(quarters, Table)
    hidden = [*shown(year)["cases"][:4], *(each for row in shown(quarters).values() for each in row)]
    assert hidden.count(SUPPRESSED) == 2


def test_what_is_for_the_board_alone_falls_away() -> None:
    secret = replace(glance((30, 40, 35, 150)), is_exempt=True)
    chart = Chart("c", "F", "D", ChartKind.BARS, "glance_count", ("current",))
    parts = (Prose("For everybody"), Prose("For the board", is_exempt=True), secret, chart)
    assert public(*parts) == (Prose("For everybody"),)
    assert (
        for_public([Section(SectionKey.AHEAD, parts, is_exempt=True), Section(SectionKey.DEMAND, (secret,))], []) == ()
    )


def test_what_is_behind_a_figure_never_leaves() -> None:
    found = public_table(losses(("scam", 40, "40000", 9_000)), SectionKey.DEMAND)
    assert {(each.records, each.largest) for row in found.rows for each in row.figures} == {(None, None)}
    assert found.merges == ()


def test_work_of_the_service_is_shown_however_little_it_is() -> None:
    row = Row("talks", "Talks", (figure(1), figure(Decimal(3))), about=About.SERVICE)
    columns = (Column("n", "N", Unit.COUNT, About.PEOPLE), Column("m", "M", Unit.MONEY, About.PEOPLE))
    assert shown(public_table(Table("t", "T", "T", columns, (row,)))) == {"talks": ["1", "£3"]}
