"""Tokens: what each is good for, for how long, whose acts they are, and how much they may ask for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW, PASSWORD
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.staff import queries as staff
from tsalert.staff.models import ApiToken
from tsalert.staff.rules import PERMISSIONS, RoleName
from tsalert.staff.tokens import limiting, queries, rules, service
from tsalert.staff.tokens.rules import ALLOWED, FOR_PROGRAMS, Scope
from tsalert.staff.tokens.service import NewToken
from tsalert.web.access import SIGNED_IN, access_of

pytestmark = pytest.mark.db

ACCOUNTS, OWN = "/api/v1/service-accounts", "/api/v1/account/tokens"
NARROW = [scope.value for scope in Scope if scope not in {Scope.EVERYTHING, Scope.RESPONSE_WRITE}]
SCOPES = st.sets(st.sampled_from(Scope))
Headers = dict[str, str]


@pytest.fixture
def administrator(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.ADMINISTRATOR)


@pytest.fixture
def program(session: Session, administrator: Actor) -> Callable[..., Headers]:
    """Give a program a token: ``program(Scope.RESPONSE_READ)``."""

    def give(*scopes: Scope, days: int = 90) -> Headers:
        now = utc_now()
        account_id = service.make_account("Case system", "Reads the board.", actor=administrator, now=now)
        new = NewToken("Live", scopes, days)
        return {"Authorization": f"Bearer {service.make_for_program(account_id, new, actor=administrator, now=now)[1]}"}

    return give


def test_every_permission_belongs_to_a_scope() -> None:
    assert frozenset().union(*(ALLOWED[scope] for scope in Scope if scope is not Scope.EVERYTHING)) == {*Permission}


@given(st.sampled_from(RoleName), SCOPES)
def test_a_token_never_does_more_than_its_owner(role: RoleName, scopes: set[Scope]) -> None:
    held = PERMISSIONS[role]
    assert rules.permissions_of_officer(held, [*scopes]) <= held
    assert rules.permissions_of_officer(held, None) == held


@given(SCOPES)
def test_no_program_decides_what_a_person_answers_for(scopes: set[Scope]) -> None:
    may = rules.permissions_of_program([*scopes])
    assert not may & {
        Permission.APPROVE_ALERT,
        Permission.OVERRIDE_APPROVAL,
        Permission.SIGN_RUN,
        Permission.SIGN_REPORT,
    }
    assert not may & {Permission.MANAGE_STAFF, Permission.CONNECT_PROGRAMS, Permission.GRANT_ACCESS}


def test_a_program_does_what_its_token_names_and_its_acts_are_its_own(
    client: FlaskClient, session: Session, program: Callable[..., Headers]
) -> None:
    reading, writing = program(Scope.RESPONSE_READ), program(Scope.RESPONSE_WRITE, Scope.CASES_READ)
    call = {"disposition": "advice", "happening": "Asked for the list of traders."}
    assert client.get("/api/v1/incidents", headers=reading).status_code == 200
    assert client.post("/api/v1/calls", json=call, headers=reading).status_code == 403
    assert client.get("/api/v1/cases", headers=reading).status_code == 403
    made = client.post("/api/v1/calls", json=call, headers=writing)
    assert made.status_code == 201, made.text
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "logged")).one()
    token = session.scalars(select(ApiToken).order_by(ApiToken.id.desc())).first()
    assert token is not None
    assert (entry.officer_id, entry.detail["token"]) == (token.officer_id, token.id)
    assert token.last_used_on is not None


def test_a_program_is_no_colleague(session: Session, program: Callable[..., Headers], administrator: Actor) -> None:
    program(Scope.CASES_WRITE)
    assert "Case system" not in {name for _, name in staff.active_officers(session)}


def test_what_only_people_do_is_given_to_no_program(session: Session, administrator: Actor) -> None:
    account_id = service.make_account("Case system", "Reads.", actor=administrator, now=NOW)
    for scope in {*Scope} - {*FOR_PROGRAMS}:
        with pytest.raises(RuleViolation):
            service.make_for_program(account_id, NewToken("Live", [scope], 90), actor=administrator, now=NOW)


@pytest.mark.parametrize("days", [0, 366])
def test_a_token_is_good_for_a_year_at_most(days: int) -> None:
    with pytest.raises(RuleViolation):
        rules.end_of(days, now=NOW)


def test_a_program_that_is_shut_out_is_out_at_the_next_request(
    client: FlaskClient, session: Session, program: Callable[..., Headers], bearer: Callable[..., Headers]
) -> None:
    token, administrator = program(Scope.RESPONSE_READ), bearer(RoleName.ADMINISTRATOR)
    listed: Any = client.get(ACCOUNTS, headers=administrator).json
    place = f"{ACCOUNTS}/{listed['items'][0]['id']}"
    assert client.get("/api/v1/incidents", headers=token).status_code == 200
    assert [client.delete(place, headers=administrator).status_code for _ in range(2)] == [204, 409]
    assert client.get("/api/v1/incidents", headers=token).status_code == 401
    kept: Any = client.get(f"{place}/tokens", headers=administrator).json
    assert [each["is_good"] for each in kept["items"]] == [False]
    assert (
        client.post(f"{place}/tokens", json={"name": "x", "scopes": ["cases:read"]}, headers=administrator).status_code
        == 409
    )


def test_an_officer_makes_and_ends_tokens_of_their_own(client: FlaskClient, bearer: Callable[..., Headers]) -> None:
    whole = bearer(RoleName.MANAGER)
    told = {"name": "Figures", "scopes": ["figures:read"], "days": 7, "password": PASSWORD}
    made: Any = client.post(OWN, json=told, headers=whole)
    assert (made.status_code, made.json["scopes"]) == (201, ["figures:read"])
    narrow = {"Authorization": f"Bearer {made.json['token']}"}
    account: Any = client.get("/api/v1/account", headers=narrow).json
    assert account["permissions"] == ["read savings and figures"]
    wider = client.post(OWN, json={"name": "More", "scopes": ["everything"], "password": PASSWORD}, headers=narrow)
    assert wider.status_code == 403
    assert client.delete(f"{OWN}/{made.json['id']}", headers=bearer()).status_code == 404
    assert client.delete(f"{OWN}/{made.json['id']}", headers=whole).status_code == 204
    assert client.get("/api/v1/account", headers=narrow).status_code == 401


def test_a_token_for_a_part_changes_nothing_that_is_its_owners_own(
    app: Flask, client: FlaskClient, bearer: Callable[..., Headers]
) -> None:
    told = {"name": "All of it", "scopes": NARROW, "days": 7, "password": PASSWORD}
    made: Any = client.post(OWN, json=told, headers=bearer(RoleName.MANAGER)).json
    narrow, found = {"Authorization": f"Bearer {made['token']}"}, set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            if rule.rule.startswith("/api/") and access_of(app, rule.endpoint) == SIGNED_IN:
                path = rule.rule.replace("<int:officer_id>", str(made["officer_id"])).replace("<int:token_id>", "1")
                answer = client.open(path.replace("<int:sign_in_id>", "1"), method=method, json={}, headers=narrow)
                found.add((answer.status_code, path))
    assert {status for status, _ in found} == {403}, found
    assert {"/api/v1/rota/mobile", "/api/v1/rota/calendar", OWN} <= {path for _, path in found}


@pytest.mark.parametrize(
    ("scopes", "may"),
    [(["cases:read"], False), (["cases:write", "response:write"], False), (["cases:read", "oversight"], True)],
)
def test_a_token_opens_restricted_records_only_where_it_says_so(
    client: FlaskClient, bearer: Callable[..., Headers], scopes: list[str], *, may: bool
) -> None:
    told = {"name": "Cases", "scopes": scopes, "days": 7, "password": PASSWORD}
    made: Any = client.post(OWN, json=told, headers=bearer(RoleName.CASE_OFFICER)).json
    record = {"subject": "case", "id": 987654, "reason": "She may be harmed tonight."}
    for door in ("openings", "break-glass"):
        answer = client.post(
            f"/api/v1/access/{door}", json=record, headers={"Authorization": f"Bearer {made['token']}"}
        )
        assert (door, answer.status_code != 403) == (door, may)


def test_no_program_breaks_the_glass(client: FlaskClient, program: Callable[..., Headers]) -> None:
    record = {"subject": "case", "id": 987654, "reason": "The program wants to know."}
    token = program(*FOR_PROGRAMS)
    assert client.post("/api/v1/access/break-glass", json=record, headers=token).status_code == 403


def test_a_page_shows_a_token_once_and_asks_whether_it_is_the_officer(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    typed = {"name": "Weekly figures", "scopes": ["figures:read"], "days": "30"}
    made = browser.post("/account/tokens", data=typed)
    token = made.text.partition('class="ts-reference">')[2].partition("<")[0]
    assert (made.status_code, len(token)) == (200, 43)
    assert client.get("/api/v1/account", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert token not in browser.get("/account/tokens").text
    monkeypatch.setattr("tsalert.staff.presence.FRESH", timedelta(seconds=-1))
    refused = browser.post("/account/tokens", data=typed)
    assert (refused.status_code, 'value="Weekly figures"' in refused.text) == (422, True)
    assert "Enter your password again" in refused.text


def test_administrators_make_accounts_for_programs_on_a_page(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    made = browser.post("/service-accounts", data={"name": "Case system", "purpose": "Reads the board."})
    assert made.status_code == 303
    typed = {"name": "Live", "scopes": ["response:read"], "days": "30"}
    shown = browser.post(f"{made.location}/tokens", data=typed)
    assert (shown.status_code, "It is shown only once" in shown.text) == (200, True)
    assert "Case system" in browser.get("/service-accounts").text
    assert browser.post(f"{made.location}/end").status_code == 303
    late = browser.post(f"{made.location}/tokens", data=typed)
    assert (late.status_code, "has ended" in late.text) == (409, True)
    assert signed_in(RoleName.MANAGER).get("/service-accounts").status_code == 403


def test_a_token_that_asks_too_often_is_told_when_to_come_back(
    app: Flask, client: FlaskClient, bearer: Callable[..., Headers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "QUOTA", 5)
    monkeypatch.setattr(rules, "BLOCK", 2)
    monkeypatch.setattr(rules, "window_of", lambda _now: (1, 42))
    one, other = bearer(), bearer()
    answers = [client.get("/api/v1/account", headers=one) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert [answer.headers["RateLimit"] for answer in answers[3:6]] == [
        '"default";r=1;t=42', '"default";r=0;t=42', '"default";r=0;t=42'
    ]  # fmt: skip
    assert (answers[-1].headers["Retry-After"], answers[-1].mimetype) == ("42", "application/problem+json")
    assert client.get("/api/v1/account", headers=other).status_code == 200
    app.extensions["tsalert_allowances"] = limiting.Allowances()  # another process, which holds nothing yet
    assert client.get("/api/v1/account", headers=one).status_code == 429


def test_whoever_has_no_token_or_one_that_is_over_is_told_which(client: FlaskClient, session: Session) -> None:
    for headers, said in (({}, "Send a token"), ({"Authorization": "Bearer of-last-year"}, "This token does not work")):
        refused = client.get("/api/v1/account", headers=headers)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert said in refused.get_json()["detail"]


def test_what_a_token_may_not_do_counts_and_is_told_too(client: FlaskClient, program: Callable[..., Headers]) -> None:
    reading = program(Scope.RESPONSE_READ)
    left = [client.get(path, headers=reading).headers["RateLimit"] for path in ("/api/v1/cases", "/api/v1/nothing")]
    assert [told.partition(";t")[0] for told in left] == ['"default";r=599', '"default";r=598']


def test_reading_writes_to_the_database_once_in_twenty_requests(session: Session, administrator: Actor) -> None:
    _, token = service.make_own(NewToken("Mine", [Scope.EVERYTHING], 1), actor=administrator, now=NOW)
    actor = queries.find_actor(session, token, now=NOW)
    assert actor is not None
    assert actor.token is not None
    with transaction() as writing:
        assert limiting.take(writing, actor.token.id, 7, now=NOW) == (rules.BLOCK, rules.QUOTA - rules.BLOCK)
        assert limiting.take(writing, actor.token.id, 7, now=NOW) == (rules.BLOCK, rules.QUOTA - 2 * rules.BLOCK)
        assert limiting.take(writing, actor.token.id, 8, now=NOW) == (rules.BLOCK, rules.QUOTA - rules.BLOCK)
    db.session.rollback()
