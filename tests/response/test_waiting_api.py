"""Calls that wait, through the API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.standins.telephone import recordings, tone
from tests.telephone.conftest import call_in, fetch_from, message_left
from tsalert.inbound.service import take_message
from tsalert.staff.rules import RoleName
from tsalert.telephone.fetching import fetch_recordings

API = "/api/v1/calls"


@pytest.fixture
def head(bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer(RoleName.DUTY_OFFICER)


def test_calls_that_wait_are_listed_with_their_stories_and_written_up_once(
    client: FlaskClient, session: Session, head: dict[str, str]
) -> None:
    call_id = call_in()
    take_message("SM1", "+447700900124", "A man is here", now=NOW)
    told = client.get(f"{API}/waiting", headers=head).get_json()
    spoken, written = told["items"]
    assert (spoken["call"]["id"], spoken["telephone"]["caller"]) == (call_id, "+447700900123")
    assert [each["kind"] for each in spoken["telephone"]["happenings"]] == ["ended"]
    assert (written["telephone"], written["call"]["happening"]) == (None, "A man is here")
    done = client.post(f"{API}/{call_id}/write-up", json={"disposition": "rang_off"}, headers=head)
    assert (done.status_code, done.get_json()["disposition"]) == (200, "rang_off")
    assert done.get_json()["received_at"] == spoken["call"]["received_at"]
    again = client.post(f"{API}/{call_id}/write-up", json={"disposition": "advice"}, headers=head)
    assert again.status_code == 409
    assert "Api Example has written" in again.get_json()["detail"]
    waits = client.post(API, json={"disposition": "waiting"}, headers=head)
    assert waits.get_json()["errors"] == {"disposition": "Say what becomes of the call."}


def test_a_message_is_heard_held_and_let_go(
    app: Flask, client: FlaskClient, session: Session, head: dict[str, str]
) -> None:
    with recordings() as provider, pytest.MonkeyPatch.context() as patch:
        patch.setitem(app.extensions, "tsalert_recordings", None)
        fetch_from(app, provider)
        call_id, _ = message_left(provider)
        fetch_recordings(NOW)
    sound = client.get(f"{API}/{call_id}/recording", headers=head)
    assert (sound.data, sound.mimetype) == (tone(), "audio/wav")
    sound.close()
    held = client.post(f"{API}/{call_id}/recording/hold", json={"reason": "Evidence"}, headers=head).get_json()
    assert (held["message"]["held_reason"], held["message"]["is_kept"]) == ("Evidence", True)
    let_go = client.post(f"{API}/{call_id}/recording/release", headers=head).get_json()
    assert let_go["message"]["held_reason"] is None
    assert client.get(f"{API}/{call_id}/telephone", headers=head).get_json() == let_go


def test_what_does_not_exist_is_not_found(client: FlaskClient, session: Session, head: dict[str, str]) -> None:
    take_message("SM1", "+447700900124", "A man is here", now=NOW)
    (written,) = client.get(f"{API}/waiting", headers=head).get_json()["items"]
    for number in (404, 2**40, written["call"]["id"]):
        for door in ("telephone", "recording"):
            assert client.get(f"{API}/{number}/{door}", headers=head).status_code == 404
    assert client.post(f"{API}/404/write-up", json={"disposition": "advice"}, headers=head).status_code == 404
