"""What readers know that ties the numbers of a report together, as equations between unknowns. Pure.

An unknown stands for every cell that holds one number: the same amount in two tables is one quantity to whoever
compares them. Amounts are whole numbers here, counts or pence.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from tsalert.quarterly.disclosure.adding import Sum
from tsalert.quarterly.disclosure.cells import Cell, Place
from tsalert.quarterly.disclosure.sensitive import FEW
from tsalert.quarterly.vocabulary import SectionKey, Unit

_FOR_A_TOTAL, _FOR_A_CELL, _FOR_SIZE, _FOR_A_YEAR = 100_000, 10_000, 500, 1
_SUMMARIES = {SectionKey.GLANCE, SectionKey.HEADLINES}


class System(Struct, frozen=True):
    """The unknowns and what ties them.

    :param unknown: the unknown of each cell.
    :param sums: equations, each as unknowns with how often they stand in it, that make nought.
    :param cost: what is lost where an unknown is hidden; one that has no cost is never hidden.
    :param floor: the least that totals can be, since nought is always shown.
    :param companions: unknowns that tell of one another, such as an amount and a rate times that amount.
    """

    unknown: dict[Place, Place]
    amount: dict[Place, int]
    unit: dict[Place, Unit]
    sums: list[dict[Place, int]]
    cost: dict[Place, int]
    companions: Mapping[Place, set[Place]]
    of_unknown: Mapping[Place, list[int]]
    floor: Mapping[Place, int]


def system_of(
    cells: Mapping[Place, Cell], sums: Iterable[Sum], standing: Collection[Place], years: Collection[Place] = ()
) -> System:
    """Return the equations of the cells that add up.

    :param standing: cells that stand as they are, since they were published so.
    :param years: sums of four quarters, the first to be hidden where a quarter is.
    """
    numbers = {place: cell for place, cell in cells.items() if cell.adds_up}
    own = [each for each in sums if not all(place in standing for place in each)]
    secret = _secret(numbers, own)
    unknown, alike = _same(numbers, secret, years)
    reduced = [found for each in own if (found := _reduced(each, unknown))]
    amount = {unknown[place]: _whole(cell) for place, cell in numbers.items()}
    cost = _costs(numbers, unknown, secret, standing)
    cost |= {unknown[place]: _FOR_A_YEAR for place in years if unknown.get(place) in cost}
    return System(
        unknown,
        amount,
        {unknown[place]: cell.unit for place, cell in numbers.items()},
        reduced,
        cost,
        _companions(numbers, unknown, secret, alike),
        _places(reduced),
        _floors(reduced, amount, cost),
    )


def _whole(cell: Cell) -> int:
    return int(cell.value * 100) if cell.unit is Unit.MONEY else int(cell.value)


def _secret(numbers: Mapping[Place, Cell], sums: Iterable[Sum]) -> set[Place]:
    """Return the cells that tell of people: those of people, and totals in which these are."""
    found = {place for place, cell in numbers.items() if cell.is_people}
    pending, grown = list(sums), True
    while grown:
        totals = {place for each in pending for place, sign in each.items() if sign < 0 and not found.isdisjoint(each)}
        grown = not totals <= found
        found |= totals
    return found


def _same(
    numbers: Mapping[Place, Cell], secret: set[Place], years: Collection[Place]
) -> tuple[dict[Place, Place], list[list[Place]]]:
    """Return the unknown of each cell, and the cells that may hold one number without its being clear which of them.

    Counts under five are left apart: they are hidden wherever they stand. So are sums of years, which stand only once.
    """
    groups: dict[tuple[Unit, int, str], list[Place]] = defaultdict(list)
    for place, cell in numbers.items():
        if place not in years and _may_be_same(cell, place in secret):
            for name in _names(cell):
                groups[cell.unit, _whole(cell), name].append(place)
    alike = [group for group in groups.values() if len({place[0] for place in group}) > 1]
    unknown = {place: place for place in numbers}
    for group in (*_said_to_be_same(numbers), *alike):
        tables = [place[0] for place in group]
        same = {unknown[place] for place in group if tables.count(place[0]) == 1}
        if len(same) > 1:
            unknown = {place: min(same) if each in same else each for place, each in unknown.items()}
    return unknown, [group for group in alike if not secret.isdisjoint(group)]


def _said_to_be_same(numbers: Mapping[Place, Cell]) -> Iterator[list[Place]]:
    """Return cells with the one of which they say that they hold its number, where they do."""
    places = {cell.name: place for place, cell in numbers.items()}
    for place, cell in numbers.items():
        others = [places[name] for name in cell.figure.tells if name in places]
        yield from ([place, other] for other in others if numbers[other].value == cell.value)


def _may_be_same(cell: Cell, is_secret: bool) -> bool:  # noqa: FBT001 - what is known of the cell
    if cell.unit is Unit.MONEY:
        return bool(cell.value)
    return is_secret and abs(cell.value) >= FEW.stop


def _names(cell: Cell) -> set[str]:
    """Return under which names a number may stand elsewhere too: money under any, a count under its own or as a total.

    Counts are often equal by chance, amounts of money hardly ever.
    """
    if cell.unit is Unit.MONEY:
        return {""}
    return {f"row {cell.row}", ""} if cell.is_in_total_row or cell.section in _SUMMARIES else {f"row {cell.row}"}


def _reduced(each: Sum, unknown: Mapping[Place, Place]) -> dict[Place, int]:
    found: dict[Place, int] = defaultdict(int)
    for place, sign in each.items():
        found[unknown[place]] += sign
    return {place: times for place, times in found.items() if times}


def _costs(
    numbers: Mapping[Place, Cell],
    unknown: Mapping[Place, Place],
    secret: Collection[Place],
    standing: Collection[Place],
) -> dict[Place, int]:
    """Return what hiding costs: totals most, then each cell, then its size. Nought and work of the service stay."""
    found: dict[Place, int] = defaultdict(int)
    fixed = {unknown[place] for place, cell in numbers.items() if place in standing or not cell.value}
    for place, cell in numbers.items():
        found[unknown[place]] += (_FOR_A_TOTAL if cell.is_total else _FOR_A_CELL) + _FOR_SIZE * len(str(_whole(cell)))
    told = {unknown[place] for place in secret}
    return {place: cost for place, cost in found.items() if place in told and place not in fixed}


def _companions(
    numbers: Mapping[Place, Cell],
    unknown: Mapping[Place, Place],
    secret: Collection[Place],
    alike: Iterable[list[Place]],
) -> Mapping[Place, set[Place]]:
    """Return unknowns that fall together: what may be one number, and money of a row of savings (a rate is printed)."""
    rows: dict[tuple[str, int], list[Place]] = defaultdict(list)
    for place, cell in numbers.items():
        if cell.section is SectionKey.SAVINGS and cell.unit is Unit.MONEY and place in secret:
            rows[place[0], place[1]].append(place)
    found: dict[Place, set[Place]] = defaultdict(set)
    for group in [*rows.values(), *alike]:
        together = {unknown[place] for place in group}
        for each in together:
            found[each] |= together
    return found


def _places(sums: list[dict[Place, int]]) -> Mapping[Place, list[int]]:
    found: dict[Place, list[int]] = defaultdict(list)
    for number, each in enumerate(sums):
        for place in each:
            found[place].append(number)
    return found


def _floors(
    sums: Iterable[Mapping[Place, int]], amount: Mapping[Place, int], cost: Mapping[Place, int]
) -> Mapping[Place, int]:
    """Return the least that totals can be: each part that may be hidden is at least one, any other what it is."""
    floor = {place: 1 if place in cost and value > 0 else value for place, value in amount.items()}
    grown = True
    while grown:
        grown = False
        for each in sums:
            total = [place for place, sign in each.items() if sign < 0]
            least = sum(floor[place] * sign for place, sign in each.items() if sign > 0)
            if len(total) == 1 and least > floor[total[0]]:
                floor[total[0]], grown = min(least, amount[total[0]]), least < amount[total[0]]
    return floor
