"""Making and revoking wall displays, and noting that one was seen."""

from datetime import date, datetime
from secrets import token_urlsafe

from msgspec import Struct
from sqlalchemy import update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.last_days import end_of
from tsalert.db import transaction
from tsalert.displays.models import WallDisplay
from tsalert.staff.queries import token_digest


class NewDisplay(Struct, frozen=True):
    """A wall display to make; ``last_day`` is the last London day on which its link is good."""

    name: str
    last_day: date | None = None


def make_display(new: NewDisplay, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Make a wall display; returns its id and its token, which is shown this once.

    :raises RuleViolation: its last day is over, or too far away.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    expires_at = end_of(new.last_day, now=now) if new.last_day else None
    token = token_urlsafe(32)
    with transaction() as session:
        digest, made_by = token_digest(token), actor.officer_id
        display = WallDisplay(name=new.name, token_digest=digest, made_at=now, made_by=made_by, expires_at=expires_at)
        session.add(display)
        session.flush()
        audit.record(session, actor, "made", "wall display", display.id, now=now)
        return display.id, token


def revoke_display(display_id: int, *, actor: Actor, now: datetime) -> None:
    """Shut a screen out from its next look at the board; one that was revoked before stays as it was.

    :raises NotFound: there is no such wall display.
    """
    actor.require(Permission.MANAGE_RESPONSE)
    with transaction() as session:
        display = _lock(session, display_id)
        if display.revoked_at is None:
            display.revoked_at, display.revoked_by = now, actor.officer_id
            audit.record(session, actor, "revoked", "wall display", display.id, now=now)


def note_seen(display_id: int, *, now: datetime) -> None:
    """Keep when a screen last looked at the board; no act of anybody's, so the trail does not hold it."""
    with transaction() as session:
        session.execute(update(WallDisplay).where(WallDisplay.id == display_id).values(last_seen_at=now))


def _lock(session: Session, display_id: int) -> WallDisplay:
    return get_by_id(session, WallDisplay, display_id, "There is no such wall display.", lock=True)
