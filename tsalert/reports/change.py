"""Change between two periods, in words: the one way in which every page and report tells it. Pure."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct

from tsalert.core.money import format_pounds
from tsalert.reports.vocabulary import Move

NOT_AVAILABLE = "not available"
NO_CHANGE = "no change"
# Under so many one record more or less makes a large percentage.
LEAST_FOR_A_PERCENTAGE = 20


class Share(Struct, frozen=True):
    """So many out of so many; a whole of none is no share yet."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """The exact percentage; None of nothing."""
        return Decimal(100 * self.part) / self.whole if self.whole else None


Value = int | Decimal | Share


class Change(Struct, frozen=True):
    """How a figure moved.

    :param percent: whole percent, or percentage points of a share; None where a percentage says nothing.
    :param is_low: the percentage rests on a small base and is marked so.
    """

    move: Move
    text: str
    percent: int | None = None
    is_low: bool = False
    is_rebased: bool = False


UNAVAILABLE = Change(Move.UNKNOWN, NOT_AVAILABLE)


def describe_change(before: Value | None, current: Value | None, *, is_rebased: bool = False) -> Change:
    """Say how a figure changed: counts and pounds in percent, shares in percentage points.

    :param before: the figure of the earlier period; None where there is none, as of a period that has not ended.
    :param is_rebased: the earlier figure was worked out anew by the rates of the later one.
    """
    if before is None or current is None:
        return UNAVAILABLE
    if isinstance(before, Share) or isinstance(current, Share):
        return _in_points(before, current)
    found = _in_percent(before, current, is_count=isinstance(before, int) and isinstance(current, int))
    if not is_rebased or found.percent is None:
        return found
    return Change(found.move, f"{found.text} (rebased)", found.percent, found.is_low, is_rebased=True)


def write_value(value: Value | None) -> str:
    """Write a figure as people read it: ``1,234``, ``£505,804.50``, ``86% (6 of 7)``, or that there is none."""
    if value is None:
        return NOT_AVAILABLE
    if isinstance(value, Share):
        exact = value.percent
        told = f"{value.part:,} of {value.whole:,}"
        return f"{half_up(exact)}% ({told})" if exact is not None and value.whole >= _LEAST_FOR_A_SHARE else told
    return format_pounds(value) if isinstance(value, Decimal) else f"{value:,}"


_LEAST_FOR_A_SHARE = 5


def half_up(value: Decimal) -> int:
    """Round to a whole number, halves away from zero."""
    return int(value.to_integral_value(rounding=ROUND_HALF_UP))


def _in_percent(before: int | Decimal, current: int | Decimal, *, is_count: bool) -> Change:
    by = Decimal(current - before)
    move = _move(by)
    if before <= 0:
        return Change(move, _from_nothing(before, current, by, is_count=is_count))
    if not by:
        return Change(move, NO_CHANGE, 0)
    percent = half_up(by * 100 / Decimal(before))
    told = f"{percent:+,}%" if percent else "less than 1%"
    if is_count and before < LEAST_FOR_A_PERCENTAGE:
        return Change(move, f"{by:+,} ({told}, low base)", percent, is_low=True)
    return Change(move, told, percent)


def _from_nothing(before: int | Decimal, current: int | Decimal, by: Decimal, *, is_count: bool) -> str:
    """Tell a change from nought or less, of which no percentage can be taken."""
    if before == 0:
        return "no change (0 to 0)" if current == 0 else ("up from 0" if by > 0 else "down from 0")
    if not by:
        return NO_CHANGE
    return f"{by:+,}" if is_count else _signed_pounds(by)


def _signed_pounds(by: Decimal) -> str:
    return ("+" if by > 0 else "") + format_pounds(by)


def _in_points(before: Value, current: Value) -> Change:
    if not isinstance(before, Share) or not isinstance(current, Share):
        return UNAVAILABLE
    first, last = before.percent, current.percent
    if first is None or last is None:
        return UNAVAILABLE
    by = last - first
    points = half_up(by)
    is_low = bool(by) and min(before.whole, current.whole) < LEAST_FOR_A_PERCENTAGE
    return Change(_move(by), _points_text(by, points) + (" (low base)" if is_low else ""), points, is_low)


def _points_text(by: Decimal, points: int) -> str:
    if not by:
        return NO_CHANGE
    if not points:
        return "less than 1 percentage point"
    return f"{points:+} percentage point" + ("" if abs(points) == 1 else "s")


def _move(by: Decimal) -> Move:
    if by == 0:
        return Move.SAME
    return Move.UP if by > 0 else Move.DOWN
