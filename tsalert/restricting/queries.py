"""What a manager looks over: who may open what now, what was opened and why, and where glass was broken."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.keysets import Page
from tsalert.restricting.naming import Naming, name_of
from tsalert.staff import queries as staff
from tsalert.tiers import listing
from tsalert.tiers.listing import GrantRecord, OpeningRecord, RestrictionRecord
from tsalert.tiers.vocabulary import Subject

LOOKED_BACK = timedelta(days=30)


class Overview(Struct, frozen=True):
    """All that lets anybody see what is kept from others, and what came of it in the last 30 days."""

    restrictions: Page[RestrictionRecord]
    grants: Page[GrantRecord]
    broken: Page[GrantRecord]
    openings: Page[OpeningRecord]
    titles: dict[tuple[str, int], str]
    officers: dict[int, str]


def overview(session: Session, after: Mapping[str, int | None], *, now: datetime) -> Overview:
    """Return what stands and what was done, latest first.

    :param after: which page of each list is wanted, by the list's name.
    """
    since = now - LOOKED_BACK
    restrictions = listing.standing_roots(session, after=after["restrictions"])
    grants = listing.live_grants(session, now=now, after=after["grants"])
    broken = listing.broken_glass(session, since=since, after=after["broken"])
    openings = listing.openings(session, since=since, after=after["openings"])
    named = {each.record for each in (*grants.items, *broken.items)} | {each.record for each in restrictions.items}
    named |= {each.record for each in openings.items}
    titles = {record: _title(session, *record) for record in named}
    return Overview(restrictions, grants, broken, openings, titles, staff.officer_names(session))


def naming_of(session: Session, subject: str, number: int) -> Naming:
    """Return what all of the staff may see of a record.

    :raises NotFound: there is no such kind of record, or none with that number.
    """
    if subject not in {each.value for each in Subject}:
        raise NotFound("There is no such record.")
    return name_of(session, Subject.of(subject), number)


def _title(session: Session, subject: str, number: int) -> str:
    try:
        return naming_of(session, subject, number).title
    except NotFound:
        return f"{subject} {number}"
