"""Every request gets a clear answer, and nothing gets in without a mark."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from inspect import signature
from io import StringIO
from threading import Barrier

import pytest
from flask import Blueprint, Flask, g, request
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.logs.conftest import written
from tsalert.audit import service as audit
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import Submission, db, transaction
from tsalert.staff.rules import RoleName
from tsalert.web.access import public
from tsalert.web.once import new_submission

__all__ = ["written"]
PAGES_OF_FORMS = ("page", "refused_on")
bp = Blueprint("sample", __name__)


@bp.post("/sample")
@public
def do_once() -> tuple[str, int, dict[str, str]]:
    with transaction() as session:
        audit.record(session, SERVICE, "sampled", "sample", None, now=NOW)
    return "", 303, {"Location": "/sample/1"}


@bp.post("/sample/made")
@public
def make_once() -> tuple[str, int]:
    with transaction() as session:
        audit.record(session, SERVICE, "sampled", "sample", None, now=NOW)
    return "", 201


@bp.get("/sample/conflict")
@public
def conflict() -> str:
    raise Conflict("This incident is closed.", legal=["reopen it"])


@bp.get("/sample/rule")
@public
def rule() -> str:
    raise RuleViolation("That is <b>too late</b>.", field="at")


@bp.get("/sample/bug")
@public
def bug() -> str:
    raise ZeroDivisionError


@bp.get("/sample/failing-database")
@public
def failing_database() -> str:
    db.session.execute(text("SELECT :name FROM nowhere"), request.args)
    return ""


@bp.get("/sample/unmarked")
def unmarked() -> str:
    return "secret"


@pytest.fixture
def sample(fresh_app: Flask) -> FlaskClient:
    fresh_app.config["PROPAGATE_EXCEPTIONS"] = False
    fresh_app.register_blueprint(bp)
    fresh_app.register_blueprint(bp, url_prefix="/api/v1", name="api_sample")
    return fresh_app.test_client()


def test_a_form_sent_twice_counts_once_and_leads_to_the_same_place(sample: FlaskClient) -> None:
    form = {"submission": new_submission()}
    answers = [sample.post("/sample", data=form) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/sample/1")}
    with sample.application.app_context():
        entries = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "sampled")
        assert db.session.scalar(entries) == 1


def test_copies_of_a_form_sent_in_the_same_moment_all_lead_to_what_was_saved(sample: FlaskClient) -> None:
    form, start = {"submission": new_submission()}, Barrier(8)

    def send(_: int) -> tuple[int, str | None]:
        start.wait()
        answer = sample.application.test_client().post("/sample", data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(8) as officers:
        assert set(officers.map(send, range(8))) == {(303, "/sample/1")}
    with sample.application.app_context():
        entries = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "sampled")
        assert db.session.scalar(entries) == 1


def test_a_copy_that_nobody_can_lead_on_says_that_it_was_saved_and_where_to_look(sample: FlaskClient) -> None:
    form = {"submission": new_submission()}
    assert sample.post("/sample/made", data=form).status_code == 201
    again = sample.post("/sample/made", data=form)
    assert again.status_code == 409
    assert '<h1 class="govuk-heading-l">This is already saved</h1>' in again.text
    assert "It was sent more than once and saved once." in again.text
    assert "list" in again.text


@pytest.mark.parametrize("key", ["nul\x00", "x" * 101, "", "a b"])
def test_a_key_that_is_none_guards_nothing_and_breaks_nothing(sample: FlaskClient, key: str) -> None:
    assert [sample.post("/sample", data={"submission": key}).status_code for _ in range(2)] == [303, 303]


def test_a_request_to_the_api_with_a_key_counts_once(sample: FlaskClient) -> None:
    headers = {"Idempotency-Key": "6f1c"}
    assert sample.post("/api/v1/sample/made", headers=headers).status_code == 201
    again = sample.post("/api/v1/sample/made", headers=headers)
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")


def test_a_page_that_somebody_forgot_to_mark_is_closed(sample: FlaskClient) -> None:
    assert sample.get("/sample/unmarked").status_code == 303
    assert sample.get("/api/v1/sample/unmarked").status_code == 401


def test_a_conflict_says_what_one_may_do_instead(sample: FlaskClient) -> None:
    page = sample.get("/sample/conflict")
    assert page.status_code == 409
    assert "reopen it" in page.text
    problem = sample.get("/api/v1/sample/conflict")
    assert problem.mimetype == "application/problem+json"
    assert problem.json == {
        "type": "about:blank",
        "title": "This has already changed",
        "status": 409,
        "detail": "This incident is closed.",
        "legal": ["reopen it"],
    }


def test_messages_are_never_markup(sample: FlaskClient) -> None:
    assert "<b>" not in sample.get("/sample/rule").text


@pytest.mark.parametrize("path", ["/sample/bug", "/sample/failing-database"])
def test_the_reference_on_the_page_finds_the_fault_in_the_log(
    sample: FlaskClient, written: Callable[..., StringIO], path: str
) -> None:
    log = written()
    page = sample.get(path, query_string={"name": "Ada"})
    assert page.headers["X-Request-Id"] in page.text
    faults = [line for line in map(json.loads, log.getvalue().splitlines()) if "fault" in line]
    assert [line["request_id"] for line in faults] == [page.headers["X-Request-Id"]]


def test_what_the_database_refuses_is_logged_without_what_it_was_about(
    sample: FlaskClient, written: Callable[..., StringIO]
) -> None:
    log = written()
    assert sample.get("/sample/failing-database?name=Ada+Example").status_code in {500, 503}
    assert "nowhere" in log.getvalue()
    assert "Ada Example" not in log.getvalue()


def test_a_bug_is_a_plain_500_with_a_reference_and_no_detail(sample: FlaskClient) -> None:
    page = sample.get("/sample/bug")
    assert page.status_code == 500
    assert page.headers["X-Request-Id"] in page.text
    assert "ZeroDivision" not in page.text


@pytest.mark.parametrize("prefix", ["", "/api/v1"])
def test_an_unknown_address_and_a_wrong_method(client: FlaskClient, prefix: str) -> None:
    assert client.get(f"{prefix}/no-such-thing").status_code == 404
    refused = client.delete("/sign-in" if not prefix else "/api/v1/openapi.json")
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


@pytest.mark.parametrize("path", ["/welcome", "/sign-in", "/no-such-thing", "/api/v1/calls"])
def test_a_host_that_cannot_be_one_is_refused_in_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "x" * 300})
    assert (answer.status_code, answer.text) == (400, "The Host of the request is not a name.\n")


def test_a_body_of_ten_megabytes_is_refused(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"email": "x" * 10_000_000})
    assert answer.status_code == 413


def test_every_answer_carries_its_protection(client: FlaskClient) -> None:
    for path in ("/sign-in", "/no-such-thing", "/api/v1/openapi.json", "/static/tsalert.css"):
        with client.get(path) as answer:
            headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_scripts_run_by_a_nonce_of_their_own_request(client: FlaskClient) -> None:
    first, second = client.get("/sign-in"), client.get("/sign-in")
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]
    nonce = first.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in first.text


def test_a_form_without_its_token_is_refused(fresh_app: Flask) -> None:
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    answer = fresh_app.test_client().post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert answer.status_code == 400


def test_a_stranger_is_led_to_sign_in_and_back(client: FlaskClient, signed_in: Callable[..., FlaskClient]) -> None:
    answer = client.get("/board")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/board")
    assert client.post("/board").status_code in {401, 405}
    refused = client.post("/calls")
    assert (refused.status_code, 'href="/sign-in">Sign in</a>' in refused.text) == (401, True)
    assert signed_in().get("/board").status_code == 200


def test_an_officer_sees_why_a_page_is_closed_to_them(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in(RoleName.ADMINISTRATOR).get("/cases")
    assert page.status_code == 403
    assert "not allowed to read cases" in page.text


@pytest.mark.parametrize(("address", "kind"), [("/api/v1/cases", "application/problem+json"), ("/cases", "text/html")])
def test_whoever_is_overtaken_at_the_database_hears_so_and_gets_no_500(
    app: Flask, session: Session, address: str, kind: str
) -> None:
    row = {"key": "the same", "location": None, "made_at": datetime(2026, 6, 10, tzinfo=UTC)}
    session.execute(insert(Submission).values(row))
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        session.execute(insert(Submission).values(row))
    with app.test_request_context(address, method="POST", data={"note": "All that I typed"}):
        g.actor = None
        answer = app.make_response(app.handle_user_exception(refused.value))
    assert (answer.status_code, answer.mimetype) == (409, kind)
    said = answer.get_data(as_text=True)
    assert "at this moment" in said
    assert "All that I typed" in said or kind != "text/html"


def test_whatever_form_is_refused_its_page_can_be_drawn_again(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view, asked = app.view_functions[rule.endpoint], dict.fromkeys(rule.arguments)
        for page in filter(None, (getattr(view, name, None) for name in PAGES_OF_FORMS)):
            signature(page).bind(**asked)
