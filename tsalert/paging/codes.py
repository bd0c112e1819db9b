"""The codes by which officers' texts name an incident: fresh with each run, and not worth guessing. Steps."""

from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tsalert.paging.models import PageCode, WrongCode
from tsalert.paging.rules import CODE_LENGTH, WRONG_CODES_REMEMBERED, WRONG_CODES_TOLERATED

_LISTED = 3
_TRIES = 20


def code_of(session: Session, incident_id: int, officer_id: int, *, reference: str, now: datetime) -> str:
    """Return the code with which an officer's texts name an incident, made where there is none in use."""
    mine = (PageCode.incident_id == incident_id, PageCode.officer_id == officer_id, PageCode.retired_at.is_(None))
    found = session.scalar(select(PageCode.code).where(*mine))
    if found is not None:
        return found
    code = _fresh(session, officer_id, now)
    session.add(PageCode(incident_id=incident_id, officer_id=officer_id, reference=reference, code=code, made_at=now))
    session.flush()
    return code


def retire_codes(session: Session, incident_id: int, *, now: datetime) -> None:
    """Let an incident's codes mean nothing any more."""
    in_use = (PageCode.incident_id == incident_id, PageCode.retired_at.is_(None))
    session.execute(update(PageCode).where(*in_use).values(retired_at=now))


def incident_of_code(session: Session, officer_id: int, code: str) -> int | None:
    """Return the incident that an officer's code names, if it is in use."""
    mine = (PageCode.officer_id == officer_id, PageCode.code == code, PageCode.retired_at.is_(None))
    return session.scalar(select(PageCode.incident_id).where(*mine))


def codes_in_use(session: Session, officer_id: int, *, most: int = _LISTED) -> Sequence[tuple[str, str]]:
    """Return (code, reference) of an officer's newest codes."""
    mine = (PageCode.officer_id == officer_id, PageCode.retired_at.is_(None))
    query = select(PageCode.code, PageCode.reference).where(*mine).order_by(PageCode.id.desc()).limit(most)
    return [(code, reference) for code, reference in session.execute(query)]


def note_wrong_code(session: Session, officer_id: int, *, now: datetime) -> None:
    """Count a code that was none."""
    session.add(WrongCode(officer_id=officer_id, at=now))
    session.flush()


def has_guessed_too_often(session: Session, officer_id: int, *, now: datetime) -> bool:
    """Tell whether so many wrong codes came from an officer's number that none is taken for a while."""
    recent = (WrongCode.officer_id == officer_id, WrongCode.at > now - WRONG_CODES_REMEMBERED)
    return (session.scalar(select(func.count()).where(*recent)) or 0) >= WRONG_CODES_TOLERATED


def _fresh(session: Session, officer_id: int, now: datetime) -> str:
    """Return a code that an officer does not hold; where nearly all are held, the oldest is taken back."""
    held = (PageCode.officer_id == officer_id, PageCode.retired_at.is_(None))
    for _ in range(_TRIES):
        code = f"{randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
        if session.scalar(select(PageCode.id).where(*held, PageCode.code == code)) is None:
            return code
    oldest = session.scalars(select(PageCode).where(*held).order_by(PageCode.id).limit(1)).one()
    oldest.retired_at = now
    session.flush()
    return oldest.code
