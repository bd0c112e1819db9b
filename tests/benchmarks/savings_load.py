"""A nation's interventions over ten years, invented: blockers, visits, talks, corrections, overlaps and ended units.

Everything follows from a record's number, so that both databases hold the same and so does the next run.
"""

from collections.abc import Iterator
from datetime import date, timedelta

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


class _Loader:
    """Writes one intervention after the other; a blocker may overlap the visit written just before it."""

    def __init__(self, writer: Bulk) -> None:
        self._writer = writer
        self._id = 0
        self._visit: tuple[int, str] = (0, "")

    def add(self, number: int, day: date) -> None:
        """Write every version of one intervention."""
        spread = number * 7919 % 1000
        kind = _kind(spread)
        values = _money(kind, number) | {"kind": kind, "units": _units(kind, number), "day": day}
        values["household"] = f"BR{number % 900:03}:{number}" if kind != "friends_against_scams" else None
        reference = write_reference("S", day.year, number + 1)
        if number % 40 == 7:  # one in forty was corrected a week later
            self._write(reference, 1, values | {"units": values["units"]}, until=day + timedelta(days=7))
            values["prevented"] = int(values["prevented"]) * 9 // 10
            self._write(reference, 2, values, recorded=day + timedelta(days=7))
        else:
            self._write(reference, 1, values, is_withdrawn=number % 150 == 11)
        if kind == "scam_victim" and values["prevented"]:
            self._visit = (self._id, str(values["household"]))
        if kind == "call_blocker":
            self._unit(reference, number, values)

    def _write(
        self, reference: str, version: int, values: dict[str, object], *, until: date | None = None,
        recorded: date | None = None, is_withdrawn: bool = False,
    ) -> None:  # fmt: skip
        self._id += 1
        day, kind = values["day"], values["kind"]
        counted, reason, overlaps, household = values["units"], None, None, values["household"]
        if kind == "call_blocker" and self._id % 12 == 0 and self._visit[0]:
            overlaps, household, reason = self._visit[0], self._visit[1], "overlap"
        elif kind == "call_blocker" and self._id % 25 == 1:
            counted, reason = 0, "in_place"
        amount = int(str(values["prevented"])) + int(str(values["recovered"])) + int(str(values["future"]))
        self._writer.add("intervention", (
            self._id, reference, version, int(until is None), int(is_withdrawn), until and _noon(until), str(kind),
            str(day), household and str(household), int(str(values["units"])), 0, int(str(values["prevented"])),
            int(str(values["recovered"])), int(str(values["future"])), 0, "0.5" if self._id % 200 == 3 else "1",
            "bank" if amount else None, 0, "bank" if self._id % 90 == 4 else "resident",
            _noon(recorded or day), int(amount > 500_000), int(str(counted)), reason, overlaps,
        ))  # fmt: skip

    def _unit(self, reference: str, number: int, values: dict[str, object]) -> None:
        day = values["day"]
        assert isinstance(day, date)
        ended = day + timedelta(days=200 + number % 700) if number % 20 == 5 else None
        how = ("returned", "Moved away", _noon(ended)) if ended else (None, None, None)
        self._writer.add("installed_unit", (
            "call_blocker", f"N{number}", values["household"] and str(values["household"]), str(day), reference,
            _noon(day), ended and str(ended), *how,
        ))  # fmt: skip


def _kind(spread: int) -> str:
    shares = (("scam_victim", 450), ("doorstep_crime", 650), ("call_blocker", 770), ("friends_against_scams", 850))
    return next((kind for kind, below in shares if spread < below), "advice")


def _units(kind: str, number: int) -> int:
    return 1 + number % 30 if kind == "friends_against_scams" else 1


def _money(kind: str, number: int) -> dict[str, object]:
    """Return an amount in pence in one class: most prevented, some recovered, few future."""
    amount = 1_00 + number * 104_729 % 9_000_00 if kind in {"scam_victim", "doorstep_crime"} else 0
    place = ("prevented", "prevented", "prevented", "recovered", "future", "prevented")[number // 3 % 6]
    return {name: amount if name == place else 0 for name in ("prevented", "recovered", "future")}


def _noon(day: date) -> str:
    return f"{day} 12:00:00.000000"


def financial_years() -> Iterator[str]:
    """Yield the labels of the years that are filled."""
    for year in range(FIRST_DAY.year, LAST_DAY.year):
        yield f"{year}/{(year + 1) % 100:02}"
