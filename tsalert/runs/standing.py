"""Reading what stood at an instant: the versions that nothing had replaced yet, in a fixed order, memory flat."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, and_, collate, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from tsalert.prevention.models import InstalledUnit
from tsalert.prevention.rules import Ending
from tsalert.runs.lines import Stood
from tsalert.savings.models import Intervention
from tsalert.savings.rules import Beneficiary, InterventionType

PIECE = 1000


class Window(Struct, frozen=True):
    """Which records a period needs: all of its days, and of some types those of earlier days too."""

    first_day: date
    last_day: date
    earliest_day: date
    lasting: tuple[str, ...] = ()

    @property
    def condition(self) -> ColumnElement[bool]:
        """The records in the window."""
        inside = Intervention.on_date.between(self.first_day, self.last_day)
        if not self.lasting or self.earliest_day >= self.first_day:
            return inside
        before = and_(Intervention.on_date >= self.earliest_day, Intervention.on_date < self.first_day)
        return or_(inside, and_(before, Intervention.type.in_(self.lasting)))


_COLUMNS: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...] = (
    Intervention.id,
    Intervention.reference,
    Intervention.version,
    Intervention.type,
    Intervention.on_date,
    Intervention.units,
    Intervention.refreshers,
    Intervention.prevented,
    Intervention.recovered,
    Intervention.future,
    Intervention.memo,
    Intervention.share,
    Intervention.beneficiary == Beneficiary.BANK,
    Intervention.counted_units,
    Intervention.not_counted_reason,
    Intervention.overlaps_id,
)
_TYPES = {kind.value: kind for kind in InterventionType}


def pieces(
    session: Session, as_of: datetime, window: Window, *, after: str | None = None, size: int = PIECE
) -> Iterator[list[Stood]]:
    """Yield the versions of a window that stood at an instant, by reference, in pieces of a bounded size.

    :param after: only references that come after this one.
    """
    order = _by_reference(session)
    query = select(*_COLUMNS).where(*_stood_at(as_of), window.condition)
    if after:
        query = query.where(order > after)
    rows = session.execute(query.order_by(order).execution_options(yield_per=size))
    for part in rows.partitions():
        yield [_stood(row) for row in part]


def versions(session: Session, ids: Collection[int]) -> dict[int, Stood]:
    """Return some versions by their ids; those that others build on."""
    if not ids:
        return {}
    rows = session.execute(select(*_COLUMNS).where(Intervention.id.in_(sorted(ids))))
    return {row.id: _stood(row) for row in rows}


def ended_days(session: Session, as_of: datetime, references: Collection[str]) -> dict[str, list[date]]:
    """Return the days on which units of some interventions ended, as far as that was known at an instant."""
    if not references:
        return {}
    query = select(InstalledUnit.intervention_reference, InstalledUnit.ended_on).where(
        InstalledUnit.intervention_reference.in_(sorted(references)),
        InstalledUnit.recorded_at <= as_of,
        InstalledUnit.ended_at <= as_of,
        InstalledUnit.ended_how != Ending.MISTAKE,
    )
    found: dict[str, list[date]] = {}
    for reference, ended_on in session.execute(query.order_by(InstalledUnit.ended_on)):
        if ended_on is not None:
            found.setdefault(reference, []).append(ended_on)
    return found


def _stood_at(as_of: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a version counted at an instant."""
    return (
        Intervention.recorded_at <= as_of,
        or_(Intervention.superseded_at.is_(None), Intervention.superseded_at > as_of),
        ~Intervention.is_withdrawn,
    )


def _by_reference(session: Session) -> ColumnElement[str]:
    """Return what versions are ordered by: byte by byte, on either database and in Python alike."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return collate(Intervention.reference, "C") if is_postgresql else Intervention.reference.expression


def _stood(row: Row[Any]) -> Stood:
    values: list[Any] = list(row)
    values[3] = _TYPES[values[3]]
    return Stood(*values)
