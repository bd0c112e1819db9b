"""Which figures tell of so few people that they tell of one. Pure.

A count of people or cases is sensitive from 1 to 4. Money is where fewer than three records make it, or one record is
more than 85% of it; a sum of which that is not known is taken to be. A mean needs five records; a median ten, since it
is the amount of one or two people, who stand out less the more there are. The largest amount is always one person's.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from tsalert.quarterly.disclosure.adding import Sum
from tsalert.quarterly.disclosure.cells import Cell, Measure, Place, out_of
from tsalert.quarterly.vocabulary import Unit

FEW = range(1, 5)
LEAST_RECORDS = 3
MOST_OF_ONE = Decimal("0.85")
LEAST_FOR = {Measure.MEAN: 5, Measure.MEDIAN: 10}


class Behind(Struct, frozen=True):
    """What is behind a sum of money: how many records, and the largest of them."""

    records: int
    largest: Decimal | None

    def tells_of_one(self, amount: Decimal) -> bool:
        """Say whether such an amount is one person's more than anybody else's; without a record it is nobody's."""
        if not self.records:
            return False
        if self.records < LEAST_RECORDS or self.largest is None:
            return True
        return self.largest > MOST_OF_ONE * abs(amount)


def sensitive(cells: Mapping[Place, Cell], sums: Iterable[Sum]) -> set[Place]:
    """Return the cells that must not be shown as they are."""
    behind = _behind(cells, sums)
    return {place for place, cell in cells.items() if cell.is_people and _TESTS[cell.unit](cell, behind.get(place))}


def _count(cell: Cell, _: Behind | None) -> bool:
    if cell.measure is not Measure.SUM:
        return _single(cell)
    return abs(cell.value) < FEW.stop and cell.value != 0


def _money(cell: Cell, behind: Behind | None) -> bool:
    if cell.measure is not Measure.SUM:
        return _single(cell)
    return cell.value != 0 and (behind is None or behind.tells_of_one(cell.value))


def _single(cell: Cell) -> bool:
    """Say whether a mean, a median or a largest amount rests on too few records."""
    least, records = LEAST_FOR.get(cell.measure), cell.figure.records
    if least is None or records is None or records < least:
        return bool(records != 0)
    largest = cell.figure.largest if cell.measure is Measure.MEAN else None
    return largest is not None and largest > MOST_OF_ONE * abs(cell.value * records)


def _share(cell: Cell, _: Behind | None) -> bool:
    told = out_of(cell.figure.shown)
    counts = (told[0], told[1] - told[0], told[1]) if told else (cell.figure.records or 0,)
    return any(count in FEW for count in counts)


_TESTS: Mapping[Unit, Callable[[Cell, Behind | None], bool]] = {
    Unit.COUNT: _count,
    Unit.MONEY: _money,
    Unit.SHARE: _share,
    Unit.WORDS: lambda *_: False,
}


def _behind(cells: Mapping[Place, Cell], sums: Iterable[Sum]) -> dict[Place, Behind]:
    """Return what is behind each sum of money: as it says, as its parts say, as the same amount says elsewhere."""
    money = {place: cell for place, cell in cells.items() if cell.unit is Unit.MONEY and cell.adds_up}
    found = {place: told for place, cell in money.items() if (told := _told(cell))}
    for each in sums:
        _add(each, money, found)
    elsewhere = {(cell.is_people, cell.value): found[place] for place, cell in money.items() if place in found}
    for place, cell in money.items():
        if place not in found and (cell.is_people, cell.value) in elsewhere:
            found[place] = elsewhere[cell.is_people, cell.value]
    return found


def _told(cell: Cell) -> Behind | None:
    records = cell.figure.records
    return None if records is None else Behind(records, cell.figure.largest)


def _add(each: Sum, money: Mapping[Place, Cell], found: dict[Place, Behind]) -> None:
    """Tell what is behind a total of which it is not said, where it is known of every part."""
    total = next((place for place, sign in each.items() if sign < 0), None)
    parts = [place for place, sign in each.items() if sign > 0 and money.get(place) and money[place].value]
    if total is None or total in found or not parts or not all(part in found for part in parts):
        return
    known = [found[part] for part in parts]
    largest = [each.largest for each in known if each.largest is not None]
    found[total] = Behind(sum(each.records for each in known), max(largest) if len(largest) == len(known) else None)
