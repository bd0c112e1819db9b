"""Reading a quarter's savings: the board's table on every basis, classes of five quarters, rates and the claim."""

from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tsalert.core.periods import Period
from tsalert.quarterly.figures.recalling import Recaller
from tsalert.reports.comparing import Compared, quarters_up_to
from tsalert.reports.dashboard import savings_by_class
from tsalert.savings.figures.claims import Claim, find_claim
from tsalert.savings.figures.evidenced import Evidenced, evidenced_money
from tsalert.savings.figures.overview import By, Overview, Wanted, by_class, overview
from tsalert.savings.figures.rebasing import rebased_table
from tsalert.savings.figures.table import SavingsTable
from tsalert.savings.rates.rate_sets import RateSetView, approved_sets
from tsalert.savings.rules import Span
from tsalert.savings.valuing.methods import AS_PUBLISHED, Basis
from tsalert.savings.valuing.profiles import PLAIN, get_profile

# As many quarters as reach back to the same one last year.
YEAR_AND_ONE = 5


class Saved(Struct, frozen=True):
    """What a report tells of savings.

    :param overview: the board's table, on every basis, with the rate sets used.
    :param classes: the savings by class of the last quarters.
    :param rebased_classes: those of the year before by the rates of now, where other rates held then.
    """

    overview: Overview
    classes: Mapping[Period, SavingsTable]
    rebased_classes: SavingsTable | None
    evidenced: Mapping[Period, tuple[Evidenced, ...]]
    prudent_sets: tuple[RateSetView, ...]
    claim: Claim | None


def read_saved(recaller: Recaller, compared: Compared, beside: Collection[Period]) -> Saved:
    """Read a quarter's savings, and how many records are behind those of the periods beside it."""
    session, quarter = recaller.session, compared.period
    quarters = quarters_up_to(quarter, YEAR_AND_ONE)
    return Saved(
        overview=recaller.keep("bases", quarter, _every_basis),
        classes={each: recaller.keep("classes", each, savings_by_class) for each in quarters},
        rebased_classes=recaller.keep(
            f"classes rebased on {quarter.label}", compared.last_year, lambda *_: _rebased(session, compared)
        ),
        evidenced={each: recaller.keep("evidenced", each, evidenced_money) for each in {*quarters, *beside}},
        prudent_sets=_prudent_sets(session, quarter),
        claim=find_claim(session),
    )


def _every_basis(session: Session, quarter: Period) -> Overview:
    return overview(session, Wanted(quarter, By.TYPE, AS_PUBLISHED))


def _rebased(session: Session, compared: Compared) -> SavingsTable | None:
    plain = replace(AS_PUBLISHED, profile=get_profile(PLAIN))
    found = rebased_table(session, compared.last_year, compared.period, plain)
    return by_class(found) if found else None


def _prudent_sets(session: Session, quarter: Period) -> tuple[RateSetView, ...]:
    days = Span(quarter.first_day, quarter.last_day)
    return tuple(each for each in approved_sets(session, Basis.PRUDENT_CENTRAL.rates) if each.span.overlaps(days))
