"""How much of each record of one household counts, so that no pound is counted twice. Pure.

Rule 2: one call blocker a household counts at a time. Rule 3: of a call blocker and a scam visit within twelve months
the later counts only its excess over the earlier. Neither looks at when a record was written down.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct

from tsalert.core.months import months_after
from tsalert.core.words import counted, write_day
from tsalert.savings.counting.uncounted import Reason, Uncounted
from tsalert.savings.rules import Beneficiary, InterventionType

_MONTHS = 12
_VISIT, _BLOCKER = InterventionType.SCAM_VICTIM, InterventionType.CALL_BLOCKER


class Record(Struct, frozen=True):
    """A record that stands, with what the rules look at.

    :param saved: money prevented or kept from future loss (classes A and C), in pounds.
    :param term_ends_on: for call blockers, the last day of the term approved for their day; None without one.
    """

    reference: str
    type: InterventionType
    on_date: date
    units: int = 1
    saved: Decimal = Decimal(0)
    share: Decimal = Decimal(1)
    beneficiary: Beneficiary = Beneficiary.RESIDENT
    term_ends_on: date | None = None


class Unit(Struct, frozen=True):
    """A unit that a record installed; ``ended_on`` is None while it is in place."""

    reference: str
    ended_on: date | None = None


class Assessment(Struct, frozen=True):
    """How much of a record counts; ``overlaps`` is the earlier record over which only its excess does."""

    counted_units: int
    reasons: tuple[Reason, ...] = ()
    overlaps: str | None = None


def assess(records: Iterable[Record], units: Iterable[Unit]) -> dict[str, Assessment]:
    """Say how much of each standing record of one household counts, by reference, the earliest day first.

    Within a day visits come first, since a blocker is fitted because of one. A unit that ended makes room from the
    day of its end; a term does so on its anniversary.
    """
    ends = _ends(units)
    found: dict[str, Assessment] = {}
    counted: list[Record] = []
    for record in sorted(records, key=_order):
        found[record.reference] = _assess(record, counted, ends)
        if found[record.reference].counted_units:
            counted.append(record)
    return found


def _assess(record: Record, earlier: Sequence[Record], ends: dict[str, Sequence[date | None]]) -> Assessment:
    counted, reasons = record.units, list[Reason]()
    if record.type is _BLOCKER:
        counted, reasons = _room(record, earlier, ends)
    over = _overlapped(record, earlier) if counted else None
    if over is not None:
        reasons.append(Reason(Uncounted.OVERLAP, "What the earlier one covers", _excess_words(over), over.reference))
    return Assessment(counted, tuple(reasons), over.reference if over else None)


def _room(
    record: Record, earlier: Sequence[Record], ends: dict[str, Sequence[date | None]]
) -> tuple[int, list[Reason]]:
    in_place = next((each for each in earlier if each.type is _BLOCKER and _covers(each, record, ends)), None)
    if in_place is not None:
        text = _term_words(in_place, _last_end(in_place, ends))
        return 0, [Reason(Uncounted.IN_PLACE, _blockers(record.units), text, in_place.reference)]
    if record.units > 1:
        more = counted(record.units - 1, f"of these {record.units:,} does", f"of these {record.units:,} do")
        text = f"One call blocker a household counts at a time: {more} not."
        return 1, [Reason(Uncounted.ONE_A_HOUSEHOLD, _blockers(record.units - 1), text)]
    return record.units, []


def _covers(earlier: Record, record: Record, ends: dict[str, Sequence[date | None]]) -> bool:
    """Tell whether a blocker was in place, inside its term, on the day of another."""
    is_over = earlier.term_ends_on is not None and earlier.term_ends_on < record.on_date
    ended_on = _last_end(earlier, ends)
    return not is_over and (ended_on is None or ended_on > record.on_date)


def _last_end(record: Record, ends: dict[str, Sequence[date | None]]) -> date | None:
    """Return the day on which the last of a record's units ended; None while any is, or may be, in place."""
    known = ends.get(record.reference, ())
    days = [day for day in known if day is not None]
    return max(days) if record.units and len(days) >= record.units else None


def _overlapped(record: Record, earlier: Sequence[Record]) -> Record | None:
    """Return the earlier record of the other kind that takes most from this one, if one lies within twelve months."""
    if not _saves(record):
        return None
    near = [
        each
        for each in earlier
        if {each.type, record.type} == {_VISIT, _BLOCKER}
        and _saves(each)
        and record.on_date <= months_after(each.on_date, _MONTHS)
    ]
    return max(near, key=_weight, default=None)


def _saves(record: Record) -> bool:
    """Tell whether a record saves residents what the other kind may save again; a bank's loss is another's pound."""
    has_worth = record.type is _BLOCKER or record.saved > 0
    return has_worth and record.beneficiary is not Beneficiary.BANK


def _weight(record: Record) -> tuple[Decimal, date, str]:
    worth = record.share if record.type is _BLOCKER else record.share * record.saved
    return worth, record.on_date, record.reference


def _order(record: Record) -> tuple[object, ...]:
    """Return what decides who comes first; the reference only between records that are worth the same."""
    worth = (-record.share, -record.saved, record.beneficiary)
    return record.on_date, record.type is _BLOCKER, *worth, record.reference


def _ends(units: Iterable[Unit]) -> dict[str, Sequence[date | None]]:
    found: dict[str, list[date | None]] = {}
    for unit in units:
        found.setdefault(unit.reference, []).append(unit.ended_on)
    return dict(found)


def _blockers(number: int) -> str:
    return counted(number, "call blocker")


def _term_words(other: Record, ended_on: date | None) -> str:
    began = f"{other.reference} fitted a call blocker in this household on {write_day(other.on_date)}"
    if ended_on is not None:
        return f"{began}. It was in place until {write_day(ended_on)}, so another adds nothing."
    if other.term_ends_on is None:
        return f"{began}. No term is approved for that day, so it counts as in place until somebody ends it."
    return f"{began}. Its term runs until {write_day(other.term_ends_on)}, so another adds nothing."


def _excess_words(other: Record) -> str:
    what = "scam visit" if other.type is _VISIT else "call blocker"
    return (
        f"{other.reference}, a {what} of the same household on {write_day(other.on_date)}, lies within the twelve "
        "months before: only what exceeds it counts."
    )
