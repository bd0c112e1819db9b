"""What everybody reads without an account: drawn once for all, without a cookie or a script."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests import outages
from tests.conftest import make_app
from tests.retention.conftest import desk_of
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.staff.rules import RoleName
from tsalert.visitors.tokens import stamp

TEXTS = ("/accessibility", "/cookies", "/privacy")
ALIKE = ("/welcome", "/at-the-door", "/alerts/published", *TEXTS)
FORMS = ("/join", "/check", "/report")


def test_home_leads_to_the_door_first_then_to_everything_else(client: FlaskClient) -> None:
    page = client.get("/welcome").text
    main = page[page.index("<main") :]
    ways = [
        main.index(f'href="{path}"') for path in ("/at-the-door", "/alerts/published", "/join", "/report", "/check")
    ]
    assert ways == sorted(ways)
    assert client.get("/").headers["Location"] == "/welcome"


@pytest.mark.parametrize("path", [*ALIKE, *FORMS])
def test_every_public_page_leads_to_joining_checking_reporting_and_the_door(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    wanted = ("/report",) if path == "/at-the-door" else ("/join", "/check", "/report", "/at-the-door", "/privacy")
    for other in wanted:
        assert f'href="{other}"' in page, other


@pytest.mark.parametrize("path", ALIKE)
def test_a_page_without_a_form_has_no_cookie_and_no_script_and_is_kept_by_caches(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert "<script" not in answer.text
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_whoever_has_a_page_gets_it_anew_once_the_service_has_another_number(app: Flask, client: FlaskClient) -> None:
    """At the door they would have rung the old one: a browser that asks whether its page still stands was told so."""
    kept = app.extensions["tsalert_settings"]
    other = make_app(replace(kept, rapid_response_number="07700 900999")).test_client()
    for path in ("/welcome", "/at-the-door", "/alerts/published", "/published", *TEXTS):
        mark = client.get(path).headers["ETag"]
        answer = other.get(path, headers={"If-None-Match": mark})
        assert (answer.status_code, "07700 900999" in answer.text) == (200, True), path


@pytest.mark.parametrize("path", ALIKE)
def test_an_officer_reads_the_page_of_everybody(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    answer = signed_in(RoleName.MANAGER, name="Mo Boss").get(path)
    assert answer.data == client.get(path).data
    assert "Mo Boss" not in answer.text


@pytest.mark.parametrize("path", FORMS)
def test_a_page_with_a_form_is_kept_by_nobody_and_has_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.headers["Cache-Control"], "Set-Cookie" in answer.headers) == ("no-store", False)


@pytest.mark.parametrize(
    ("path", "typed", "status"),
    [
        ("/join", {"contact": "pat@example.org"}, 303),
        ("/report", {"is_now": "no", "happening": "A man knocked about the drains."}, 303),
        ("/check", {"message": "Your parcel waits. TS-2099-001"}, 404),
    ],
)
def test_whoever_keeps_no_cookies_joins_reports_and_checks_at_the_first_press(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, path: str, typed: dict[str, str], status: int
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    browser = app.test_client(use_cookies=False)
    drawn = {} if path == "/check" else {"drawn": stamp(utc_now() - timedelta(minutes=1))}
    answer = browser.post(path, data=typed | drawn, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (status, False)


def test_the_page_for_the_door_is_there_when_the_database_is_not(fresh_app: Flask) -> None:
    with outages.gone(fresh_app):
        answer = fresh_app.test_client().get("/at-the-door")
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") :]
    assert main.index("tel:999") < main.index("tel:07700900461") < main.index("Please leave now")


def test_the_privacy_notice_tells_the_times_that_are_in_force(
    client: FlaskClient, officer: Callable[..., Actor]
) -> None:
    assert "Not set yet" in client.get("/privacy").text
    desk_of(officer).approve_rules()
    page = client.get("/privacy").text
    assert "Not set yet" not in page
    for words in ("3 months", "2 years", "6 years", "90 days"):
        assert words in page
