"""Receipts are taken on the doorstep; whoever sends one cannot tell, and what is refused is refused within."""

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from tests.inbound.conftest import PUBLIC
from tests.outages import gone
from tests.standins.twilio import ACCOUNT, TOKEN
from tsalert.config import TwilioSettings
from tsalert.db import db
from tsalert.delivery.models import DeliveryEvent
from tsalert.web.doorstep import Doorstep, Posted

PATH, KIND = "/webhooks/twilio/status", "application/x-www-form-urlencoded"
WITHIN = "?from=here"  # Twilio never asks so; what has a query is not taken on the doorstep
Report = Callable[..., TestResponse]


@pytest.fixture
def report(client: FlaskClient, with_twilio: Callable[..., None]) -> Report:
    """Report a text as Twilio does."""
    with_twilio()

    def send(query: str = "", **more: str) -> TestResponse:
        return post(client, query, {"MessageSid": "SM" + "a" * 32, "MessageStatus": "sent", **more})

    return send


def post(client: FlaskClient, query: str, form: dict[str, str], kind: str = KIND) -> TestResponse:
    signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC}{PATH}{query}", form)
    return client.post(PATH + query, data=form, headers={"X-Twilio-Signature": signature}, content_type=kind)


def test_a_receipt_is_answered_and_logged_on_the_doorstep_as_within(
    report: Report, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "tsalert.web.answered"):
        answers = [report(), report(WITHIN)]
    headers = [dict(answer.headers) for answer in answers]
    names = {each.pop("X-Request-Id") for each in headers}
    assert ([answer.status_code for answer in answers], len(names - {""})) == ([204, 204], 2)
    assert headers[0] | {"Vary": "Cookie"} == headers[1]  # within a cookie is looked for
    told = [(line.method, line.route, line.status) for line in caplog.records]  # type: ignore[attr-defined]
    assert told == [("POST", PATH, 204)] * 2


def test_a_receipt_whose_form_says_in_which_letters_it_is_written_is_taken(report: Report, client: FlaskClient) -> None:
    form = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "sent", "To": "Zoë & Co", "ErrorCode": ""}
    for query in ("", WITHIN):
        assert post(client, query, form, f"{KIND}; charset=UTF-8").status_code == 204


def test_what_cannot_be_taken_is_refused_alike_on_the_doorstep_and_within(client: FlaskClient, report: Report) -> None:
    signature = {"X-Twilio-Signature": "x" * 28}
    for body, status in (
        (b"MessageSid=" + b"x" * 10_000_000, 413),
        (b"a=&" * 5_001, 413),
        (b"MessageSid=SM1&MessageSid=SM2", 403),
        (b"MessageSid=\xff%ff", 403),
        (b"", 403),
    ):
        found = [
            client.post(PATH + query, data=body, headers=signature, content_type=KIND).status_code
            for query in ("", WITHIN)
        ]
        assert (body[:30], found) == (body[:30], [status, status])
    assert [report(query, MessageStatus="sent", MessageSid="no").status_code for query in ("", WITHIN)] == [422, 422]


def test_what_is_long_is_not_read_on_the_doorstep_however_its_length_is_written(client: FlaskClient) -> None:
    read: list[bytes] = []

    def note(posted: Posted) -> bool:
        read.append(posted.body)
        return False

    doorstep = Doorstep(client.application, {PATH: note}, ())
    for length in ("9", "9000", "0" * 9 + "9000"):
        environ = create_environ(PATH, method="POST", data=b"x" * int(length)) | {"CONTENT_LENGTH": length}
        run_wsgi_app(doorstep, environ)
    assert read == [b"x" * 9]


def test_while_the_database_is_gone_a_receipt_is_asked_for_again_and_then_taken(fresh_app: Flask) -> None:
    account = TwilioSettings(ACCOUNT, TOKEN, sender="+441632960000")
    settings = fresh_app.extensions["tsalert_settings"]
    fresh_app.extensions["tsalert_settings"] = replace(settings, twilio=account, public_url=PUBLIC)
    client, form = fresh_app.test_client(), {"MessageSid": "SM" + "c" * 32, "MessageStatus": "sent"}
    with gone(fresh_app):
        refused = post(client, "", form)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert refused.headers["X-Request-Id"]
    assert post(client, "", form).status_code == 204
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(DeliveryEvent)) == 1
