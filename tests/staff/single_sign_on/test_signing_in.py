"""Signing in at the council's own provider: who gets in, and every way in which somebody else does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import PASSWORD
from tests.staff.single_sign_on.conftest import EMAIL, set_up, sign_in, there
from tests.standins import identity
from tests.standins.identity import Identity
from tsalert.audit.models import AuditEvent
from tsalert.db import db, transaction
from tsalert.staff import access, queries, service
from tsalert.staff.cli import OPERATOR
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db

NOW = datetime.now(UTC)
Configure = Callable[..., None]


@pytest.fixture
def kim(session: Session) -> str:
    roles = [RoleName.DUTY_OFFICER]
    service.create_officer(EMAIL, name="Kim Example", roles=roles, password=PASSWORD, now=NOW)
    service.create_officer("mo@example.org", name="Mo", roles=[RoleName.MANAGER], password=PASSWORD, now=NOW)
    return EMAIL


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/board").status_code == 200


def held_roles(email: str = EMAIL) -> list[str]:
    return sorted(role.name for role in queries.get_officer(db.session(), email).roles)


def trail() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_an_officer_signs_in_by_an_address_that_the_provider_checked(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    assert "Sign in with your council account" in client.get("/sign-in").text
    answer = sign_in(client, "/single-sign-on?next=/cases")
    assert (answer.status_code, answer.location) == (303, "/cases")
    assert is_in(client)
    asked = provider.asked[0]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["scope"] == "openid email profile"
    assert "single sign-on linked" in trail()


def test_two_tabs_that_come_back_at_once_are_both_let_in(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each found the officer not linked yet; the second was told that somebody else has the address."""
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        service.create_officer(EMAIL, name="Kim Example", roles=roles, password=PASSWORD, now=NOW)
    identity.key("first")  # made before, as each of several threads would make another
    with identity.running() as provider, ThreadPoolExecutor(6) as tabs:
        set_up(fresh_app, provider, monkeypatch)
        browsers = [fresh_app.test_client() for _ in range(6)]
        backs = [there(browser) for browser in browsers]
        answers = list(tabs.map(lambda browser, back: browser.get(back).status_code, browsers, backs))
    assert answers == [303] * 6


def test_once_linked_an_officer_is_known_whatever_their_address_becomes(
    app: Flask, client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    provider.person |= {"email": "kim.married@example.org"}
    later = app.test_client()
    assert sign_in(later).status_code == 303
    assert is_in(later)


def test_whoever_has_the_address_next_does_not_become_the_officer_before(
    app: Flask, client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    provider.person |= {"sub": "another person"}
    other = app.test_client()
    refused = sign_in(other)
    assert refused.status_code == 403
    assert "linked with another account" in refused.text
    assert not is_in(other)
    access.unlink(EMAIL, now=NOW, by=OPERATOR)
    assert not is_in(client)
    assert sign_in(other).status_code == 303


@pytest.mark.parametrize(
    ("twist", "words"),
    [
        ({"nonce": "another"}, "could not check"),
        ({"nonce": None}, "could not check"),
        ({"aud": "another-service"}, "could not check"),
        ({"aud": ["another-service"], "azp": "tsalert-of-testshire"}, "could not check"),
        ({"iss": "https://elsewhere.example.com"}, "could not check"),
        ({"exp": int(NOW.timestamp()) - 61}, "could not check"),
        ({"iat": int(NOW.timestamp()) + 3600}, "could not check"),
        ({"sub": None}, "could not check"),
        ({"sub": ""}, "no identifier"),
        ({"email_verified": False}, "verified email address"),
        ({"email": None}, "verified email address"),
        ({"email": "nobody@example.org", "sub": "nobody"}, "no account here"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_a_token_that_does_not_prove_it_lets_nobody_in(
    client: FlaskClient, provider: Identity, kim: str, twist: dict[str, Any], words: str
) -> None:
    provider.twist = twist
    refused = sign_in(client)
    assert refused.status_code == 403
    assert words in refused.text
    assert "sign in with it</a>" in refused.text
    assert not is_in(client)


@pytest.mark.parametrize("signed_by", ["foreign", "nobody"])
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    client: FlaskClient, provider: Identity, kim: str, signed_by: str
) -> None:
    provider.signed_by = signed_by
    assert sign_in(client).status_code == 403
    assert not is_in(client)


def test_two_clocks_may_differ_by_less_than_a_minute(client: FlaskClient, provider: Identity, kim: str) -> None:
    provider.twist = {"exp": int(datetime.now(UTC).timestamp()) - 30, "iat": int(datetime.now(UTC).timestamp()) + 30}
    assert sign_in(client).status_code == 303


def test_a_new_key_is_fetched_and_an_old_one_is_forgotten_within_the_hour(
    app: Flask, client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    provider.key_name = "second"
    assert sign_in(app.test_client()).status_code == 303
    withdrawn, provider.key_name = "second", "third"
    looked_up = len(provider.looked_up)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert sign_in(app.test_client()).status_code == 303
    assert withdrawn != provider.key_name
    assert "/keys" in provider.looked_up[looked_up:]


def test_an_answer_is_good_once_and_in_its_own_browser(
    app: Flask, client: FlaskClient, provider: Identity, kim: str
) -> None:
    back = there(client)
    stranger = app.test_client()
    assert "another browser" in stranger.get(back).text
    assert client.get(back).status_code == 303
    client.post("/sign-out")
    replayed = client.get(back)
    assert replayed.status_code == 403
    assert not is_in(client)
    assert client.get("/single-sign-on/back").status_code == 403


def test_many_tabs_do_not_fill_the_cookie_until_it_is_dropped(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    backs = [there(client) for _ in range(12)]
    assert client.get(backs[-1]).status_code == 303
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert len(cookie.value) < 3000


def test_a_provider_that_is_down_is_said_to_be_and_the_password_still_works(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    provider.is_down = True
    answer = client.get("/single-sign-on")
    assert answer.status_code == 503
    assert "Single sign-on cannot be reached" in answer.text
    assert 'href="/sign-in"' in answer.text
    assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 303
    provider.is_down = False
    assert sign_in(client).status_code == 303


def test_a_provider_that_goes_down_half_way_lets_nobody_in(client: FlaskClient, provider: Identity, kim: str) -> None:
    back = there(client)
    provider.is_down = True
    assert client.get(back).status_code == 503
    assert not is_in(client)


@pytest.mark.parametrize(
    "said", [{"issuer": "https://elsewhere.example.com"}, {"token_endpoint": "http://login.example.com/token"}]
)
def test_a_provider_that_is_not_the_one_that_was_set_is_not_spoken_to(
    client: FlaskClient, provider: Identity, said: dict[str, str]
) -> None:
    provider.said = said
    answer = client.get("/single-sign-on")
    assert answer.status_code == 503
    assert "not set up well" in answer.text


def test_whoever_does_not_sign_in_there_is_told_so(client: FlaskClient, provider: Identity, kim: str) -> None:
    provider.denies = True
    refused = sign_in(client)
    assert refused.status_code == 403
    assert "You did not sign in" in refused.text


@pytest.mark.parametrize("elsewhere", ["https://evil.example.com/", "//evil.example.com", "/\\evil.example.com", ""])
def test_the_way_on_never_leads_to_another_site(
    client: FlaskClient, provider: Identity, kim: str, elsewhere: str
) -> None:
    answer = sign_in(client, f"/single-sign-on?next={elsewhere}")
    assert (answer.status_code, answer.location) == (303, "/")


def test_an_officer_who_was_suspended_is_not_let_in(client: FlaskClient, provider: Identity, kim: str) -> None:
    access.suspend(EMAIL, now=NOW, by=OPERATOR)
    refused = sign_in(client)
    assert refused.status_code == 403
    assert "suspended" in refused.text


def test_without_a_provider_there_is_no_way_to_one(client: FlaskClient, session: Session) -> None:
    assert client.get("/single-sign-on").status_code == 404
    assert "council account" not in client.get("/sign-in").text


def test_passwords_can_be_kept_for_emergencies_alone(
    client: FlaskClient, provider: Identity, configure: Configure, kim: str
) -> None:
    configure(passwords_for=frozenset({"mo@example.org"}))
    refused = client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert "Passwords and passkeys are switched off" in refused.text
    assert not is_in(client)
    assert client.post("/sign-in", data={"email": "Mo@example.org", "password": PASSWORD}).status_code == 303
    assert is_in(client)
    assert trail()[-1] == "password used in an emergency"


def test_roles_come_from_the_groups_of_the_directory(
    app: Flask, client: FlaskClient, provider: Identity, configure: Configure, kim: str
) -> None:
    stands_for = {"TS Duty": frozenset({"duty_officer"}), "TS Cases": frozenset({"case_officer"})}
    configure(role_claim="roles", roles=stands_for)
    with transaction() as session:
        access.give_by_directory(
            session, queries.get_officer(session, EMAIL), RoleName.SAFEGUARDING_LEAD, by=OPERATOR, now=NOW
        )
    provider.person |= {"roles": ["TS Cases", "Everybody"]}
    assert sign_in(client).status_code == 303
    assert held_roles() == ["case_officer", "safeguarding_lead"]
    provider.person |= {"sub": "joiner", "email": "new@example.org", "name": "New \n Person", "roles": "TS Duty"}
    assert sign_in(app.test_client()).status_code == 303
    joined = queries.get_officer(db.session(), "new@example.org")
    assert (joined.name, joined.password, held_roles("new@example.org")) == ("New Person", None, ["duty_officer"])


def test_whoever_is_in_no_group_any_more_loses_what_groups_gave(
    app: Flask, client: FlaskClient, provider: Identity, configure: Configure, kim: str
) -> None:
    configure(role_claim="roles", roles={"TS Duty": frozenset({"duty_officer"}), "TS": frozenset({"manager"})})
    provider.person |= {"roles": ["TS Duty"]}
    sign_in(client)
    provider.person |= {"roles": []}
    refused = sign_in(app.test_client())
    assert refused.status_code == 403
    assert "has no role" in refused.text
    assert held_roles() == []
    provider.person |= {"_claim_names": {"roles": "src1"}}
    assert "too many groups" in sign_in(app.test_client()).text


def test_the_last_manager_stays_whatever_the_directory_says(
    client: FlaskClient, provider: Identity, configure: Configure, kim: str
) -> None:
    configure(role_claim="roles", roles={"TS Managers": frozenset({"manager"})})
    provider.person |= {"email": "mo@example.org", "sub": "mo", "roles": []}
    assert sign_in(client).status_code == 303
    assert held_roles("mo@example.org") == ["manager"]


def test_whoever_signs_out_there_is_out_here(app: Flask, client: FlaskClient, provider: Identity, kim: str) -> None:
    sign_in(client)
    other = app.test_client()
    other.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert app.test_client().get("/single-sign-on/ended?iss=https://x.example.com&sid=session-1").status_code == 200
    assert is_in(client)
    app.test_client().get("/single-sign-on/ended", query_string={"iss": provider.url, "sid": "session-1"})
    assert not is_in(client)
    assert is_in(other)


@pytest.mark.parametrize("sid", ["%00", "%F0%9F%98%80", "x" * 9000, ""])
def test_whoever_tells_of_the_end_of_a_session_that_cannot_be_is_answered_like_everybody(
    client: FlaskClient, provider: Identity, kim: str, sid: str
) -> None:
    """Anybody may ask there, and PostgreSQL takes no text with a NUL in it."""
    sign_in(client)
    assert client.get(f"/single-sign-on/ended?iss={provider.url}&sid={sid}").status_code == 200
    assert is_in(client)


def test_whoever_signs_out_here_is_offered_to_sign_out_there(client: FlaskClient, provider: Identity, kim: str) -> None:
    sign_in(client)
    assert "Sign out there too" in client.get(client.post("/sign-out").location).text
    assert "Sign out there too" not in client.get("/sign-in").text
    led = client.get("/single-sign-on/sign-out")
    assert led.location.startswith(f"{provider.url}/sign-out?post_logout_redirect_uri=http%3A%2F%2F127.0.0.1%3A8000")
    provider.said = {"end_session_endpoint": None}
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert client.get("/single-sign-on/sign-out").location == "/sign-in"


def test_presence_is_shown_at_the_provider_and_not_by_coming_from_it(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    hours_ago = int(datetime.now(UTC).timestamp()) - 7200
    provider.twist = {"auth_time": hours_ago}
    sign_in(client)
    assert given_at(client) == hours_ago
    refused = sign_in(client, "/single-sign-on/again")
    assert "did not ask you" in refused.text
    provider.twist = {"sub": "somebody else", "email": "mo@example.org"}
    assert "Somebody else" in sign_in(client, "/single-sign-on/again").text
    assert given_at(client) == hours_ago
    provider.twist = {}
    confirmed = sign_in(client, "/single-sign-on/again")
    assert confirmed.location == "/single-sign-on/confirmed"
    assert "signed in again" in client.get(confirmed.location).text
    assert given_at(client) > hours_ago + 7000
    assert (provider.asked[-1]["prompt"], provider.asked[-1]["max_age"]) == ("login", "0")


def given_at(browser: FlaskClient) -> float:
    with browser.session_transaction() as kept:
        found: float = kept["shown_at"]
        return found


def test_no_secret_of_the_way_in_reaches_a_log(
    client: FlaskClient, provider: Identity, kim: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    sign_in(client)
    provider.twist = {"nonce": "another"}
    sign_in(client)
    assert "a secret of the client" not in caplog.text
    assert "code_verifier" not in caplog.text
    assert "kim@example.org" not in caplog.text.lower()


def test_what_anybody_writes_into_the_address_of_an_answer_stands_in_no_log(
    client: FlaskClient, provider: Identity, caplog: pytest.LogCaptureFixture
) -> None:
    for error in ("Wilhelmina Quagga", "x\n2026-11-28T03:21:06Z CRITICAL", "access_denied"):
        told = {"error": error, "error_description": "Wilhelmina", "state": "Wilhelmina", "code": "Wilhelmina"}
        assert client.get("/single-sign-on/back", query_string=told).status_code == 403
    said = [record.getMessage() for record in caplog.records if "single sign-on" in record.getMessage()]
    assert said == [f"single sign-on refused: {why}" for why in (*["for another reason"] * 2, "access_denied")]


def test_no_officer_is_made_by_a_sign_in_that_is_refused(client: FlaskClient, provider: Identity, kim: str) -> None:
    provider.person |= {"sub": "x", "email": "stranger@example.org"}
    sign_in(client)
    assert db.session.scalar(select(Officer.id).where(Officer.email == "stranger@example.org")) is None


def test_who_has_a_second_step_here_takes_it_unless_the_provider_is_believed(
    app: Flask, client: FlaskClient, provider: Identity, configure: Configure, kim: str
) -> None:
    with transaction() as session:
        queries.get_officer(session, EMAIL).second_step_since = NOW
    provider.person |= {"amr": ["pwd", "mfa"]}
    assert sign_in(client).location == "/sign-in/second-step"
    assert not is_in(client)
    configure(second_factors=frozenset({"mfa"}))
    believed = app.test_client()
    assert sign_in(believed).location == "/"
    assert is_in(believed)
    provider.person |= {"amr": ["pwd"]}
    assert sign_in(app.test_client()).location == "/sign-in/second-step"


def cover(browser: FlaskClient) -> None:
    """Let nothing have been done at a desk for long enough that it is covered."""
    with browser.session_transaction() as kept:
        kept["acted_at"] = kept["acted_at"] - timedelta(days=8).total_seconds()


def test_a_covered_desk_is_uncovered_by_its_own_officer_at_the_provider(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    cover(client)
    covered = client.get("/cases")
    assert covered.status_code == 401
    assert "/single-sign-on/again" in covered.text
    assert sign_in(client, "/single-sign-on/again").location == "/single-sign-on/confirmed"
    assert client.get("/cases").status_code == 200


def test_a_provider_that_knows_the_officer_still_opens_no_covered_desk(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    begun_before = there(client)
    cover(client)
    provider.twist = {"auth_time": int(datetime.now(UTC).timestamp()) - 7200}
    assert client.get("/single-sign-on").location == "/single-sign-on/again"
    for back in (begun_before, there(client, "/single-sign-on/again")):
        assert "did not ask you" in client.get(back).text
        assert client.get("/cases").status_code == 401


def test_whoever_signs_a_covered_officer_out_does_not_come_in_as_them(
    client: FlaskClient, provider: Identity, kim: str
) -> None:
    sign_in(client)
    cover(client)
    client.post("/sign-out")
    provider.twist = {"auth_time": int(datetime.now(UTC).timestamp()) - 7200}
    assert "did not ask you" in sign_in(client).text
    assert provider.asked[-1]["prompt"] == "login"
    assert not is_in(client)
    provider.twist = {"auth_time": None}
    assert sign_in(client).status_code == 303
    client.post("/sign-out")
    sign_in(client)
    assert "prompt" not in provider.asked[-1]
    assert is_in(client)
