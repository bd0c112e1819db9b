"""Mobiles of officers: proved by a code that is texted to them, changed, removed."""

from datetime import datetime
from hmac import compare_digest
from secrets import randbelow

from flask import current_app
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.config import Settings
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, TooManyTries
from tsalert.db import transaction
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, EndpointStatus, Lane, normalise_phone
from tsalert.delivery.telephones import is_on_the_islands
from tsalert.rota import alarms, checking, queries, rules, wording
from tsalert.rota.models import MobileCode, OfficerMobile


def send_code(typed: str, *, actor: Actor, now: datetime, is_demo: bool = False) -> None:
    """Text a six-digit code to a mobile that an officer says is theirs; the newest code alone counts.

    :param is_demo: take the numbers kept for drama.
    :raises RuleViolation: it is no British mobile, or another officer's.
    :raises TooManyTries: too many codes went to this officer, or to numbers like this one, within the hour.
    """
    officer_id = _own_id(actor)
    channel, e164 = normalise_phone(typed, allow_drama=is_demo)
    if channel is not Channel.SMS:
        raise RuleViolation("Enter a British mobile number.", field="phone")
    if is_on_the_islands(e164):
        raise RuleViolation("Callers are not put through to mobiles of the Channel Islands or Man.", field="phone")
    code = f"{randbelow(1_000_000):06}"
    with transaction() as session:
        checking.begin_change(session)
        _refuse_taken(session, e164, officer_id)
        _refuse_flood(session, officer_id, e164, now)
        session.add(_code_row(officer_id, e164, code, now))
        _text(session, e164, code, now)
        audit.record(session, actor, "mobile code sent", "officer", officer_id, now=now)


def confirm_code(code: str, *, actor: Actor, now: datetime) -> None:
    """Take the mobile to which the newest code went as the officer's own; their former one is removed.

    :raises RuleViolation: the code is not right, is older than ten minutes, or was tried five times.
    """
    officer_id = _own_id(actor)
    with transaction() as session:
        checking.begin_change(session)
        sent = _newest(session, officer_id, now)
        # A wrong try must be counted, so it is not an error until the count is kept.
        is_right = _try(sent, code, officer_id) if sent else False
        if sent and is_right:
            _refuse_taken(session, sent.e164, officer_id)
            sent.used_at = now
            hold_mobile(session, officer_id, sent.e164, actor=actor, now=now)
    if sent is None:
        raise RuleViolation("That code is too old, or was tried too often. Ask for a new one.", field="code")
    if not is_right:
        raise RuleViolation("That is not the code that we texted. Check it, or ask for a new one.", field="code")


def remove_mobile(officer_id: int, *, actor: Actor, now: datetime) -> None:
    """Take away an officer's mobile; what they stand from now on becomes a gap.

    :raises NotAllowed: it is somebody else's, and the actor may not change the rota.
    :raises Conflict: they have none.
    """
    if officer_id != actor.officer_id or actor.is_in_part:
        actor.require(Permission.MANAGE_ROTA)
    with transaction() as session:
        checking.begin_change(session)
        if not _end_held(session, officer_id, now):
            raise Conflict("There is no verified mobile to remove.")
        audit.record(session, actor, "mobile removed", "officer", officer_id, now=now)
        alarms.note_gaps(session, now=now)


def hold_mobile(session: Session, officer_id: int, e164: str, *, actor: Actor, now: datetime) -> None:
    """Keep a mobile as verified; a step. It takes the place of the former one without a break."""
    _end_held(session, officer_id, now)
    session.flush()
    session.add(OfficerMobile(officer_id=officer_id, e164=e164, verified_at=now))
    audit.record(session, actor, "mobile verified", "officer", officer_id, now=now)
    alarms.note_gaps(session, now=now)


def waiting_for(session: Session, officer_id: int, *, now: datetime) -> str | None:
    """Return the mobile whose code an officer still has time to enter."""
    sent = _newest(session, officer_id, now)
    return sent.e164 if sent else None


def _own_id(actor: Actor) -> int:
    if actor.officer_id is None:
        raise NotAllowed("Only an officer can have a mobile here.")
    return actor.officer_id


def _refuse_taken(session: Session, e164: str, officer_id: int) -> None:
    holder = select(OfficerMobile.officer_id).where(OfficerMobile.e164 == e164, OfficerMobile.removed_at.is_(None))
    if session.scalar(holder) not in {None, officer_id}:
        raise RuleViolation("Another officer has verified this number. Each needs their own.", field="phone")


def _refuse_flood(session: Session, officer_id: int, e164: str, now: datetime) -> None:
    sent = {
        rules.CODES_PER_OFFICER: _sent(session, MobileCode.officer_id == officer_id, now),
        rules.CODES_PER_BLOCK: _sent(session, MobileCode.block == rules.block_of(e164), now),
    }
    if any(count >= most for most, count in sent.items()):
        raise TooManyTries("Too many codes were asked for. Try again in an hour.")


def _sent(session: Session, to: ColumnElement[bool], now: datetime) -> int:
    recent = MobileCode.sent_at > as_utc(now) - rules.WATCHED_HOUR
    return session.scalar(select(func.count()).where(to, recent)) or 0


def _code_row(officer_id: int, e164: str, code: str, now: datetime) -> MobileCode:
    digest = _digest(code, officer_id, e164)
    block = rules.block_of(e164)
    return MobileCode(officer_id=officer_id, e164=e164, block=block, code_digest=digest, sent_at=now, tries=0)


def _text(session: Session, e164: str, code: str, now: datetime) -> None:
    settings: Settings = current_app.extensions["tsalert_settings"]
    content = wording.code_text(code, authority=settings.authority_name)
    mailing_id = delivery.create_mailing(
        session, content, lane=Lane.TRANSACTIONAL, now=now, not_after=now + rules.CODE_LIFE
    )
    status = EndpointStatus.UNCONFIRMED
    endpoint_id = delivery.find_or_add_endpoint(session, Channel.SMS, e164, status=status, now=now)
    delivery.enqueue_one(session, mailing_id, endpoint_id, now=now)


def _newest(session: Session, officer_id: int, now: datetime) -> MobileCode | None:
    """Return the newest code of an officer if it can still be entered."""
    mine = select(MobileCode).where(MobileCode.officer_id == officer_id).order_by(MobileCode.id.desc()).limit(1)
    sent = session.scalars(mine).first()
    if sent is None or sent.used_at is not None or sent.tries >= rules.CODE_TRIES:
        return None
    return sent if as_utc(now) - sent.sent_at < rules.CODE_LIFE else None


def _try(sent: MobileCode, code: str, officer_id: int) -> bool:
    sent.tries += 1
    return compare_digest(sent.code_digest, _digest(code, officer_id, sent.e164))


def _digest(code: str, officer_id: int, e164: str) -> str:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return rules.code_digest(code, officer_id=officer_id, e164=e164, secret=settings.secret_key)


def _end_held(session: Session, officer_id: int, now: datetime) -> bool:
    held = queries.held_mobile(session, officer_id)
    if held is None:
        return False
    held.removed_at = as_utc(now)
    return True
