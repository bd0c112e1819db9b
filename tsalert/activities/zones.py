"""Setting up no-cold-calling zones, setting them right, renewing and ending them."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.activities import zone_queries, zone_rules
from tsalert.activities.models import ColdCallingZone, ZoneEvent, ZonePostcode
from tsalert.activities.vocabulary import ZoneAct
from tsalert.activities.zone_rules import NewZone, Renewal, ZoneEnding
from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.db import transaction
from tsalert.places.finding import own_ward
from tsalert.places.queries import is_ward

_COLUMNS = ("name", "set_up_on", "review_due_on", "homes", "signs", "stickers", "contact", "note")


class SeenZone(Struct, frozen=True):
    """A zone and the version of it that somebody saw."""

    id: int
    version: int


def set_up_zone(zone: NewZone, *, actor: Actor, now: datetime) -> int:
    """Write a zone down; returns its id.

    :raises RuleViolation: it has no street, its days or numbers cannot be, or another zone has its name.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        _check(session, zone, now)
        row = ColdCallingZone(version=1)
        session.add(row)
        _write(session, row, zone)
        event = _event(row, ZoneAct.SET_UP, zone.set_up_on, review_due_on=zone.review_due_on)
        _record(session, event, actor, now)
        return row.id


def change_zone(seen: SeenZone, zone: NewZone, reason: str, *, actor: Actor, now: datetime) -> None:
    """Set right what is written down of a zone; what stood before is kept.

    :raises Conflict: it ended, or somebody changed it meanwhile.
    :raises RuleViolation: it has no street, or its days or numbers cannot be.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock(session, seen)
        _check(session, zone, now, zone_id=row.id)
        before = _plain(session, row)
        _write(session, row, zone)
        event = _event(row, ZoneAct.CHANGED, london_date(now), note=reason)
        event.before = before
        _record(session, event, actor, now)


def renew_zone(seen: SeenZone, renewal: Renewal, *, actor: Actor, now: datetime) -> None:
    """Write down that the residents want their zone still.

    :raises Conflict: it ended, or somebody changed it meanwhile.
    :raises RuleViolation: the days or numbers cannot be.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock(session, seen)
        zone_rules.check_renewal(renewal, set_up_on=row.set_up_on, today=london_date(now))
        row.review_due_on, row.signs, row.stickers = renewal.review_due_on, renewal.signs, renewal.stickers
        due = renewal.review_due_on
        event = _event(row, ZoneAct.RENEWED, renewal.on_date, review_due_on=due, note=renewal.note)
        _record(session, event, actor, now)


def end_zone(seen: SeenZone, ending: ZoneEnding, *, actor: Actor, now: datetime) -> None:
    """Write down that a zone is no more.

    :raises Conflict: it ended before, or somebody changed it meanwhile.
    :raises RuleViolation: the day cannot be.
    """
    actor.require(Permission.RECORD_INTERVENTION)
    with transaction() as session:
        row = _lock(session, seen)
        zone_rules.check_ending(ending, set_up_on=row.set_up_on, today=london_date(now))
        row.ended_on, row.end_reason = ending.on_date, ending.reason
        _record(session, _event(row, ZoneAct.ENDED, ending.on_date, note=ending.reason), actor, now)


def _lock(session: Session, seen: SeenZone) -> ColdCallingZone:
    row = zone_queries.get_zone_row(session, seen.id, lock=True)
    zone_rules.require_in_force(row.ended_on)
    if row.version != seen.version:
        raise Overtaken("Somebody changed this zone meanwhile. Look at it again first.")
    row.version += 1
    return row


def _check(session: Session, zone: NewZone, now: datetime, *, zone_id: int | None = None) -> None:
    zone_rules.check_zone(zone, today=london_date(now))
    if zone.ward_code is not None and not is_ward(session, zone.ward_code):
        raise RuleViolation("There is no such ward.", field="ward_code")
    holder = session.scalar(select(ColdCallingZone.id).where(ColdCallingZone.name == zone.name))
    if holder is not None and holder != zone_id:
        raise RuleViolation("There is a zone of this name already.", field="name")


def _write(session: Session, row: ColdCallingZone, zone: NewZone) -> None:
    for name in _COLUMNS:
        setattr(row, name, getattr(zone, name))
    row.ward_code = zone.ward_code or _common_ward(session, zone)
    session.flush()
    session.execute(delete(ZonePostcode).where(ZonePostcode.zone_id == row.id))
    for street in zone.streets:
        session.add(ZonePostcode(zone_id=row.id, postcode=street.postcode, street=street.name))
    session.flush()


def _common_ward(session: Session, zone: NewZone) -> str | None:
    with session.no_autoflush:
        found = {own_ward(session, street.postcode, on=zone.set_up_on) for street in zone.streets}
    return found.pop() if len(found) == 1 else None


def _event(
    row: ColdCallingZone, act: ZoneAct, on_date: date, *, review_due_on: date | None = None, note: str | None = None
) -> ZoneEvent:
    return ZoneEvent(zone_id=row.id, act=act, on_date=on_date, review_due_on=review_due_on, note=note)


def _record(session: Session, event: ZoneEvent, actor: Actor, now: datetime) -> None:
    event.recorded_by, event.recorded_at = actor.officer_id, now
    session.add(event)
    audit.record(session, actor, ZoneAct.of(event.act).label.lower(), "zone", event.zone_id, now=now)


def _plain(session: Session, row: ColdCallingZone) -> dict[str, Any]:
    """Return what is written down of a zone as JSON keeps it."""
    kept: dict[str, Any] = {name: getattr(row, name) for name in (*_COLUMNS, "ward_code")}
    for name in ("set_up_on", "review_due_on"):
        kept[name] = kept[name].isoformat()
    streets = zone_queries.get_zone(session, row.id).streets
    return kept | {"streets": [[street.postcode, street.name] for street in streets]}
