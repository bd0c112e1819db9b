"""Messages of which nobody knows whether they were sent: seen by every officer, decided by those who approve."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.core.actors import Actor
from tsalert.core.errors import NotAllowed, NotFound
from tsalert.delivery.counting import change_counts
from tsalert.delivery.doubts import Decision
from tsalert.delivery.models import Delivery
from tsalert.delivery.rules import Status
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]
Headers = dict[str, str]


@pytest.fixture
def text(session: Session, sending: int) -> int:
    """Let an alert's mails be sent and its one text be in doubt; returns the text's number."""
    mailing_id = queries.mailings_of(session, sending)[0]
    settle(session, mailing_id, "accepted")
    mine = (Delivery.mailing_id == mailing_id, Delivery.channel == "sms")
    session.execute(update(Delivery).where(*mine).values(status=Status.UNKNOWN, settled_at=NOW))
    change_counts(session, {(mailing_id, "sms", "accepted"): -1, (mailing_id, "sms", "unknown"): 1})
    session.commit()
    return session.scalars(select(Delivery.id).where(*mine)).one()


def test_the_alerts_page_leads_to_what_is_in_doubt_without_a_full_number(
    signed_in: SignIn, sending: int, text: int
) -> None:
    browser = signed_in()
    for page in (browser.get(f"/alerts/{sending}").text, browser.get(f"/alerts/{sending}/progress").text):
        assert "1 message in doubt" in page
        assert f"/alerts/{sending}/doubts" in page
    listed = browser.get(f"/alerts/{sending}/doubts").text
    assert "•••• 0001" in listed
    assert "7700900001" not in listed
    assert "Text message" in listed


@pytest.mark.parametrize(("decision", "status"), [("it was sent", "accepted"), ("send it again", "pending")])
def test_a_button_settles_a_message_once(
    session: Session, signed_in: SignIn, sending: int, text: int, decision: str, status: str
) -> None:
    browser, place = signed_in(), f"/alerts/{sending}/doubts"
    assert browser.post(f"{place}/{text}", data={"decision": decision}).status_code == 303
    assert browser.post(f"{place}/{text}", data={"decision": decision}).status_code == 409
    assert session.scalars(select(Delivery.status).where(Delivery.id == text)).one() == status
    assert "No message of this alert is in doubt." in browser.get(place).text
    assert "in doubt" not in browser.get(f"/alerts/{sending}").text


def test_a_decision_that_does_not_exist_or_a_message_of_another_alert_changes_nothing(
    session: Session, signed_in: SignIn, approver: Actor, sending: int, text: int
) -> None:
    browser = signed_in()
    assert browser.post(f"/alerts/{sending}/doubts/{text}", data={"decision": "perhaps"}).status_code == 422
    assert browser.post(f"/alerts/{sending}/doubts/{text + 999}", data={"decision": "it was sent"}).status_code == 404
    assert browser.get("/alerts/999999/doubts").status_code == 404
    with pytest.raises(NotFound):
        service.decide_doubt(999999, text, Decision.WAS_SENT, actor=approver, now=NOW)
    assert session.scalars(select(Delivery.status).where(Delivery.id == text)).one() == "unknown"


def test_who_may_not_approve_may_not_decide(officer: Callable[..., Actor], sending: int, text: int) -> None:
    administrator = officer(RoleName.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        service.decide_doubt(sending, text, Decision.WAS_SENT, actor=administrator, now=NOW)


def test_programs_list_and_settle_what_is_in_doubt(
    client: FlaskClient, bearer: Callable[..., Headers], sending: int, text: int
) -> None:
    token, place = bearer(), f"/api/v1/alerts/{sending}"
    assert client.get(f"{place}/progress", headers=token).json["in_doubt"] == 1  # type: ignore[index]
    listed = client.get(f"{place}/doubts", headers=token).json
    assert listed is not None
    assert [(item["id"], item["channel"], item["address"]) for item in listed["items"]] == [(text, "sms", "•••• 0001")]
    assert (listed["next"], listed["items"][0]["since"][:10]) == (None, f"{NOW:%Y-%m-%d}")
    wrong = client.post(f"{place}/doubts/{text}", json={"decision": "perhaps"}, headers=token)
    assert wrong.status_code == 422
    decided = client.post(f"{place}/doubts/{text}", json={"decision": "it was sent"}, headers=token)
    assert decided.status_code == 200
    assert (decided.json["in_doubt"], decided.json["sent"]) == (0, 3)  # type: ignore[index]
    for unknown in (text + 999, 2**63, 2**70):
        again = client.post(f"{place}/doubts/{unknown}", json={"decision": "it was sent"}, headers=token)
        assert again.status_code == 404
