"""What if? A rate set tried on a period; nothing is written."""

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.savings.figures.overview import By, Wanted, table_of
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.rates.rate_sets import RateSetView, get_rate_set, list_rate_sets
from tsalert.savings.rates.trying import holds_no_day
from tsalert.savings.valuing.methods import Basis, Method


class Trial(Struct, frozen=True):
    """A period as it stands, and as it would be."""

    rate_set: RateSetView
    standing: SavingsTable
    tried: SavingsTable


def try_rates(session: Session, period: Period, method: Method) -> Trial:
    """Work a period out twice: by what stands, and with the set to be tried in its place on its dates.

    A set that holds on no day of the period is tried as though it held on all of them, which its notes say.

    :raises NotFound: there is no such set.
    :raises RuleViolation: it is of a basis by which nothing is worked out.
    """
    assert method.trial is not None
    tried = get_rate_set(session, method.trial)
    if tried.basis == "prudent" and method.basis is Basis.PUBLISHED:
        method = replace(method, basis=Basis.PRUDENT_CENTRAL)
    standing = table_of(session, Wanted(period, By.TYPE, replace(method, trial=None)))
    table = table_of(session, Wanted(period, By.TYPE, method))
    if holds_no_day(tried, period):
        note = f"{tried.title} holds on no day of {period.prose}: it is tried as though it had held throughout."
        table = replace(table, notes=(note, *table.notes))
    return Trial(tried, standing, table)


def to_try(session: Session) -> list[RateSetView]:
    """Return the sets that can be tried, drafts first."""
    known = [each for each in list_rate_sets(session) if each.basis in {basis.rates for basis in Basis}]
    return sorted(known, key=lambda each: each.status != "draft")
