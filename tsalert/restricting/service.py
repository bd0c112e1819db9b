"""Restricting a record with all beneath it, opening it, and breaking the glass, of which every manager is told."""

from datetime import datetime

from flask import current_app
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import merging
from tsalert.cases import queries as cases
from tsalert.cases.people.told_of import restrict_people
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.core.reasons import read_reason
from tsalert.db import transaction
from tsalert.response import queries as response
from tsalert.restricting.naming import Record, name_of
from tsalert.restricting.wording import glass_mail
from tsalert.staff import queries as staff
from tsalert.staff.writing import write_to
from tsalert.tiers import granting, queries, rules
from tsalert.tiers import service as tiers
from tsalert.tiers.rules import BREAK_GLASS_LASTS, Tier
from tsalert.tiers.vocabulary import Subject


def restrict(record: Record, reason: str, *, actor: Actor, now: datetime) -> None:
    """Restrict a record with all that tells of the same: calls, their incident, its case, whoever stands nowhere else.

    The incident says what its calls told, and the case what its incidents did, so each of them would give it away.

    :raises NotFound: there is no such record.
    :raises Conflict: it is restricted for its own sake already.
    :raises RuleViolation: the reason is too short or too long.
    """
    actor.require(Permission.GRANT_ACCESS)
    with transaction() as session:
        title = name_of(session, *record).title
        if record in queries.roots_of(session, *record):
            raise Conflict(f"{title} is restricted already.")
        told = dict.fromkeys((record, *_together(session, record)))
        for each in told:
            tiers.restrict(session, *each, record, reason, actor=actor, now=now)
        for each in told:
            if each[0] in {Subject.CASE, Subject.CALL}:
                restrict_people(session, each, actor=actor, now=now)


def lift(record: Record, reason: str, *, actor: Actor, now: datetime) -> None:
    """Lift the restriction of a record and of all that is restricted for its sake.

    :raises Conflict: it is not restricted, or is so for the sake of another.
    :raises RuleViolation: the reason is too short or too long.
    """
    actor.require(Permission.GRANT_ACCESS)
    with transaction() as session:
        tiers.lift(session, record, reason, actor=actor, now=now)


def open_record(record: Record, reason: str, *, actor: Actor, now: datetime) -> None:
    """Open a restricted record for 60 minutes; a refused opening stands in the trail too.

    :raises NotFound: there is no such record.
    :raises RuleViolation: they hold no live grant on it, or the reason is too short or too long.
    """
    read_reason(reason)
    with transaction() as session:
        name_of(session, *record)
        roots = queries.roots_of(session, *record)
        refused = [root for root in roots if not queries.holds_grant(session, actor, root, now=now)]
        for root in refused:
            audit.record(session, actor, "opening refused", *root, now=now)
        for root in () if refused else roots:
            granting.open_root(session, root, reason, actor=actor, now=now)
    if refused:
        raise RuleViolation("You have no access to this record. Ask a manager, or break the glass.")


def break_glass(record: Record, reason: str, *, actor: Actor, now: datetime) -> None:
    """Let oneself in for 4 hours, and write to every manager at once.

    :raises NotFound: there is no such record.
    :raises RuleViolation: the reason is too short or too long, or there is nothing to break.
    """
    read_reason(reason)
    with transaction() as session:
        title = name_of(session, *record).title
        roots = queries.roots_of(session, *record)
        if not roots and queries.may_see_sensitive(session, actor, *record, now=now):
            raise RuleViolation(f"You may see all of {title} already.")
        for each, tier in [(root, Tier.T4) for root in roots] or [(record, Tier.T3)]:
            granting.break_glass(session, each, tier, reason, actor=actor, now=now)
        told = _write_to_managers(session, title, actor, now)
        audit.record(session, actor, "managers written to", *record, now=now, told=told)


def put_on(case_id: int, officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a further officer on a case.

    :raises NotFound: there is no such case or officer.
    :raises RuleViolation: they put themselves on it, may not say who is on it, or name somebody who is inactive.
    """
    rules.require_another(actor, officer_id)
    with transaction() as session:
        _require_say(session, case_id, actor)
        staff.require_active(session, officer_id)
        tiers.put_on(session, case_id, officer_id, actor=actor, now=now)


def take_off(case_id: int, officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Take an officer off a case; the one who runs it stays on it until another does.

    :raises NotFound: there is no such case, or they are not on it.
    :raises Conflict: they run it.
    """
    with transaction() as session:
        _require_say(session, case_id, actor)
        if cases.get_case(session, case_id, lock=True).officer_id == officer_id:
            raise Conflict("They run the case. Give it to another officer first.")
        tiers.take_off(session, case_id, officer_id, actor=actor, now=now)


def may_say_who_is_on(session: Session, case_id: int, actor: Actor) -> bool:
    """Tell whether somebody may put officers on a case: those on it, and whoever gives access."""
    is_on = actor.officer_id in queries.officers_on(session, case_id)
    return actor.may(Permission.GRANT_ACCESS) or (is_on and actor.may(Permission.WORK_CASE))


def _require_say(session: Session, case_id: int, actor: Actor) -> None:
    cases.get_case(session, case_id, lock=True)
    if not may_say_who_is_on(session, case_id, actor):
        raise RuleViolation("Only those on the case and managers say who else is on it.")


def _together(session: Session, record: Record) -> list[Record]:
    """Return every case, incident and call that tells of what a record does."""
    subject, number = record
    if subject is Subject.CALL:
        incident_id = response.get_call(session, number).incident_id
        return _together(session, (Subject.INCIDENT, incident_id)) if incident_id else []
    if subject is Subject.INCIDENT:
        case = cases.find_case_of_incident(session, number)
        return _together(session, (Subject.CASE, case.id)) if case else _with_calls(session, number)
    if subject is Subject.CASE:
        return [each for case_id in merging.matter_of(session, number) for each in _with_incidents(session, case_id)]
    return []


def _with_incidents(session: Session, case_id: int) -> list[Record]:
    calls = [each for number in cases.incident_ids(session, case_id) for each in _with_calls(session, number)]
    return [(Subject.CASE, case_id), *calls]


def _with_calls(session: Session, incident_id: int) -> list[Record]:
    calls = response.calls_of_incident(session, incident_id)
    return [(Subject.INCIDENT, incident_id), *((Subject.CALL, call.id) for call in calls)]


def _write_to_managers(session: Session, title: str, actor: Actor, now: datetime) -> int:
    """Queue a mail to everybody who gives access, and return to how many; it leaves when this transaction is over."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    until, link = now + BREAK_GLASS_LASTS, f"{settings.public_url}/access"
    mail = glass_mail(officer=actor.name, title=title, until=until, link=link)
    return write_to(session, staff.officers_who_may(session, {Permission.GRANT_ACCESS}), mail, now=now)
