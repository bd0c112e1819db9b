"""Pages and operations of programs that are told."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.listener import Listener
from tests.webhooks.conftest import HOST
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.staff.rules import RoleName
from tsalert.webhooks import sending
from tsalert.webhooks.announcing import queue
from tsalert.webhooks.rules import EventKind

PAGE, API = "/outgoing-webhooks", "/api/v1/webhooks"


def test_a_program_is_registered_tested_and_ended_on_its_pages(
    session: Session, listener: Listener, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    url = f"http://{HOST}:{listener.port}/told"
    made = browser.post(PAGE, data={"name": "Control room", "url": url, "kinds": ["incident.opened"]})
    assert made.status_code == 200
    secret = made.text.partition("whsec_")[2].partition("<")[0]
    assert len(secret) > 40
    listed = browser.get(PAGE)
    assert ("Control room" in listed.text, secret in listed.text) == (True, False)
    place = re.findall(rf"{PAGE}/\d+", listed.text)[0]
    assert browser.post(f"{place}/test").status_code == 303
    sending.send_due(utc_now())
    shown = browser.get(place).text
    assert ("Status 204" in shown, secret in shown) == (True, False)
    assert browser.post(f"{place}/end").status_code == 303
    refused = browser.post(f"{place}/test")
    assert (refused.status_code, "has ended" in refused.text) == (409, True)


def test_whoever_sends_again_reads_whether_that_waits_for_the_program_to_answer(
    session: Session, listener: Listener, hook: tuple[int, str], signed_in: Callable[..., FlaskClient]
) -> None:
    browser, place = signed_in(RoleName.ADMINISTRATOR), f"{PAGE}/{hook[0]}"
    for kind, answer in ((EventKind.TEST, 500), (EventKind.ALERT_PUBLISHED, 410)):
        with transaction() as own:
            queue(own, kind, {}, [hook[0]], now=NOW)
        listener.answers = [answer]
        sending.send_due(utc_now())
    addresses = re.findall(rf"{place}/deliveries/\d+/again", browser.get(place).text)
    said = [browser.post(each, follow_redirects=True).text for each in addresses]
    assert ["on its way again" in page for page in said] == [False, True]
    assert ["It waits until a test is accepted" in page for page in said] == [True, False]


def test_a_private_address_is_refused_and_nothing_typed_is_lost(signed_in: Callable[..., FlaskClient]) -> None:
    typed = {"name": "Sly", "url": "https://127.0.0.1/told", "kinds": ["alert.published"]}
    answer = signed_in(RoleName.ADMINISTRATOR).post(PAGE, data=typed)
    assert (answer.status_code, "does not lead to the public internet" in answer.text) == (422, True)
    assert 'value="https://127.0.0.1/told"' in answer.text


@pytest.mark.parametrize("role", [RoleName.DUTY_OFFICER, RoleName.MANAGER])
def test_only_administrators_connect_programs(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], role: RoleName
) -> None:
    assert client.get(API, headers=bearer(role)).status_code == 403


def test_programs_do_by_operations_what_administrators_do_on_pages(
    client: FlaskClient, session: Session, listener: Listener, bearer: Callable[..., dict[str, str]]
) -> None:
    token = bearer(RoleName.ADMINISTRATOR)
    new = {"name": "Control room", "url": f"http://{HOST}:{listener.port}/", "kinds": ["alert.published"]}
    made: Any = client.post(API, json=new, headers=token)
    assert (made.status_code, made.json["secret"][:6]) == (201, "whsec_")
    place = f"{API}/{made.json['id']}"
    assert client.post(f"{place}/tests", headers=token).status_code == 202
    listener.answers = [500]
    sending.send_due(utc_now())
    told: Any = client.get(f"{place}/deliveries", headers=token).json
    assert [(each["kind"], each["state"], each["status"]) for each in told["items"]] == [("test", "given_up", 500)]
    again = f"{place}/deliveries/{told['items'][0]['id']}/again"
    assert [client.post(again, headers=token).status_code for _ in range(2)] == [202, 409]
    sending.send_due(utc_now())
    assert len(listener.got) == 2
    renewed: Any = client.post(f"{place}/secret", headers=token).json
    assert renewed["secret"] != made.json["secret"]
    assert [client.delete(place, headers=token).status_code for _ in range(2)] == [204, 409]
    listed: Any = client.get(API, headers=token).json
    assert [each["ended_at"] is not None for each in listed["items"]] == [True]
    assert client.get(f"{API}/{2**40}", headers=token).status_code == 404
