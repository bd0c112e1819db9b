"""Taking the second step: a code of the app, a recovery code, or a passkey. What is wrong counts as at sign-in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Via
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.staff import presence, queries, telling
from tsalert.staff.factors import passkeys, rules
from tsalert.staff.factors.models import Authenticator, Passkey, RecoveryCode
from tsalert.staff.factors.sealing import match_code
from tsalert.staff.models import Officer

APP, CODE, PASSKEY = "authenticator app", "recovery code", "passkey"
_NO_CODE = "That code is not right. Enter the six digits that your app shows now, or a recovery code that you kept."
_NO_PASSKEY = "We do not know this passkey. Sign in with your password."
_Taken = TypeVar("_Taken")


def take_code(officer: Officer, typed: str, *, now: datetime) -> str:
    """Accept a code of an officer's app, or a recovery code of theirs, once; returns which it was, in words.

    :raises NotAllowed: there were too many wrong ones.
    :raises RuleViolation: it is neither, or was used; the field is ``code``.
    """
    code, officer_id = rules.read_code(typed), officer.id
    accept = _accept_app_code if rules.is_of_app(code) else _accept_recovery_code
    return _counted(officer.email, lambda: accept(officer_id, code, now), now)


def take_passkey(answer: str, *, now: datetime, officer: Officer | None = None, is_alone: bool = True) -> Officer:
    """Accept the answer of a passkey and return whose it is.

    :param officer: who must have answered; None where anybody may, since the passkey alone tells who it is.
    :param is_alone: it stands for both steps, so that wrong passwords, which anybody can send, do not lock it.
    :raises NotAllowed: there were too many wrong answers.
    :raises RuleViolation: it is not right.
    """
    credential = passkeys.credential_in(answer)
    account = f"passkey {credential}" if is_alone or officer is None else officer.email
    officer_id = officer.id if officer else None
    accepted = _counted(account, lambda: _accept_passkey(answer, credential, officer_id, now), now)
    return queries.get_officer_by_id(db.session(), accepted)


def _counted(account: str, take: Callable[[], _Taken], now: datetime) -> _Taken:
    """Take a step unless the account or network failed too often; count it if it fails."""
    presence.require_not_locked(account, now=now)
    try:
        return take()
    except RuleViolation:
        presence.count_failure(account, now=now)
        raise


def _accept_app_code(officer_id: int, code: str, now: datetime) -> str:
    with transaction() as session:
        # Two who send the same code at once wait for each other here.
        app = session.scalar(select(Authenticator).where(Authenticator.officer_id == officer_id).with_for_update())
        if app is None:
            raise RuleViolation(_NO_CODE, field="code")
        app.last_count = match_code(app.sealed_key, code, now=now, last_count=app.last_count)
        # Many who guess at once try no more codes than one by one.
        presence.require_not_locked(queries.get_officer_by_id(session, officer_id).email, now=now)
        _note(session, officer_id, APP, now)
    return APP


def _accept_recovery_code(officer_id: int, code: str, now: datetime) -> str:
    with transaction() as session:
        is_it = (RecoveryCode.officer_id == officer_id) & (RecoveryCode.code_digest == queries.token_digest(code))
        used = update(RecoveryCode).where(is_it, RecoveryCode.used_at.is_(None)).values(used_at=now)
        if session.scalar(used.returning(RecoveryCode.id)) is None:
            raise RuleViolation(_NO_CODE, field="code")
        _note(session, officer_id, CODE, now)
        telling.tell(session, queries.get_officer_by_id(session, officer_id), telling.CODE_USED, now=now)
    return CODE


def _accept_passkey(answer: str, credential: str, officer_id: int | None, now: datetime) -> int:
    with transaction() as session:
        passkey = session.scalar(select(Passkey).where(Passkey.credential == credential).with_for_update())
        if passkey is None or officer_id not in {None, passkey.officer_id}:
            raise RuleViolation(_NO_PASSKEY)
        passkey.sign_count = passkeys.check_answer(answer, passkey, now=now)
        passkey.last_used_at = now
        if not queries.get_officer_by_id(session, passkey.officer_id).active:
            raise RuleViolation(_NO_PASSKEY)
        _note(session, passkey.officer_id, PASSKEY, now)
        return passkey.officer_id


def _note(session: Session, officer_id: int, by: str, now: datetime) -> None:
    actor = queries.actor_of(queries.get_officer_by_id(session, officer_id), Via.PAGE)
    audit.record(session, actor, "second step taken", "officer", officer_id, now=now, by=by)
