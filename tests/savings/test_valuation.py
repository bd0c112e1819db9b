"""Formulas, exactly."""

from datetime import date
from decimal import Decimal, Inexact
from functools import reduce
from itertools import pairwise
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsalert.core.periods import parse_period
from tsalert.savings.figures.groups import Group, Kind, make_group
from tsalert.savings.figures.table import ROUNDING_NOTE, SavingsTable, build_table, quarters_of
from tsalert.savings.rules import InterventionType as Type
from tsalert.savings.valuing.methods import AS_PUBLISHED
from tsalert.savings.valuing.profiles import COLUMNS
from tsalert.savings.valuing.valuation import Quantity, Rate, RateKind, ValueClass, exact_pounds, total, value
from tsalert.savings.valuing.worth import Entry, Moment

YEAR = parse_period("2021/22")
FINANCIAL = frozenset({ValueClass.PREVENTED, ValueClass.FUTURE_FINANCIAL})
DAY = date(2021, 5, 1)
PARTS = ("financial", "health", "other")


def rate(component: ValueClass, kind: RateKind, amount: str) -> Rate:
    return Rate("published", "any", component, kind, Decimal(amount), "each", "E")


SHARE = rate(ValueClass.HEALTH_QOL, RateKind.SHARE_OF, "0.54")
LOSS = rate(ValueClass.FUTURE_FINANCIAL, RateKind.PER_AMOUNT, "1")
RATES = {
    Type.SCAM_VICTIM: (LOSS, SHARE),
    Type.DOORSTEP_CRIME: (LOSS, SHARE),
    Type.CALL_BLOCKER: (rate(ValueClass.FUTURE_FINANCIAL, RateKind.PER_UNIT, "16540.50"), SHARE),
    Type.FRIENDS_AGAINST_SCAMS: (
        rate(ValueClass.FUTURE_FINANCIAL, RateKind.PER_UNIT, "23.09"),
        rate(ValueClass.OTHER_SOCIETAL, RateKind.PER_UNIT, "36.03"),
    ),
}


def group(kind: Type, quantity: Quantity, *, part: int = 0, rates: tuple[Rate, ...] | None = None) -> Group:
    money = ValueClass.PREVENTED if quantity.prevented else None
    money = ValueClass.RECOVERED if quantity.recovered else money
    chosen = RATES[kind] if rates is None else rates
    entry = Entry(DAY, Moment.RECORDED, quantity, chosen)
    return make_group(Kind(type=kind, part=part, money=money), entry, AS_PUBLISHED)


def table(*groups: Group) -> SavingsTable:
    return build_table(YEAR, AS_PUBLISHED, groups)


@pytest.mark.parametrize(
    ("kind", "quantity", "formulas"),
    [
        pytest.param(
            Type.CALL_BLOCKER,
            Quantity(3),
            ["3 × £16,540.50 = £49,621.50 → £49,622", "0.54 × £49,621.50 = £26,795.61 → £26,796"],
            id="blockers",
        ),
        pytest.param(
            Type.FRIENDS_AGAINST_SCAMS,
            Quantity(1953),
            ["1,953 × £23.09 = £45,094.77 → £45,095", "1,953 × £36.03 = £70,366.59 → £70,367"],
            id="friends",
        ),
        pytest.param(
            Type.SCAM_VICTIM,
            Quantity(1, prevented=Decimal("0.01")),
            ["£0.01 as evidenced → £0", "0.54 × £0.01 = £0.0054 → £0"],
            id="a-penny-prevented",
        ),
        pytest.param(
            Type.DOORSTEP_CRIME,
            Quantity(1, future=Decimal(40500)),
            ["1 × £40,500.00 = £40,500.00 → £40,500", "0.54 × £40,500.00 = £21,870.00 → £21,870"],
            id="future-loss",
        ),
        pytest.param(
            Type.SCAM_VICTIM, Quantity(1, recovered=Decimal(75)), ["£75.00 as evidenced → £75"], id="recovered-no-share"
        ),
    ],
)
def test_a_formula_is_written_out(kind: Type, quantity: Quantity, formulas: list[str]) -> None:
    assert [part.formula for part in value(quantity, RATES[kind], shares_of=FINANCIAL)] == formulas


def test_another_profile_may_take_the_health_share_of_future_losses_alone() -> None:
    both = Quantity(2, prevented=Decimal(600), future=Decimal(100))
    made = value(both, RATES[Type.SCAM_VICTIM], shares_of=frozenset({ValueClass.FUTURE_FINANCIAL}))
    assert [part.exact for part in made if part.value_class is ValueClass.HEALTH_QOL] == [Decimal(54)]


def test_half_a_pound_is_rounded_up_and_not_to_even() -> None:
    for amount, shown in [("0.50", 1), ("1.50", 2), ("2.50", 3), ("2.49", 2)]:
        cells = table(group(Type.SCAM_VICTIM, Quantity(1, prevented=Decimal(amount)))).row("scams")
        financial = cells.cell("financial")
        assert financial
        assert financial.shown == shown


def test_a_sum_that_would_lose_a_digit_raises() -> None:
    with pytest.raises(Inexact):
        total([Decimal(10) ** 60, Decimal("0.01")])


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "£0.00"), ("1E+3", "£1,000.00"), ("-12.5", "-£12.50"), ("113418.900", "£113,418.90"), ("0.0054", "£0.0054")],
)
def test_exact_pounds_keep_every_digit(amount: str, text: str) -> None:
    assert exact_pounds(Decimal(amount)) == text


MONEY = st.integers(1, 10**9).map(lambda pennies: Decimal(pennies) / 100)
QUANTITIES = {
    Type.SCAM_VICTIM: MONEY.map(lambda amount: Quantity(1, prevented=amount)),
    Type.DOORSTEP_CRIME: MONEY.map(lambda amount: Quantity(1, future=amount)),
    Type.CALL_BLOCKER: st.integers(1, 1000).map(Quantity),
    Type.FRIENDS_AGAINST_SCAMS: st.integers(1, 10_000).map(Quantity),
}
GROUPS = st.sampled_from(list(QUANTITIES)).flatmap(
    lambda kind: st.builds(lambda quantity, part: group(kind, quantity, part=part), QUANTITIES[kind], st.integers(0, 3))
)


@given(st.lists(GROUPS, max_size=12), st.randoms())
def test_order_and_grouping_never_change_a_result(groups: list[Group], chance: st.randoms) -> None:  # type: ignore[valid-type]
    shuffled = list(groups)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    merged = []
    for kind in QUANTITIES:
        alike = [found.entry.quantity for found in shuffled if found.type is kind]
        merged += [group(kind, reduce(add, alike))] if alike else []
    expected = table(*groups)
    assert table(*shuffled) == expected
    assert table(*merged).lines == expected.lines


@given(st.lists(GROUPS, max_size=12))
def test_every_total_is_the_rounding_of_its_own_sum_and_the_note_stands_where_cells_do_not_add_up(
    groups: list[Group],
) -> None:
    made = table(*groups)
    adds_up = True
    for row in made.lines:
        parts = [cell for cell in (row.cell(name) for name in PARTS) if cell]
        assert row.total.exact == sum(cell.exact for cell in parts)
        difference = abs(row.total.shown - sum(cell.shown for cell in parts))
        assert difference <= Decimal("0.5") * (len(parts) + 1)
        adds_up &= difference == 0
    for column in COLUMNS:
        cells = [cell for cell in (row.cell(column) for row in made.rows) if cell]
        whole = made.column_totals.cell(column)
        assert whole
        assert whole.exact == sum(cell.exact for cell in cells)
        adds_up &= whole.shown == sum(cell.shown for cell in cells)
    inner = [cell.shown for row in made.rows for cell in (row.cell(name) for name in PARTS) if cell]
    adds_up &= sum(inner) == made.grand_total.shown
    assert (ROUNDING_NOTE in made.notes) is not adds_up


@given(st.lists(GROUPS, max_size=12))
def test_a_line_of_reconciliation_stands_exactly_where_shown_quarters_miss_the_year(groups: list[Group]) -> None:
    year = table(*groups)
    quarters = [table(*(found for found in groups if found.kind.part == part)) for part in range(4)]
    missed = set()
    for row in year.lines:
        for column, title in COLUMNS.items():
            cell = row.cell(column)
            shown = [found.shown for found in (quarter.row(row.slug).cell(column) for quarter in quarters) if found]
            if cell and sum(shown) != cell.shown:
                missed.add((row.title, title))
    assert {(line.row, line.column) for line in year.reconciliation} == missed


@given(st.lists(st.integers(1, 21_003_499), max_size=40, unique=True), st.data())
def test_any_split_of_the_scam_and_doorstep_money_gives_the_published_year(
    cuts: list[int], data: st.DataObject
) -> None:
    edges = [0, *sorted(cuts), 21_003_500]
    groups = [
        group(Type.CALL_BLOCKER, Quantity(5)),
        group(Type.FRIENDS_AGAINST_SCAMS, Quantity(953)),
    ]
    for start, end in pairwise(edges):
        kind = data.draw(st.sampled_from([Type.SCAM_VICTIM, Type.DOORSTEP_CRIME]))
        amount = Decimal(end - start) / 100
        quantity = data.draw(st.sampled_from([Quantity(1, prevented=amount), Quantity(1, future=amount)]))
        groups.append(group(kind, quantity, part=data.draw(st.integers(0, 3))))
    year = table(*groups)
    assert year.total_without("financial", "friends_against_scams").shown == 292_738
    assert year.total_without("health", "friends_against_scams").shown == 158_078
    assert year.row("friends_against_scams").total.shown == 56_341
    assert year.grand_total.shown == 507_157
    assert ROUNDING_NOTE in year.notes


def test_recovered_money_advice_and_bank_losses_stand_apart() -> None:
    made = table(
        group(Type.SCAM_VICTIM, Quantity(2, recovered=Decimal("75.50"))),
        make_group(Kind(type=Type.ADVICE), Entry(DAY, Moment.RECORDED, Quantity(4), ()), AS_PUBLISHED, records=4),
        make_group(
            Kind(type=Type.SCAM_VICTIM, money=ValueClass.PREVENTED, is_bank_loss=True),
            Entry(DAY, Moment.RECORDED, Quantity(1, Decimal(900)), (SHARE,)),
            AS_PUBLISHED,
        ),
    )
    assert made.grand_total.exact == 0
    assert [(item.title, item.records, item.amount) for item in made.apart] == [
        ("Advice given", 4, None),
        ("Losses that a bank must reimburse", 1, Decimal(900)),
        ("Money recovered and returned", 1, Decimal("75.50")),
    ]


def test_a_figure_that_no_approved_rate_gives_says_so_and_is_not_zero() -> None:
    made = table(
        group(Type.CALL_BLOCKER, Quantity(3), rates=()),
        group(Type.SCAM_VICTIM, Quantity(1, prevented=Decimal(600)), rates=()),
    )
    cells = [
        made.row(row).cell(column)
        for row, column in (("call_blockers", "financial"), ("scams", "financial"), ("scams", "health"))
    ]
    assert [cell.text for cell in cells if cell] == ["no approved rate", "£600", "no approved rate"]
    assert "Call blockers: no approved rate for this date (3 of 1 May 2021); only direct savings count." in made.notes


def test_a_year_has_its_four_quarters_and_a_quarter_itself() -> None:
    assert [part.label for part in quarters_of(YEAR)] == [f"2021/22 Q{number}" for number in (1, 2, 3, 4)]
    assert [part.label for part in quarters_of(parse_period("2022/23 Q1"))] == ["2022/23 Q1"]
