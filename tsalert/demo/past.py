"""The activity behind the published year 2021/22 and the first two quarters of 2022/23."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count

from msgspec import Struct

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import Channel, DoorstepKind, EnquiryKind, MoneyKind, ScamKind, Source
from tsalert.core.actors import Actor
from tsalert.core.clock import LONDON, london_date
from tsalert.core.periods import Period, parse_period
from tsalert.demo import published, visits
from tsalert.demo.amounts import VISITS, WORTH, split_count, split_pounds
from tsalert.demo.held import train_friends
from tsalert.demo.people import household
from tsalert.demo.visits import Visit
from tsalert.response.vocabulary import CallSource, Category, GradeName, Outcome
from tsalert.savings import service as savings
from tsalert.savings.rules import VERIFIED_ABOVE, Evidence, InterventionType, NewIntervention

_DOORSTEP = (DoorstepKind.ROOFING, DoorstepKind.DRIVEWAY, DoorstepKind.GUTTERING, DoorstepKind.GARDENING)
_SCAMS = (ScamKind.COMPUTER_SERVICE, ScamKind.BANK_IMPERSONATION, ScamKind.ROMANCE, ScamKind.INVESTMENT)
_ENQUIRIES = tuple(EnquiryKind)
GARDENERS_IN, _GARDENERS_AT = "2022/23 Q1", 7  # the first of its reports that is of gardeners and was not stopped


class Crew(Struct, frozen=True):
    """The invented officers, and a way to say how far the loading has come."""

    officer: Actor
    second: Actor
    manager: Actor
    tell: Callable[[str], None]
    households: Iterator[int]


def crew(officer: Actor, second: Actor, manager: Actor, tell: Callable[[str], None]) -> Crew:
    """Gather a crew; each household it meets is a new one."""
    return Crew(officer, second, manager, tell, count(1))


def moments(period: Period, number: int) -> list[datetime]:
    """Return instants spread over a period, in the hours in which people ring."""
    days = (period.last_day - period.first_day).days
    return [
        datetime.combine(
            period.first_day + timedelta(days=days * place // max(1, number)),
            time(8 + place * 7 % 12, place * 13 % 60),
            LONDON,
        )
        for place in range(number)
    ]


def load_year(team: Crew, figures: published.YearFigures) -> None:
    """Load a year: its rapid-response interventions with the single savings, scams, Friends and blockers."""
    year = parse_period(figures.label)
    rest = figures.rapid_response_interventions - len(figures.single_savings)
    money = figures.scam_and_doorstep - sum(figures.single_savings)
    doorstep = [Decimal(saving) for saving in figures.single_savings] + split_pounds(money * 2 // 3, rest, seed=2021)
    for amount, at in zip(doorstep, moments(year, len(doorstep)), strict=True):
        _doorstep_visit(team, at, amount)
    scams = split_pounds(money - money * 2 // 3, 24, seed=2022)
    for amount, at in zip(scams, moments(year, len(scams)), strict=True):
        _scam_saving(team, at, amount)
    _train(team, year, figures.friends, sessions=20)
    _install(team, year, figures.blockers)


def load_quarter(team: Crew, figures: published.QuarterFigures) -> None:
    """Load one quarter of 2022/23: its enquiries, cases, money, reports and interventions."""
    period = parse_period(figures.label)
    team.tell(f"{figures.label}: {figures.enquiries} enquiries")
    case_ids = _reports(team, period, figures)
    further = moments(period, figures.cases - len(case_ids))
    case_ids += [_direct_case(team, at, place) for place, at in enumerate(further)]
    lost = _gardeners(team, case_ids, at=further[-1]) if _has_gardeners(figures) else Decimal(0)
    losing = [case_id for case_id in case_ids if not lost or case_id != case_ids[_GARDENERS_AT]]
    _losses(team, losing, figures.detriment - lost, at=further[-1])
    for place, at in enumerate(moments(period, figures.enquiries - figures.cases)):
        _enquiry(team, at, place)
    for amount, at in _spread(period, figures.scams, 2):
        _scam_saving(team, at, amount)
    _train(team, period, figures.friends, sessions=4)
    _install(team, period, figures.blockers)


def _reports(team: Crew, period: Period, figures: published.QuarterFigures) -> list[int]:
    savings_made = (
        split_pounds(figures.doorstep_crime, figures.immediate, seed=figures.reports) if figures.doorstep_crime else []
    )
    case_ids = []
    for place, at in enumerate(moments(period, figures.reports)):
        immediate = place < figures.immediate
        category = Category.DOORSTEP_CRIME if immediate or place % 2 else Category.SCAM
        visit = _visit(team, at, category, place, immediate=immediate)
        incident_id = visits.replay(visit, team.officer)
        case_id = visits.open_case(visit, incident_id, team.officer, summary=f"{visit.happening} Invented.")
        case_ids.append(case_id)
        if place < len(savings_made):
            _record_doorstep(team, visit, incident_id, case_id, savings_made[place])
    return case_ids


def _visit(team: Crew, at: datetime, category: Category, place: int, *, immediate: bool) -> Visit:
    doorstep = category is Category.DOORSTEP_CRIME
    kind = _DOORSTEP[place % 4] if doorstep else _SCAMS[place % 4]
    # Of every seven immediate visits one is late, as on a night with one officer.
    minutes = 131 if place % 7 == 6 else 35 + place * 11 % 70
    return Visit(
        at=at,
        household=household(next(team.households)),
        category=category,
        kind=kind,
        happening="Men at the door ask for cash for work nobody wanted."
        if doorstep
        else "Somebody rings for bank details.",
        grade=GradeName.IMMEDIATE if immediate else GradeName.NONE,
        source=(CallSource.BANK, CallSource.NEIGHBOUR, CallSource.FAMILY, CallSource.RESIDENT)[place % 4],
        arrives_after=timedelta(minutes=minutes) if immediate else None,
        outcome=Outcome.PAYMENT_STOPPED if immediate else Outcome.ADVICE_GIVEN,
    )


def _doorstep_visit(team: Crew, at: datetime, amount: Decimal) -> None:
    visit = _visit(team, at, Category.DOORSTEP_CRIME, at.day, immediate=True)
    incident_id = visits.replay(visit, team.officer)
    case_id = visits.open_case(visit, incident_id, team.officer, summary=f"{visit.happening} Invented.")
    _record_doorstep(team, visit, incident_id, case_id, amount)


def _record_doorstep(team: Crew, visit: Visit, incident_id: int, case_id: int, amount: Decimal) -> None:
    new = NewIntervention(
        type=InterventionType.DOORSTEP_CRIME,
        on_date=london_date(visit.at),
        prevented=amount,
        evidence=Evidence.PAPER,
        case_id=case_id,
        incident_id=incident_id,
        household_key=f"{visit.household.postcode} {visit.household.address}",
        is_rapid_response=True,
        ward_code=visit.household.ward_code,
    )
    _record(team, new, at=visit.at + timedelta(hours=3))


def _scam_saving(team: Crew, at: datetime, amount: Decimal) -> None:
    victim = household(next(team.households))
    new = NewIntervention(
        type=InterventionType.SCAM_VICTIM,
        on_date=london_date(at),
        prevented=amount,
        evidence=Evidence.BANK,
        household_key=f"{victim.postcode} {victim.address}",
        ward_code=victim.ward_code,
    )
    _record(team, new, at=at)


def _train(team: Crew, period: Period, people: int, *, sessions: int) -> None:
    train_friends(team.officer, zip(split_count(people, sessions), moments(period, sessions), strict=True))


def _install(team: Crew, period: Period, blockers: int) -> None:
    for at in moments(period, blockers):
        home = household(next(team.households))
        key = f"{home.postcode} {home.address}"
        new = NewIntervention(
            type=InterventionType.CALL_BLOCKER, on_date=london_date(at), household_key=key, ward_code=home.ward_code
        )
        _record(team, new, at=at)


def _record(team: Crew, new: NewIntervention, *, at: datetime) -> None:
    reference = savings.record_intervention(new, actor=team.officer, now=at)
    if new.amount > VERIFIED_ABOVE:
        savings.verify_intervention(reference, of_version=1, actor=team.second, now=at + timedelta(days=1))


def _direct_case(team: Crew, at: datetime, place: int) -> int:
    category = (Category.SCAM, Category.DOORSTEP_CRIME, Category.FINANCIAL_ABUSE)[place % 3]
    home = household(next(team.households))
    new = NewCase(
        summary="Referred with a loss already suffered. Invented.",
        category=category,
        channel=(Channel.TELEPHONE, Channel.DOORSTEP, Channel.ONLINE, Channel.POSTAL)[place % 4],
        source=(Source.CITIZENS_ADVICE_REFERRAL, Source.BANK, Source.ADULT_SOCIAL_CARE)[place % 3],
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
    )
    return cases.open_case(new, actor=team.officer, now=at)


def _enquiry(team: Crew, at: datetime, place: int) -> None:
    new = NewCase(
        summary="An enquiry that is neither a scam nor doorstep crime. Invented.",
        category=Category.OTHER,
        kind=_ENQUIRIES[place % len(_ENQUIRIES)],
        source=Source.CITIZENS_ADVICE_NOTIFICATION,
    )
    cases.open_case(new, actor=team.officer, now=at)


def _has_gardeners(figures: published.QuarterFigures) -> bool:
    """Tell whether a quarter has room for the gardeners, of whom a case study tells."""
    has_room = figures.detriment > 4 * sum(VISITS) and figures.reports > _GARDENERS_AT
    return figures.label == GARDENERS_IN and has_room


def _gardeners(team: Crew, case_ids: list[int], *, at: datetime) -> Decimal:
    """Let one case be that of a hedge that became thirteen visits; return what its victim lost."""
    case_id = case_ids[_GARDENERS_AT]
    lines = [NewMoneyLine(MoneyKind.PAID, Decimal(amount), visit=visit) for visit, amount in enumerate(VISITS, start=1)]
    for line in (*lines, NewMoneyLine(MoneyKind.VALUATION, Decimal(WORTH))):
        cases.record_money(case_id, line, actor=team.officer, now=at + timedelta(days=1))
    return Decimal(sum(VISITS))


def _losses(team: Crew, case_ids: list[int], detriment: Decimal, *, at: datetime) -> None:
    """Divide the detriment over nine cases of ten; the pence go to the first."""
    losing = case_ids[: len(case_ids) * 9 // 10]
    amounts = split_pounds(int(detriment), len(losing), seed=len(case_ids))
    amounts[0] += detriment % 1
    for case_id, amount in zip(losing, amounts, strict=True):
        cases.record_money(
            case_id, NewMoneyLine(MoneyKind.PAID, amount), actor=team.officer, now=at + timedelta(days=1)
        )


def _spread(period: Period, total: int, parts: int) -> Iterator[tuple[Decimal, datetime]]:
    if total:
        yield from zip(split_pounds(total, parts, seed=total), moments(period, parts), strict=True)
