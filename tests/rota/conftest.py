"""Officers who stand on the rota."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.rota import queries
from tsalert.rota.models import OfficerMobile, Shift
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=365)
_numbers = count(100)


def give_mobile(session: Session, officer_id: int, e164: str | None = None, *, since: datetime = LONG_AGO) -> str:
    """Let an officer hold a verified mobile, by default one of the numbers kept for drama."""
    number = e164 or f"+447700900{next(_numbers) % 1000:03}"
    session.add(OfficerMobile(officer_id=officer_id, e164=number, verified_at=since))
    session.commit()
    return number


def put_on_shift(session: Session, officer_id: int, duty: Duty, starts_at: datetime, ends_at: datetime) -> Shift:
    """Let an officer stand a duty, whatever the rules say of it."""
    times = {"starts_at": starts_at, "ends_at": ends_at, "created_at": LONG_AGO, "changed_at": LONG_AGO}
    shift = Shift(duty=duty, officer_id=officer_id, **times)
    session.add(shift)
    session.commit()
    return shift


@pytest.fixture
def standby(session: Session, officer: Callable[..., Actor]) -> Callable[..., Actor]:
    """Make officers with a verified mobile: ``standby("Robin Example", RoleName.MANAGER)``."""

    def make(name: str = "Robin Example", *roles: RoleName) -> Actor:
        made = officer(*roles, name=name)
        assert made.officer_id is not None
        give_mobile(session, made.officer_id)
        session.commit()
        return made

    return make


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    """Somebody who may change the rota, and has no mobile."""
    return officer(RoleName.MANAGER, name="Morgan Example")


def identity(actor: Actor) -> int:
    """Return the id of an officer."""
    assert actor.officer_id is not None
    return actor.officer_id


def shown(session: Session, at: datetime) -> dict[Duty, str]:
    """Return who is on duty, by duty."""
    return {each.duty: each.name for each in queries.on_duty(session, at=at)}
