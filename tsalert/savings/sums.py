"""Adding up a period's records in the database: a few groups come back, however many records there are."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.savings.models import Intervention, RateSet
from tsalert.savings.profiles import Profile
from tsalert.savings.rate_sets import RateSetStatus, approved_sets
from tsalert.savings.rules import Beneficiary, InterventionType
from tsalert.savings.table import Group, quarters_of
from tsalert.savings.valuation import Quantity, Rate, ValueClass

_NOTHING = Decimal(0)
COUNTED = (Intervention.is_current, ~Intervention.is_withdrawn)


def groups(session: Session, period: Period, profile: Profile) -> list[Group]:
    """Add up a period's records in the database, apart by whatever decides their value."""
    sets = {found.id: found for found in approved_sets(session, profile.basis)}
    found = []
    for row in session.execute(_grouped(period, profile.basis)):
        chosen = sets.get(row.rate_set_id)
        found.append(_group(row, chosen.rates_for(row.type) if chosen else ()))
    return found


def in_period(period: Period) -> ColumnElement[bool]:
    """Tell whether a record's London day lies in a period."""
    return Intervention.on_date.between(period.first_day, period.last_day)


def _grouped(period: Period, basis: str) -> Select[Any]:
    """Return the sums of a period; the inner query names what the outer one groups by, for PostgreSQL's sake."""
    quarters = quarters_of(period)
    ends = [(Intervention.on_date <= quarter.last_day, place) for place, quarter in enumerate(quarters)]
    applies = and_(
        RateSet.basis == basis,
        RateSet.status == RateSetStatus.APPROVED,
        RateSet.effective_from <= Intervention.on_date,
        or_(RateSet.effective_to.is_(None), RateSet.effective_to >= Intervention.on_date),
        or_(RateSet.superseded_from.is_(None), RateSet.superseded_from > Intervention.on_date),
    )
    record = (
        select(
            Intervention.type,
            case(*ends, else_=len(quarters)).label("part"),
            _class_of_money().label("money"),
            (Intervention.beneficiary == Beneficiary.BANK).label("is_bank_loss"),
            RateSet.id.label("rate_set_id"),
            Intervention.units,
            Intervention.prevented,
            Intervention.recovered,
            Intervention.future,
            Intervention.on_date,
        )
        .outerjoin(RateSet, applies)
        .where(*COUNTED, in_period(period))
        .subquery()
        .c
    )
    keys = (record.type, record.part, record.money, record.is_bank_loss, record.rate_set_id)
    sums = [func.sum(record[name]).label(name) for name in ("units", "prevented", "recovered", "future")]
    span = (func.min(record.on_date).label("first_day"), func.max(record.on_date).label("last_day"))
    return select(*keys, func.count().label("records"), *sums, *span).group_by(*keys).order_by(*keys)


def _class_of_money() -> ColumnElement[str | None]:
    return case(
        (Intervention.recovered > _NOTHING, ValueClass.RECOVERED),
        (Intervention.future > _NOTHING, ValueClass.FUTURE_FINANCIAL),
        (Intervention.prevented > _NOTHING, ValueClass.PREVENTED),
        else_=null(),
    )


def _group(row: Row[Any], rates: tuple[Rate, ...]) -> Group:
    return Group(
        InterventionType(row.type),
        row.part,
        ValueClass(row.money) if row.money else None,
        bool(row.is_bank_loss),
        rates,
        row.records,
        Quantity(int(row.units), row.prevented, row.recovered, row.future),
        row.first_day,
        row.last_day,
    )
