"""Operations that decide on alerts other than by approving them."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from tests.alerts.test_api import ALERTS, Headers, make
from tsalert.staff.rules import RoleName


def test_an_alert_goes_back_to_be_changed_and_can_be_refused_for_good(
    client: FlaskClient, bearer: Callable[..., Headers], people: None
) -> None:
    author, other = bearer(), bearer()
    for decision, becomes in (("return", "returned"), ("reject", "rejected")):
        place = f"{ALERTS}/{make(client, author)['id']}"
        client.post(f"{place}/submit", headers=author)
        assert client.post(f"{place}/{decision}", json={}, headers=other).status_code == 422
        decided: Any = client.post(f"{place}/{decision}", json={"reason": "Name no street."}, headers=other).json
        assert (decided["status"], decided["remark"]) == (becomes, "Name no street.")


def test_what_one_officer_sent_waits_for_a_manager(
    client: FlaskClient, bearer: Callable[..., Headers], people: None
) -> None:
    lone, manager = bearer(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER), bearer(RoleName.MANAGER)
    made = make(client, lone)
    sending = {"digest": made["digest"], "reason": "They are in the street now."}
    sent: Any = client.post(f"{ALERTS}/{made['id']}/send-alone", json=sending, headers=lone)
    assert (sent.status_code, sent.json["sent_alone"]) == (200, True)
    waiting: Any = client.get(f"{ALERTS}/sent-alone", headers=manager).json
    assert [(each["id"], each["reason"], each["verdict"]) for each in waiting["items"]] == [
        (made["id"], "They are in the street now.", None)
    ]
    review = {"verdict": "justified", "note": "Right: nobody else was there."}
    assert client.post(f"{ALERTS}/{made['id']}/review", json=review, headers=lone).status_code == 403
    assert client.post(f"{ALERTS}/{made['id']}/review", json=review, headers=manager).status_code == 200
    reviewed: Any = client.get(f"{ALERTS}/sent-alone", headers=manager).json
    assert reviewed["items"][0]["note"] == "Right: nobody else was there."


def test_anybody_may_ask_whether_a_message_is_ours(
    client: FlaskClient, bearer: Callable[..., Headers], people: None
) -> None:
    author, other = bearer(), bearer()
    made = make(client, author)
    message = {"message": f"Alert {made['reference']}: pay at www.example.com"}
    unknown: Any = client.post(f"{ALERTS}/checks", json=message).json
    assert (unknown["reference"], unknown["leads_elsewhere"]) == (None, True)
    client.post(f"{ALERTS}/{made['id']}/submit", headers=author)
    client.post(f"{ALERTS}/{made['id']}/approve", json={"digest": made["digest"]}, headers=other)
    known: Any = client.post(f"{ALERTS}/checks", json=message).json
    assert (known["reference"], known["headline"]) == (made["reference"], "Roofers in Bickley")
