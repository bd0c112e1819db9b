"""An officer sends an alert to themselves: marked, by the ordinary engine, and counted nowhere."""

from collections.abc import Callable
from email import message_from_string
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.conftest import NOW
from tsalert.alerts import editions, queries
from tsalert.alerts import service as alerting
from tsalert.alerts.models import AlertEdition
from tsalert.alerts.rules import Channel, Edition
from tsalert.alerts.trials import queries as trials
from tsalert.alerts.trials import service
from tsalert.alerts.trials.models import AlertTrial
from tsalert.audit.queries import entries_about
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation, TooManyTries
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Endpoint, Mailing, SentMessage
from tsalert.delivery.replaying import deliver_to_recorder
from tsalert.delivery.rules import Lane, SuppressionReason
from tsalert.rota.models import OfficerMobile
from tsalert.staff.models import Officer

MOBILE = "+447700900123"


@pytest.fixture
def alert_id(author: Actor, people: None) -> int:
    return alerting.write_draft(new_draft(), actor=author, now=NOW)


def verify_mobile(session: Session, actor: Actor) -> None:
    session.add(OfficerMobile(officer_id=actor.officer_id, e164=MOBILE, verified_at=NOW))
    session.commit()


def address_of(session: Session, actor: Actor) -> str:
    return session.scalars(select(Officer.email).where(Officer.id == actor.officer_id)).one()


def sent(session: Session, app: Flask) -> list[SentMessage]:
    deliver_to_recorder(app, now=NOW)
    return list(session.scalars(select(SentMessage).order_by(SentMessage.id)))


def test_a_test_by_mail_goes_to_oneself_alone_and_is_marked(
    session: Session, app: Flask, author: Actor, alert_id: int
) -> None:
    service.send_to_oneself(alert_id, Channel.EMAIL, actor=author, now=NOW)
    (message,) = sent(session, app)
    assert message.address == address_of(session, author)
    assert "Subject: TEST: Roofers in Bickley (TS-" in message.content
    parts = message_from_string(message.content, policy=default).walk()
    bodies = [part.get_content() for part in parts if not part.is_multipart()]
    assert ["This is a test of an alert." in body for body in bodies] == [True, True]
    assert "((unsubscribe_link))" not in message.content
    assert "List-Unsubscribe:" not in message.content
    (mailing,) = session.scalars(select(Mailing))
    assert mailing.lane == Lane.TRANSACTIONAL


def test_a_test_by_text_goes_to_the_verified_mobile(session: Session, app: Flask, author: Actor, alert_id: int) -> None:
    with pytest.raises(RuleViolation, match="Verify your mobile"):
        service.send_to_oneself(alert_id, Channel.SMS, actor=author, now=NOW)
    verify_mobile(session, author)
    service.send_to_oneself(alert_id, Channel.SMS, actor=author, now=NOW)
    (message,) = sent(session, app)
    assert (message.channel, message.address) == ("sms", MOBILE)
    assert "TEST: " in message.content


def test_another_edition_can_be_tested(session: Session, app: Flask, author: Actor, alert_id: int) -> None:
    service.send_to_oneself(alert_id, Channel.EMAIL, Edition.LARGE_PRINT, actor=author, now=NOW)
    (message,) = sent(session, app)
    assert "in large print" in message.content


def test_it_counts_nowhere_as_an_alert_and_subscribes_nobody(
    session: Session, author: Actor, approver: Actor, alert_id: int
) -> None:
    before = queries.reach(session, queries.get_alert(session, alert_id))
    digest = shown(alert_id)
    service.send_to_oneself(alert_id, Channel.EMAIL, actor=approver, now=NOW)
    alert = queries.get_alert(session, alert_id)
    assert queries.reach(session, alert) == before
    assert shown(alert_id) == digest
    assert alert.status == "draft"
    assert queries.writers(session, alert_id) == {author.officer_id}
    assert session.scalars(select(AlertEdition)).all() == []
    assert editions.mailings_of(session, alert_id) == {}
    endpoint = session.scalars(select(Endpoint).where(Endpoint.address == address_of(session, approver))).one()
    assert endpoint.status == "unconfirmed"
    assert [each.action for each in entries_about(session, "alert", alert_id)] == ["drafted", "sent a test"]


def test_whoever_tests_again_and_again_is_told_to_wait(
    session: Session, author: Actor, approver: Actor, alert_id: int
) -> None:
    for _ in range(trials.MOST):
        service.send_to_oneself(alert_id, Channel.EMAIL, actor=author, now=NOW)
    with pytest.raises(TooManyTries, match="10 tests within the hour"):
        service.send_to_oneself(alert_id, Channel.EMAIL, actor=author, now=NOW)
    service.send_to_oneself(alert_id, Channel.EMAIL, actor=approver, now=NOW)
    service.send_to_oneself(alert_id, Channel.EMAIL, actor=author, now=NOW + trials.SPAN)


def test_what_cannot_be_tested_is_refused(session: Session, author: Actor, approver: Actor, pending: int) -> None:
    with pytest.raises(NotAllowed):
        service.send_to_oneself(pending, Channel.EMAIL, actor=SERVICE, now=NOW)
    service.send_to_oneself(pending, Channel.EMAIL, actor=approver, now=NOW)
    endpoint = session.scalars(select(Endpoint.id).where(Endpoint.address == address_of(session, approver))).one()
    delivery.suppress(session, endpoint, SuppressionReason.COMPLAINED, NOW)
    session.commit()
    with pytest.raises(RuleViolation, match="may not be written to"):
        service.send_to_oneself(pending, Channel.EMAIL, actor=approver, now=NOW)
    alerting.approve(pending, shown(pending), actor=approver, now=NOW)
    with pytest.raises(Conflict):
        service.send_to_oneself(pending, Channel.EMAIL, actor=author, now=NOW)


def test_by_the_page_a_test_is_one_click_and_says_so(
    session: Session, signed_in: Callable[..., FlaskClient], alert_id: int
) -> None:
    browser, place = signed_in(), f"/alerts/{alert_id}"
    page = browser.get(place).text
    assert "Send a test to yourself" in page
    assert "To get it as a text" in page
    assert "verify your mobile" in page
    answer = browser.post(f"{place}/tests", data={"channel": "email"}, follow_redirects=True)
    assert "The test is on its way to you, and to nobody else." in answer.text
    refused = browser.post(f"{place}/tests", data={"channel": "sms"})
    assert refused.status_code == 422
    assert "Verify your mobile on your page of shifts first" in refused.text
    assert browser.post(f"{place}/tests", data={"channel": "pigeon"}).status_code == 422


def test_by_the_interface_a_test_goes_to_the_tokens_owner(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]], alert_id: int
) -> None:
    here, token = f"/api/v1/alerts/{alert_id}/tests", bearer()
    made = client.post(here, json={"channel": "email", "edition": "partner"}, headers=token)
    assert (made.status_code, made.json["channel"]) == (201, "email")  # type: ignore[index]
    assert client.get(here, headers=token).json == {"items": [made.json], "next": None}
    assert client.post(here, json={"channel": "fax"}, headers=token).status_code == 422
    assert client.post(here, json={"channel": "email", "to": "x@example.org"}, headers=token).status_code == 422
    assert session.scalars(select(AlertTrial)).all()
