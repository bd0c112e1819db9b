"""An officer's shifts as a calendar at a secret address, which can be revoked; nothing of any victim is in it."""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.db import transaction
from tsalert.rota import checking, coverage, queries, rules
from tsalert.rota.coverage import Stretch
from tsalert.rota.models import CalendarLink, Shift
from tsalert.staff import queries as staff

if TYPE_CHECKING:
    from icalendar import Event

_KEPT = timedelta(weeks=4)


def renew_link(*, actor: Actor, now: datetime) -> str:
    """Give an officer a new secret for their calendar's address, shown this once; the former one is revoked."""
    officer_id = _own_id(actor)
    token = token_urlsafe(32)
    with transaction() as session:
        checking.begin_change(session)
        _revoke(session, officer_id, now)
        session.add(CalendarLink(officer_id=officer_id, token_digest=_digest(token), created_at=now))
        audit.record(session, actor, "calendar link made", "officer", officer_id, now=now)
    return token


def revoke_link(*, actor: Actor, now: datetime) -> None:
    """Close the address of an officer's calendar.

    :raises Conflict: there is none open.
    """
    officer_id = _own_id(actor)
    with transaction() as session:
        if not _revoke(session, officer_id, now):
            raise Conflict("There is no calendar address to revoke.")
        audit.record(session, actor, "calendar link revoked", "officer", officer_id, now=now)


def close(session: Session, officer_id: int, *, now: datetime) -> None:
    """Close the address of the calendar of somebody who leaves; a step."""
    _revoke(session, officer_id, now)


def link_since(session: Session, officer_id: int) -> datetime | None:
    """Return when an officer's open calendar address was made."""
    link = _open_link(session, officer_id)
    return link.created_at if link else None


def officer_of(session: Session, token: str) -> int:
    """Return the active officer whose calendar an address opens.

    :raises NotFound: nobody's, or it was revoked.
    """
    mine = (CalendarLink.token_digest == _digest(token), CalendarLink.revoked_at.is_(None))
    officer_id = session.scalar(select(CalendarLink.officer_id).where(*mine))
    if officer_id is None or officer_id not in dict(staff.active_officers(session)):
        raise NotFound("There is no calendar at this address. It may have been revoked.")
    return officer_id


def write_calendar(session: Session, officer_id: int, *, now: datetime) -> bytes:
    """Write what an officer stands, from four weeks ago to as far as the rota is planned."""
    from icalendar import Calendar  # noqa: PLC0415 - it is large, and most processes write no calendar

    since, until = as_utc(now) - _KEPT, as_utc(now) + rules.PLANNED_AHEAD
    stood = coverage.stretches(queries.slots_between(session, since, until, officer_id=officer_id))
    stamps = _stamps(session, stood)
    settings: Settings = current_app.extensions["tsalert_settings"]
    calendar = Calendar()
    calendar.add("prodid", "-//tsalert//rota//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Duty, {settings.authority_name}")
    host = urlsplit(settings.public_url).hostname or "localhost"
    seen: dict[int, int] = {}
    for each in stood:
        seen[each.shift_id] = seen.get(each.shift_id, 0) + 1
        calendar.add_component(_event(each, f"{each.shift_id}-{seen[each.shift_id]}@{host}", stamps[each.shift_id]))
    return bytes(calendar.to_ical())


def _event(stood: Stretch, name: str, changed_at: datetime) -> "Event":
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", f"shift-{name}")
    event.add("dtstamp", changed_at)
    event.add("dtstart", stood.span.starts_at)
    event.add("dtend", stood.span.ends_at)
    event.add("summary", stood.duty.label)
    return event


def _stamps(session: Session, stood: list[Stretch]) -> dict[int, datetime]:
    wanted = {each.shift_id for each in stood}
    return dict(session.execute(select(Shift.id, Shift.changed_at).where(Shift.id.in_(wanted))).all())


def _own_id(actor: Actor) -> int:
    if actor.officer_id is None:
        raise NotAllowed("Only an officer has a calendar.")
    return actor.officer_id


def _open_link(session: Session, officer_id: int) -> CalendarLink | None:
    mine = (CalendarLink.officer_id == officer_id, CalendarLink.revoked_at.is_(None))
    return session.scalars(select(CalendarLink).where(*mine)).one_or_none()


def _revoke(session: Session, officer_id: int, now: datetime) -> bool:
    link = _open_link(session, officer_id)
    if link is None:
        return False
    link.revoked_at = now
    session.flush()
    return True


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
