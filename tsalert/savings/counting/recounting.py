"""Keeping what counts of each record true, in the transaction of whatever changed it.

A record whose count changes because of another gets a new version that says so: what a past calculation read stays
as it was, and whoever asks why a figure moved finds the answer among the versions.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.prevention import queries as units
from tsalert.prevention import service as prevention
from tsalert.prevention.rules import Installation, UnitKind
from tsalert.savings.counting import household_counts
from tsalert.savings.counting.assessing import Assessment
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention, InterventionShare
from tsalert.savings.rules import InterventionType

_BATCH = 500
_OWN = frozenset({"id", "version", "reason", "recorded_at", "counted_units", "not_counted_reason", "overlaps_id"})


def settle(
    session: Session, row: Intervention, cause: str, *, actor: Actor, now: datetime, before: str | None = None
) -> None:
    """Bring a version that was just added, its units and every record of its household in line with each other.

    :param cause: what happened to it, such as ``recorded``.
    :param before: the household of the version whose place it took, which is locked as its own is.
    :raises RuleViolation: its units, known one by one, do not fit what it says.
    """
    if household_counts.is_equipment(row.type):
        _settle_units(session, row, actor, now)
    elif units.units_of(session, [row.reference]):
        raise RuleViolation("Its units are known one by one, so it stays the kind that it is.", field="type")
    keys = {row.household_key, before}
    recount(session, keys, f"{row.reference} was {cause}", fresh=row.id, actor=actor, now=now)


def recount(
    session: Session, keys: Iterable[str | None], cause: str, *, actor: Actor, now: datetime, fresh: int | None = None
) -> int:
    """Count the records of some locked households anew; returns how many counts changed.

    :param fresh: the version that this transaction added, which takes its count in place.
    """
    wanted = sorted({key for key in keys if key})
    if not wanted:
        return 0
    assessed = household_counts.assess_households(session, wanted)
    untrue = _untrue(session, assessed)
    rows = _current_rows(session, untrue) if untrue else {}
    changed = 0
    for key in untrue:
        for reference, assessment in assessed[key].items():
            row, other = rows[reference], rows.get(assessment.overlaps or "")
            derived = _derived(assessment, other.id if other else None)
            if not _holds(row, derived):
                rows[reference] = _write(session, row, derived, cause, is_fresh=row.id == fresh, now=now)
                changed += 1
                if row.id != fresh:
                    _tell(session, rows[reference], actor, now)
    return changed


def recount_all(session: Session, cause: str, *, actor: Actor, now: datetime) -> int:
    """Count every household with a call blocker anew, as when other terms are approved; returns how many changed."""
    term_of = household_counts.terms(session)
    for kind in UnitKind:
        for day, known in prevention.list_terms(session, kind):
            if term_of(kind, day) != known:
                prevention.set_term(session, kind, day, term_of(kind, day))
    blockers = (Intervention.type == InterventionType.CALL_BLOCKER, Intervention.household_key.is_not(None))
    with_one = select(Intervention.household_key).where(*COUNTED, *blockers).distinct()
    keys = sorted(key for key in session.scalars(with_one) if key)
    changed = 0
    for place in range(0, len(keys), _BATCH):
        some = keys[place : place + _BATCH]
        household_counts.lock(session, some)
        changed += recount(session, some, cause, actor=actor, now=now)
    return changed


def recount_households(*, actor: Actor, now: datetime) -> int:
    """Count every household with a call blocker anew; returns how many records changed, none where all was true."""
    actor.require(Permission.MANAGE_RATES)
    with transaction() as session:
        return recount_all(session, "every household was counted again", actor=actor, now=now)


def installation_of(session: Session, row: Intervention) -> Installation:
    """Return what the units of an intervention share."""
    ends_on = household_counts.terms(session)(row.type, row.on_date)
    return Installation(row.reference, UnitKind.of(row.type), row.units, row.household_key, row.on_date, ends_on)


def _settle_units(session: Session, row: Intervention, actor: Actor, now: datetime) -> None:
    if row.is_withdrawn:
        prevention.end_all(session, row.reference, row.reason or "", actor=actor, now=now)
    else:
        prevention.follow(session, installation_of(session, row))


def _untrue(session: Session, assessed: dict[str, dict[str, Assessment]]) -> list[str]:
    """Return the households in which something is stored that would not be so afresh."""
    derived = (Intervention.counted_units, Intervention.not_counted_reason, Intervention.overlaps_id)
    columns = (Intervention.reference, Intervention.id, *derived)
    query = select(*columns).where(*COUNTED, Intervention.household_key.in_(assessed))
    stored = {row.reference: row for row in session.execute(query)}

    def is_true(reference: str, assessment: Assessment) -> bool:
        row, over = stored[reference], assessment.overlaps
        return _holds(row, _derived(assessment, stored[over].id if over else None))

    return [key for key, found in assessed.items() if not all(is_true(*each) for each in found.items())]


def _current_rows(session: Session, keys: list[str]) -> dict[str, Intervention]:
    query = select(Intervention).where(*COUNTED, Intervention.household_key.in_(keys))
    fresh_from_database = query.execution_options(populate_existing=True)
    return {row.reference: row for row in session.scalars(fresh_from_database)}


def _derived(assessment: Assessment, overlaps_id: int | None) -> dict[str, object]:
    reason = assessment.reasons[0].kind if assessment.reasons else None
    return {
        "counted_units": assessment.counted_units,
        "not_counted_reason": reason,
        "overlaps_id": overlaps_id,
    }


def _holds(row: object, derived: dict[str, object]) -> bool:
    return all(getattr(row, name) == value for name, value in derived.items())


def _write(
    session: Session, row: Intervention, derived: dict[str, object], cause: str, *, is_fresh: bool, now: datetime
) -> Intervention:
    if not is_fresh:
        row = _replaced(session, row, f"Counted anew: {cause}.", now)
    for name, value in derived.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    return row


def _replaced(session: Session, row: Intervention, reason: str, now: datetime) -> Intervention:
    """Put a version like a row in its place; whoever wrote and verified it did so still."""
    kept = [attribute.key for attribute in inspect(Intervention).column_attrs if attribute.key not in _OWN]
    same = {name: getattr(row, name) for name in kept}
    shares = list(session.scalars(select(InterventionShare).where(InterventionShare.intervention_id == row.id)))
    row.is_current, row.superseded_at = False, now
    session.flush()
    made = Intervention(
        **same, version=row.version + 1, reason=reason, recorded_at=now, counted_units=row.counted_units
    )
    session.add(made)
    session.flush()
    parts = [InterventionShare(intervention_id=made.id, partner=each.partner, share=each.share) for each in shares]
    session.add_all(parts)
    return made


def _tell(session: Session, row: Intervention, actor: Actor, now: datetime) -> None:
    audit.record(
        session, actor, "counted anew", "intervention", row.id, now=now, reference=row.reference, version=row.version
    )
