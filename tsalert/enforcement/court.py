"""Prosecuting: who, with what, before which court, what was decided, and what reached the victim."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import service as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.people.told_of import restrict_people
from tsalert.cases.rules import NewMoneyLine, require_possible_day
from tsalert.cases.vocabulary import Evidence, MoneyKind
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.enforcement import court_queries, court_rules, queries
from tsalert.enforcement.court_queries import ProsecutionView
from tsalert.enforcement.court_rules import (
    HearingOutcome,
    NewDecision,
    NewDefendant,
    NewHearing,
    NewPayment,
    NewProsecution,
)
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.models import (
    CaseOffence,
    Charge,
    CompensationPayment,
    CourtDecision,
    Defendant,
    Hearing,
    HearingResultRow,
    Prosecution,
)
from tsalert.enforcement.vocabulary import DecisionKind
from tsalert.parties import queries as parties
from tsalert.parties import service as party_service
from tsalert.parties.rules import Described
from tsalert.parties.vocabulary import PartyKind
from tsalert.tiers.parties import require_party
from tsalert.tiers.vocabulary import Subject


def begin_prosecution(case_id: int, new: NewProsecution, *, actor: Actor, now: datetime) -> int:
    """Record that proceedings were begun; returns the prosecution's number.

    :raises NotFound: there is no such case.
    :raises Conflict: the case is closed.
    :raises RuleViolation: the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    require_possible_day(new.begun_on, now, field="begun_on")
    with transaction() as session:
        cases.open_for_writing(session, case_id)
        row = Prosecution(
            case_id=case_id,
            court=new.court,
            court_name=new.court_name,
            begun_on=new.begun_on,
            court_reference=new.court_reference,
            recorded_by=actor.officer_id,
            recorded_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(session, actor, "prosecution begun", "case", case_id, now=now, prosecution=row.id)
        return row.id


def add_defendant(case_id: int, prosecution_id: int, new: NewDefendant, *, actor: Actor, now: datetime) -> int:
    """Charge somebody with offences of the case; returns the defendant's number.

    :raises NotFound: there is no such prosecution, or no such party.
    :raises Conflict: the case is closed, or they are a defendant here already.
    :raises RuleViolation: nobody or no offence is named, or the time to prosecute had run out.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        _, found = _open(session, case_id, prosecution_id)
        offences = _offences(session, case_id, new.offence_ids)
        for offence in offences:
            court_rules.require_in_time(offence.expires_on, found.row.begun_on, OFFENCES[offence.offence].title)
        party_id = _party(session, new, actor, now)
        if party_id in {each.party_id for each in found.defendants}:
            raise Conflict("They are a defendant in this prosecution already.")
        row = Defendant(prosecution_id=prosecution_id, party_id=party_id, recorded_by=actor.officer_id, recorded_at=now)
        session.add(row)
        session.flush()
        session.add_all(Charge(defendant_id=row.id, offence_id=offence.id) for offence in offences)
        session.flush()
        restrict_people(session, (Subject.CASE, case_id), actor=actor, now=now)
        _record(session, actor, "defendant charged", case_id, prosecution_id, now, defendant=row.id, party=party_id)
        return row.id


def list_hearing(case_id: int, prosecution_id: int, new: NewHearing, *, actor: Actor, now: datetime) -> int:
    """Record a day in court, past or to come; returns its number.

    :raises NotFound: there is no such prosecution.
    :raises Conflict: the case is closed.
    :raises RuleViolation: it is before the charge, or years away.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        _, found = _open(session, case_id, prosecution_id)
        court_rules.require_hearing(new.at, found.row.begun_on, now)
        row = Hearing(
            prosecution_id=prosecution_id,
            kind=new.kind,
            at=new.at,
            court=new.court,
            court_name=new.court_name,
            recorded_by=actor.officer_id,
            recorded_at=now,
        )
        session.add(row)
        session.flush()
        _record(session, actor, "hearing listed", case_id, prosecution_id, now, hearing=row.id, kind=new.kind)
        return row.id


def record_outcome(
    case_id: int, prosecution_id: int, hearing_id: int, outcome: HearingOutcome, *, actor: Actor, now: datetime
) -> None:
    """Record how a hearing ended; once, whoever comes at the same time.

    :raises NotFound: there is no such hearing.
    :raises Conflict: the case is closed, or the outcome is recorded already.
    :raises RuleViolation: the hearing is still to come.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        _, found = _open(session, case_id, prosecution_id)
        hearing = court_queries.get_hearing(found, hearing_id)
        court_rules.require_held(hearing.at, outcome.result, now)
        row = {
            "hearing_id": hearing_id,
            "result": outcome.result,
            "note": outcome.note,
            "recorded_by": actor.officer_id,
            "recorded_at": now,
        }
        adding = insert_ignoring_conflicts(session, HearingResultRow).values(row)
        if session.scalar(adding.returning(HearingResultRow.hearing_id)) is None:
            raise Conflict("How this hearing ended is recorded already.")
        _record(
            session, actor, "hearing ended", case_id, prosecution_id, now, hearing=hearing_id, result=outcome.result
        )


def record_decision(case_id: int, prosecution_id: int, new: NewDecision, *, actor: Actor, now: datetime) -> int:
    """Record a plea, verdict, sentence or order; returns its number.

    Compensation that is ordered becomes a line of the case's money; it counts as returned once it is paid.

    :raises NotFound: there is no such prosecution, defendant or charge.
    :raises Conflict: the case is closed.
    :raises RuleViolation: it does not follow from what was pleaded and found, or its day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        case, found = _open(session, case_id, prosecution_id)
        defendant = found.defendant(new.defendant_id)
        if new.charge_id is not None and new.charge_id not in {charge.id for charge in defendant.charges}:
            raise RuleViolation("Choose a charge of this defendant.", field="charge_id")
        court_rules.require_decision(new, found.said_of(new.defendant_id), found.row.begun_on, now)
        line_id = _ordered(session, case, new, actor, now)
        row = _decision(new, line_id, actor, now)
        session.add(row)
        session.flush()
        _record(session, actor, f"{new.kind} recorded", case_id, prosecution_id, now, decision=row.id)
        return row.id


def record_payment(case_id: int, prosecution_id: int, new: NewPayment, *, actor: Actor, now: datetime) -> int:
    """Record that compensation reached the victim, as a line of the case's money; returns the line's number.

    :raises NotFound: there is no such order.
    :raises Conflict: the case is closed.
    :raises RuleViolation: it is more than was ordered or lost, or its day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        case, found = _open(session, case_id, prosecution_id)
        order = found.order(new.order_id)
        court_rules.require_payment(new.amount, order.ordered, order.paid)
        ordered_on = next(each.on_date for each in found.standing if each.id == order.id)
        court_rules.require_paid_after(ordered_on, new.on_date)
        line = NewMoneyLine(
            MoneyKind.COMPENSATION_PAID, new.amount, Evidence.COURT, method=new.method, on_date=new.on_date
        )
        line_id = cases.add_money(session, case, line, actor=actor, now=now)
        session.add(CompensationPayment(money_line_id=line_id, order_id=order.id))
        _record(session, actor, "compensation paid", case_id, prosecution_id, now, order=order.id, line=line_id)
        return line_id


def _open(session: Session, case_id: int, prosecution_id: int) -> tuple[CaseFile, ProsecutionView]:
    """Return the case, locked and open, and its prosecution as it stands."""
    case = cases.open_for_writing(session, case_id)
    return case, court_queries.get_prosecution(session, case_id, prosecution_id)


def _offences(session: Session, case_id: int, wanted: Iterable[int]) -> list[CaseOffence]:
    standing = {each.id: each for each in queries.recorded(session, case_id).standing_offences}
    chosen = list(dict.fromkeys(wanted))
    if not chosen or any(each not in standing for each in chosen):
        raise RuleViolation("Choose the offences of this case that they are charged with.", field="offence_ids")
    return [standing[each] for each in chosen]


def _party(session: Session, new: NewDefendant, actor: Actor, now: datetime) -> int:
    """Return the party that is charged, which a name alone makes new."""
    if new.party_id is not None:
        require_party(session, actor, new.party_id, now=now)
        try:
            return parties.get_party(session, new.party_id).id
        except NotFound as error:
            raise RuleViolation("There is no such person or business.", field="party_id") from error
    if not new.name:
        raise RuleViolation("Say who is charged.", field="name")
    kind = PartyKind.BUSINESS if new.is_business else PartyKind.PERSON
    return party_service.add(session, Described(kind, new.name), actor=actor, now=now)


def _ordered(session: Session, case: CaseFile, new: NewDecision, actor: Actor, now: datetime) -> int | None:
    if new.kind is not DecisionKind.COMPENSATION or new.amount is None:
        return None
    line = NewMoneyLine(MoneyKind.COMPENSATION_ORDERED, new.amount, Evidence.COURT, on_date=new.on_date)
    return cases.add_money(session, case, line, actor=actor, now=now)


def _decision(new: NewDecision, line_id: int | None, actor: Actor, now: datetime) -> CourtDecision:
    return CourtDecision(
        defendant_id=new.defendant_id,
        charge_id=new.charge_id,
        kind=new.kind,
        result=new.result,
        months=new.months,
        amount=new.amount,
        on_date=new.on_date,
        note=new.note,
        money_line_id=line_id,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )


def _record(
    session: Session, actor: Actor, action: str, case_id: int, prosecution_id: int, now: datetime, **detail: str | int
) -> None:
    audit.record(session, actor, action, "case", case_id, now=now, prosecution=prosecution_id, **detail)
