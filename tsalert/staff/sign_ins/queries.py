"""Finding sign-ins."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from tsalert.core.clock import as_utc
from tsalert.staff.models import Officer, SignIn
from tsalert.staff.queries import token_digest
from tsalert.staff.sign_ins.rules import Way


@dataclass(frozen=True, slots=True)
class Known:
    """The sign-in that a request was made with, and when it was last noted as seen."""

    id: int
    way: Way
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class SignInRecord:
    """One sign-in that is still good, as its officer and administrators see it."""

    id: int
    way: Way
    second_step: str | None
    network: str
    browser: str
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_this_one: bool = False


def find_officer(session: Session, token: str, *, now: datetime) -> tuple[Officer, Known] | None:
    """Return the active officer whose browser carries a token, with the sign-in; all by one statement."""
    columns = (Officer, SignIn.id, SignIn.way, SignIn.last_seen_at)
    query = select(*columns).join(SignIn, _is_theirs()).where(SignIn.token_digest == token_digest(token))
    good = query.where(Officer.active, *_are_good(now)).options(joinedload(Officer.roles))
    row = session.execute(good).unique().first()
    return (row[0], Known(row[1], Way.of(row[2]), row[3])) if row else None


def sign_ins_of(
    session: Session, officer_id: int | None, *, now: datetime, this_one: int | None = None
) -> list[SignInRecord]:
    """Return an officer's sign-ins that are still good, the one seen last before the others.

    :param this_one: the one that asks, where one does.
    """
    good = select(SignIn).join(Officer, _is_theirs()).where(SignIn.officer_id == officer_id, *_are_good(now))
    rows = session.scalars(good.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc()))
    return [
        SignInRecord(
            id=row.id,
            way=Way.of(row.way),
            second_step=row.second_step,
            network=row.network,
            browser=row.browser,
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            is_this_one=row.id == this_one,
        )
        for row in rows
    ]


def _is_theirs() -> ColumnElement[bool]:
    return (SignIn.officer_id == Officer.id) & (SignIn.mark == Officer.fs_uniquifier)


def _are_good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return SignIn.ended_at.is_(None), SignIn.expires_at > as_utc(now)
