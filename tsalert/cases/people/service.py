"""Recording who is part of a case, how vulnerable they are and what they wish."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import service as cases
from tsalert.cases.people import queries, rules, steps
from tsalert.cases.people.models import PersonWishes, VulnerabilityAssessment
from tsalert.cases.people.rules import NewAssessment, NewRole, NewWishes, RoleEnd
from tsalert.cases.rules import require_possible, require_possible_day
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.tiers.parties import require_party


def give_role(case_id: int, new: NewRole, *, actor: Actor, now: datetime) -> int:
    """Give somebody a role in a case, and return the role's number.

    :raises NotFound: there is no such case.
    :raises Withheld: they are kept from whoever gives it.
    :raises Conflict: the case is closed, or they have that role already.
    :raises RuleViolation: nobody is named, there is no such party, or the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_somebody(new)
    require_possible_day(new.since, now, field="since")
    with transaction() as session:
        case = cases.open_for_writing(session, case_id)
        if new.party_id is not None:
            require_party(session, actor, new.party_id, now=now)
        return steps.give_role(session, case, new, actor=actor, now=now)


def end_role(case_id: int, role_id: int, end: RoleEnd, *, actor: Actor, now: datetime) -> None:
    """End a role; that somebody had it stays in the file.

    :raises NotFound: the case has no such role.
    :raises Conflict: the case is closed, or the role ended before.
    :raises RuleViolation: the day cannot be.
    """
    actor.require(Permission.WORK_CASE)
    require_possible_day(end.on, now, field="on")
    with transaction() as session:
        cases.open_for_writing(session, case_id)
        row = queries.get_role(session, case_id, role_id)
        if row.ended_at is not None:
            raise Conflict("That role ended already.")
        ended_on = end.on or london_date(now)
        rules.require_order(row.since, ended_on)
        row.ended_on, row.end_reason, row.ended_by, row.ended_at = ended_on, end.reason, actor.officer_id, now
        audit.record(session, actor, "role ended", "case", case_id, now=now, party=row.party_id, role=row.role)


def assess(case_id: int, party_id: int, new: NewAssessment, *, actor: Actor, now: datetime) -> int:
    """Record how vulnerable a person of a case is, in the place of what stood; returns the assessment's number.

    :raises NotFound: they are no part of the case.
    :raises Conflict: the case is closed.
    :raises RuleViolation: it contradicts itself, or its time cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_assessment(new)
    if new.assessed_at is not None:
        require_possible(new.assessed_at, now, field="assessed_at")
    with transaction() as session:
        _require_writable(session, case_id, party_id, actor, now)
        row = VulnerabilityAssessment(
            case_id=case_id,
            party_id=party_id,
            finding=new.finding,
            factors=rules.write_factors(new.factors),
            words=new.words,
            consent=new.consent,
            consent_reason=new.consent_reason,
            source=new.source,
            assessed_at=new.assessed_at or now,
            recorded_by=actor.officer_id,
            recorded_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(session, actor, "vulnerability assessed", "case", case_id, now=now, party=party_id, record=row.id)
        return row.id


def record_wishes(case_id: int, party_id: int, new: NewWishes, *, actor: Actor, now: datetime) -> int:
    """Record what a person of a case wishes, in the place of what they wished before; returns the record's number.

    :raises NotFound: they are no part of the case.
    :raises Conflict: the case is closed.
    :raises RuleViolation: it says nothing, or its time cannot be.
    """
    actor.require(Permission.WORK_CASE)
    rules.require_wishes(new)
    if new.told_at is not None:
        require_possible(new.told_at, now, field="told_at")
    with transaction() as session:
        _require_writable(session, case_id, party_id, actor, now)
        row = PersonWishes(
            case_id=case_id,
            party_id=party_id,
            contact=new.contact,
            contact_when=new.when,
            through=new.through,
            not_at_home=new.not_at_home,
            wants_prosecution=new.wants_prosecution,
            may_be_named=new.may_be_named,
            words=new.words,
            told_at=new.told_at or now,
            recorded_by=actor.officer_id,
            recorded_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(session, actor, "wishes recorded", "case", case_id, now=now, party=party_id, record=row.id)
        return row.id


def keep_victim(case_id: int, *, actor: Actor, now: datetime) -> None:
    """Make the person whom an open case names as its victim a party of it, unless it has one.

    :raises NotFound: there is no such case.
    :raises Conflict: the case is closed.
    """
    actor.require(Permission.WORK_CASE)
    with transaction() as session:
        steps.keep_victim(session, cases.open_for_writing(session, case_id), actor=actor, now=now)


def _require_writable(session: Session, case_id: int, party_id: int, actor: Actor, now: datetime) -> None:
    """Refuse what is told of somebody who is no part of the case, or by whoever may not know it."""
    cases.open_for_writing(session, case_id)
    queries.require_sensitive(session, actor, case_id, now=now)
    queries.person_of(session, case_id, party_id)
