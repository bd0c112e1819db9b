"""The board's indicators as they hold for a period: its measures under the names and definitions of that time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.reports.change import Value, write_value
from tsalert.reports.measures import BY_NAME, MEASURES, Measure
from tsalert.reports.models import IndicatorVersion
from tsalert.reports.queries import PeriodFigures
from tsalert.reports.rag import Rating
from tsalert.reports.vocabulary import Audience, Polarity, RagRule


class Indicator(Struct, frozen=True):
    """One version of an indicator: what it measures, and everything a board decides of it."""

    id: int
    measure: Measure
    label: str
    definition: str
    rating: Rating
    audience: Audience
    holds_from: date
    reason: str
    set_by: int | None
    set_at: datetime

    @property
    def name(self) -> str:
        """What it is called in addresses and by the API, whatever its label."""
        return self.measure.name


class Reading(Struct, frozen=True):
    """One indicator's figure in one period."""

    indicator: Indicator
    value: Value

    @property
    def text(self) -> str:
        """The figure as people read it."""
        return write_value(self.value)


def indicators_on(session: Session, day: date) -> tuple[Indicator, ...]:
    """Return every indicator as it holds for a period that ends on a day, in the order of the report."""
    found = {row.name: row for row in session.scalars(_in_order().where(IndicatorVersion.holds_from <= day))}
    return tuple(_view(found[measure.name]) for measure in MEASURES if measure.name in found)


def get_indicator(session: Session, name: str, day: date) -> Indicator:
    """Return one indicator as it holds for a period that ends on a day.

    :raises NotFound: there is none of that name.
    """
    found = [each for each in indicators_on(session, day) if each.name == name]
    if not found:
        raise NotFound("There is no such indicator.")
    return found[0]


def list_versions(session: Session, name: str) -> list[Indicator]:
    """Return every version of an indicator, the one that begins last first.

    :raises NotFound: there is none of that name.
    """
    rows = session.scalars(_in_order().where(IndicatorVersion.name == name)).all() if name in BY_NAME else []
    if not rows:
        raise NotFound("There is no such indicator.")
    return [_view(row) for row in reversed(rows)]


def read_all(figures: PeriodFigures, indicators: Sequence[Indicator]) -> tuple[Reading, ...]:
    """Return every indicator's figure, in the order of the report."""
    return tuple(Reading(indicator, indicator.measure.read(figures)) for indicator in indicators)


def by_group(readings: Sequence[Reading]) -> Mapping[str, list[Reading]]:
    """Return the figures under the heading of their group."""
    groups: dict[str, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.indicator.measure.group, []).append(reading)
    return groups


def percent(share: Decimal) -> str:
    """Write a share as a whole percentage, half-up."""
    return f"{(share * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)}%"


def _in_order() -> Select[IndicatorVersion]:
    return select(IndicatorVersion).order_by(IndicatorVersion.holds_from, IndicatorVersion.id)


def _view(row: IndicatorVersion) -> Indicator:
    return Indicator(
        row.id,
        BY_NAME[row.name],
        row.label,
        row.definition,
        Rating(RagRule.of(row.rule), Polarity.of(row.polarity), row.target, row.tolerance),
        Audience.of(row.audience),
        row.holds_from,
        row.reason,
        row.set_by,
        row.set_at,
    )
