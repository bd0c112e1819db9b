"""Recording, correcting, withdrawing and verifying interventions."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import asdict
from sqlalchemy.orm import Session

from tsalert.activities import service as activities
from tsalert.audit import service as audit
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.references.service import next_reference
from tsalert.savings import queries
from tsalert.savings.counting import household_counts, recounting
from tsalert.savings.models import Intervention, InterventionShare
from tsalert.savings.recording import carrying, checks, limits, linking
from tsalert.savings.rules import NewIntervention, PartnerShare
from tsalert.tiers.queries import require_visible
from tsalert.tiers.vocabulary import Subject

_KIND = "S"


class SeenVersion(NamedTuple):
    """An intervention and the version of it that somebody saw."""

    reference: str
    number: int


def record_intervention(new: NewIntervention, *, actor: Actor, now: datetime) -> str:
    """Record an intervention; returns its reference, such as ``S26-00012-K``.

    It needs no rate: on a date without approved rates its direct savings count and the rest waits.

    :raises RuleViolation: it cannot have happened, or its money is not in exactly one class.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        carrying.require_not_carried(session, new)
        return record(session, new, actor=actor, now=now)


def record(session: Session, new: NewIntervention, *, actor: Actor, now: datetime) -> str:
    """Record an intervention as a step of a larger use case; returns its reference.

    :raises RuleViolation: it cannot have happened, or its money is not in exactly one class.
    """
    new = linking.complete(session, new)
    _require_sources_open(session, new, actor, now)
    checks.check_intervention(new, today=london_date(now))
    household_counts.lock(session, [new.household_key])
    linking.require_other_money(session, new)
    row = _version(new, reference=next_reference(session, _KIND, at=now), number=1)
    row.needs_verifying = checks.needs_verifying(new.amount, above=limits.current_limit(session))
    _add(session, row, new.partners, actor, now)
    recounting.settle(session, row, "recorded", actor=actor, now=now)
    audit.record(session, actor, "recorded", "intervention", row.id, now=now, reference=row.reference, type=row.type)
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
    with transaction() as session:
        correct(session, SeenVersion(reference, of_version), corrected, reason, actor=actor, now=now)


def correct(
    session: Session, stood: SeenVersion, corrected: NewIntervention, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Correct an intervention as a step of a larger use case.

    :raises NotFound: there is no such intervention.
    :raises Conflict: somebody corrected or withdrew it meanwhile.
    :raises RuleViolation: the correction cannot have happened, or differs from the activity that it came from.
    """
    corrected = linking.complete(session, corrected)
    _require_sources_open(session, corrected, actor, now)
    before = queries.get_current(session, stood.reference).content.household_key
    household_counts.lock(session, [before, corrected.household_key])
    seen = _lock_seen(session, stood.reference, stood.number)
    checks.check_intervention(corrected, today=london_date(now))
    carrying.require_source(session, seen.reference, corrected)
    linking.require_other_money(session, corrected, reference=seen.reference)
    row = _version(corrected, reference=seen.reference, number=seen.version + 1)
    row.reason, row.needs_verifying = reason, _still_needs_verifying(session, seen, corrected)
    _replace(session, seen, row, corrected.partners, actor, now)
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
        activities.lock_behind(session, reference)
        content = queries.get_current(session, reference).content
        household_counts.lock(session, [content.household_key])
        seen = _lock_seen(session, reference, of_version)
        row = _version(content, reference=seen.reference, number=seen.version + 1)
        row.is_withdrawn, row.reason, row.needs_verifying = True, reason, seen.needs_verifying
        _replace(session, seen, row, content.partners, actor, now)
        recounting.settle(session, row, "withdrawn", actor=actor, now=now)
        activities.let_go_of_saving(session, row.reference, actor=actor, now=now)
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
        typists = _typed_by(session, row)
        checks.check_verifier(typed_by=typists, verifier=actor.officer_id, is_needed=row.needs_verifying)
        if row.verified_at is None:
            row.verified_by, row.verified_at = actor.officer_id, now
            audit.record(
                session, actor, "verified", "intervention", row.id, now=now, reference=reference, version=row.version
            )


def _still_needs_verifying(session: Session, seen: Intervention, corrected: NewIntervention) -> bool:
    """Tell whether a correction needs a second officer: by today's limit only where the money itself changes."""
    if corrected.amount == seen.prevented + seen.recovered + seen.future:
        return seen.needs_verifying
    return checks.needs_verifying(corrected.amount, above=limits.current_limit(session))


def _typed_by(session: Session, row: Intervention) -> set[int | None]:
    """Return who wrote a version that holds the amount which stands, or the money line that it was taken from."""
    versions = queries.list_versions(session, row.reference)
    amount = next(each.content.amount for each in versions if each.id == row.id)
    of_line = {cases.recorder_of_line(session, row.money_line_id)} if row.money_line_id is not None else set()
    return of_line | {each.recorded_by for each in versions if each.content.amount == amount}


def _version(content: NewIntervention, *, reference: str, number: int) -> Intervention:
    stored = {name: value for name, value in asdict(content).items() if name != "partners"}
    return Intervention(
        reference=reference,
        version=number,
        is_current=True,
        is_withdrawn=False,
        counted_units=content.units,
        **stored | {"share": content.share.normalize()},
    )


def _add(session: Session, row: Intervention, partners: Iterable[PartnerShare], actor: Actor, now: datetime) -> None:
    row.recorded_by, row.recorded_at = actor.officer_id, now
    session.add(row)
    session.flush()
    for each in partners:
        part = InterventionShare(intervention_id=row.id, partner=each.partner, share=each.share.normalize())
        session.add(part)
    session.flush()


def _replace(
    session: Session,
    seen: Intervention,
    row: Intervention,
    partners: Iterable[PartnerShare],
    actor: Actor,
    now: datetime,
) -> None:
    seen.is_current, seen.superseded_at = False, now
    session.flush()
    _add(session, row, partners, actor, now)


def _lock_seen(session: Session, reference: str, of_version: int) -> Intervention:
    row = queries.get_current_row(session, reference, lock=True)
    if row.is_withdrawn:
        raise Conflict("This intervention was withdrawn.")
    if row.version != of_version:
        raise Conflict("Somebody corrected this meanwhile. Look at it again first.")
    return row


def _require_sources_open(session: Session, new: NewIntervention, actor: Actor, now: datetime) -> None:
    """Refuse to record what took place in a case or incident that is kept from whoever records it.

    :raises Withheld: it is.
    """
    for subject, number in ((Subject.CASE, new.case_id), (Subject.INCIDENT, new.incident_id)):
        if number is not None:
            require_visible(session, actor, subject, number, now=now)
