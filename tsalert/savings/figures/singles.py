"""The few records that sums alone cannot value: those that count over an earlier one, and units that ended."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from tsalert.core.periods import Period
from tsalert.prevention.models import InstalledUnit
from tsalert.prevention.rules import Ending
from tsalert.savings.figures.groups import Group, Kind, make_group
from tsalert.savings.figures.scopes import COUNTED, Scope, conditions
from tsalert.savings.figures.stretches import Stretch, place_of, stretches
from tsalert.savings.models import Intervention
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.recognition import Recognition, longest_term
from tsalert.savings.valuing.records import ends_of, rates_of
from tsalert.savings.valuing.valuation import Quantity, ValueClass
from tsalert.savings.valuing.worth import Entry, Moment, Record, corrections, ends_counted, entries

_VALUED = ("type", "on_date", "counted_units", "prevented", "recovered", "future", "memo", "share")


class Asked(Struct, frozen=True):
    """Which period is valued, how, and which records of it."""

    session: Session
    parts: tuple[Period, ...]
    method: Method
    sets: tuple[RateSetView, ...]
    scope: Scope

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.parts[-1].last_day

    @property
    def windows(self) -> list[Stretch]:
        """The days whose records count in the period, but for those that are taken back."""
        years = longest(self.sets, self.method) if self.method.recognition is Recognition.YEARLY else 1
        whole = Period("", self.parts[0].first_day, self.last_day)
        return [stretch for year in range(years) for stretch in stretches([whole], (), year)]


def longest(sets: Iterable[RateSetView], method: Method) -> int:
    """Return the longest term of anything in some sets, in years."""
    return max((longest_term(each.rates, method.scenario) for each in sets), default=1)


def linked_groups(asked: Asked) -> Iterator[Group]:
    """Value each record that counts only what it is worth over an earlier one."""
    rates_on = rates_of(asked.sets)
    rows = _linked_rows(asked)
    ends = ends_of(asked.session, [row.reference for row in rows]) if rows else {}
    for row in rows:
        record = _record(row, ends.get(row.reference, ()), earlier=True)
        for entry in entries(record, asked.method, rates_on):
            place = place_of(asked.parts, entry.on)
            if place is not None:
                yield make_group(_kind(row, entry, place, asked.scope), entry, asked.method)


def ended_groups(asked: Asked) -> list[Group]:
    """Value what the ends of units take back, or keep from counting, of records that sums took whole."""
    if not (asked.method.takes_back or asked.method.recognition is Recognition.YEARLY):
        return []
    rates_on = rates_of(asked.sets)
    found: dict[tuple[Any, ...], Quantity] = {}
    records: Counter[tuple[Any, ...]] = Counter()
    for _, rows in groupby(asked.session.execute(_with_ends(asked)), key=lambda row: row.id):
        ended = list(rows)
        record = _record(ended[0], [row.ended_on for row in ended])
        for entry in corrections(record, asked.method, rates_on):
            place = place_of(asked.parts, entry.on)
            if place is not None:
                alike = (_kind(ended[0], entry, place, asked.scope), entry.moment, entry.rates, entry.share)
                found[alike] = found.get(alike, Quantity()) + entry.quantity
                records[alike] += 1
    return [
        make_group(
            kind,
            Entry(asked.parts[kind.part].first_day, moment, quantity, rates, share),
            asked.method,
            records=records[kind, moment, rates, share],
        )
        for (kind, moment, rates, share), quantity in found.items()
    ]


def _linked_rows(asked: Asked) -> list[Row[Any]]:
    """Return each such record once, in however many of its years, and at whichever end of a unit, it counts."""
    wanted = [_within(window) for window in asked.windows]
    if asked.method.takes_back:
        wanted.append(Intervention.reference.in_(_ended_in(asked)))
    found = {row.id: row for each in wanted for row in asked.session.execute(_linked(asked).where(each))}
    return [found[key] for key in sorted(found)]


def _linked(asked: Asked) -> Select[Any]:
    return _beside_earlier().where(*conditions(asked.scope))


@cache  # to put it together takes longer than to ask it of a year
def _beside_earlier() -> Select[Any]:
    earlier = aliased(Intervention)
    return (
        select(
            *_columns(Intervention),
            *(getattr(earlier, name).label(f"earlier_{name}") for name in _VALUED),
        )
        .join(earlier, earlier.id == Intervention.overlaps_id)
        .where(*COUNTED, Intervention.overlaps_id.is_not(None))
        .order_by(Intervention.id)
    )


def _within(window: Stretch) -> ColumnElement[bool]:
    """Tell whether a record was made within some days; each window is asked for by itself, which keeps to the index."""
    return Intervention.on_date.between(window.first_day, window.last_day)


def _with_ends(asked: Asked) -> Select[Any]:
    """Return a row for each end of a unit, of every intervention of which one matters in the period."""
    if asked.method.takes_back:
        matters: ColumnElement[bool] = Intervention.reference.in_(_ended_in(asked))
    else:
        # What ended was installed before, and no end comes before the first day that still counts.
        earliest = min(each.first_day for each in asked.windows)
        recorded = or_(*(_within(window) for window in asked.windows))
        matters = and_(recorded, InstalledUnit.ended_on >= earliest)
    return (
        select(*_columns(Intervention), InstalledUnit.ended_on)
        .join(InstalledUnit, InstalledUnit.intervention_reference == Intervention.reference)
        .where(
            *COUNTED,
            matters,
            func.coalesce(Intervention.overlaps_id, 0) == 0,
            InstalledUnit.ended_on <= asked.last_day,
            InstalledUnit.ended_how != Ending.MISTAKE,
            *conditions(asked.scope),
        )
        .order_by(Intervention.id, InstalledUnit.ended_on)
    )


def _ended_in(asked: Asked) -> Select[str]:
    """Return the interventions of which a unit ended in the period."""
    ended = aliased(InstalledUnit)
    in_period = ended.ended_on.between(asked.parts[0].first_day, asked.last_day)
    return select(ended.intervention_reference).where(in_period, ended.ended_how != Ending.MISTAKE)


def _columns(of: type[Intervention]) -> list[Any]:
    names = ("id", "reference", "units", "beneficiary", "ward_code", *_VALUED)
    return [getattr(of, name) for name in names]


def _record(row: Row[Any], ended: Iterable[date], *, earlier: bool = False) -> Record:
    return Record(
        InterventionType(row.type),
        row.on_date,
        Quantity(row.counted_units, row.prevented, row.recovered, row.future, row.memo),
        row.share,
        _earlier(row) if earlier else None,
        ends_counted(ended, units=row.units, counted=row.counted_units),
    )


def _earlier(row: Row[Any]) -> Record:
    return Record(
        InterventionType(row.earlier_type),
        row.earlier_on_date,
        Quantity(
            row.earlier_counted_units,
            row.earlier_prevented,
            row.earlier_recovered,
            row.earlier_future,
            row.earlier_memo,
        ),
        row.earlier_share,
    )


def _kind(row: Row[Any], entry: Entry, place: int, scope: Scope) -> Kind:
    amounts = {
        ValueClass.RECOVERED: row.recovered,
        ValueClass.FUTURE_FINANCIAL: row.future,
        ValueClass.PREVENTED: row.prevented,
        ValueClass.MEMO: row.memo,
    }
    money = next((kind for kind, amount in amounts.items() if amount), None)
    return Kind(
        type=InterventionType(row.type),
        part=place,
        money=money if entry.moment is Moment.RECORDED else None,
        is_bank_loss=row.beneficiary == Beneficiary.BANK,
        ward=row.ward_code if scope.by_ward else None,
    )
