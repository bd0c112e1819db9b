"""The records whose worth is worked out, as the store holds them: with their rates, and what they hang on."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.prevention.models import InstalledUnit
from tsalert.prevention.rules import Ending
from tsalert.savings.models import Intervention
from tsalert.savings.rates.rate_sets import RateSetView, set_for
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.valuation import Quantity, Rate
from tsalert.savings.valuing.worth import RatesOn, Record, ends_counted


def rates_of(sets: Iterable[RateSetView]) -> RatesOn:
    """Return what finds the rates of a type on a day among some sets; none where no set holds the day."""
    known = tuple(sets)

    @cache
    def rates_on(kind: InterventionType, day: date) -> tuple[Rate, ...]:
        chosen = set_for(known, day)
        return chosen.rates_for(kind) if chosen else ()

    return rates_on


def record_of(row: Intervention, *, earlier: Intervention | None = None, ended: Iterable[date] = ()) -> Record:
    """Return what of one stored version decides its worth.

    :param earlier: the version that ``overlaps_id`` names.
    :param ended: the days on which units of it ended.
    """
    return Record(
        InterventionType(row.type),
        row.on_date,
        Quantity(row.counted_units, row.prevented, row.recovered, row.future, row.memo),
        row.share,
        record_of(earlier) if earlier is not None else None,
        ends_counted(ended, units=row.units, counted=row.counted_units),
    )


def records_of(session: Session, rows: Sequence[Intervention]) -> list[Record]:
    """Return what decides the worth of each of some versions, in their order; two queries, however many there are."""
    wanted = {row.overlaps_id for row in rows if row.overlaps_id is not None}
    earlier = {row.id: row for row in session.scalars(select(Intervention).where(Intervention.id.in_(wanted)))}
    ended = ends_of(session, {row.reference for row in rows})
    return [
        record_of(row, earlier=earlier.get(row.overlaps_id or 0), ended=ended.get(row.reference, ())) for row in rows
    ]


def ends_of(session: Session, references: Iterable[str]) -> dict[str, list[date]]:
    """Return the days on which units of some interventions ended; one written down by mistake was never there."""
    query = select(InstalledUnit.intervention_reference, InstalledUnit.ended_on).where(
        InstalledUnit.intervention_reference.in_(list(references)),
        InstalledUnit.ended_how != Ending.MISTAKE,
    )
    found: dict[str, list[date]] = {}
    for reference, ended_on in session.execute(query):
        if ended_on is not None:
            found.setdefault(reference, []).append(ended_on)
    return found
