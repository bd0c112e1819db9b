"""Finding tokens, who they act for, and the accounts of programs."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from tsalert.core.actors import Actor, Bearer, Permission, Via
from tsalert.core.clock import as_utc
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.staff import queries as staff
from tsalert.staff.models import ApiToken, Officer
from tsalert.staff.tokens import rules
from tsalert.staff.tokens.models import ServiceAccount
from tsalert.staff.tokens.rules import Scope


class TokenView(Struct, frozen=True):
    """One token as lists show it; ``scopes`` is None where it is good for everything."""

    id: int
    name: str
    officer_id: int
    owner: str
    is_program: bool
    scopes: Sequence[Scope] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None
    is_good: bool


class AccountView(Struct, frozen=True):
    """An account of a program."""

    id: int
    name: str
    purpose: str
    made_at: datetime
    made_by: str | None
    ended_at: datetime | None


def find_actor(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Return who acts by a token that is still good, with no more than it allows."""
    return _find(session, _by_digest(), {"digest": staff.token_digest(token)}, now=now)


def find_bearer(session: Session, token_id: int, *, now: datetime) -> Actor | None:
    """Return who acts by a token, and what it allows, as both stand now; None where it is not good any more."""
    return _find(session, _good().where(ApiToken.id == token_id), {}, now=now)


def _find(
    session: Session, query: Select[ApiToken, Officer, int], told: dict[str, str], *, now: datetime
) -> Actor | None:
    found = session.execute(query, told).unique().first()
    if found is None or as_utc(now) >= found[0].expires_at:
        return None
    held, officer, program = found
    may = rules.permissions_of_program(held.scopes) if program else _of_officer(officer, held.scopes)
    return Actor(officer.id, officer.name, may, Via.API, Bearer(held.id, is_whole=held.scopes is None))


def tokens_of(session: Session, officer_id: int, *, now: datetime) -> list[TokenView]:
    """Return the tokens of one account, the newest first."""
    return _tokens(session, ApiToken.officer_id == officer_id, now=now)


def good_tokens(session: Session, *, now: datetime) -> list[TokenView]:
    """Return every token that is still good, the newest first."""
    return _tokens(session, ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > as_utc(now)), now=now)


def get_token(session: Session, token_id: int, *, now: datetime) -> TokenView:
    """Return one token.

    :raises NotFound: there is none.
    """
    found = _tokens(session, ApiToken.id == token_id, now=now) if is_id(token_id) else []
    if not found:
        raise NotFound("There is no such token.")
    return found[0]


def list_accounts(session: Session) -> list[AccountView]:
    """Return the accounts of programs by name, those that have ended last."""
    return _accounts(session, ServiceAccount.officer_id.is_not(None))


def get_account(session: Session, account_id: int) -> AccountView:
    """Return the account of one program.

    :raises NotFound: there is none.
    """
    found = _accounts(session, ServiceAccount.officer_id == account_id) if is_id(account_id) else []
    if not found:
        raise NotFound("There is no such service account.")
    return found[0]


@cache  # every request asks this; it is put together once, and needs no second statement
def _by_digest() -> Select[ApiToken, Officer, int]:
    return _good().where(ApiToken.token_digest == bindparam("digest"))


def _good() -> Select[ApiToken, Officer, int]:
    return (
        select(ApiToken, Officer, ServiceAccount.officer_id)
        .join(Officer, Officer.id == ApiToken.officer_id)
        .outerjoin(ServiceAccount, ServiceAccount.officer_id == Officer.id)
        .where(ApiToken.revoked_at.is_(None), Officer.active)
        .options(joinedload(Officer.roles))
    )


def _of_officer(officer: Officer, scopes: list[str] | None) -> frozenset[Permission]:
    return rules.permissions_of_officer(staff.actor_of(officer, Via.API).permissions, scopes)


def _tokens(session: Session, where: ColumnElement[bool], *, now: datetime) -> list[TokenView]:
    rows = session.execute(
        select(ApiToken, Officer, ServiceAccount.officer_id)
        .join(Officer, Officer.id == ApiToken.officer_id)
        .outerjoin(ServiceAccount, ServiceAccount.officer_id == Officer.id)
        .where(where)
        .order_by(ApiToken.id.desc())
    )
    return [_view(token, officer, now, is_program=program is not None) for token, officer, program in rows]


def _view(token: ApiToken, officer: Officer, now: datetime, *, is_program: bool) -> TokenView:
    return TokenView(
        id=token.id,
        name=token.name,
        officer_id=officer.id,
        owner=officer.name,
        is_program=is_program,
        scopes=None if token.scopes is None else [Scope.of(scope) for scope in token.scopes],
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_on=token.last_used_on,
        is_good=token.revoked_at is None and as_utc(now) < token.expires_at and officer.active,
    )


def _accounts(session: Session, where: ColumnElement[bool]) -> list[AccountView]:
    names = staff.officer_names(session)
    query = select(ServiceAccount, Officer.name).join(Officer, Officer.id == ServiceAccount.officer_id).where(where)
    rows = session.execute(query.order_by(ServiceAccount.ended_at.is_not(None), Officer.name, Officer.id))
    return [
        AccountView(row.officer_id, name, row.purpose, row.made_at, names.get(row.made_by or 0), row.ended_at)
        for row, name in rows
    ]
