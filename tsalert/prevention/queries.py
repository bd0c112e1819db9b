"""Finding units: lists, one with its checks, those of an intervention, those that ended."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.core.periods import Period
from tsalert.core.words import Word
from tsalert.keysets import PAGE, Order, Page, read_rows
from tsalert.prevention.models import InstalledUnit, UsageCheck
from tsalert.prevention.rules import (
    LANDLINE_SWITCH_OFF,
    Ending,
    Life,
    UnitKind,
    check_due_on,
    is_at_risk,
    last_look_due,
)


class Showing(Word):
    """Which units a list shows."""

    ACTIVE = "active", "In place"
    DUE = "due", "Due for a usage check"
    NOT_IN_USE = "not_in_use", "Found not in use"
    AT_RISK = "at_risk", "At risk of the landlines' switch-off"
    ENDED = "ended", "Ended"
    ALL = "all", "All"


class UnitView(Struct, frozen=True):
    """One unit and what is known of it; officers by id.

    :param was_in_use: what the last check found; None before the first.
    """

    id: int
    kind: UnitKind
    serial: str
    household_key: str | None
    intervention_reference: str
    life: Life
    recorded_by: int | None
    recorded_at: datetime
    last_check_on: date | None
    was_in_use: bool | None
    ended_how: Ending | None
    end_reason: str | None
    ended_by: int | None
    ended_at: datetime | None

    @property
    def check_due_on(self) -> date | None:
        """The day from which it should be looked at."""
        return check_due_on(self.life, self.last_check_on)

    @property
    def is_at_risk(self) -> bool:
        """True where it will go dead, or may, before its term is over."""
        return is_at_risk(self.life)


class UnitCounts(Struct, frozen=True):
    """How many units of a kind were fitted in a period, stood at its end, and ended in it, by how."""

    installed: int
    in_place: int
    ended: Mapping[Ending, int]


class UnitFilter(Struct, frozen=True):
    """Which units a list shows; ``after`` is the last one of the page before."""

    showing: Showing = Showing.ACTIVE
    kind: UnitKind | None = None
    after: int | None = None


def list_units(session: Session, wanted: UnitFilter, *, today: date, size: int | None = PAGE) -> Page[UnitView]:
    """Return units in the order in which they were written down; a ``size`` of None returns them all."""
    query = _with_checks().where(_shown(wanted.showing, today))
    if wanted.kind is not None:
        query = query.where(InstalledUnit.kind == wanted.kind)
    oldest_first = Order(InstalledUnit.id, is_rising=True)
    return read_rows(session, query, oldest_first, after=wanted.after, size=size).told_by(lambda row: _view(*row))


def count_units(session: Session, *, today: date, kind: UnitKind | None = None) -> dict[Showing, int]:
    """Count the units of each list, by default of every kind."""
    counts = [func.count().filter(_shown(showing, today)) for showing in Showing]
    query = select(*counts).select_from(InstalledUnit)
    row = session.execute(query if kind is None else query.where(InstalledUnit.kind == kind))
    return dict(zip(Showing, row.one(), strict=True))


def unit_counts(session: Session, kind: UnitKind, period: Period) -> UnitCounts:
    """Count the units of a kind for a period; mistakes were never fitted."""
    unit, days = InstalledUnit, (period.first_day, period.last_day)
    stood = and_(unit.installed_on <= period.last_day, or_(unit.ended_on.is_(None), unit.ended_on > period.last_day))
    counts = select(func.count().filter(unit.installed_on.between(*days)), func.count().filter(stood))
    installed, in_place = session.execute(counts.where(unit.kind == kind, _was_fitted())).one()
    ended = select(unit.ended_how, func.count()).where(unit.kind == kind, unit.ended_on.between(*days), _was_fitted())
    found = dict(session.execute(ended.group_by(unit.ended_how)).all())
    return UnitCounts(installed, in_place, {how: found[how] for how in Ending if how in found})


def get_unit(session: Session, unit_id: int) -> UnitView:
    """Return one unit.

    :raises NotFound: there is none.
    """
    found = _read(session, _with_checks().where(InstalledUnit.id == unit_id)) if is_id(unit_id) else []
    if not found:
        raise NotFound("There is no such unit.")
    return found[0]


def get_unit_row(session: Session, unit_id: int) -> InstalledUnit:
    """Return the row of a unit, locked until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, InstalledUnit, unit_id, "There is no such unit.", lock=True)


def units_of(session: Session, references: Iterable[str]) -> list[UnitView]:
    """Return the units that interventions installed, ended ones included, mistakes left out."""
    return _read(session, _fitted().where(InstalledUnit.intervention_reference.in_(list(references))))


def count_fitted_by(session: Session, references: Select[str]) -> int:
    """Count the units that interventions installed, ended ones included, mistakes left out."""
    of = InstalledUnit.intervention_reference.in_(references)
    return session.scalar(select(func.count()).select_from(InstalledUnit).where(of, _was_fitted())) or 0


def units_in(session: Session, household_key: str) -> list[UnitView]:
    """Return the units that were fitted in a household, ended ones included, mistakes left out."""
    return _read(session, _fitted().where(InstalledUnit.household_key == household_key))


def list_checks(session: Session, unit_id: int) -> list[UsageCheck]:
    """Return every check on a unit, the newest first."""
    order = (UsageCheck.on_date.desc(), UsageCheck.id.desc())
    return list(session.scalars(select(UsageCheck).where(UsageCheck.unit_id == unit_id).order_by(*order)))


def _fitted() -> Select[InstalledUnit, date | None, bool | None]:
    return _with_checks().where(_was_fitted()).order_by(InstalledUnit.ended_on, InstalledUnit.id)


def _was_fitted() -> ColumnElement[bool]:
    return or_(InstalledUnit.ended_how.is_(None), InstalledUnit.ended_how != Ending.MISTAKE)


def _last_check() -> ScalarSelect[date]:
    return select(func.max(UsageCheck.on_date)).where(UsageCheck.unit_id == InstalledUnit.id).scalar_subquery()


def _was_in_use() -> ScalarSelect[bool]:
    newest = select(UsageCheck.is_in_use).where(UsageCheck.unit_id == InstalledUnit.id)
    return newest.order_by(UsageCheck.on_date.desc(), UsageCheck.id.desc()).limit(1).scalar_subquery()


def _with_checks() -> Select[InstalledUnit, date | None, bool | None]:
    return select(InstalledUnit, _last_check(), _was_in_use())


def _shown(showing: Showing, today: date) -> ColumnElement[bool]:
    in_place = InstalledUnit.ended_on.is_(None)
    term = InstalledUnit.term_ends_on
    exposed = InstalledUnit.kind == LANDLINE_SWITCH_OFF.kind
    last_look = func.coalesce(_last_check(), InstalledUnit.installed_on)
    return {
        Showing.ACTIVE: in_place,
        Showing.DUE: and_(in_place, last_look <= last_look_due(today), or_(term.is_(None), term >= today)),
        Showing.NOT_IN_USE: and_(in_place, _was_in_use().is_(False)),
        Showing.AT_RISK: and_(in_place, exposed, or_(term.is_(None), term > LANDLINE_SWITCH_OFF.on)),
        Showing.ENDED: InstalledUnit.ended_on.is_not(None),
        Showing.ALL: true(),
    }[showing]


def _read(session: Session, query: Select[InstalledUnit, date | None, bool | None]) -> list[UnitView]:
    return [_view(*found) for found in session.execute(query)]


def _view(row: InstalledUnit, last_check_on: date | None, was_in_use: bool | None) -> UnitView:  # noqa: FBT001 - a column
    kind = UnitKind.of(row.kind)
    return UnitView(
        row.id,
        kind,
        row.serial,
        row.household_key,
        row.intervention_reference,
        Life(kind, row.installed_on, row.term_ends_on, row.ended_on),
        row.recorded_by,
        row.recorded_at,
        last_check_on,
        was_in_use,
        Ending.of(row.ended_how) if row.ended_how else None,
        row.end_reason,
        row.ended_by,
        row.ended_at,
    )
