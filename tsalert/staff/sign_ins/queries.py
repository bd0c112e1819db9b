"""Finding sign-ins."""

from datetime import datetime
from functools import cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from tsalert.core.clock import as_utc
from tsalert.staff.models import Officer, SignIn
from tsalert.staff.queries import token_digest
from tsalert.staff.sign_ins.rules import Way


class Known(Struct, frozen=True):
    """The sign-in that a request was made with, and when it was last noted as seen."""

    id: int
    way: Way
    last_seen_at: datetime


class SignInRecord(Struct, frozen=True):
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
    row = session.execute(_by_digest(), {"digest": token_digest(token), "now": as_utc(now)}).unique().first()
    return (row[0], Known(row[1], Way.of(row[2]), row[3])) if row else None


def sign_ins_of(
    session: Session, officer_id: int | None, *, now: datetime, this_one: int | None = None
) -> list[SignInRecord]:
    """Return an officer's sign-ins that are still good, the one seen last before the others.

    :param this_one: the one that asks, where one does.
    """
    good = select(SignIn).join(Officer, _is_theirs()).where(SignIn.officer_id == officer_id, *_are_good())
    newest_first = good.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())
    rows = session.scalars(newest_first, {"now": as_utc(now)})
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


@cache  # every page asks this; it is put together once
def _by_digest() -> Select[Officer, int, str, datetime]:
    columns = (Officer, SignIn.id, SignIn.way, SignIn.last_seen_at)
    query = select(*columns).join(SignIn, _is_theirs()).where(SignIn.token_digest == bindparam("digest"))
    return query.where(Officer.active, *_are_good()).options(joinedload(Officer.roles))


def _is_theirs() -> ColumnElement[bool]:
    return (SignIn.officer_id == Officer.id) & (SignIn.mark == Officer.fs_uniquifier)


def _are_good() -> tuple[ColumnElement[bool], ...]:
    return SignIn.ended_at.is_(None), SignIn.expires_at > bindparam("now")
