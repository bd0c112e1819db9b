"""What partners pass to us: from which body, under which reference, when; a wrong record is taken back and stays."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Integer, cast, func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import rules
from tsalert.cases.models import CaseFile, CaseReferral
from tsalert.cases.service import open_for_writing
from tsalert.cases.vocabulary import PartnerBody
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.core.periods import Period
from tsalert.db import transaction
from tsalert.keysets import Order, Page, read_rows
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

# Who may set the Banking Protocol going.
_PROTOCOL = frozenset({PartnerBody.BANK, PartnerBody.POST_OFFICE, PartnerBody.POLICE})


class NewReferral(Struct, frozen=True):
    """What a partner passed to us, such as a branch of a bank and the reference that it gave."""

    body: PartnerBody
    received_on: date
    body_name: str | None = None
    their_reference: str | None = None
    is_banking_protocol: bool = False
    note: str | None = None


class PartnerFilter(Struct, frozen=True):
    """Which referrals a list shows; None leaves a part open."""

    body: PartnerBody | None = None
    period: Period | None = None
    is_banking_protocol: bool | None = None


class Listed(Struct, frozen=True):
    """A referral with its case as lists show it: nothing of the victim."""

    row: CaseReferral
    case_id: int
    case: str
    category: str
    status: str


class Counted(Struct, frozen=True):
    """How many referrals of one body came in a period, and how many of them under the Banking Protocol."""

    body: PartnerBody
    referrals: int
    protocol: int


def record_referral(case_id: int, new: NewReferral, *, actor: Actor, now: datetime) -> int:
    """Record what a partner passed to us; returns its id.

    :raises NotFound: there is no such case.
    :raises Conflict: it is closed or continues in another.
    :raises RuleViolation: the day is impossible, or the body has no part in the Banking Protocol.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_possible_day(new.received_on, now, field="received_on")
    if new.is_banking_protocol and new.body not in _PROTOCOL:
        raise RuleViolation("Banks, post offices and the police use the Banking Protocol.", field="is_banking_protocol")
    with transaction() as session:
        case = open_for_writing(session, case_id)
        row = CaseReferral(case_id=case.id, body=new.body, body_name=new.body_name, received_on=new.received_on)
        row.their_reference, row.is_banking_protocol = new.their_reference, new.is_banking_protocol
        row.note, row.recorded_by, row.recorded_at = new.note, actor.officer_id, now
        session.add(row)
        session.flush()
        audit.record(session, actor, "referral recorded", "case", case.id, now=now, body=new.body, referral=row.id)
        return row.id


def take_back_referral(case_id: int, referral_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take a wrong record back; it stays in the file and is not counted.

    :raises NotFound: the case has no such referral.
    :raises Conflict: it was taken back before, or the case can only be read.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        open_for_writing(session, case_id)
        row = get_referral(session, case_id, referral_id)
        if row.taken_back_at is not None:
            raise Conflict("That referral was taken back already.")
        row.taken_back_by, row.taken_back_at, row.take_back_reason = actor.officer_id, now, reason
        audit.record(session, actor, "referral taken back", "case", case_id, now=now, referral=referral_id)


def get_referral(session: Session, case_id: int, referral_id: int) -> CaseReferral:
    """Return one referral of a case.

    :raises NotFound: the case has none with that number.
    """
    query = select(CaseReferral).where(CaseReferral.id == referral_id, CaseReferral.case_id == case_id)
    row = session.scalar(query.execution_options(populate_existing=True)) if is_id(referral_id) else None
    if row is None:
        raise NotFound("There is no such referral in this case.")
    return row


def referrals_of(session: Session, case_id: int) -> Sequence[CaseReferral]:
    """Return what partners passed to us of a case, in the order in which it came."""
    order = (CaseReferral.received_on, CaseReferral.id)
    return session.scalars(select(CaseReferral).where(CaseReferral.case_id == case_id).order_by(*order)).all()


def list_referrals(
    session: Session, wanted: PartnerFilter, *, actor: Actor, now: datetime, after: str | None = None
) -> Page[Listed]:
    """Return a page of the standing referrals, the latest first."""
    query = (
        select(CaseReferral, CaseFile.id, CaseFile.reference, CaseFile.category, CaseFile.status)
        .join(CaseFile, CaseFile.id == CaseReferral.case_id)
        .where(*_conditions(wanted, actor, now))
    )
    latest_first = Order(CaseReferral.id, (CaseReferral.received_on,))
    return read_rows(session, query, latest_first, after=after).told_by(lambda row: Listed(*row))


def count_referrals(session: Session, period: Period, *, actor: Actor, now: datetime) -> list[Counted]:
    """Return how many standing referrals came in a period, body by body, the most first."""
    protocol = func.sum(cast(CaseReferral.is_banking_protocol, Integer))
    query = select(CaseReferral.body, func.count(), protocol).group_by(CaseReferral.body)
    found = session.execute(query.where(*_conditions(PartnerFilter(period=period), actor, now)))
    counted = [Counted(PartnerBody.of(body), number, of_protocol) for body, number, of_protocol in found]
    return sorted(counted, key=lambda each: (-each.referrals, each.body.label))


def _conditions(wanted: PartnerFilter, actor: Actor, now: datetime) -> list[ColumnElement[bool]]:
    """Return what a referral must fulfil: it stands, its case may be seen, and it is what was asked for."""
    asked = [
        CaseReferral.taken_back_at.is_(None),
        tiers.visible(actor, Subject.CASE, CaseReferral.case_id, now=now),
    ]
    if wanted.body is not None:
        asked.append(CaseReferral.body == wanted.body)
    if wanted.is_banking_protocol is not None:
        asked.append(CaseReferral.is_banking_protocol.is_(wanted.is_banking_protocol))
    if wanted.period is not None:
        asked.append(CaseReferral.received_on.between(wanted.period.first_day, wanted.period.last_day))
    return asked
