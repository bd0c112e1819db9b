"""What the service recorded of financial abuse in a quarter, for the action that is about it."""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from tsalert.activities.figures import activity_totals
from tsalert.cases.figures import case_figures
from tsalert.cases.models import CaseFile, CaseReferral, MoneyLine
from tsalert.cases.queries import is_repeated, opened_in, stands
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.periods import Period
from tsalert.quarterly.actions import rules
from tsalert.quarterly.actions.rules import AbuseRecords, Sum
from tsalert.response.queries import response_figures
from tsalert.response.vocabulary import REPORTED_CATEGORIES, Category
from tsalert.safeguarding.models import SafeguardingStep
from tsalert.safeguarding.vocabulary import Act
from tsalert.savings.figures.scopes import COUNTED, in_period
from tsalert.savings.models import Intervention
from tsalert.savings.queries import savings_table
from tsalert.savings.valuing.methods import Method
from tsalert.savings.valuing.profiles import PLAIN, get_profile
from tsalert.savings.valuing.valuation import ValueClass

_NOTHING = Decimal(0)
_CLOCKS = ("met", "late", "breached_then_ended", "not_applicable", "running", "overdue")


def propose(session: Session, quarter: Period) -> str:
    """Return sentences of a quarter's records for a writer to go on from."""
    return rules.propose(read(session, quarter), quarter)


def read(session: Session, quarter: Period) -> AbuseRecords:
    """Return what was recorded in a quarter, by the definitions of the board's indicators."""
    cases, response = case_figures(session, quarter), response_figures(session, quarter)
    return AbuseRecords(
        reported=cases.scam_doorstep_abuse,
        financial_abuse=cases.by_category.get(Category.FINANCIAL_ABUSE, 0),
        detriment=_detriment(session, quarter, cases.detriment),
        prevented=_prevented(session, quarter),
        reports=response.reports,
        immediate=response.immediate,
        protocol=_protocol(session, quarter),
        sessions=activity_totals(session, quarter).sessions,
        referrals=_referrals(session, quarter),
        categories=tuple(number for name, number in cases.by_category.items() if name != Category.FINANCIAL_ABUSE),
        clocks=tuple(getattr(response, name) for name in _CLOCKS),
    )


def _detriment(session: Session, quarter: Period, amount: Decimal) -> Sum:
    """Return the money that left the victims with how many cases it is of; a case in several files is one."""
    recorded_in = aliased(CaseFile)
    of_case = (
        select(func.sum(MoneyLine.amount).label("paid"))
        .join(recorded_in, recorded_in.id == MoneyLine.case_id)
        .join(CaseFile, CaseFile.id == func.coalesce(recorded_in.continued_in_id, recorded_in.id))
        .where(opened_in(quarter), CaseFile.category.in_(REPORTED_CATEGORIES), stands(), ~is_repeated())
        .where(MoneyLine.kind == MoneyKind.PAID)
        .group_by(CaseFile.id)
        .subquery()
    )
    records, largest = session.execute(select(func.count(), func.max(of_case.c.paid))).one()
    return Sum(amount, records, largest or _NOTHING)


def _prevented(session: Session, quarter: Period) -> Sum:
    """Return the money that the savings table shows as prevented, with how many records it is of."""
    table = savings_table(session, quarter, Method(profile=get_profile(PLAIN)))
    cell = table.column_totals.cell(ValueClass.PREVENTED.value)
    of_them = (*COUNTED, in_period(quarter), Intervention.prevented > _NOTHING)
    query = select(func.count(), func.max(Intervention.prevented)).where(*of_them)
    records, largest = session.execute(query).one()
    return Sum(cell.shown if cell else _NOTHING, records, largest or _NOTHING)


def _protocol(session: Session, quarter: Period) -> int:
    came = CaseReferral.received_on.between(quarter.first_day, quarter.last_day)
    standing = (CaseReferral.taken_back_at.is_(None), CaseReferral.is_banking_protocol)
    return session.scalar(select(func.count()).select_from(CaseReferral).where(came, *standing)) or 0


def _referrals(session: Session, quarter: Period) -> int:
    """Count the safeguarding concerns that were sent to adult social care."""
    sent = (SafeguardingStep.act == Act.SENT, SafeguardingStep.occurred_at >= quarter.starts_at)
    query = select(func.count(SafeguardingStep.concern_id.distinct()))
    return session.scalar(query.where(*sent, SafeguardingStep.occurred_at < quarter.ends_at)) or 0
