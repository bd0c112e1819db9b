"""Setting up a second step, taking it away, and taking it away from somebody who lost it."""

from datetime import datetime
from secrets import choice

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.staff import queries, telling
from tsalert.staff.access import end_sessions, note_reset
from tsalert.staff.factors import rules
from tsalert.staff.factors.asking import NewPasskey
from tsalert.staff.factors.models import Authenticator, Passkey, RecoveryCode
from tsalert.staff.factors.queries import factors_of, get_passkey, is_needed_by
from tsalert.staff.factors.sealing import match_code
from tsalert.staff.models import Officer


class SetUp(Struct, frozen=True):
    """What follows from setting up a second step.

    :param mark: what the officer's sessions are known by from now on: all others end.
    :param codes: recovery codes to be shown this once; none where the officer had some.
    """

    mark: str
    codes: tuple[str, ...]


class Reset(Struct, frozen=True):
    """Why a lost second step is taken away, and who besides the administrator knows that it was really lost."""

    witness_id: int
    reason: str


def set_up_app(sealed_key: str, code: str, *, actor: Actor, now: datetime) -> SetUp:
    """Keep an authenticator app, in the place of one that was there, once it has shown a right code.

    :raises RuleViolation: the code is not right; the field is ``code``.
    """
    count = match_code(sealed_key, rules.read_code(code), now=now)
    with transaction() as session:
        officer = _lock(session, actor)
        session.execute(delete(Authenticator).where(Authenticator.officer_id == officer.id))
        kept = {"sealed_key": sealed_key, "confirmed_at": now, "last_count": count}
        session.add(Authenticator(officer_id=officer.id, **kept))
        audit.record(session, actor, "authenticator app set up", "officer", officer.id, now=now)
        telling.tell(session, officer, telling.APP_SET_UP, now=now)
        return _begin(session, officer, actor, now)


def remove_app(*, actor: Actor, now: datetime) -> None:
    """Take an officer's authenticator app away.

    :raises RuleViolation: there is none, or their role needs a second step and they have no other.
    """
    with transaction() as session:
        officer = _lock(session, actor)
        has = factors_of(session, officer.id)
        if has.app_since is None:
            raise RuleViolation("You have no authenticator app here.")
        _end_one(session, officer, others=has.count - 1)
        session.execute(delete(Authenticator).where(Authenticator.officer_id == officer.id))
        audit.record(session, actor, "authenticator app removed", "officer", officer.id, now=now)
        telling.tell(session, officer, telling.APP_REMOVED, now=now)


def add_passkey(new: NewPasskey, *, actor: Actor, now: datetime) -> SetUp:
    """Keep one more passkey of an officer's.

    :raises RuleViolation: it is somebody's already.
    """
    with transaction() as session:
        officer = _lock(session, actor)
        if session.scalar(select(Passkey.id).where(Passkey.credential == new.credential)):
            raise RuleViolation("This passkey is kept already.")
        passkey = Passkey(officer_id=officer.id, added_at=now, **new.as_columns())
        session.add(passkey)
        session.flush()
        audit.record(session, actor, "passkey added", "officer", officer.id, now=now, passkey=passkey.id)
        telling.tell(session, officer, telling.PASSKEY_ADDED, now=now)
        return _begin(session, officer, actor, now)


def remove_passkey(passkey_id: int, *, actor: Actor, now: datetime) -> None:
    """Take one of an officer's passkeys away.

    :raises NotFound: they have no such passkey.
    :raises RuleViolation: their role needs a second step and they have no other.
    """
    with transaction() as session:
        officer = _lock(session, actor)
        get_passkey(session, officer.id, passkey_id)
        _end_one(session, officer, others=factors_of(session, officer.id).count - 1)
        session.execute(delete(Passkey).where(Passkey.id == passkey_id))
        audit.record(session, actor, "passkey removed", "officer", officer.id, now=now, passkey=passkey_id)
        telling.tell(session, officer, telling.PASSKEY_REMOVED, now=now)


def renew_codes(*, actor: Actor, now: datetime) -> tuple[str, ...]:
    """Return ten new recovery codes, to be shown this once; the old ones do not work any more.

    :raises RuleViolation: there is no second step that they could stand in for.
    """
    with transaction() as session:
        officer = _lock(session, actor)
        if officer.second_step_since is None:
            raise RuleViolation("Set up an authenticator app or a passkey first.")
        telling.tell(session, officer, telling.CODES_RENEWED, now=now)
        return _new_codes(session, officer, actor, now)


def reset(officer_id: int, why: Reset, *, actor: Actor, now: datetime) -> None:
    """Take every second step from an officer who lost theirs, and end their sessions; both are told by mail.

    :raises NotFound: there is no such officer or witness.
    :raises RuleViolation: there is nothing to take, nobody besides the two knows of it, or a reason is missing.
    """
    rules.require_two(witness_id=why.witness_id, lost_by=officer_id, administrator_id=actor.officer_id)
    with transaction() as session:
        officer, witness = _of_both(session, officer_id, why.witness_id)
        if officer.second_step_since is None:
            raise RuleViolation(f"{officer.name} has no second step.")
        forget_all(session, officer)
        end_sessions(officer)
        note_reset(session, officer, why.reason, by=actor, now=now)
        audit.record(session, actor, "second step reset", "officer", officer.id, now=now, witness=witness.id)
        telling.tell(session, officer, telling.RESET, now=now)
        telling.tell_witness(session, witness, officer.name, by=actor.name, now=now)


def _of_both(session: Session, officer_id: int, witness_id: int) -> tuple[Officer, Officer]:
    witness = queries.get_person(session, witness_id)
    if not witness.active:
        raise RuleViolation(f"{witness.name} is inactive. Choose another officer.", field="witness_id")
    return queries.get_officer_by_id(session, officer_id), witness


def _lock(session: Session, actor: Actor) -> Officer:
    """Return the officer who acts; two who change the same account at once wait for each other here."""
    officer = queries.get_officer_by_id(session, actor.officer_id)
    # Not the roles, which may have been joined to whoever asks: there need not be one.
    session.refresh(officer, with_for_update={"of": Officer})
    return officer


def _begin(session: Session, officer: Officer, actor: Actor, now: datetime) -> SetUp:
    """Have the account ask for a second step from now on, with codes for the day that the device is lost."""
    is_first = officer.second_step_since is None
    officer.second_step_since = officer.second_step_since or now
    end_sessions(officer)
    return SetUp(officer.fs_uniquifier, _new_codes(session, officer, actor, now) if is_first else ())


def _end_one(session: Session, officer: Officer, *, others: int) -> None:
    rules.refuse_last(others=others, is_needed=is_needed_by(officer))
    if not others:
        forget_all(session, officer)


def forget_all(session: Session, officer: Officer) -> None:
    """Take every second step and passkey from an officer; a step."""
    officer.second_step_since = None
    for kept in (Authenticator, Passkey, RecoveryCode):
        session.execute(delete(kept).where(kept.officer_id == officer.id))


def _new_codes(session: Session, officer: Officer, actor: Actor, now: datetime) -> tuple[str, ...]:
    codes = tuple(
        "".join(choice(rules.RECOVERY_ALPHABET) for _ in range(rules.RECOVERY_LENGTH))
        for _ in range(rules.RECOVERY_CODES)
    )
    session.execute(delete(RecoveryCode).where(RecoveryCode.officer_id == officer.id))
    session.add_all(RecoveryCode(officer_id=officer.id, code_digest=queries.token_digest(code)) for code in codes)
    audit.record(session, actor, "recovery codes made", "officer", officer.id, now=now)
    return tuple(map(rules.in_groups, codes))
