"""Grants, restrictions and openings as a manager reads them."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.keysets import Order, Page, read_page
from tsalert.tiers import queries
from tsalert.tiers.models import AccessGrant, Opening, Restriction
from tsalert.tiers.rules import Tier
from tsalert.tiers.vocabulary import Origin


class GrantRecord(Struct, frozen=True):
    """One grant; officers by id. ``ended_by`` is None where it ran out, or still holds."""

    id: int
    record: tuple[str, int]
    tier: Tier
    origin: Origin
    officer_id: int
    reason: str | None
    granted_by: int | None
    granted_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    ended_by: int | None

    def holds(self, now: datetime) -> bool:
        """Tell whether it lets anybody in at an instant."""
        return self.ended_at is None and (self.expires_at is None or self.expires_at > now)


class RestrictionRecord(Struct, frozen=True):
    """One record that is restricted for its own sake."""

    id: int
    record: tuple[str, int]
    reason: str
    restricted_by: int | None
    restricted_at: datetime


class OpeningRecord(Struct, frozen=True):
    """One opening of a restricted record."""

    record: tuple[str, int]
    officer_id: int
    reason: str
    at: datetime
    until: datetime


def live_grants(session: Session, *, now: datetime, after: int | None = None) -> Page[GrantRecord]:
    """Return a page of the grants that hold, but for those of being on a case, latest first."""
    return _grants(session, queries.live(now), AccessGrant.origin != Origin.ON_THE_CASE, after=after)


def broken_glass(session: Session, *, since: datetime, after: int | None = None) -> Page[GrantRecord]:
    """Return a page of where glass was broken, latest first."""
    return _grants(session, AccessGrant.origin == Origin.BREAK_GLASS, AccessGrant.granted_at >= since, after=after)


def get_grant(session: Session, grant_id: int) -> GrantRecord:
    """Return one grant.

    :raises NotFound: there is none.
    """
    found = _grants(session, AccessGrant.id == grant_id).items
    if not found:
        raise NotFound("There is no such access.")
    return found[0]


def standing_roots(session: Session, *, after: int | None = None) -> Page[RestrictionRecord]:
    """Return a page of the records that are restricted for their own sake, latest first."""
    own = (Restriction.subject == Restriction.root_subject, Restriction.subject_id == Restriction.root_id)
    query = select(Restriction).where(*own, Restriction.lifted_at.is_(None))
    return read_page(session, query, Order(Restriction.id), after=after).told_by(
        lambda row: RestrictionRecord(
            row.id, (row.root_subject, row.root_id), row.reason, row.restricted_by, row.restricted_at
        )
    )


def openings(session: Session, *, since: datetime, after: int | None = None) -> Page[OpeningRecord]:
    """Return a page of what was opened, latest first."""
    query = select(Opening).where(Opening.at >= since)
    return read_page(session, query, Order(Opening.id), after=after).told_by(
        lambda row: OpeningRecord((row.root_subject, row.root_id), row.officer_id, row.reason, row.at, row.until)
    )


def _grants(session: Session, *conditions: ColumnElement[bool], after: int | None = None) -> Page[GrantRecord]:
    query = select(AccessGrant).where(*conditions)
    return read_page(session, query, Order(AccessGrant.id), after=after).told_by(_grant)


def _grant(row: AccessGrant) -> GrantRecord:
    return GrantRecord(
        id=row.id,
        record=(row.subject, row.subject_id),
        tier=Tier(row.tier),
        origin=Origin(row.origin),
        officer_id=row.officer_id,
        reason=row.reason,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
