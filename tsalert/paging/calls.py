"""What a call of ours is about, and what its listener did. Steps; only a key that was pressed is an act."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.delivery.rules import Channel
from tsalert.paging.models import PageAttempt
from tsalert.paging.vocabulary import Key, Purpose


class PageCall(Struct, frozen=True):
    """One call to one officer; ``answer`` is what was said to the key that they pressed, if they did."""

    attempt_id: int
    purpose: Purpose
    incident_id: int
    officer_id: int
    watch_id: int | None
    answer: str | None


def find_call(session: Session, delivery_id: int) -> PageCall | None:
    """Return what a call was made for; None where it is no page."""
    mine = (PageAttempt.delivery_id == delivery_id, PageAttempt.channel == Channel.VOICE)
    row = session.scalar(select(PageAttempt).where(*mine))
    if row is None:
        return None
    purpose = Purpose.of(row.purpose)
    return PageCall(row.id, purpose, row.incident_id, row.officer_id, row.watch_id, row.answer)


def note_answered(session: Session, call: PageCall, *, now: datetime) -> None:
    """Note that somebody, or something, answered; that acknowledges nothing."""
    first = (PageAttempt.id == call.attempt_id, PageAttempt.answered_at.is_(None))
    session.execute(update(PageAttempt).where(*first).values(answered_at=now))


def note_pressed(session: Session, call: PageCall, key: Key, answer: str) -> None:
    """Keep the key that was pressed and what was said to it, so that a repeated report is answered alike."""
    session.execute(
        update(PageAttempt).where(PageAttempt.id == call.attempt_id).values(pressed=key.value, answer=answer)
    )
