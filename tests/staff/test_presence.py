"""Whatever gives somebody a way in is asked for by the officer who sits there, on pages and by the interface alike."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.conftest import NOW, PASSWORD
from tsalert.staff.rules import RoleName

# By the name that page and operation share.
GIVING = {
    "activate", "add_passkey", "give_role", "invite", "link_authority", "make_display", "make_key", "make_link",
    "make_own_token", "make_program_token", "register_webhook", "remove_app", "remove_passkey", "renew_calendar",
    "renew_codes", "renew_secret", "reset", "send_code", "set_up_app", "trust_key", "unlink",
}  # fmt: skip
IN_A_BROWSER = {"add_passkey", "remove_app", "remove_passkey", "renew_codes", "set_up_app"}
SENT: dict[str, Any] = {
    "activate": {"reason": "Back from leave."},
    "give_role": {"role": "manager", "reason": "Takes over the team."},
    "invite": {"email": "x@example.org", "name": "X", "roles": ["manager"], "reason": "Takes over the team."},
    "link_authority": {"name": "Otherborough", "url": "https://other.example.org", "fingerprint": "3f2a"},
    "make_display": {"name": "Duty office"},
    "make_own_token": {"name": "Figures", "scopes": ["figures:read"]},
    "make_program_token": {"name": "Live", "scopes": ["figures:read"]},
    "register_webhook": {"name": "Room", "url": "https://hooks.example.org/", "kinds": ["incident.opened"]},
    "reset": {"witness_id": 1, "reason": "Fell into the pond."},
    "send_code": {"phone": "07700 900123"},
    "trust_key": {"fingerprint": "3f2a"},
    "unlink": {"reason": "Their account was made again."},
}


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def asking(app: Flask, *, by_interface: bool) -> dict[str, Rule]:
    """Return the rules that are marked, by the names of their views."""
    return {
        rule.endpoint.rpartition(".")[2]: rule
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "asks_presence") and rule.rule.startswith("/api/") is by_interface
    }


def path_of(rule: Rule) -> str:
    return "/".join("1" if part.startswith("<") else part for part in rule.rule.split("/"))


def test_whatever_gives_a_way_in_is_marked(app: Flask) -> None:
    assert set(asking(app, by_interface=False)) == GIVING
    assert set(asking(app, by_interface=True)) == GIVING - IN_A_BROWSER


def test_an_old_token_gives_nobody_a_way_in_without_its_officers_password(
    app: Flask, client: FlaskClient, bearer: Callable[..., dict[str, str]], noon: time_machine.Traveller
) -> None:
    token = bearer(RoleName.ADMINISTRATOR)
    noon.shift(301)
    found = {}
    for name, rule in asking(app, by_interface=True).items():
        answer = client.post(path_of(rule), json=SENT.get(name, {}), headers=token)
        found[name] = (answer.status_code, "password" in answer.json.get("errors", {}))  # type: ignore[union-attr]
    assert found == dict.fromkeys(found, (422, True))
    told = SENT["make_own_token"]
    assert client.post("/api/v1/account/tokens", json=told | {"password": "wrong"}, headers=token).status_code == 422
    assert client.post("/api/v1/account/tokens", json=told | {"password": PASSWORD}, headers=token).status_code == 201


def test_a_token_makes_no_fresh_one_without_its_officers_password(
    client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    """Whoever copied a token in its first minutes would else make another every five, and never be asked."""
    fresh, told = bearer(RoleName.MANAGER), {"name": "Mine", "scopes": ["everything"]}
    refused = client.post("/api/v1/account/tokens", json=told, headers=fresh)
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"password"})  # type: ignore[index]
    assert client.post("/api/v1/account/tokens", json=told | {"password": PASSWORD}, headers=fresh).status_code == 201


def test_a_page_left_open_gives_nobody_a_way_in(
    app: Flask, signed_in: Callable[..., FlaskClient], noon: time_machine.Traveller
) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    noon.shift(301)
    pages = ("staff", "outgoing-webhooks", "linked-authorities/own-keys", "wall-displays", "account/duty/calendar")
    for path in pages:
        refused = browser.post(f"/{path}", data={"name": "Room"})
        assert (path, refused.status_code, "more than five minutes ago" in refused.text) == (path, 422, True)
    told = {"name": "Duty office", "password": PASSWORD}
    assert "/wall/" in browser.post("/wall-displays", data=told).text
    # Whoever has just shown that it is them is not asked again.
    assert "/wall/" in browser.post("/wall-displays", data={"name": "Hall"}).text
