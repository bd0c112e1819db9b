"""Households that records are counted by: taking turns at them, and reading what stands in them."""

from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.prevention import queries as prevention
from tsalert.prevention import service as prevention_service
from tsalert.prevention.rules import UnitKind, last_day_of_term
from tsalert.savings.counting.assessing import Assessment, Record, Unit, assess
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention, RateSet
from tsalert.savings.rates.rate_sets import approved_sets, set_for
from tsalert.savings.rules import Beneficiary, InterventionType

BASIS = "published"
TermOf = Callable[[str, date], date | None]
_COUNTED_BY_HOUSEHOLD = (InterventionType.CALL_BLOCKER, InterventionType.SCAM_VICTIM)
_KINDS = frozenset(kind.value for kind in UnitKind)


def lock(session: Session, keys: Iterable[str | None]) -> None:
    """Keep others from counting for some households until the transaction ends.

    It comes after the locks of incident and case and before those of interventions and units, and takes the
    households in one order, so that no two officers wait for each other. Approved rates stay as they are meanwhile.
    """
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return
    shared = select(RateSet.id).where(RateSet.basis == BASIS).order_by(RateSet.id)
    session.execute(shared.with_for_update(read=True))
    prevention_service.lock_households(session, wanted)


def terms(session: Session) -> TermOf:
    """Return the last day of the term of what was fitted on a day, by the approved rates of that day."""
    sets = approved_sets(session, BASIS)

    def term_of(kind: str, day: date) -> date | None:
        chosen = set_for(sets, day)
        years = [rate.term_years for rate in chosen.rates_for(kind) if rate.term_years] if chosen else []
        return last_day_of_term(day, max(years)) if years else None

    return term_of


def is_equipment(kind: str) -> bool:
    """Tell whether a type of intervention fits units in a home."""
    return kind in _KINDS


def assess_households(session: Session, keys: Collection[str]) -> dict[str, dict[str, Assessment]]:
    """Say how much of each record of some households counts, worked out afresh; by household, then reference."""
    records = _standing(session, keys)
    found = [record for of_one in records.values() for record in of_one]
    units: dict[str, list[Unit]] = {}
    for view in prevention.units_of(session, [record.reference for record in found]):
        unit = Unit(view.intervention_reference, view.life.ended_on)
        units.setdefault(unit.reference, []).append(unit)
    return {
        key: assess(of_one, [unit for record in of_one for unit in units.get(record.reference, [])])
        for key, of_one in records.items()
    }


def _standing(session: Session, keys: Collection[str]) -> dict[str, list[Record]]:
    columns = (
        Intervention.household_key,
        Intervention.reference,
        Intervention.type,
        Intervention.on_date,
        Intervention.units,
        Intervention.prevented,
        Intervention.future,
        Intervention.share,
        Intervention.beneficiary,
    )
    among = (Intervention.household_key.in_(keys), Intervention.type.in_(_COUNTED_BY_HOUSEHOLD))
    term_of = terms(session)
    records: dict[str, list[Record]] = {}
    for row in session.execute(select(*columns).where(*COUNTED, *among)):
        records.setdefault(row.household_key or "", []).append(
            Record(
                row.reference,
                InterventionType(row.type),
                row.on_date,
                row.units,
                Decimal(row.prevented + row.future),
                row.share,
                Beneficiary(row.beneficiary),
                term_of(row.type, row.on_date),
            )
        )
    return records
