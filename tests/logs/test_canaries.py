"""Nothing that anybody types, and nobody's address, ever stands in a log, however the work goes wrong."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from tests.alerts.test_views import typed
from tests.delivery.conftest import Provider, journals, mailing, people, sender
from tests.response.test_views import form
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery.models import Endpoint
from tsalert.delivery.ports import Message, Unavailable
from tsalert.delivery.rules import Channel
from tsalert.delivery.sending import Sender
from tsalert.staff.rules import RoleName
from tsalert.subscribers.rows import HEADER
from tsalert.visitors.tokens import stamp

__all__ = ["journals", "mailing", "people", "sender"]
Written = Callable[..., io.StringIO]
NAME, PHONE, MAIL, STREET = "Wilhelmina Quagga", "020 7946 0987", "quagga.w@example.org", "17 Zanzibar Mews"
STORY, TRADER, SECRET = "paid in krugerrands for the parrot", "Quicksilver Pargeting of Zennor", "opensesame-quagga"
CANARIES = (
    "quagga",
    "7946 0987",
    "79460987",
    "zanzibar",
    "krugerrand",
    "pargeting",
    "zennor",
    "opensesame",
    "127.0.0.1",
    "parrot",
)
ON_A_CALL: dict[str, Any] = {
    "caller_name": NAME,
    "phone": PHONE,
    "address": STREET,
    "happening": STORY,
    "trader": TRADER,
    "is_vulnerable": "yes",
}


@pytest.fixture(autouse=True, params=[True, False], ids=["json", "plain"])
def log(request: pytest.FixtureRequest, written: Written) -> io.StringIO:
    """Everything that is said during a test."""
    return written(as_json=request.param)


@pytest.fixture(autouse=True)
def nobody_is_named(log: io.StringIO) -> Any:
    """Look through all of it at the end."""
    yield
    said = log.getvalue()
    assert said
    for canary in CANARIES:
        assert canary not in said.lower(), canary


def test_signing_in_rightly_and_wrongly(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], log: io.StringIO
) -> None:
    signed_in(RoleName.MANAGER, name=NAME)
    for _ in range(6):
        client.post("/sign-in", data={"email": MAIL, "password": SECRET})
    client.get(f"/sign-in?next=/calls?q={NAME}")
    assert log.getvalue().count("a password, code or passkey was wrong") == 5  # the sixth was not looked at


def test_what_an_officer_may_not_do(signed_in: Callable[..., FlaskClient], log: io.StringIO) -> None:
    """The log names them by their number alone, and the page by its pattern."""
    assert signed_in(name=NAME).get(f"/staff?q={NAME}").status_code == 403
    assert re.search(r"officer \d+ may not: /staff", log.getvalue())


def test_a_call_that_is_kept_refused_and_sent_twice(signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in()
    sent = form(desk, **ON_A_CALL)
    assert [desk.post("/calls", data=sent).status_code for _ in range(2)] == [303, 303]
    assert desk.post("/calls", data=form(desk, **ON_A_CALL, postcode=STREET)).status_code == 422
    assert desk.post("/search", data={"q": NAME}).status_code == 200


def fail_at_random(*_: object, **__: object) -> None:
    raise ValueError(f"{NAME} of {STREET}, {PHONE}: {STORY}")


def insert_twice(*_args: object, **_more: object) -> None:
    for _ in range(2):
        row = {"channel": "email", "address": MAIL, "address_key": MAIL, "status": NAME, "created_at": utc_now()}
        db.session().execute(insert(Endpoint).values(row))


def refuse_a_value(*_: object, **__: object) -> None:
    raise DataError("SELECT 1 WHERE name = :name", {"name": NAME}, Exception(f"invalid input: {STORY}"))


@pytest.mark.parametrize("fault", [fail_at_random, insert_twice, refuse_a_value])
def test_a_call_in_whose_midst_the_program_fails(
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    log: io.StringIO,
    fault: Callable[..., None],
) -> None:
    desk, headers = signed_in(), bearer()
    sent = form(desk, **ON_A_CALL)
    words = {name: value for name, value in ON_A_CALL.items() if name != "is_vulnerable"} | {"disposition": "advice"}
    monkeypatch.setattr("tsalert.response.service.log_call", fault)
    for answer in (desk.post("/calls", data=sent), desk.post("/api/v1/calls", json=words, headers=headers)):
        assert answer.status_code in {409, 500, 503}, answer.text
        assert answer.headers["X-Request-Id"] in log.getvalue()
    assert log.getvalue().count(f"in {fault.__name__}") >= 2


def test_joining_and_leaving(client: FlaskClient, session: Session) -> None:
    drawn = stamp(utc_now() - timedelta(minutes=1))
    for contact in (MAIL, PHONE, NAME):
        client.post("/join", data={"contact": contact, "name": NAME, "drawn": drawn})
    client.get(f"/unsubscribe/{SECRET}")
    client.get(f"/preferences/{SECRET}?email={MAIL}")


def test_an_alert_that_names_somebody(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    answer = browser.post("/alerts", data=typed(headline=f"{TRADER} near {STREET}", body=f"{NAME} {STORY} {PHONE}"))
    assert answer.status_code == 303, answer.text
    browser.get(answer.location)
    browser.post(f"{answer.location}/submit", data={"reason": STORY})


def test_an_import_with_bad_rows(signed_in: Callable[..., FlaskClient]) -> None:
    rows = [HEADER, f"{NAME},{MAIL},,,,,,,,paper form,2024-05-01", f"{NAME},{STORY},,,,,,,,,"]
    sent = {"file": (io.BytesIO("\n".join(rows).encode()), f"{NAME}.csv")}
    assert signed_in(RoleName.MANAGER).post("/subscribers/import", data=sent).status_code == 200


def test_sending_to_somebody_while_the_provider_quotes_them(
    people: Callable[..., list[int]], mailing: Callable[..., int], sender: Callable[..., Any], app: Flask
) -> None:
    people(MAIL)
    mailing()
    for trouble in (Unavailable(f"refused: {MAIL}"), ValueError(f"{MAIL} {PHONE}")):
        provider = Provider(Channel.EMAIL, answers={MAIL: trouble})
        sending = sender(provider)
        provider.before = _stopping(sending)
        sending._turn_safely()


def _stopping(sending: Sender) -> Callable[[Message], object]:
    """Return what tells a sender to stop, so that it pauses for no time."""
    return lambda _: sending._around.stop.set()
