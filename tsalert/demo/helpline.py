"""April and May 2021: what the consumer helpline passed on, the cases that followed, the advice given."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from tsalert.cases import queries
from tsalert.cases import service as cases
from tsalert.cases.helpline import HEADER, import_contacts
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import Channel, DoorstepKind, EnquiryKind, MoneyKind, ScamKind, Source
from tsalert.core.clock import LONDON
from tsalert.db import db
from tsalert.demo.amounts import split_pounds
from tsalert.demo.past import Crew
from tsalert.demo.people import household
from tsalert.demo.published import HelplineTotals
from tsalert.response.vocabulary import Category
from tsalert.savings import service as savings
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention

_FIRST_DAY = date(2021, 4, 1)
_DAYS = 61
_OTHER_SCAMS = (ScamKind.COMPUTER_SERVICE, ScamKind.PURCHASE, ScamKind.SUBSCRIPTION_TRAP, ScamKind.ROMANCE)


def load_helpline(team: Crew, totals: HelplineTotals) -> None:
    """Load the complaints, of which some were transferred to us as cases, and the advice given."""
    rows = [*_transferred(team, totals), *_notified(totals)]
    lines = [",".join(HEADER) + "\n", *(",".join(row) + "\n" for row in rows)]
    report = import_contacts(lines, actor=team.officer, now=_at(_DAYS + 1))
    assert report.bad == 0  # the rows above are ours
    for place, amount in enumerate(split_pounds(totals.advice_savings, 12, seed=2021)):
        at = _at(place * 5)
        new = NewIntervention(
            type=InterventionType.ADVICE, on_date=at.date(), prevented=amount, evidence=Evidence.VICTIM_STATEMENT
        )
        savings.record_intervention(new, actor=team.officer, now=at)
    db.session.remove()


def _transferred(team: Crew, totals: HelplineTotals) -> Iterator[tuple[str, ...]]:
    for number, (category, kind, loss) in enumerate(_complaints(totals)):
        at = _at(number * _DAYS // totals.transferred)
        case_id, reference = _open(team, category, kind, at)
        if loss:
            cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, loss), actor=team.officer, now=at)
        scam_kind = kind if category is Category.SCAM else ""
        shown = str(loss) if loss else ""
        yield (f"CA-DEMO-{number:04}", at.date().isoformat(), "referral", category, scam_kind, shown, reference)


def _complaints(totals: HelplineTotals) -> Iterator[tuple[Category, str, Decimal | None]]:
    """Return category, type and loss of each transferred complaint; the losses have the published means."""
    frauds = totals.investment_frauds
    for loss in split_pounds(totals.mean_investment_loss * frauds, frauds, seed=9):
        yield Category.SCAM, ScamKind.INVESTMENT, loss
    for place in range(totals.scams - frauds):
        yield Category.SCAM, _OTHER_SCAMS[place % len(_OTHER_SCAMS)], None
    crimes = totals.doorstep_crimes
    for loss in split_pounds(totals.mean_doorstep_loss * crimes, crimes, seed=18):
        yield Category.DOORSTEP_CRIME, DoorstepKind.ROOFING, loss
    kinds = tuple(EnquiryKind)
    for place in range(totals.transferred - totals.scams - crimes):
        yield Category.OTHER, kinds[place % len(kinds)], None


def _open(team: Crew, category: Category, kind: str, at: datetime) -> tuple[int, str]:
    home = household(next(team.households))
    new = NewCase(
        summary="Transferred by the consumer helpline. Invented.",
        category=category,
        kind=kind,
        channel=Channel.DOORSTEP if category is Category.DOORSTEP_CRIME else Channel.TELEPHONE,
        source=Source.CITIZENS_ADVICE_REFERRAL,
        victim_name=home.name,
        address=home.address,
        postcode=home.postcode,
        ward_code=home.ward_code,
    )
    case_id = cases.open_case(new, actor=team.officer, now=at)
    return case_id, queries.get_case(db.session(), case_id).reference


def _notified(totals: HelplineTotals) -> Iterator[tuple[str, ...]]:
    for number in range(totals.transferred, totals.complaints):
        day = (_at(number % _DAYS)).date().isoformat()
        yield (f"CA-DEMO-{number:04}", day, "notification", Category.OTHER, "", "", "")


def _at(days: int) -> datetime:
    return datetime.combine(_FIRST_DAY + timedelta(days=days), time(11, days % 60), LONDON)
