"""Which rate sets a method uses: the approved ones, or those as they would be if a draft were among them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period
from tsalert.savings.rates.rate_sets import RateSetView, approved_sets, get_rate_set
from tsalert.savings.rules import Span
from tsalert.savings.valuing.methods import Method

_DAY = timedelta(days=1)


def sets_of(session: Session, method: Method, period: Period | None = None) -> list[RateSetView]:
    """Return the sets that a method uses, by date; nothing is written where one is only tried.

    :param period: what a set is tried on; one that holds on no day of it is tried as though it held on all.
    :raises NotFound: the set to be tried does not exist.
    :raises RuleViolation: it is of another basis.
    """
    approved = approved_sets(session, method.basis.rates)
    if method.trial is None:
        return approved
    tried = get_rate_set(session, method.trial)
    if tried.basis != method.basis.rates:
        raise RuleViolation(f"{tried.title} is a set of the {tried.basis} basis. Choose that.", field="basis")
    if period and holds_no_day(tried, period):
        tried = replace(tried, span=Span(period.first_day, period.last_day))
    return substitute(approved, tried)


def holds_no_day(tried: RateSetView, period: Period) -> bool:
    """Tell whether a set holds on no day of a period."""
    return not tried.span.overlaps(Span(period.first_day, period.last_day))


def substitute(standing: Iterable[RateSetView], tried: RateSetView) -> list[RateSetView]:
    """Put a set in the place of whatever stands on its dates; on the others all stays."""
    kept = [rest for each in standing if each.slug != tried.slug for rest in _outside(each, tried.span)]
    return sorted([*kept, tried], key=lambda each: each.span.first_day)


def _outside(standing: RateSetView, taken: Span) -> Iterator[RateSetView]:
    """Return what is left of a set's dates before and after those that are taken."""
    if not standing.span.overlaps(taken):
        yield standing
        return
    if standing.span.first_day < taken.first_day:
        yield replace(standing, span=Span(standing.span.first_day, taken.first_day - _DAY))
    ends, until = standing.span.last_day, taken.last_day
    if until is not None and (ends is None or until < ends):
        yield replace(standing, span=Span(until + _DAY, ends))
