"""A change that names what it was made on counts only if that still stands."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from secrets import token_hex
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.conftest import NOW, PASSWORD
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.db import db, transaction
from tsalert.response.models import BoardStamp
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

CASE = {"summary": "Gutter cleaning that became a new roof.", "category": "doorstep_crime", "kind": "roofing"}
Headers = dict[str, str]


@pytest.fixture
def client(fresh_app: Flask) -> FlaskClient:
    return fresh_app.test_client()


@pytest.fixture
def token(fresh_app: Flask) -> Headers:
    now = datetime.now(UTC)
    with fresh_app.app_context():
        staff.create_officer("a@example.org", name="A", roles=[RoleName.CASE_OFFICER], password=PASSWORD, now=now)
        issued = staff.issue_token("a@example.org", now=now)
        db.session.remove()
    return {"Authorization": f"Bearer {issued}"}


@pytest.fixture
def place(client: FlaskClient, token: Headers) -> str:
    made: Any = client.post("/api/v1/cases", json=CASE, headers=token).json
    return f"/api/v1/cases/{made['id']}"


def change(client: FlaskClient, place: str, token: Headers, tag: str, summary: str) -> Any:
    return client.put(place, json=CASE | {"summary": summary}, headers=token | {"If-Match": tag})


def test_a_change_on_what_stands_counts_and_a_later_one_on_the_same_does_not(
    client: FlaskClient, token: Headers, place: str
) -> None:
    tag = client.get(place, headers=token).headers["ETag"]
    assert client.get(place, headers=token | {"If-None-Match": tag}).status_code == 304
    assert change(client, place, token, tag, "First.").status_code == 200
    late = change(client, place, token, tag, "Second.")
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    read = client.get(place, headers=token)
    assert read.json["summary"] == "First."  # type: ignore[index]
    assert change(client, place, token, read.headers["ETag"], "Third.").status_code == 200
    assert change(client, place, token, "*", "Fourth.").status_code == 200


def test_a_change_on_what_cannot_be_read_as_a_tag_is_refused(client: FlaskClient, token: Headers, place: str) -> None:
    for tag in ('"', '"7', 'W/"', ",", ""):
        refused = change(client, place, token, tag, "On nothing.")
        assert (refused.status_code, refused.mimetype) == (400, "application/problem+json"), tag
    assert client.get(place, headers=token).json["summary"] == CASE["summary"]  # type: ignore[index]


def test_whoever_asks_for_the_headers_alone_gets_the_tag_too(client: FlaskClient, token: Headers, place: str) -> None:
    tag = client.get(place, headers=token).headers["ETag"]
    asked = client.head(place, headers=token)
    assert (asked.status_code, asked.headers["ETag"], asked.data) == (200, tag, b"")
    assert client.head(place, headers=token | {"If-None-Match": tag}).status_code == 304


def test_of_changes_made_on_the_same_in_the_same_moment_one_counts(
    client: FlaskClient, token: Headers, place: str
) -> None:
    tag, start = client.get(place, headers=token).headers["ETag"], Barrier(4)

    def send(number: int) -> int:
        start.wait()
        answer = change(client.application.test_client(), place, token, tag, f"Number {number}.")
        return int(answer.status_code)

    with ThreadPoolExecutor(4) as officers:
        answers = sorted(officers.map(send, range(4)))
    assert answers.count(200) == 1
    assert answers[1:] == [412] * 3


def test_a_change_on_what_stands_is_no_worse_off_for_what_others_save_meanwhile(
    client: FlaskClient, token: Headers, place: str
) -> None:
    """Every save moves the head of the trail, and many the stamp of the board."""
    app, over = client.application, Event()

    def save_others() -> None:
        with app.app_context():
            while not over.is_set():
                with transaction() as session:
                    audit.record(session, SERVICE, "sampled", "sample", None, now=NOW)
                    session.execute(update(BoardStamp).values(stamp=token_hex()))

    shortcut = "/api/v1/account/shortcut"
    with ThreadPoolExecutor(2) as others:
        saving = [others.submit(save_others) for _ in range(2)]
        answers = []
        for number in range(8):
            for at, change in ((place, {**CASE, "summary": f"Number {number}."}), (shortcut, {"key": f"{number}"})):
                tag = client.get(at, headers=token).headers["ETag"]
                answers.append(client.put(at, json=change, headers=token | {"If-Match": tag}).status_code)
        over.set()
    assert [each.exception() for each in saving] == [None, None]
    assert answers == [200] * 16


def test_where_nothing_is_read_no_change_can_be_made_on_it(client: FlaskClient, token: Headers) -> None:
    made: Any = client.post("/api/v1/case-filters", json={"name": "Mine"}, headers=token).json
    one = f"/api/v1/case-filters/{made['id']}"
    changed = client.put(one, json={"name": "Other"}, headers=token | {"If-Match": '"x"'})
    listed: Any = client.get("/api/v1/case-filters", headers=token).json
    assert (changed.status_code, [each["name"] for each in listed["items"]]) == (412, ["Mine"])
