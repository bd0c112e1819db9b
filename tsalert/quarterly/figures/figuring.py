"""Figures of a report from the values of other capabilities, and what is behind the money of people."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tsalert.core.money import format_pounds
from tsalert.quarterly.content import Figure
from tsalert.reports.change import Share, Value, write_value
from tsalert.savings.figures.cells import Cell
from tsalert.savings.figures.evidenced import Evidenced, together
from tsalert.savings.figures.groups import holds
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.profiles import Profile
from tsalert.savings.valuing.valuation import ValueClass, shown_pounds

# What stands where there is no figure to give.
NOTHING = Figure("n/a")
_PENNY = Decimal("0.01")


class Behind(Struct, frozen=True):
    """How many people's records are behind some money, and the largest of them."""

    records: int
    largest: Decimal | None


NOBODY = Behind(0, None)


def words(text: str) -> Figure:
    """Return a cell of words."""
    return Figure(text) if text else NOTHING


def change(text: str, unshown: Value | None = None, *, tells: Iterable[tuple[str, str, str]]) -> Figure:
    """Return a change in words: beside what it led to, it tells what was before.

    :param unshown: what was before, where no table shows it.
    :param tells: the cells that show what was before, or that it is the sum of.
    """
    return replace(words(text), records=unshown if isinstance(unshown, int) else None, tells=tuple(tells))


def count(number: int | None) -> Figure:
    """Return a number of things."""
    return NOTHING if number is None else Figure(f"{number:,}", number)


def pounds(exact: Decimal | None, behind: Behind | None = None) -> Figure:
    """Return money in whole pounds; ``exact`` stands behind it."""
    return NOTHING if exact is None else _money(shown_pounds(exact), exact, behind)


def pounds_and_pence(exact: Decimal | None, behind: Behind | None = None) -> Figure:
    """Return money as it was written down: with pence where there are any."""
    return NOTHING if exact is None else _money(format_pounds(exact), exact, behind)


def value(found: Value, behind: Behind | None = None) -> Figure:
    """Return an indicator's figure."""
    if isinstance(found, Share):
        percent = found.percent
        return Figure(write_value(found), None if percent is None else percent.quantize(_PENNY), found.whole)
    return _money(write_value(found), found, behind) if isinstance(found, Decimal) else count(found)


def cell(found: Cell | None, behind: Behind | None = None) -> Figure:
    """Return a figure of savings: a word, not zero, where nothing could be valued."""
    if found is None:
        return NOTHING
    is_words = found.is_counted_only or found.has_no_value
    return Figure(found.text) if is_words else _money(found.text, found.exact, behind)


def behind_money(
    found: Iterable[Evidenced],
    profile: Profile,
    classes: Iterable[ValueClass],
    types: Iterable[InterventionType] = tuple(InterventionType),
) -> Behind:
    """Return what is behind the money of some classes and types that a profile's table holds."""
    wanted, among = frozenset(classes), frozenset(types)
    held = (each for each in found if each.kind.money in wanted and each.kind.type in among)
    records, largest = together(each for each in held if holds(profile, each.kind))
    return Behind(records, largest) if records else NOBODY


def scaled(behind: Behind, whole: Decimal, part: Decimal) -> Behind:
    """Return what is behind a sum that is a share of another: as many records, the largest in proportion."""
    if behind.largest is None or not whole or not part:
        return NOBODY
    return Behind(behind.records, (behind.largest * part / whole).quantize(_PENNY))


def _money(shown: str, exact: Decimal, behind: Behind | None) -> Figure:
    return Figure(shown, exact, behind.records, behind.largest) if behind else Figure(shown, exact)
