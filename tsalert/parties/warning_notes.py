"""Warnings about a party: written, reviewed, ended; one past its review still shows, and says so."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.parties.models import Party, PartyWarning
from tsalert.parties.rules import check_review


class Warned(Struct, frozen=True):
    """A warning as it stands today."""

    id: int
    party_id: int
    text: str
    written_by: int | None
    written_at: datetime
    review_on: date
    is_overdue: bool
    ended_by: int | None
    ended_at: datetime | None
    end_reason: str | None


def warnings_of(session: Session, party_ids: Collection[int], *, now: datetime, ended: bool = False) -> list[Warned]:
    """Return the warnings about some parties, newest first.

    :param ended: those that were ended too.
    """
    if not party_ids:
        return []
    query = select(PartyWarning).where(PartyWarning.party_id.in_(party_ids)).order_by(PartyWarning.id.desc())
    found: Sequence[PartyWarning] = session.scalars(
        query if ended else query.where(PartyWarning.ended_at.is_(None))
    ).all()
    return [_as_it_stands(row, today=london_date(now)) for row in found]


def due_warnings(session: Session, *, today: date) -> Sequence[PartyWarning]:
    """Return the warnings that nobody ended and whose review is due, the one that waits longest first."""
    due = (PartyWarning.ended_at.is_(None), PartyWarning.review_on <= today)
    return session.scalars(select(PartyWarning).where(*due).order_by(PartyWarning.review_on, PartyWarning.id)).all()


def add_warning(party_id: int, text: str, review_on: date, *, actor: Actor, now: datetime) -> int:
    """Warn of a party, and return the warning.

    :raises NotFound: there is no such party.
    :raises RuleViolation: the review is past, or more than a year away.
    """
    actor.require(Permission.LOG_CALL)
    check_review(review_on, today=london_date(now))
    if not text.strip():
        raise RuleViolation("Say what officers must know.", field="text")
    with transaction() as session:
        if not is_id(party_id) or session.get(Party, party_id) is None:
            raise NotFound("There is no such party.")
        row = PartyWarning(party_id=party_id, text=text, review_on=review_on)
        row.written_by, row.written_at = actor.officer_id, now
        session.add(row)
        session.flush()
        audit.record(session, actor, "warned of", "party", party_id, now=now, warning=row.id)
        return row.id


def review_warning(warning_id: int, review_on: date, *, actor: Actor, now: datetime) -> None:
    """Keep a warning that was looked at again until its next review.

    :raises NotFound: there is no such warning.
    :raises Conflict: it was ended.
    """
    actor.require(Permission.LOG_CALL)
    check_review(review_on, today=london_date(now))
    with transaction() as session:
        row = get_warning(session, warning_id, lock=True)
        if row.ended_at is not None:
            raise Conflict("This warning was ended. Write a new one.")
        row.review_on, row.reviewed_by, row.reviewed_at = review_on, actor.officer_id, now
        until = review_on.isoformat()
        audit.record(session, actor, "warning reviewed", "party", row.party_id, now=now, warning=row.id, until=until)


def end_warning(warning_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """End a warning; it stays in the party's history.

    :raises NotFound: there is no such warning.
    :raises Conflict: it was ended before.
    """
    actor.require(Permission.LOG_CALL)
    if not reason.strip():
        raise RuleViolation("Say why it ends.", field="reason")
    with transaction() as session:
        row = get_warning(session, warning_id, lock=True)
        if row.ended_at is not None:
            raise Conflict("This warning was ended already.")
        row.ended_by, row.ended_at, row.end_reason = actor.officer_id, now, reason
        audit.record(session, actor, "warning ended", "party", row.party_id, now=now, warning=row.id)


def get_warning(session: Session, warning_id: int, *, lock: bool = False) -> PartyWarning:
    """Return one warning; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, PartyWarning, warning_id, "There is no such warning.", lock=lock)


def _as_it_stands(row: PartyWarning, *, today: date) -> Warned:
    return Warned(
        id=row.id,
        party_id=row.party_id,
        text=row.text,
        written_by=row.written_by,
        written_at=row.written_at,
        review_on=row.review_on,
        is_overdue=row.ended_at is None and row.review_on < today,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
    )
