"""Codes of six digits: made, sent by the caller, and tried at most five times within ten minutes."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow

from msgspec import Struct
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.db import transaction
from tsalert.visitors.models import VisitorCode
from tsalert.visitors.rules import CODE_DIGITS, CODE_LIFE, CODE_TRIES, read_code
from tsalert.visitors.tokens import digest, signer


class MadeCode(Struct, frozen=True):
    """A code as it is sent, and the token that finds it again: the page on which it is typed carries that."""

    code: str
    token: str


def make_code(session: Session, purpose: str, record_id: int | None, *, now: datetime) -> MadeCode:
    """Make a code for a record; for nobody (None) too, so that whoever asks learns nothing. A step."""
    code = f"{randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    made = VisitorCode(purpose=purpose, record_id=record_id, digest="", made_at=now, tries=0, used_at=None)
    session.add(made)
    session.flush()
    made.digest = _digest(made.id, code)
    return MadeCode(code, signer(_of(purpose)).sign(made.id))


def attach(session: Session, purpose: str, token: str, record_id: int) -> None:
    """Let a code that was made for nobody stand for a record. A step."""
    session.get_one(VisitorCode, signer(_of(purpose)).read(token)).record_id = record_id


def try_code(purpose: str, token: str, typed: str, *, now: datetime, may_repeat: bool = False) -> int | None:
    """Return the record that a code stands for, once; None where the code is wrong, too old, used or tried too often.

    A try counts whether it is right or wrong, and stays counted whatever becomes of the request.

    :param may_repeat: a used code stands for its record again, since what it does is done once all the same.
    """
    number = signer(_of(purpose)).read(token)
    if number is None:
        return None
    with transaction() as session:
        unused = () if may_repeat else (VisitorCode.used_at.is_(None),)
        return _try(session, (VisitorCode.purpose == purpose, *unused), number, read_code(typed), now)


def _try(session: Session, usable: Sequence[ColumnElement[bool]], number: int, code: str, now: datetime) -> int | None:
    fresh = (
        VisitorCode.id == number,
        *usable,
        VisitorCode.tries < CODE_TRIES,
        VisitorCode.made_at > as_utc(now) - CODE_LIFE,
    )
    counting = update(VisitorCode).where(*fresh).values(tries=VisitorCode.tries + 1).returning(VisitorCode)
    asked = session.scalars(counting).one_or_none()
    if asked is None or not hmac.compare_digest(asked.digest, _digest(number, code)) or asked.record_id is None:
        return None
    asked.used_at = asked.used_at or now
    return asked.record_id


def _digest(number: int, code: str) -> str:
    return digest("code", f"{number}:{code}")


def _of(purpose: str) -> str:
    return f"code {purpose}"
