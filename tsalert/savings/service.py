"""Recording, correcting, withdrawing and verifying interventions."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.places.queries import ward_names
from tsalert.references.service import next_reference
from tsalert.response import queries as response
from tsalert.savings import households, queries, recounting, rules
from tsalert.savings.models import Intervention
from tsalert.savings.rules import NewIntervention

_KIND = "S"


def record_intervention(new: NewIntervention, *, actor: Actor, now: datetime) -> str:
    """Record an intervention; returns its reference, such as ``S26-00012-K``.

    It needs no rate: on a date without approved rates its direct savings count and the rest waits.

    :raises RuleViolation: it cannot have happened, or its money is not in exactly one class.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    rules.check_intervention(new, today=london_date(now))
    with transaction() as session:
        _check_links(session, new)
        households.lock(session, [new.household_key])
        row = _version(new, reference=next_reference(session, _KIND, at=now), number=1)
        _add(session, row, actor, now)
        recounting.settle(session, row, "recorded", actor=actor, now=now)
        audit.record(
            session, actor, "recorded", "intervention", row.id, now=now, reference=row.reference, type=row.type
        )
        return row.reference


def correct_intervention(
    reference: str, corrected: NewIntervention, *, of_version: int, reason: str, actor: Actor, now: datetime
) -> None:
    """Put a new version in the place of the one that stands; the old one is kept and no longer counts.

    :param of_version: the version that the officer saw.
    :raises NotFound: there is no such intervention.
    :raises Conflict: somebody corrected or withdrew it meanwhile.
    :raises RuleViolation: the correction cannot have happened.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    rules.check_intervention(corrected, today=london_date(now))
    with transaction() as session:
        _check_links(session, corrected)
        before = queries.get_current(session, reference).content.household_key
        households.lock(session, [corrected.household_key, before])
        seen = _lock_seen(session, reference, of_version)
        row = _version(corrected, reference=seen.reference, number=seen.version + 1)
        _replace(session, seen, row, reason=reason, actor=actor, now=now)
        recounting.settle(session, row, "corrected", before=before, actor=actor, now=now)
        audit.record(
            session, actor, "corrected", "intervention", row.id, now=now, reference=row.reference, version=row.version
        )


def withdraw_intervention(reference: str, *, of_version: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take an intervention out of every figure, such as one recorded twice; all its versions are kept.

    :raises NotFound: there is no such intervention.
    :raises Conflict: somebody corrected or withdrew it meanwhile.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        content = queries.get_current(session, reference).content
        households.lock(session, [content.household_key])
        seen = _lock_seen(session, reference, of_version)
        row = _version(content, reference=seen.reference, number=seen.version + 1)
        row.is_withdrawn = True
        _replace(session, seen, row, reason=reason, actor=actor, now=now)
        recounting.settle(session, row, "withdrawn", actor=actor, now=now)
        audit.record(
            session, actor, "withdrawn", "intervention", row.id, now=now, reference=row.reference, version=row.version
        )


def verify_intervention(reference: str, *, of_version: int, actor: Actor, now: datetime) -> None:
    """Confirm, as a second officer, an amount that needs it; a second press changes nothing.

    :raises NotFound: there is no such intervention.
    :raises Conflict: somebody corrected or withdrew it meanwhile.
    :raises RuleViolation: the amount needs no second officer, or the same one recorded it.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock_seen(session, reference, of_version)
        amount = row.prevented + row.recovered + row.future
        rules.check_verifier(recorded_by=row.recorded_by, verifier=actor.officer_id, amount=amount)
        if row.verified_at is None:
            row.verified_by, row.verified_at = actor.officer_id, now
            audit.record(
                session, actor, "verified", "intervention", row.id, now=now, reference=reference, version=row.version
            )


def _version(content: NewIntervention, *, reference: str, number: int) -> Intervention:
    return Intervention(
        reference=reference,
        version=number,
        is_current=True,
        is_withdrawn=False,
        needs_verifying=rules.needs_verifying(content.amount),
        counted_units=content.units,
        **asdict(content),
    )


def _add(session: Session, row: Intervention, actor: Actor, now: datetime) -> None:
    row.recorded_by, row.recorded_at = actor.officer_id, now
    session.add(row)
    session.flush()


def _replace(
    session: Session, seen: Intervention, row: Intervention, *, reason: str, actor: Actor, now: datetime
) -> None:
    seen.is_current, seen.superseded_at = False, now
    session.flush()
    row.reason = reason
    _add(session, row, actor, now)


def _lock_seen(session: Session, reference: str, of_version: int) -> Intervention:
    row = queries.get_current_row(session, reference, lock=True)
    if row.is_withdrawn:
        raise Conflict("This intervention was withdrawn.")
    if row.version != of_version:
        raise Conflict("Somebody corrected this meanwhile. Look at it again first.")
    return row


def _check_links(session: Session, new: NewIntervention) -> None:
    """Refuse a case, incident or ward that does not exist."""
    try:
        if new.case_id is not None:
            cases.get_case(session, new.case_id)
    except NotFound as error:
        raise RuleViolation(error.message, field="case_id") from error
    try:
        if new.incident_id is not None:
            response.get_incident_row(session, new.incident_id)
    except NotFound as error:
        raise RuleViolation(error.message, field="incident_id") from error
    if new.ward_code is not None and new.ward_code not in ward_names(session):
        raise RuleViolation("There is no such ward.", field="ward_code")
