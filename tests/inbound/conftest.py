"""A service with Twilio, officers on duty, and the exchange through which residents ring."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.rota.conftest import give_mobile, put_on_shift
from tests.standins.telephone import Exchange, Phone
from tests.standins.twilio import ACCOUNT, TOKEN
from tsalert.config import TwilioSettings
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName

PUBLIC = "https://alerts.example.org"
PRIMARY, BACKUP, MANAGER = "+447700900501", "+447700900502", "+447700900503"


@pytest.fixture
def with_twilio(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the service an account at Twilio, in a house where the numbers of drama can be rung."""

    def change(**changes: Any) -> None:
        account = TwilioSettings(ACCOUNT, TOKEN, sender="+441632960000", api_url=changes.pop("api_url", None))
        told = {"twilio": account, "public_url": PUBLIC, **changes}
        chosen = replace(app.extensions["tsalert_settings"], **told)
        monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)

    monkeypatch.setitem(app.config, "TSALERT_DEMO", bool(1))
    return change


@pytest.fixture
def on_duty(session: Session, officer: Callable[..., Actor]) -> dict[Duty, Actor]:
    """Three officers who stand the three duties now, each with a verified mobile."""
    standing = {}
    for duty, mobile in ((Duty.PRIMARY, PRIMARY), (Duty.BACKUP, BACKUP), (Duty.MANAGER, MANAGER)):
        role = RoleName.MANAGER if duty is Duty.MANAGER else RoleName.DUTY_OFFICER
        standing[duty] = stand(session, officer(role, name=f"{duty.label} Example"), duty, mobile)
    return standing


def stand(session: Session, actor: Actor, duty: Duty, mobile: str) -> Actor:
    """Put an officer on duty around the present hour."""
    assert actor.officer_id is not None
    give_mobile(session, actor.officer_id, mobile)
    hours = timedelta(hours=6)
    put_on_shift(session, actor.officer_id, duty, utc_now() - hours, utc_now() + hours)
    session.commit()
    return actor


@pytest.fixture
def exchange(client: FlaskClient, with_twilio: Callable[..., None]) -> Callable[..., Exchange]:
    """Make callers: ``exchange(phones={PRIMARY: Phone.TAKES}).ring()``."""
    with_twilio()
    numbers = iter(range(1, 1000))

    def post(path: str, form: dict[str, str], signature: str) -> tuple[int, str]:
        answer = client.post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code, answer.text

    def make(**changes: Any) -> Exchange:
        phones: dict[str, Phone] = changes.pop("phones", {})
        return Exchange(post, PUBLIC, phones, sid=f"CA{next(numbers):032x}", **changes)

    return make
