"""Giving tokens and ending them, and accounts for programs; each change stands in the trail."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex, token_urlsafe

from msgspec import Struct
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.core.keys import is_id
from tsalert.db import transaction
from tsalert.staff.models import ApiToken, Officer
from tsalert.staff.queries import token_digest
from tsalert.staff.tokens import rules
from tsalert.staff.tokens.models import ServiceAccount
from tsalert.staff.tokens.rules import Scope


class NewToken(Struct, frozen=True):
    """A token to give: what it is for, for what it is good, and for how many days."""

    name: str
    scopes: Collection[Scope]
    days: int


def make_own(new: NewToken, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Give an officer a token of their own; returns its number and the token, which is shown this once.

    :raises NotAllowed: it is no officer, or they come by a token that is not good for everything.
    :raises RuleViolation: it would be good for too long.
    """
    if actor.officer_id is None or actor.is_in_part:
        raise NotAllowed("Make a token on the page of your account, or with a token that is good for everything.")
    with transaction() as session:
        return _give(session, actor.officer_id, new, actor=actor, now=now)


def make_for_program(account_id: int, new: NewToken, *, actor: Actor, now: datetime) -> tuple[int, str]:
    """Give a program a token; returns its number and the token, which is shown this once.

    :raises NotFound: there is no such account.
    :raises Conflict: the account has ended.
    :raises RuleViolation: it would be good for too long, or for what only people do.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    rules.check_for_program(new.scopes)
    with transaction() as session:
        account = _standing(session, account_id)
        return _give(session, account.officer_id, new, actor=actor, now=now)


def end_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """End a token: one's own, or anybody's for who connects programs.

    :raises NotFound: there is no such token, or it is somebody else's.
    :raises Conflict: it is ended already.
    """
    with transaction() as session:
        query = select(ApiToken).where(ApiToken.id == token_id).with_for_update()
        token = session.scalar(query) if is_id(token_id) else None
        is_own = token is not None and token.officer_id == actor.officer_id
        if token is None or not (is_own or actor.may(Permission.CONNECT_PROGRAMS)):
            raise NotFound("There is no such token.")
        if token.revoked_at is not None:
            raise Conflict("This token is ended already.")
        token.revoked_at = now
        audit.record(session, actor, "token ended", "officer", token.officer_id, now=now, ended=token.id)


def make_account(name: str, purpose: str, *, actor: Actor, now: datetime) -> int:
    """Make an account by which a program acts; returns its number. It can do nothing before it has a token."""
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        # Nobody signs in as a program: the address is nobody's, and there is no password.
        mark = token_hex(32)
        officer = Officer(email=f"{mark[:16]}@program.invalid", name=name, password=None, active=True)
        officer.fs_uniquifier, officer.created_at = mark, now
        session.add(officer)
        session.flush()
        made_by = actor.officer_id
        session.add(ServiceAccount(officer_id=officer.id, purpose=purpose, made_at=now, made_by=made_by))
        audit.record(session, actor, "service account made", "officer", officer.id, now=now)
        return officer.id


def end_account(account_id: int, *, actor: Actor, now: datetime) -> None:
    """Shut a program out for good; all its tokens end.

    :raises NotFound: there is no such account.
    :raises Conflict: it has ended already.
    """
    actor.require(Permission.CONNECT_PROGRAMS)
    with transaction() as session:
        account = _standing(session, account_id)
        account.ended_at = now
        session.execute(update(Officer).where(Officer.id == account_id).values(active=False))
        good = (ApiToken.officer_id == account_id, ApiToken.revoked_at.is_(None))
        session.execute(update(ApiToken).where(*good).values(revoked_at=now))
        audit.record(session, actor, "service account ended", "officer", account_id, now=now)


def _give(session: Session, officer_id: int, new: NewToken, *, actor: Actor, now: datetime) -> tuple[int, str]:
    token = token_urlsafe(32)
    scopes = None if Scope.EVERYTHING in new.scopes else [scope.value for scope in new.scopes]
    row = ApiToken(officer_id=officer_id, name=new.name, scopes=scopes, token_digest=token_digest(token))
    row.created_at, row.expires_at = now, rules.end_of(new.days, now=now)
    session.add(row)
    session.flush()
    told = "everything" if scopes is None else ", ".join(scopes)
    audit.record(session, actor, "token issued", "officer", officer_id, now=now, issued=row.id, scopes=told)
    return row.id, token


def _standing(session: Session, account_id: int) -> ServiceAccount:
    query = select(ServiceAccount).where(ServiceAccount.officer_id == account_id).with_for_update()
    account = session.scalar(query) if is_id(account_id) else None
    if account is None:
        raise NotFound("There is no such service account.")
    if account.ended_at is not None:
        raise Conflict("This service account has ended. Make another one if it is wanted.")
    return account
