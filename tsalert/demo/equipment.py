"""Call blockers one by one: most in use, some at risk, one in a drawer; and records that do not count whole."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from tsalert.core.clock import london_date, london_midnight
from tsalert.db import db
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.prevention import queries as prevention_queries
from tsalert.prevention import service as prevention
from tsalert.prevention.rules import Ending, NewCheck, NewEnding
from tsalert.savings import queries
from tsalert.savings import service as savings
from tsalert.savings.counting import equipment
from tsalert.savings.queries import Filter
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention

_NOON = timedelta(hours=12)


def load_equipment(team: Crew, now: datetime) -> None:
    """Know the blockers of the published quarters by serial number, and add a year in which not all counts."""
    team.tell("Call blockers in homes")
    serials = (f"INV-{number:04}" for number in range(1, 1000))
    published = queries.list_interventions(db.session(), Filter(type=InterventionType.CALL_BLOCKER)).items
    for version in sorted(published, key=lambda each: each.content.on_date):
        _know(team, version.reference, serials, version.content.on_date)
    _check_some(team, now)
    _load_year(team, serials)


def _load_year(team: Crew, serials: Iterator[str]) -> None:
    """Record a household with a visit and two blockers, one that changed its blocker, and one with two at once."""
    first, second, third = (_home(team) for _ in range(3))
    visit = NewIntervention(
        type=InterventionType.SCAM_VICTIM,
        on_date=date(2023, 5, 16),
        prevented=Decimal(2400),
        evidence=Evidence.BANK,
        household_key=first.household_key,
        ward_code=first.ward_code,
        note="Invented: a caller wanted her card details.",
    )
    _record(team, visit)
    _know(team, _record(team, replace(first, on_date=date(2023, 6, 6))), serials, date(2023, 6, 6))
    _record(team, replace(first, on_date=date(2024, 1, 23)))
    changed = _know(team, _record(team, replace(second, on_date=date(2023, 7, 4))), serials, date(2023, 7, 4))
    faulty = NewEnding(Ending.FAULTY, date(2024, 2, 13), "It no longer rings through. Invented.")
    equipment.end_unit(changed[0], faulty, actor=team.officer, now=_on(faulty.on_date))
    _know(team, _record(team, replace(second, on_date=faulty.on_date)), serials, faulty.on_date)
    _record(team, replace(third, on_date=date(2023, 9, 19), units=2))
    _record(team, NewIntervention(type=InterventionType.DOOR_CAMERA, on_date=date(2023, 10, 3)))


def _home(team: Crew) -> NewIntervention:
    home = household(next(team.households))
    return NewIntervention(
        type=InterventionType.CALL_BLOCKER,
        on_date=date(2023, 4, 3),
        household_key=f"{home.postcode} {home.address}",
        ward_code=home.ward_code,
    )


def _record(team: Crew, new: NewIntervention) -> str:
    return savings.record_intervention(new, actor=team.officer, now=_on(new.on_date))


def _know(team: Crew, reference: str, serials: Iterator[str], day: date) -> list[int]:
    return equipment.add_units(reference, [next(serials)], actor=team.officer, now=_on(day))


def _check_some(team: Crew, now: datetime) -> None:
    """Look at every second blocker half a year after it was fitted, and at the first again a month ago."""
    everything = prevention_queries.UnitFilter(prevention_queries.Showing.ALL)
    found = prevention_queries.list_units(db.session(), everything, today=london_date(now)).items
    for unit in found[::2]:
        day = unit.life.installed_on + timedelta(days=180)
        check = NewCheck(day, is_in_use=True, who="Visiting officer")
        prevention.record_check(unit.id, check, actor=team.officer, now=_on(day))
    day = london_date(now) - timedelta(days=30)
    drawer = NewCheck(day, is_in_use=False, who="Carer, by telephone", note="In a drawer since Christmas. Invented.")
    prevention.record_check(found[0].id, drawer, actor=team.second, now=_on(day))


def _on(day: date) -> datetime:
    return london_midnight(day) + _NOON
