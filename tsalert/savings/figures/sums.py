"""Adding up a period's records in the database: a few rows come back, however many records there are.

Only records whose worth hangs on another record or on the end of a unit, which are few, are read one by one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, null, select
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.savings.figures import singles
from tsalert.savings.figures.groups import Group, Kind, make_group
from tsalert.savings.figures.scopes import COUNTED, EVERYTHING, Scope, conditions
from tsalert.savings.figures.stretches import Stretch, cuts_of, parts_of, stretches
from tsalert.savings.models import Intervention
from tsalert.savings.rates.rate_sets import RateSetView, set_for
from tsalert.savings.rates.trying import sets_of
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.recognition import Recognition, anniversary, rates_of_year
from tsalert.savings.valuing.valuation import Quantity, Rate, ValueClass
from tsalert.savings.valuing.worth import Entry, Moment, first_rates

_NOTHING = Decimal(0)
# Written so that SQLite does not take the index of overlaps, in which nearly every record stands under NULL.
_STANDS_ALONE = func.coalesce(Intervention.overlaps_id, 0) == 0
_SUMMED = ("counted_units", "prevented", "recovered", "future", "memo")


class _Asked(Struct, frozen=True):
    """Which days of which types are added up."""

    first_day: date
    last_day: date
    types: tuple[InterventionType, ...] | None


class Sums:
    """What some records add up to; each run of days is read once, by however many methods it is valued.

    :param also: the other rate sets by which the same records will be valued, so that they are cut alike.
    """

    def __init__(self, session: Session, scope: Scope = EVERYTHING, *, also: Iterable[RateSetView] = ()) -> None:
        self._session, self._scope, self._also = session, scope, tuple(also)
        self._read: dict[_Asked, list[Row[Any]]] = {}

    def groups(self, parts: Sequence[Period], method: Method, sets: Sequence[RateSetView]) -> list[Group]:
        """Return the records of a period, apart by whatever decides their value.

        :param parts: the runs of days that make the period, in order.
        """
        found = list(self._new(parts, method, sets))
        if method.recognition is Recognition.YEARLY:
            found += self._lasting(parts, method, sets)
        asked = singles.Asked(self._session, tuple(parts), method, tuple(sets), self._scope)
        return [*found, *singles.linked_groups(asked), *singles.ended_groups(asked)]

    def _new(self, parts: Sequence[Period], method: Method, sets: Sequence[RateSetView]) -> Iterator[Group]:
        """Value what was recorded in the period."""
        for stretch in stretches(parts, self._cuts(sets)):
            chosen = set_for(sets, stretch.first_day)
            for row in self._between(stretch, None):
                rates = chosen.rates_for(row.type) if chosen else ()
                yield _group(row, stretch, first_rates(rates, method), method)

    def _lasting(self, parts: Sequence[Period], method: Method, sets: Sequence[RateSetView]) -> Iterator[Group]:
        """Value the further years of what was recorded before."""
        for year in range(1, singles.longest(sets, method)):
            for stretch in stretches(parts, self._cuts(sets), year):
                chosen = set_for(sets, stretch.first_day)
                rates = _lasting_rates(chosen, method, year) if chosen else {}
                for row in self._between(stretch, tuple(rates)) if rates else ():
                    yield _group(row, stretch, rates[InterventionType(row.type)], method)

    def _cuts(self, sets: Sequence[RateSetView]) -> set[date]:
        return cuts_of(each.span for each in (*sets, *self._also))

    def _between(self, stretch: Stretch, types: tuple[InterventionType, ...] | None) -> list[Row[Any]]:
        asked = _Asked(stretch.first_day, stretch.last_day, types)
        if asked not in self._read:
            of_types = asked.types is not None
            self._read[asked] = list(self._session.execute(_grouped(self._scope, of_types=of_types), asdict(asked)))
        return self._read[asked]


def groups(session: Session, period: Period, method: Method, *, scope: Scope = EVERYTHING) -> list[Group]:
    """Add up a period's records, a financial year's quarter by quarter."""
    return Sums(session, scope).groups(parts_of(period), method, sets_of(session, method, period))


def _lasting_rates(chosen: RateSetView, method: Method, year: int) -> dict[InterventionType, tuple[Rate, ...]]:
    """Return, for the types that are still worth something in a year of their term, what."""
    rates = {kind: rates_of_year(chosen.rates_for(kind), method.scenario, year) for kind in InterventionType}
    return {kind: found for kind, found in rates.items() if found}


@lru_cache(maxsize=64)  # to put it together takes longer than to ask it of a year
def _grouped(scope: Scope, *, of_types: bool) -> Select[Any]:
    """Return the sums of the days asked for; the inner query names what the outer one groups by, for PostgreSQL's sake.

    :param of_types: whether only some types are asked for.
    """
    days: list[ColumnElement[bool]] = [Intervention.on_date.between(bindparam("first_day"), bindparam("last_day"))]
    if of_types:
        days.append(Intervention.type.in_(bindparam("types", expanding=True)))
    record = (
        select(
            Intervention.type,
            class_of_money().label("money"),
            (Intervention.beneficiary == Beneficiary.BANK).label("is_bank_loss"),
            Intervention.share,
            Intervention.ward_code.label("ward"),
            *(getattr(Intervention, name) for name in _SUMMED),
            Intervention.on_date,
        )
        .where(*COUNTED, _STANDS_ALONE, *days, *conditions(scope))
        .subquery()
        .c
    )
    keys = (record.type, record.money, record.is_bank_loss, record.share, *((record.ward,) if scope.by_ward else ()))
    sums = [func.sum(record[name]).label(name) for name in _SUMMED]
    span = (func.min(record.on_date).label("first_day"), func.max(record.on_date).label("last_day"))
    return select(*keys, func.count().label("records"), *sums, *span).group_by(*keys).order_by(*keys)


def _group(row: Row[Any], stretch: Stretch, rates: tuple[Rate, ...], method: Method) -> Group:
    """Value some records that are alike; of what lasts from before the units alone."""
    kind = Kind(
        type=InterventionType(row.type),
        part=stretch.part,
        money=None if stretch.year or row.money is None else ValueClass(row.money),
        is_bank_loss=bool(row.is_bank_loss),
        ward=getattr(row, "ward", None),
    )
    units = Quantity(int(row.counted_units))
    whole = Quantity(units.units, row.prevented, row.recovered, row.future, row.memo)
    days = (anniversary(row.first_day, stretch.year), anniversary(row.last_day, stretch.year))
    moment = Moment.ANNIVERSARY if stretch.year else Moment.RECORDED
    entry = Entry(days[0], moment, units if stretch.year else whole, rates, row.share)
    return make_group(kind, entry, method, records=row.records, days=days)


def class_of_money() -> ColumnElement[str | None]:
    """Return the class that holds a record's money; NULL where it has none."""
    return case(
        (Intervention.recovered > _NOTHING, ValueClass.RECOVERED),
        (Intervention.future > _NOTHING, ValueClass.FUTURE_FINANCIAL),
        (Intervention.prevented > _NOTHING, ValueClass.PREVENTED),
        (Intervention.memo > _NOTHING, ValueClass.MEMO),
        else_=null(),
    )
