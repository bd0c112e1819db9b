"""Nothing that is hidden can be worked out from what is shown, proved by somebody who tries."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.quarterly.disclosure import tables
from tests.quarterly.disclosure.attacker import Equation, ranges
from tsalert.quarterly.content import Section, Table
from tsalert.quarterly.disclosure.publishing import for_public

# Mostly few, since that is where anything has to be hidden; nought often, since it is shown.
NUMBERS = st.one_of(st.sampled_from([0, 0, 1, 2, 3, 4]), st.integers(0, 8), st.integers(0, 90))


# What is proved exactly is slowly proved; making a counterexample small would take many times as long.
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)


@st.composite
def grids(draw: st.DrawFn, most: int = 6) -> tuple[list[list[int]], list[int]]:
    height, width = draw(st.integers(1, most)), draw(st.integers(1, 4))
    grid = draw(st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=height, max_size=height))
    cut = draw(st.integers(0, height))
    return grid, draw(st.sampled_from([[], [cut] if cut else [], [cut, height - cut] if 0 < cut < height else []]))


def table_of(sections: Sequence[Section], key: str) -> Table:
    return next(block for part in sections for block in part.blocks if isinstance(block, Table) and block.key == key)


def few_of(before: Table) -> list[tuple[str, str, str]]:
    return [
        (before.key, row.key, column.key)
        for row in before.rows
        for column, each in zip(before.columns, row.figures, strict=True)
        if each.value is not None and 0 < each.value < 5
    ]


def require_safe(
    found: Sequence[Equation], hidden: list[tuple[str, str, str]], few: list[tuple[str, str, str]]
) -> None:
    """Require that few may be anything from 1 to 4, and everything hidden at least two things.

    That a total is at least as much as it has parts is known even where every number but nought is hidden.
    """
    assert set(few) <= set(hidden)
    for name, (low, high) in ranges(tables.solved(found, hidden), hidden).items():
        assert high is None or high - low >= 1, (name, low, high)
        if name in few:
            assert high is None or high >= 4, (name, low, high)
            assert low <= 1 or low <= least_of(found, name), (name, low, high)


def least_of(found: Sequence[Equation], name: tuple[str, str, str]) -> Fraction:
    """Return the least that a number can be by the noughts alone."""
    names = tables.names_in(found)
    return ranges(tables.solved(tables.noughts_alone(found), names), names, only=[name])[name][0]


@settings(max_examples=300, deadline=None)
@given(made=grids(), is_wide=st.booleans())
def test_no_hidden_count_can_be_worked_out(made: tuple[list[list[int]], list[int]], *, is_wide: bool) -> None:
    grid, blocks = made
    before = tables.counts("by_type", tables.with_totals(grid, blocks, is_wide=is_wide), is_wide=is_wide)
    public = table_of(for_public([tables.section(before)], []), "by_type")
    require_safe(tables.equations(public, blocks, is_wide=is_wide), tables.hidden_in(public), few_of(before))


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(made=grids(3), totals=st.booleans())
def test_the_same_number_in_other_tables_lets_nothing_be_worked_out(
    made: tuple[list[list[int]], list[int]], *, totals: bool
) -> None:
    """Two equal tables, a glance that repeats every total, and one that repeats every number."""
    grid, blocks = made
    rows = tables.with_totals(grid, blocks)
    first, second = tables.counts("first", rows), tables.counts("second", rows)
    told = [(key, values) for key, values in rows if totals or key != "total"]
    third = tables.without_totals("third", told)
    made_public = for_public([tables.section(first, second), tables.section(third)], [])
    public = [table_of(made_public, key) for key in ("first", "second", "third")]
    hidden = [name for table in public for name in tables.hidden_in(table)]
    found = [*tables.equations(public[0], blocks), *tables.equations(public[1], blocks), *tables.shown_in(public[2])]
    for row, _ in told:
        for place in range(len(rows[0][1])):
            same = [(key, row, f"column{place}") for key in ("first", "second", "third")]
            found += [({same[0]: 1, other: -1}, 0) for other in same[1:]]
    require_safe(found, hidden, [name for table in (first, second, third) for name in few_of(table)])


@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
@given(
    grid=st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=1, max_size=3),
    blocks=st.just([]),
)
def test_whole_numbers_are_no_easier_to_work_out(grid: list[list[int]], blocks: list[int]) -> None:
    """Small tables, each hidden cell tried with every number up to 12."""
    before = tables.counts("by_type", tables.with_totals(grid, blocks))
    public = table_of(for_public([tables.section(before)], []), "by_type")
    hidden = [name for name in tables.hidden_in(public) if "row" in name[1] and name[2] != "column2"]
    if 10 ** len(hidden) > 5_000:
        return
    possible = [dict(zip(hidden, values, strict=True)) for values in product(range(1, 11), repeat=len(hidden))]
    left = tables.equations(public, blocks)
    known = {name: total for parts, total in left if len(parts) == 1 for name in parts}
    fitting = [each for each in possible if _fits(each, public, known)]
    for name in few_of(before):
        if name in hidden:
            assert {each[name] for each in fitting} >= {1, 2, 3, 4}, name


def _fits(cells: dict[tuple[str, str, str], int], public: Table, known: dict[tuple[str, str, str], int]) -> bool:
    """Say whether numbers in the hidden cells make every total that is shown, and no hidden total nought."""
    rows = [row.key for row in public.rows if row.key != "total"]
    grid = {
        (row, column): cells.get(("by_type", row, column), known.get(("by_type", row, column), 0))
        for row in rows
        for column in ("column0", "column1")
    }
    sums = {("by_type", row, "column2"): grid[row, "column0"] + grid[row, "column1"] for row in rows}
    for column in ("column0", "column1"):
        sums["by_type", "total", column] = sum(grid[row, column] for row in rows)
    sums["by_type", "total", "column2"] = sum(grid.values())
    return all(known.get(name, made) == made and (name in known or made > 0) for name, made in sums.items())


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        pytest.param([2, 30, 40], ["[c]", "[c]", "40", "72"], id="the-smallest-other-goes-with-it"),
        pytest.param([0, 30, 40], ["0", "30", "40", "70"], id="nought-stays"),
        pytest.param([4, 4, 40], ["[c]", "[c]", "40", "48"], id="two-that-protect-each-other"),
        pytest.param([1, 1, 40, 50], ["[c]", "[c]", "[c]", "50", "92"], id="two-that-would-both-be-one"),
        pytest.param([2], ["[c]", "[c]"], id="one-row-alone"),
        pytest.param([2, 0], ["[c]", "0", "[c]"], id="nothing-else-to-hide"),
        pytest.param([1, 2], ["[c]", "[c]", "[c]"], id="a-total-below-five"),
        pytest.param([5, 6], ["5", "6", "11"], id="nothing-to-hide"),
    ],
)
def test_least_is_lost(values: list[int], shown: list[str]) -> None:
    before = tables.counts("t", tables.with_totals([[each] for each in values], is_wide=False), is_wide=False)
    public = table_of(for_public([tables.section(before)], []), "t")
    assert [row.figures[0].shown for row in public.rows] == shown
