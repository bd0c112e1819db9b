"""Recording offences, actions and cancellations, and taking back what was wrong."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.rules import NewMoneyLine
from tsalert.cases.vocabulary import Evidence, MoneyKind
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict
from tsalert.core.money import format_pounds
from tsalert.db import transaction
from tsalert.enforcement import court_queries, court_rules, law, queries, rules
from tsalert.enforcement.cancelling import Contract, cancellation_period
from tsalert.enforcement.models import Cancellation, CaseOffence, CourtDecision, EnforcementAction, TakenBack
from tsalert.enforcement.rules import NewAction, NewCancellation, NewOffence, TakingBack
from tsalert.enforcement.vocabulary import DecisionKind, Record

SUPERSEDED = "A later record takes its place."


def record_offence(case_id: int, new: NewOffence, *, actor: Actor, now: datetime) -> int:
    """Record an offence that may have been committed, with the last day to prosecute it; returns its number.

    :raises NotFound: there is no such case.
    :raises Conflict: the case is closed.
    :raises RuleViolation: the offence was not the law on those days, or the days cannot be.
    """
    actor.require(Permission.WORK_CASE)
    offence = law.offence_of(new.offence)
    rules.require_conduct(new, now)
    law.require_law_of_the_day(offence, new.conduct_from, new.conduct_to)
    row = CaseOffence(
        case_id=case_id,
        offence=offence.code,
        conduct_from=new.conduct_from,
        conduct_to=new.conduct_to,
        discovered_on=new.discovered_on,
        expires_on=law.last_day_to_prosecute(offence, new.conduct_from, new.discovered_on),
        note=new.note,
    )
    return _keep(row, "offence recorded", actor=actor, now=now, offence=offence.code)


def record_action(case_id: int, new: NewAction, *, actor: Actor, now: datetime) -> int:
    """Record a step against a trader; returns its number.

    :raises NotFound: there is no such case.
    :raises Conflict: the case is closed.
    :raises RuleViolation: its days cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_action(new, now)
    row = EnforcementAction(
        case_id=case_id,
        kind=new.kind,
        on_date=new.on_date,
        what=new.what,
        trader=new.trader,
        binds_until=new.binds_until,
    )
    return _keep(row, "action recorded", actor=actor, now=now, kind=new.kind)


def record_cancellation(case_id: int, new: NewCancellation, *, actor: Actor, now: datetime) -> int:
    """Record a contract and whether it was cancelled; returns its number. The last day to cancel is worked out.

    A cancellation after the last day is kept as it was: whether it binds the trader is for the officer to say.
    The record that it supersedes is taken back.

    :raises NotFound: there is no such case, or it has no such record to supersede.
    :raises Conflict: the case is closed, or the superseded record was taken back before.
    :raises RuleViolation: the Regulations do not reach the contract, or its days cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_cancellation(new, now)
    cancellation_period(Contract(new.kind, new.place, new.made_on, new.delivered_on, new.notice_on, new.exclusion))
    row = Cancellation(
        case_id=case_id,
        what=new.what,
        kind=new.kind,
        place=new.place,
        made_on=new.made_on,
        delivered_on=new.delivered_on,
        notice_on=new.notice_on,
        exclusion=new.exclusion,
        cancelled_on=new.cancelled_on,
    )
    with transaction() as session:
        case = cases.open_for_writing(session, case_id)
        if new.supersedes is not None:
            back = TakingBack(Record.CANCELLATION, new.supersedes, SUPERSEDED)
            _take_back(session, case, back, actor=actor, now=now)
        return _add(session, row, "cancellation recorded", actor=actor, now=now, kind=new.kind)


def take_back(case_id: int, back: TakingBack, *, actor: Actor, now: datetime) -> None:
    """Take back a record that was wrong; it stays in the file with the reason.

    An order for compensation takes its money line back with it.

    :raises NotFound: the case has no such record.
    :raises Conflict: the case is closed, the record was taken back before, or something rests on it.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        _take_back(session, cases.open_for_writing(session, case_id), back, actor=actor, now=now)


def _take_back(session: Session, case: CaseFile, back: TakingBack, *, actor: Actor, now: datetime) -> None:
    queries.require_record(session, case.id, back.record, back.record_id)
    gone = queries.taken_back(session, case.id)
    rules.require_still_standing((back.record.value, back.record_id) in gone, back.record)
    _let_go(session, case, back, actor, now)
    session.add(
        TakenBack(
            record=back.record,
            record_id=back.record_id,
            case_id=case.id,
            reason=back.reason,
            recorded_by=actor.officer_id,
            recorded_at=now,
        )
    )
    audit.record(session, actor, f"{back.record} taken back", "case", case.id, now=now, record=back.record_id)


def _keep(row: CaseOffence | EnforcementAction, action: str, *, actor: Actor, now: datetime, **detail: str) -> int:
    with transaction() as session:
        cases.open_for_writing(session, row.case_id)
        return _add(session, row, action, actor=actor, now=now, **detail)


def _add(
    session: Session,
    row: CaseOffence | EnforcementAction | Cancellation,
    action: str,
    *,
    actor: Actor,
    now: datetime,
    **detail: str,
) -> int:
    row.recorded_by, row.recorded_at = actor.officer_id, now
    session.add(row)
    session.flush()
    audit.record(session, actor, action, "case", row.case_id, now=now, record=row.id, **detail)
    return row.id


def _let_go(session: Session, case: CaseFile, back: TakingBack, actor: Actor, now: datetime) -> None:
    """Refuse to take back what something else rests on; take an order's money line back with it."""
    if back.record is Record.OFFENCE and back.record_id in queries.recorded(session, case.id).charged:
        raise Conflict("Somebody is charged with this offence.", legal=["record the charge as withdrawn"])
    if back.record is not Record.DECISION:
        return
    row = session.get_one(CourtDecision, back.record_id)
    _refuse_to_undermine(session, case.id, row)
    if row.money_line_id is not None:
        _cancel_line(session, case, row, actor, now)


def _refuse_to_undermine(session: Session, case_id: int, row: CourtDecision) -> None:
    """Refuse to take back an order that was paid, or what a later decision rests on."""
    every = court_queries.prosecutions(session, case_id)
    found = next(each for each in every if row.id in {one.id for one in each.decisions})
    paid = found.order(row.id).paid if row.kind == DecisionKind.COMPENSATION else None
    if paid:
        raise Conflict(f"{format_pounds(paid)} of this order was paid.", legal=["correct the payments first"])
    others = [each for each in found.standing if each.id != row.id and each.defendant_id == row.defendant_id]
    court_rules.require_nothing_rests_on(court_queries.as_said(row), [court_queries.as_said(each) for each in others])


def _cancel_line(session: Session, case: CaseFile, row: CourtDecision, actor: Actor, now: datetime) -> None:
    standing = case_queries.ledger(session, case.id).now_standing(row.money_line_id or 0)
    nothing = NewMoneyLine(
        MoneyKind.COMPENSATION_ORDERED, standing.amount * 0, evidence=Evidence.COURT, supersedes=standing.id
    )
    cases.add_money(session, case, nothing, actor=actor, now=now)
