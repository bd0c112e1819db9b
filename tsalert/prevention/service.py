"""Writing down units, checks on them and their ends.

A unit changes what its intervention counts for, so all but checks are steps of a use case of savings.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import RuleViolation
from tsalert.db import insert_ignoring_conflicts, transaction
from tsalert.prevention import queries, rules
from tsalert.prevention.models import Household, InstalledUnit, UsageCheck
from tsalert.prevention.rules import Ending, Installation, Life, NewCheck, NewEnding, UnitKind


def lock_households(session: Session, keys: Sequence[str]) -> None:
    """Lock some households, given in their order, until the transaction ends."""
    session.execute(insert_ignoring_conflicts(session, Household).values([{"key": key} for key in keys]))
    session.execute(select(Household.key).where(Household.key.in_(keys)).order_by(Household.key).with_for_update())


def install(
    session: Session, installation: Installation, serials: Sequence[str], *, actor: Actor, now: datetime
) -> list[int]:
    """Write down units that an intervention installed; returns their ids.

    :raises RuleViolation: the intervention has no room for them, or a serial number is in place somewhere.
    """
    rules.require_serials(serials)
    rules.require_room(installation, _known(session, installation.reference), len(serials))
    _refuse_in_place(session, installation.kind, serials)
    rows = [_row(installation, serial, actor, now) for serial in serials]
    session.add_all(rows)
    session.flush()
    for row in rows:
        reference = installation.reference
        audit.record(session, actor, "fitted", "unit", row.id, now=now, intervention=reference, kind=row.kind)
    return [row.id for row in rows]


def end(session: Session, unit_id: int, ending: NewEnding, *, actor: Actor, now: datetime) -> None:
    """Write down how a unit's time ended.

    :raises NotFound: there is no such unit.
    :raises Conflict: it ended before.
    :raises RuleViolation: the day is impossible.
    """
    row = queries.get_unit_row(session, unit_id)
    life = _life(row)
    rules.require_in_place(life)
    rules.require_later_day(ending.on_date, life, london_date(now))
    _end(session, row, ending, actor, now)


def end_all(session: Session, reference: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take the units of a withdrawn intervention for never fitted."""
    in_place = (InstalledUnit.intervention_reference == reference, InstalledUnit.ended_on.is_(None))
    for row in session.scalars(select(InstalledUnit).where(*in_place).order_by(InstalledUnit.id).with_for_update()):
        day = max(row.installed_on, london_date(now))
        _end(session, row, NewEnding(Ending.MISTAKE, day, reason), actor, now)


def follow(session: Session, installation: Installation) -> None:
    """Let the units of an intervention have its household, day and term.

    :raises RuleViolation: it says fewer units than are known, another kind, or a later day than a unit's end.
    """
    known = queries.units_of(session, [installation.reference])
    rules.require_room(installation, len(known))
    for unit in known:
        if unit.kind is not installation.kind:
            raise RuleViolation(f"Its units are known as {unit.kind.label.lower()}s.", field="type")
        if unit.life.ended_on is not None and unit.life.ended_on < installation.on_date:
            raise RuleViolation(f"Unit {unit.serial} ended before that day.", field="on_date")
    of_it = update(InstalledUnit).where(InstalledUnit.id.in_([unit.id for unit in known]))
    session.execute(
        of_it.values(
            household_key=installation.household_key,
            installed_on=installation.on_date,
            term_ends_on=installation.term_ends_on,
        )
    )


def list_terms(session: Session, kind: UnitKind) -> list[tuple[date, date | None]]:
    """Return the days on which units of a kind were fitted, each with the end of the term that they have."""
    pairs = select(InstalledUnit.installed_on, InstalledUnit.term_ends_on).where(InstalledUnit.kind == kind).distinct()
    return [(first, last) for first, last in session.execute(pairs.order_by(InstalledUnit.installed_on))]


def set_term(session: Session, kind: UnitKind, installed_on: date, term_ends_on: date | None) -> None:
    """Give the units fitted on a day the term that is approved for it."""
    fitted = (InstalledUnit.kind == kind, InstalledUnit.installed_on == installed_on)
    session.execute(
        update(InstalledUnit).where(*fitted).values(term_ends_on=term_ends_on),
        execution_options={"synchronize_session": False},
    )


def record_check(unit_id: int, check: NewCheck, *, actor: Actor, now: datetime) -> None:
    """Write down what somebody found who looked at a unit; that it is not in use does not yet end it.

    :raises NotFound: there is no such unit.
    :raises Conflict: its time ended before.
    :raises RuleViolation: the day is impossible.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = queries.get_unit_row(session, unit_id)
        rules.require_in_place(_life(row))
        rules.require_later_day(check.on_date, _life(row), london_date(now))
        session.add(
            UsageCheck(
                unit_id=unit_id,
                on_date=check.on_date,
                is_in_use=check.is_in_use,
                who=check.who,
                note=check.note,
                recorded_by=actor.officer_id,
                recorded_at=now,
            )
        )
        audit.record(session, actor, "checked", "unit", unit_id, now=now, in_use=check.is_in_use)


def _known(session: Session, reference: str) -> int:
    return len(queries.units_of(session, [reference]))


def _refuse_in_place(session: Session, kind: UnitKind, serials: Sequence[str]) -> None:
    in_place = (InstalledUnit.kind == kind, InstalledUnit.ended_on.is_(None), InstalledUnit.serial.in_(serials))
    taken = session.execute(select(InstalledUnit.serial, InstalledUnit.intervention_reference).where(*in_place)).first()
    if taken:
        raise RuleViolation(
            f"{taken.serial} is in place since {taken.intervention_reference}. End it there first.", field="serials"
        )


def _row(installation: Installation, serial: str, actor: Actor, now: datetime) -> InstalledUnit:
    return InstalledUnit(
        kind=installation.kind,
        serial=serial,
        household_key=installation.household_key,
        installed_on=installation.on_date,
        intervention_reference=installation.reference,
        term_ends_on=installation.term_ends_on,
        recorded_by=actor.officer_id,
        recorded_at=now,
    )


def _life(row: InstalledUnit) -> Life:
    return Life(UnitKind.of(row.kind), row.installed_on, row.term_ends_on, row.ended_on)


def _end(session: Session, row: InstalledUnit, ending: NewEnding, actor: Actor, now: datetime) -> None:
    row.ended_on, row.ended_how, row.end_reason = ending.on_date, ending.how, ending.reason
    row.ended_by, row.ended_at = actor.officer_id, now
    audit.record(session, actor, "ended", "unit", row.id, now=now, how=ending.how)
