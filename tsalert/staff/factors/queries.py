"""What an officer has for a second step."""

from collections.abc import Collection
from datetime import datetime

from flask import current_app
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.core.errors import NotFound
from tsalert.staff.factors.models import Authenticator, Passkey, RecoveryCode
from tsalert.staff.factors.rules import needs_second_step
from tsalert.staff.models import Officer
from tsalert.staff.queries import IS_PERSON


class Factors(Struct, frozen=True):
    """An officer's second steps.

    :param codes_left: recovery codes that were not used yet.
    """

    app_since: datetime | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def count(self) -> int:
        """How many there are; recovery codes only stand in for one."""
        return len(self.passkeys) + (self.app_since is not None)


class Standing(Struct, frozen=True):
    """How one officer signs in, as administrators see it."""

    officer: Officer
    has_password: bool
    has_second_step: bool
    needs_second_step: bool


def factors_of(session: Session, officer_id: int) -> Factors:
    """Return what an officer has for a second step."""
    app = session.get(Authenticator, officer_id)
    left = select(func.count()).where(RecoveryCode.officer_id == officer_id, RecoveryCode.used_at.is_(None))
    return Factors(app.confirmed_at if app else None, passkeys_of(session, officer_id), session.scalar(left) or 0)


def passkeys_of(session: Session, officer_id: int) -> tuple[Passkey, ...]:
    """Return an officer's passkeys, oldest first."""
    return tuple(session.scalars(select(Passkey).where(Passkey.officer_id == officer_id).order_by(Passkey.id)))


def get_passkey(session: Session, officer_id: int, passkey_id: int) -> Passkey:
    """Return one passkey of an officer's own.

    :raises NotFound: they have no such passkey.
    """
    found = session.get(Passkey, passkey_id)
    if found is None or found.officer_id != officer_id:
        raise NotFound("You have no such passkey.")
    return found


def is_needed_by(officer: Officer) -> bool:
    """Tell whether an officer must have a second step; nobody must in a demonstration."""
    required: Collection[str] = current_app.extensions["tsalert_settings"].sign_in.second_step_roles
    return not current_app.config["TSALERT_DEMO"] and needs_second_step([role.name for role in officer.roles], required)


def standings(session: Session) -> list[Standing]:
    """Return how each active officer signs in, by name."""
    officers = session.scalars(select(Officer).where(Officer.active, IS_PERSON).order_by(Officer.name, Officer.id))
    return [
        Standing(each, each.password is not None, each.second_step_since is not None, is_needed_by(each))
        for each in officers
    ]
