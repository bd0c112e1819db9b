"""A period's savings by the rates of another: what two periods must share before they are held against each other."""

from datetime import date

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.savings.figures.stretches import parts_of
from tsalert.savings.figures.sums import Sums
from tsalert.savings.figures.table import SavingsTable, build_table
from tsalert.savings.rates.rate_sets import RateSetView
from tsalert.savings.rates.trying import sets_of
from tsalert.savings.rules import EARLIEST_DAY, Span
from tsalert.savings.valuing.methods import AS_PUBLISHED, Method
from tsalert.savings.valuing.valuation import Rate


def rebased_table(
    session: Session, earlier: Period, onto: Period, method: Method = AS_PUBLISHED
) -> SavingsTable | None:
    """Return an earlier period's savings by the rates that hold at the end of a later one.

    None where both were worked out by the same rates all along, or none hold then: their figures stand as they are.
    """
    sets = sets_of(session, method)
    last = _set_on(sets, onto.last_day)
    if last is None or all(_same(each, last) for period in (earlier, onto) for each in _used(sets, period)):
        return None
    alone = [replace(last, span=Span(EARLIEST_DAY, None))]
    return build_table(earlier, method, Sums(session).groups(parts_of(earlier), method, alone))


def _set_on(sets: list[RateSetView], day: date) -> RateSetView | None:
    return next((each for each in sets if each.span.overlaps(Span(day, day))), None)


def _used(sets: list[RateSetView], period: Period) -> list[RateSetView]:
    return [each for each in sets if each.span.overlaps(Span(period.first_day, period.last_day))]


def _same(one: RateSetView, other: RateSetView) -> bool:
    return _content(one) == _content(other)


def _content(rate_set: RateSetView) -> list[Rate]:
    """Return the rates whatever their set is called; a continued set values everything alike."""
    found = [replace(rate, rate_set="") for rate in rate_set.rates]
    return sorted(found, key=lambda rate: (rate.intervention_type, rate.component, rate.kind))
