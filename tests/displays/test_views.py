"""A screen on a wall: it sees the live board, nothing else, and only while a manager lets it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.conftest import NOW
from tests.displays.conftest import LATER, forged, made_link
from tests.response.conftest import roof_call
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_midnight, utc_now
from tsalert.displays import queries, service
from tsalert.displays.models import WallDisplay
from tsalert.displays.service import NewDisplay
from tsalert.displays.views import COOKIE
from tsalert.response import service as response
from tsalert.staff.rules import RoleName
from tsalert.web.access import PUBLIC, access_of, is_for_walls

BOARD = frozenset({"response.board", "response.show_board_lines", "paging.show_troubles"})


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.MANAGER, name="Morgan Example")


def test_a_manager_makes_a_display_and_a_screen_opens_it_with_one_button(
    desk: FlaskClient, client: FlaskClient, session: Session
) -> None:
    made = desk.post("/wall-displays", data={"name": "Duty office"})
    link = made_link(made.text)
    page = client.get(link)
    assert "Duty office" in page.text
    assert client.get("/board").status_code == 303
    opened = client.post(link)
    assert (opened.status_code, opened.location) == (303, "/board")
    assert "Live board" in client.get("/board").text


def test_opening_a_link_changes_nothing(client: FlaskClient, session: Session, token: str) -> None:
    answer = client.get(f"/wall/{token}")
    assert COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    assert session.scalars(select(WallDisplay.last_seen_at)).one() is None
    assert client.get("/board").status_code == 303


def test_a_link_is_shown_once_and_kept_as_a_digest(desk: FlaskClient, session: Session) -> None:
    told = {"name": "Duty office", "submission": "a" * 32}
    token = made_link(desk.post("/wall-displays", data=told).text).rpartition("/")[2]
    assert token not in desk.get("/wall-displays").text
    assert token not in session.scalars(select(WallDisplay.token_digest)).one()
    assert desk.post("/wall-displays", data=told).status_code == 409
    assert len(session.scalars(select(WallDisplay)).all()) == 1


def test_a_browser_keeps_the_token_from_scripts_other_sites_and_other_pages(client: FlaskClient, token: str) -> None:
    (cookie,) = [each for each in client.post(f"/wall/{token}").headers.getlist("Set-Cookie") if COOKIE in each]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/board", "Max-Age=34560000"):
        assert part in cookie


def test_over_https_a_screens_token_stays_there(
    app: Flask, client: FlaskClient, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = "https://127.0.0.1:8000"
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", home.startswith("https"))
    (cookie,) = client.post(f"/wall/{token}", base_url=home).headers.getlist("Set-Cookie")
    assert cookie.startswith("__Secure-wall_display=")
    assert "Secure" in cookie.split("; ")
    assert client.get("/board", base_url=home).status_code == 200


def test_a_screen_shows_the_board_without_a_way_elsewhere_or_a_name_of_those_who_rang(
    screen: FlaskClient, duty: Actor
) -> None:
    logged = response.log_call(roof_call(), actor=duty, now=utc_now())
    page = screen.get("/board").text
    assert logged.incident_reference is not None
    assert logged.incident_reference in page
    body = page.partition("<body")[2].replace('href="#main-content"', "")
    for absent in ("href=", "<form", "Sign out", "Alex Example", "1 Example Road", "900123", "4,000"):
        assert absent not in body
    assert "Duty office" in page
    assert screen.get("/board/lines").status_code == 200


def address(app: Flask, rule: Rule) -> str:
    """Return an address that leads to a route; there need be nothing."""
    adapter, values = app.url_map.bind("127.0.0.1:8000"), {}
    for name in rule.arguments:
        converter = rule._converters[name]
        values[name] = next(iter(getattr(converter, "items", ["1"])))
    path: str = adapter.build(rule.endpoint, values, method=next(iter(rule.methods or {"GET"})))
    return path


@pytest.mark.any_database
def test_a_screen_is_refused_on_every_other_page_and_operation(app: Flask, token: str) -> None:
    browser = forged(app, token)
    for rule in app.url_map.iter_rules():
        if access_of(app, rule.endpoint) == PUBLIC or rule.endpoint in BOARD:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = browser.open(address(app, rule), method=method)
            assert answer.status_code in {401, 403}, f"{method} {rule.rule}"
            assert "<nav" not in answer.text, rule.rule


def test_a_page_is_not_open_to_a_screen_because_its_permission_is(app: Flask) -> None:
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if is_for_walls(app, rule.endpoint)}
    assert shown == BOARD
    asking = {
        rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) == Permission.SEE_BOARD
    }
    assert asking > BOARD


def test_a_screen_that_strays_is_asked_to_sign_in(screen: FlaskClient) -> None:
    assert screen.get("/calls").location.startswith("/sign-in")
    assert screen.get("/account").status_code == 303


@pytest.mark.parametrize("made_up", ["", "x", "a" * 43, "%00", "é" * 20])
def test_a_forged_token_opens_nothing(app: Flask, session: Session, made_up: str) -> None:
    assert forged(app, made_up).get("/board").status_code == 303
    assert forged(app, made_up).get("/board/lines", headers={"HX-Request": "true"}).status_code == 401
    assert app.test_client().get(f"/wall/{made_up or 'y'}").status_code == 404


def test_a_revoked_screen_says_so_at_its_next_look(desk: FlaskClient, screen: FlaskClient, token: str) -> None:
    assert screen.get("/board/lines").status_code == 200
    (display,) = queries_of(desk)
    assert desk.post(f"/wall-displays/{display}/revoke").status_code == 303
    assert screen.get("/board/lines", headers={"HX-Request": "true"}).status_code == 403
    page = screen.get("/board")
    assert page.status_code == 403
    assert "The link of this screen was revoked" in page.text
    assert "ts-wall" in page.text
    assert "Live board" not in page.text
    assert screen.get(f"/wall/{token}").status_code == screen.post(f"/wall/{token}").status_code == 403
    assert "Revoked" in desk.get("/wall-displays").text


def queries_of(desk: FlaskClient) -> list[str]:
    """Return the ids of the displays that a manager can revoke."""
    parts = desk.get("/wall-displays").text.split('action="/wall-displays/')[1:]
    return [part.partition("/")[0] for part in parts]


def test_a_link_is_over_when_its_last_day_is(app: Flask, session: Session, manager: Actor) -> None:
    _, token = service.make_display(NewDisplay("Market stall", LATER), actor=manager, now=NOW)
    end = london_midnight(LATER + timedelta(days=1))
    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        assert forged(app, token).get("/board").status_code == 200
    with time_machine.travel(end, tick=False):
        answer = forged(app, token).get("/board")
    assert answer.status_code == 403
    assert "time of this screen" in answer.text


def test_when_a_screen_was_last_seen_is_kept_to_the_minute_and_its_cookie_renewed(
    screen: FlaskClient, session: Session
) -> None:
    def look(at: datetime) -> bool:
        with time_machine.travel(at, tick=False):
            return COOKIE in str(screen.get("/board/lines").headers.getlist("Set-Cookie"))

    def seen() -> datetime | None:
        session.expire_all()
        return session.scalars(select(WallDisplay.last_seen_at)).one()

    at = datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert look(at)
    assert not look(at + timedelta(seconds=59))
    assert seen() == at
    assert look(at + timedelta(seconds=60))
    assert seen() == at + timedelta(seconds=60)


def test_an_officer_who_signs_in_on_a_screen_is_the_officer_until_they_sign_out(
    app: Flask, desk: FlaskClient, token: str, session: Session
) -> None:
    assert "signed in here as Morgan Example" in desk.get(f"/wall/{token}").text
    desk.post(f"/wall/{token}")
    page = desk.get("/board").text
    assert "Sign out" in page
    assert "nothing else" not in page
    assert desk.get("/calls").status_code == 200
    assert session.scalars(select(WallDisplay.last_seen_at)).one() is None
    desk.post("/sign-out")
    assert "nothing else" in desk.get("/board").text
    assert desk.get("/calls").status_code == 303


def test_a_revoked_screen_does_not_keep_an_officer_out(desk: FlaskClient, token: str) -> None:
    desk.post(f"/wall/{token}")
    desk.post(f"/wall-displays/{queries_of(desk)[0]}/revoke")
    assert desk.get("/board").status_code == 200


@pytest.mark.parametrize("role", [RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER])
def test_an_officer_may_not_manage_screens(
    signed_in: Callable[..., FlaskClient], bearer: Callable[..., dict[str, str]], role: RoleName, token: str
) -> None:
    desk = signed_in(role)
    assert desk.get("/wall-displays").status_code == desk.post("/wall-displays").status_code == 403
    assert "Wall displays" not in desk.get("/board").text
    assert desk.get("/api/v1/wall-displays", headers=bearer(role)).status_code == 403


@pytest.mark.parametrize(
    ("told", "words"),
    [
        pytest.param({}, "Say where the screen is", id="no-name"),
        pytest.param({"name": "x" * 61}, "60 characters", id="long-name"),
        pytest.param({"name": "Wall", "last_day": "2020-01-01"}, "from today", id="a-day-that-is-over"),
        pytest.param({"name": "Wall", "last_day": "soon"}, "Choose a day", id="no-day"),
        pytest.param({"name": "Wall", "last_day": "9999-12-31"}, "ten years", id="a-day-at-the-end-of-time"),
    ],
)
def test_a_display_that_cannot_be_is_refused_in_words(
    desk: FlaskClient, session: Session, told: dict[str, str], words: str
) -> None:
    answer = desk.post("/wall-displays", data=told)
    assert answer.status_code == 422
    assert words in answer.text
    assert session.scalars(select(WallDisplay)).all() == []


def test_revoking_twice_is_revoking_once_and_stands_in_the_trail(session: Session, manager: Actor, token: str) -> None:
    (display,) = queries.list_displays(session, now=NOW)
    for minutes in (1, 2):
        service.revoke_display(display.id, actor=manager, now=NOW + timedelta(minutes=minutes))
    assert queries.get_display(session, display.id, now=NOW).revoked_at == NOW + timedelta(minutes=1)
    acts = select(AuditEvent.action).where(AuditEvent.subject == "wall display").order_by(AuditEvent.id)
    assert [*session.scalars(acts)] == ["made", "revoked"]


@pytest.mark.parametrize("number", ["404", str(2**63)])
def test_revoking_what_does_not_exist_is_not_found(desk: FlaskClient, number: str) -> None:
    assert desk.post(f"/wall-displays/{number}/revoke").status_code == 404


def test_programs_make_list_and_revoke_screens(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    headers = bearer(RoleName.ADMINISTRATOR)
    made = client.post("/api/v1/wall-displays", json={"name": "Duty office"}, headers=headers)
    assert made.status_code == 201
    assert client.post(made_link(made.get_json()["link"])).status_code == 303
    assert client.get("/board").status_code == 200
    (listed,) = client.get("/api/v1/wall-displays", headers=headers).get_json()["items"]
    assert (listed["name"], listed["standing"], listed["made_by"]) == ("Duty office", "good", "Api Example")
    assert listed["last_seen_at"] is not None
    assert "link" not in listed
    revoked = client.post(f"/api/v1/wall-displays/{listed['id']}/revoke", headers=headers)
    assert revoked.get_json()["standing"] == "revoked"
    assert client.get("/board").status_code == 403
