"""Whose units are kept from a reader: those of a restricted case or incident are listed without the household."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Boolean, Integer, column, select, table
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.keysets import PAGE
from tsalert.prevention.queries import UnitView
from tsalert.tiers.queries import visible
from tsalert.tiers.rules import is_limited
from tsalert.tiers.vocabulary import Subject

# By its name alone: what fitted a unit is recorded by a capability above.
_FITTED_BY = table(
    "intervention",
    column("reference"),
    column("is_current", Boolean()),
    column("case_id", Integer()),
    column("incident_id", Integer()),
)


def for_reader(session: Session, units: Sequence[UnitView], *, reader: Actor, now: datetime) -> list[UnitView]:
    """Return a list of units as this reader may see it."""
    kept = _kept(session, units, reader, now) if units and is_limited(reader) else frozenset()
    return [replace(unit, household_key=None) if unit.intervention_reference in kept else unit for unit in units]


def _kept(session: Session, units: Sequence[UnitView], reader: Actor, now: datetime) -> frozenset[str]:
    """Return the references of interventions in records that are kept from the reader."""
    case = visible(reader, Subject.CASE, _FITTED_BY.c.case_id, now=now)
    incident = visible(reader, Subject.INCIDENT, _FITTED_BY.c.incident_id, now=now)
    query = select(_FITTED_BY.c.reference).where(_FITTED_BY.c.is_current, ~(case & incident))
    if len(units) <= PAGE:  # a whole list would be more than a statement can name
        query = query.where(_FITTED_BY.c.reference.in_([unit.intervention_reference for unit in units]))
    return frozenset(session.scalars(query))
