"""While the database is locked or gone, what an officer typed comes back to them, and a second try counts once."""

import re
from html import unescape

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.conftest import NOW, PASSWORD
from tests.outages import gone, locked
from tests.response.conftest import roof_call
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service
from tsalert.response.models import Call
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.web.access import PUBLIC, access_of
from tsalert.web.once import new_submission

TYPED = "Men on the roof\nwant <b>£4,000</b>"
NOT_PAGES = ("/api/", "/webhooks/")


@pytest.fixture
def desk(fresh_app: Flask) -> FlaskClient:
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER, RoleName.MANAGER]
        staff.create_officer("dee@example.org", name="Dee Example", roles=roles, password=PASSWORD, now=NOW)
        db.session.remove()
    browser = fresh_app.test_client()
    browser.post("/sign-in", data={"email": "dee@example.org", "password": PASSWORD})
    return browser


def call_form(desk: FlaskClient) -> dict[str, str]:
    page = desk.get("/calls/new").text
    hidden = dict(re.findall(r'name="(opened|submission)" value="([^"]+)"', page))
    return hidden | {"happening": TYPED, "category": "scam", "disposition": "new_incident", "phone": "020 7946 0123"}


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of the first form that can be sent again."""
    form = re.search(r'<form method="post" action="/calls".*?</form>', page, re.DOTALL)
    assert form is not None
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.group())
    return {name: unescape(value) for name, value in found}


def count_calls(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Call)) or 0
        db.session.remove()
        return found


def test_a_call_that_finds_the_database_locked_comes_back_whole_and_is_saved_once(
    fresh_app: Flask, desk: FlaskClient
) -> None:
    sent = call_form(desk)
    with locked(fresh_app):
        answer = desk.post("/calls", data=sent)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "This was not saved" in answer.text
        assert "want &lt;b&gt;£4,000&lt;/b&gt;" in answer.text
        assert 'value="020 7946 0123"' in answer.text
    kept = fields_of(answer.text)
    assert (kept["submission"], kept["opened"]) == (sent["submission"], sent["opened"])
    answers = [desk.post("/calls", data=sent | kept) for _ in range(2)]
    assert {again.status_code for again in answers} == {303}
    assert count_calls(fresh_app) == 1


def test_a_lock_that_ends_in_time_is_waited_for(fresh_app: Flask, desk: FlaskClient) -> None:
    sent = call_form(desk)
    with locked(fresh_app):
        pass
    assert desk.post("/calls", data=sent).status_code == 303


def test_a_call_that_finds_the_database_gone_can_be_sent_from_the_answer_without_scripts(
    fresh_app: Flask, desk: FlaskClient
) -> None:
    sent = call_form(desk)
    with gone(fresh_app):
        answer = desk.post("/calls", data=sent)
        assert answer.status_code == 503
        assert "This was not saved." in answer.text
        assert "want &lt;b&gt;£4,000&lt;/b&gt;" in answer.text
        again = desk.post("/calls", data=fields_of(answer.text))
        assert again.status_code == 503
    kept = fields_of(again.text)
    assert kept == sent
    assert desk.post("/calls", data=kept).status_code == 303
    assert count_calls(fresh_app) == 1


def test_every_form_of_the_program_keeps_what_was_typed(fresh_app: Flask, desk: FlaskClient) -> None:
    paths = [
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in fresh_app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and not rule.rule.startswith(NOT_PAGES)
        and access_of(fresh_app, rule.endpoint) != PUBLIC
    ]
    assert len(paths) > 20
    with gone(fresh_app):
        for path in paths:
            answer = desk.post(path, data={"note": TYPED, "submission": new_submission()})
            assert answer.status_code == 503, path
            assert "want &lt;b&gt;£4,000&lt;/b&gt;" in answer.text, path


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        pytest.param("grade", {"grade": "prompt", "grade_reason": "He left", "basis": "wrong_triage"}, id="grade"),
        pytest.param("stand-down", {"reason": "other", "note": "He left"}, id="stand-down"),
        pytest.param("milestones", {"step": "on_scene", "note": "He left"}, id="milestone"),
        pytest.param("handover-offer", {"body": "He left"}, id="handover"),
        pytest.param("outcome", {"outcome": "other", "note": "He left"}, id="outcome"),
    ],
)
def test_each_step_comes_back_on_its_own_form_while_the_database_is_locked(
    fresh_app: Flask, desk: FlaskClient, form: str, sent: dict[str, str]
) -> None:
    with fresh_app.app_context():
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "dee@example.org"), Via.PAGE)
        incident_id = service.log_call(roof_call(), actor=actor, now=utc_now()).incident_id
        db.session.remove()
    key = new_submission()
    with locked(fresh_app):
        answer = desk.post(f"/incidents/{incident_id}/{form}", data=sent | {"submission": key, "version": "1"})
    assert answer.status_code == 503
    for kept in ("This was not saved", "He left", key):
        assert kept in answer.text


def test_no_record_is_shown_whose_reading_nobody_can_enter_and_a_form_comes_back_without_it(
    fresh_app: Flask, desk: FlaskClient
) -> None:
    with fresh_app.app_context():
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "dee@example.org"), Via.PAGE)
        call_id = service.log_call(roof_call(), actor=actor, now=utc_now()).call_id
        db.session.remove()
    sent = {"submission": new_submission(), "version": "1", "happening": TYPED}
    with locked(fresh_app):
        page = desk.get(f"/calls/{call_id}")
        answers = [desk.post(f"/calls/{call_id}/correction", data=sent | {"reason": why}) for why in ("Misheard", "")]
    assert (page.status_code, page.headers["Retry-After"], "Alex Example" in page.text) == (503, "10", False)
    for answer in answers:
        assert (answer.status_code, "Alex Example" in answer.text) == (503, False)
        for kept in ("This was not saved", "want &lt;b&gt;£4,000&lt;/b&gt;", f'action="/calls/{call_id}/correction"'):
            assert kept in answer.text


def test_no_password_comes_back(fresh_app: Flask, desk: FlaskClient) -> None:
    with gone(fresh_app):
        stranger = fresh_app.test_client()
        answer = stranger.post("/sign-in", data={"email": "dee@example.org", "password": PASSWORD})
    assert answer.status_code == 503
    assert PASSWORD not in answer.text
    assert "Try again</button>" not in answer.text


def test_a_page_and_the_interface_say_that_the_records_cannot_be_reached(fresh_app: Flask, desk: FlaskClient) -> None:
    with gone(fresh_app):
        page = desk.get("/board")
        problem = desk.post("/api/v1/calls", json={}, headers={"Authorization": "Bearer x"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "Our records cannot be reached" in page.text
    assert (problem.status_code, problem.mimetype) == (503, "application/problem+json")
    assert desk.get("/board").status_code == 200


def test_a_form_without_its_proof_is_answered_while_the_database_is_gone(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fresh_app.config, "WTF_CSRF_ENABLED", value=True)
    with gone(fresh_app):
        answer = fresh_app.test_client().post(
            "/join", data={"address": "pat@example.org"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "pat@example.org" in answer.text


def test_work_that_was_saved_is_said_to_be_though_the_database_goes_straight_after(
    fresh_app: Flask, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = call_form(desk)
    outage = gone(fresh_app)

    def cut(response: Response) -> Response:
        if response.status_code == 303:
            outage.__enter__()
        return response

    # The last of them is the first to run; the application is another test's afterwards.
    monkeypatch.setitem(fresh_app.after_request_funcs, None, [*fresh_app.after_request_funcs[None], cut])
    answer = desk.post("/calls", data=sent)
    outage.__exit__(None, None, None)
    assert answer.status_code == 303
    assert desk.post("/calls", data=sent).status_code == 409
    assert count_calls(fresh_app) == 1
