"""Finding alerts of linked authorities."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.keysets import Order, Page, read_page
from tsalert.linked import queries as linked
from tsalert.nearby.models import NearbyAlert, NearbyFeed
from tsalert.nearby.rules import State, state_of
from tsalert.staff import queries as staff


class NearbyView(Struct, frozen=True):
    """One alert of a linked authority."""

    row: NearbyAlert
    authority: str
    state: State
    used_by: str | None


class FeedView(Struct, frozen=True):
    """How far the feed of a linked authority was read; ``fault`` says why it could not be at the last try."""

    authority: str
    read_at: datetime | None
    fault: str | None


def list_alerts(session: Session, *, now: datetime, after: str | None = None) -> Page[NearbyView]:
    """Return a page of the alerts of those who are linked now, the newest first.

    :raises RuleViolation: ``after`` is no place of this list.
    """
    linked_now = _linked_now(session)
    theirs = select(NearbyAlert).where(NearbyAlert.authority_id.in_(linked_now))
    page = read_page(session, theirs, Order(NearbyAlert.id, (NearbyAlert.published_at,)), after=after)
    return Page(_views(session, page.items, linked_now, now), page.next)


def get_alert(session: Session, nearby_id: int, *, now: datetime) -> NearbyView:
    """Return one of their alerts.

    :raises NotFound: there is none.
    """
    (found,) = _views(session, [get_row(session, nearby_id)], _linked_now(session), now)
    return found


def get_row(session: Session, nearby_id: int, *, lock: bool = False) -> NearbyAlert:
    """Return the row of one of their alerts.

    :raises NotFound: there is none.
    """
    query = select(NearbyAlert).where(NearbyAlert.id == nearby_id)
    found = session.scalar(query.with_for_update() if lock else query) if is_id(nearby_id) else None
    if found is None:
        raise NotFound("There is no such alert of a linked authority.")
    return found


def list_feeds(session: Session) -> list[FeedView]:
    """Return how far the feed of each authority was read that is linked now."""
    read = {row.authority_id: (row.read_at, row.fault) for row in session.scalars(select(NearbyFeed))}
    return [FeedView(row.name, *read.get(row.id, (None, None))) for row in linked.standing_rows(session)]


def _linked_now(session: Session) -> set[int]:
    return {row.id for row in linked.standing_rows(session)}


def _views(
    session: Session, rows: Sequence[NearbyAlert], linked_now: Collection[int], now: datetime
) -> list[NearbyView]:
    authorities, officers = linked.names(session), staff.officer_names(session)
    latest = _latest_reads(session, {row.authority_id for row in rows})
    return [
        NearbyView(
            row=row,
            authority=authorities[row.authority_id],
            state=state_of(
                is_linked=row.authority_id in linked_now,
                is_withdrawn=row.is_withdrawn,
                is_in_feed=row.read_at >= latest[row.authority_id],
                expires_at=row.expires_at,
                now=now,
            ),
            used_by=officers.get(row.used_by or 0),
        )
        for row in rows
    ]


def _latest_reads(session: Session, authority_ids: Collection[int]) -> dict[int, datetime]:
    """Return when the feed of each authority was last read whole: what it held then was all read at that moment."""
    latest = select(NearbyAlert.authority_id, func.max(NearbyAlert.read_at))
    mine = latest.where(NearbyAlert.authority_id.in_(authority_ids)).group_by(NearbyAlert.authority_id)
    return dict(session.execute(mine).all())
