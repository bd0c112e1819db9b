"""Programs are told what happens, once if all goes well, and again if it does not."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tests.standins.listener import Listener
from tests.webhooks.conftest import HOST
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.delivery.models import Delivery, Mailing
from tsalert.response import service as response
from tsalert.webhooks import calling, queries, sending, service
from tsalert.webhooks.models import WebhookEvent
from tsalert.webhooks.queries import DeliveryView
from tsalert.webhooks.rules import OFFERED, WAITS, Answer, State
from tsalert.webhooks.service import NewWebhook

Hook = tuple[int, str]
SECOND = timedelta(seconds=1)


@pytest.fixture
def opened(session: Session, hook: Hook, officer: Callable[..., Actor]) -> str:
    """The reference of an incident that was opened at noon, of which the program is to be told."""
    logged = response.log_call(roof_call(), actor=officer(), now=NOW)
    assert logged.incident_reference is not None
    return logged.incident_reference


def told(session: Session, hook: Hook) -> list[DeliveryView]:
    return list(queries.list_deliveries(session, hook[0]).items)


def test_a_new_incident_is_told_signed_and_without_anybody_in_it(
    session: Session, listener: Listener, hook: Hook, opened: str
) -> None:
    assert sending.send_due(NOW) == 1
    ((path, headers, body),) = listener.got
    assert (path, headers["host"], headers["content-type"]) == (
        "/told?by=tsalert", f"{HOST}:{listener.port}", "application/json"
    )  # fmt: skip
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    signature = hmac.digest(b64decode(hook[1].removeprefix("whsec_")), said, "sha256")
    assert headers["webhook-signature"] == "v1," + b64encode(signature).decode()
    assert json.loads(body) == {
        "type": "incident.opened",
        "timestamp": "2026-06-10T12:00:00Z",
        "data": {
            "reference": opened,
            "grade": "immediate",
            "ward": None,
            "opened_at": "2026-06-10T12:00:00Z",
            "due_at": "2026-06-10T14:00:00Z",
        },
    }
    assert [(each.state, each.reference, each.status) for each in told(session, hook)] == [
        (State.DELIVERED, opened, 204)
    ]
    assert sending.send_due(NOW) == 0


def test_a_missed_target_is_told_once(session: Session, listener: Listener, hook: Hook, opened: str) -> None:
    for _ in range(2):
        response.record_breaches(NOW + timedelta(hours=2, seconds=1))
    sending.send_due(NOW + timedelta(hours=3))
    told = [json.loads(body)["type"] for _, _, body in listener.got]
    assert sorted(told) == ["incident.opened", "incident.target_missed"]  # both are called at the same time


def test_where_nobody_wants_to_be_told_nothing_is_kept(session: Session, officer: Callable[..., Actor]) -> None:
    response.log_call(roof_call(), actor=officer(), now=NOW)
    assert session.scalar(select(func.count()).select_from(WebhookEvent)) == 0


def test_what_is_not_taken_is_tried_again_as_the_same_message(
    session: Session, listener: Listener, hook: Hook, opened: str
) -> None:
    listener.answers = [500, 302]
    assert [sending.send_due(NOW + wait) for wait in (0 * SECOND, 9 * SECOND, 10 * SECOND, 70 * SECOND)] == [1, 0, 1, 1]
    assert {path for path, _, _ in listener.got} == {"/told?by=tsalert"}  # where it was sent on is not followed
    assert len({headers["webhook-id"] for _, headers, _ in listener.got}) == 1
    assert [(each.state, each.tries) for each in told(session, hook)] == [(State.DELIVERED, 3)]


def test_a_program_that_never_answers_is_marked_and_what_waits_goes_out_once_a_test_is_taken(
    session: Session,
    listener: Listener,
    hook: Hook,
    opened: str,
    administrator: Actor,
    officer: Callable[..., Actor],
) -> None:
    listener.answers, now = [500] * (len(WAITS) + 1), NOW
    for wait in (0 * SECOND, *WAITS):
        now += wait
        assert sending.send_due(now) == 1
    assert [(each.state, each.tries, each.status) for each in told(session, hook)] == [(State.GIVEN_UP, 8, 500)]
    assert queries.get_webhook(session, hook[0]).failing_since == now
    assert "webhook Control room" in session.scalars(select(Mailing.text)).one()
    assert session.scalar(select(func.count()).select_from(Delivery)) == 1
    response.log_call(roof_call(), actor=officer(), now=now)
    assert sending.send_due(now) == 0
    service.send_test(hook[0], actor=administrator, now=now)
    assert [sending.send_due(now) for _ in range(3)] == [1, 1, 0]
    assert [json.loads(body)["type"] for _, _, body in listener.got[-2:]] == ["test", "incident.opened"]
    assert queries.get_webhook(session, hook[0]).failing_since is None


def test_a_program_that_wants_nothing_more_is_told_nothing_more(
    session: Session, listener: Listener, hook: Hook, opened: str
) -> None:
    listener.answers = [HTTPStatus.GONE]
    sending.send_due(NOW)
    assert queries.get_webhook(session, hook[0]).failing_since == NOW


def test_a_name_that_has_come_to_stand_for_our_own_network_is_not_called(
    session: Session, listener: Listener, hook: Hook, opened: str, look_up: Callable[..., None]
) -> None:
    now = NOW
    for wait, addresses in zip(WAITS, (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], []), strict=False):
        look_up(*addresses)
        assert sending.send_due(now) == 1
        assert [each.fault for each in told(session, hook)] == ["It does not lead to the public internet."]
        now += wait
    assert listener.got == []


def test_an_answer_that_never_ends_is_cut_off(
    session: Session, listener: Listener, hook: Hook, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "_WHOLE_SECONDS", 1.0)
    listener.answers = [0]
    sending.send_due(NOW)
    assert not sending.send_due(NOW + WAITS[0]), "the next try waits from the end of the one before"
    assert [each.fault for each in told(session, hook)] == ["It did not answer within ten seconds."]


def test_what_a_worker_held_when_it_died_is_sent_by_the_next(
    session: Session, listener: Listener, hook: Hook, opened: str
) -> None:
    claimed = sending._claim(NOW)
    assert sending.send_due(NOW + timedelta(minutes=4)) == 0
    assert sending.send_due(NOW + timedelta(minutes=5)) == 1
    sending._record(claimed[0], Answer(status=500), NOW)  # the dead one comes back, too late
    assert [(each.state, each.tries) for each in told(session, hook)] == [(State.DELIVERED, 2)]


def test_a_new_secret_signs_from_the_next_message_on_and_an_ended_program_hears_nothing(
    session: Session, listener: Listener, hook: Hook, opened: str, administrator: Actor
) -> None:
    renewed = service.renew_secret(hook[0], actor=administrator, now=NOW)
    assert renewed != hook[1]
    service.end(hook[0], actor=administrator, now=NOW)
    assert sending.send_due(NOW) == 0


def test_what_is_older_than_thirty_days_is_forgotten(
    session: Session, listener: Listener, hook: Hook, opened: str
) -> None:
    assert [sending.forget_old(NOW + timedelta(days=days)) for days in (29, 31)] == [0, 1]
    assert told(session, hook) == []


@pytest.mark.parametrize("url", ["https://localhost/", "https://127.0.0.1/", "http://8.8.8.8/", "https://[::1]:8443/"])
def test_an_address_of_our_own_network_is_refused_at_once(
    app: Flask, session: Session, administrator: Actor, url: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        service.register(NewWebhook("Sly", url, OFFERED), actor=administrator, now=NOW)
    assert refused.value.field == "url"
