"""Finding wall displays."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.displays.models import WallDisplay
from tsalert.displays.rules import Standing, standing
from tsalert.staff import queries as staff


class DisplayRecord(Struct, frozen=True):
    """One wall display as managers see it."""

    id: int
    name: str
    made_at: datetime
    made_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_seen_at: datetime | None
    standing: Standing


def list_displays(session: Session, *, now: datetime) -> list[DisplayRecord]:
    """Return every wall display, the newest first, those that are good before the rest."""
    names = staff.officer_names(session)
    found = session.scalars(select(WallDisplay).order_by(WallDisplay.id.desc()))
    records = [_record(display, names, now) for display in found]
    return sorted(records, key=lambda record: record.standing is not Standing.GOOD)


def get_display(session: Session, display_id: int, *, now: datetime) -> DisplayRecord:
    """Return one wall display.

    :raises NotFound: there is none.
    """
    display = get_by_id(session, WallDisplay, display_id, "There is no such wall display.")
    return _record(display, staff.officer_names(session), now)


def find_by_token(session: Session, token: str, *, now: datetime) -> DisplayRecord | None:
    """Return the wall display that a token belongs to, whatever its standing."""
    display = session.scalar(select(WallDisplay).where(WallDisplay.token_digest == staff.token_digest(token)))
    return _record(display, {}, now) if display else None


def _record(display: WallDisplay, names: dict[int, str], now: datetime) -> DisplayRecord:
    return DisplayRecord(
        id=display.id,
        name=display.name,
        made_at=display.made_at,
        made_by=names.get(display.made_by or 0),
        expires_at=display.expires_at,
        revoked_at=display.revoked_at,
        last_seen_at=display.last_seen_at,
        standing=standing(expires_at=display.expires_at, revoked_at=display.revoked_at, now=now),
    )
