"""A nation's interventions over ten years, invented: blockers, visits, talks, corrections, overlaps and ended units.

Everything follows from a record's number, so that both databases hold the same and so does the next run.
"""

from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.engine import Engine

from tests.benchmarks.bulk import Bulk, bulk
from tsalert.references.rules import write_reference

FIRST_DAY, LAST_DAY = date(2016, 4, 1), date(2026, 3, 31)
_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_WARDS = 22
COLUMNS = {
    "intervention": (
        "id", "reference", "version", "is_current", "is_withdrawn", "superseded_at", "type", "on_date",
        "household_key", "units", "refreshers", "prevented", "recovered", "future", "memo", "share", "evidence",
        "is_rapid_response", "beneficiary", "recorded_at", "needs_verifying", "counted_units", "not_counted_reason",
        "overlaps_id",
    ),
    "installed_unit": (
        "kind", "serial", "household_key", "installed_on", "intervention_reference", "recorded_at", "ended_on",
        "ended_how", "end_reason", "ended_at",
    ),
}  # fmt: skip


def load(engine: Engine, interventions: int) -> None:
    """Fill an empty database."""
    with bulk(engine, COLUMNS) as writer:
        loader = _Loader(writer)
        for number in range(interventions):
            loader.add(number, FIRST_DAY + timedelta(days=number * _DAYS // interventions))


class _Told(Struct, frozen=True):
    """What an invented intervention says; money in pence."""

    kind: str
    day: date
    household: str | None
    units: int
    prevented: int = 0
    recovered: int = 0
    future: int = 0

    @property
    def amount(self) -> int:
        """The money, in whichever class."""
        return self.prevented + self.recovered + self.future


class _Loader:
    """Writes one intervention after the other; a blocker may overlap the visit written just before it."""

    def __init__(self, writer: Bulk) -> None:
        self._writer = writer
        self._id = 0
        self._visit: tuple[int, str | None] = (0, None)

    def add(self, number: int, day: date) -> None:
        """Write every version of one intervention; one in forty was corrected a week later."""
        told, reference = _told(number, day), write_reference("S", day.year, number + 1)
        if number % 40 == 7:
            week_later = day + timedelta(days=7)
            self._write(reference, 1, told, until=week_later)
            told = replace(told, prevented=told.prevented * 9 // 10)
            self._write(reference, 2, told, recorded=week_later)
        else:
            self._write(reference, 1, told, is_withdrawn=number % 150 == 11)
        if told.kind == "scam_victim" and told.prevented:
            self._visit = (self._id, told.household)
        if told.kind == "call_blocker":
            self._unit(reference, number, told)

    def _write(
        self, reference: str, version: int, told: _Told, *, until: date | None = None, recorded: date | None = None,
        is_withdrawn: bool = False,
    ) -> None:  # fmt: skip
        self._id += 1
        counted, reason, overlaps, household = told.units, None, None, told.household
        if told.kind == "call_blocker" and self._id % 12 == 0 and self._visit[0]:
            overlaps, household, reason = self._visit[0], self._visit[1], "overlap"
        elif told.kind == "call_blocker" and self._id % 25 == 1:
            counted, reason = 0, "in_place"
        self._writer.add("intervention", (
            self._id, reference, version, int(until is None), int(is_withdrawn), _noon(until) if until else None,
            told.kind, str(told.day), household, told.units, 0, told.prevented, told.recovered, told.future, 0,
            "0.5" if self._id % 200 == 3 else "1", "bank" if told.amount else None, 0,
            "bank" if self._id % 90 == 4 else "resident", _noon(recorded or told.day), int(told.amount > 500_000),
            counted, reason, overlaps,
        ))  # fmt: skip

    def _unit(self, reference: str, number: int, told: _Told) -> None:
        ended = told.day + timedelta(days=200 + number % 700) if number % 20 == 5 else None
        how = ("returned", "Moved away", _noon(ended)) if ended else (None, None, None)
        self._writer.add("installed_unit", (
            "call_blocker", f"N{number}", told.household, str(told.day), reference, _noon(told.day),
            str(ended) if ended else None, *how,
        ))  # fmt: skip


def _told(number: int, day: date) -> _Told:
    """Invent one intervention: most money is prevented, some recovered, a little a future loss."""
    kind = _kind(number * 7919 % 1000)
    is_group = kind == "friends_against_scams"
    household = None if is_group else f"BR{number % 900:03} {number}"
    told = _Told(kind, day, household, 1 + number % 30 if is_group else 1)
    if kind not in {"scam_victim", "doorstep_crime"}:
        return told
    amount = 1_00 + number * 104_729 % 9_000_00
    match number // 3 % 6:
        case 3:
            return replace(told, recovered=amount)
        case 4:
            return replace(told, future=amount)
        case _:
            return replace(told, prevented=amount)


def _kind(spread: int) -> str:
    shares = (("scam_victim", 450), ("doorstep_crime", 650), ("call_blocker", 770), ("friends_against_scams", 850))
    return next((kind for kind, below in shares if spread < below), "advice")


def _noon(day: date) -> str:
    return f"{day} 12:00:00.000000"
