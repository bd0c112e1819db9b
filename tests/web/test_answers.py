"""Every request gets a clear answer, and nothing gets in without a mark."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from inspect import signature
from io import BytesIO, StringIO
from pathlib import Path
from threading import Barrier

import pytest
from flask import Blueprint, Flask, g, request
from flask.testing import FlaskClient
from gunicorn.http.errors import InvalidChunkSize
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.conftest import NOW, copied_app, make_app, settings
from tests.logs.conftest import written
from tests.whole import create_app
from tsalert.audit import service as audit
from tsalert.audit.models import AuditEvent
from tsalert.config import Settings
from tsalert.core.actors import SERVICE
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import Submission, db, transaction
from tsalert.staff.rules import RoleName
from tsalert.visitors.tokens import stamp
from tsalert.web.access import public
from tsalert.web.once import new_submission

__all__ = ["written"]
PAGES_OF_FORMS = ("page", "refused_on")
bp = Blueprint("sample", __name__)
MINUTE = timedelta(minutes=1)
OURS = {"Sec-Fetch-Site": "same-origin"}


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


def make_with_samples(chosen: Settings) -> Flask:
    made = make_app(chosen)
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.register_blueprint(bp)
    made.register_blueprint(bp, url_prefix="/api/v1", name="api_sample")
    return made


@pytest.fixture
def sample(app: Flask, database_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    with copied_app(app, database_url, tmp_path, make_with_samples) as sampled:
        yield sampled.test_client()


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


@pytest.mark.parametrize("key", ["bank:2026:417", "x" * 101, "", '"', "a b"])
def test_a_request_to_the_api_with_a_key_that_is_none_is_refused_since_its_sender_relies_on_it(
    sample: FlaskClient, key: str
) -> None:
    refused = sample.post("/api/v1/sample/made", headers={"Idempotency-Key": key})
    assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    assert "up to 100 letters" in refused.get_json()["detail"]
    with sample.application.app_context():
        assert db.session.scalar(select(AuditEvent.id).where(AuditEvent.action == "sampled")) is None


def test_a_key_between_quotes_is_the_same_key(sample: FlaskClient) -> None:
    sent = [sample.post("/api/v1/sample/made", headers={"Idempotency-Key": key}) for key in ('"6f1c"', "6f1c")]
    assert [answer.status_code for answer in sent] == [201, 409]


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
    assert "This is more than we can take at once: 8 MB." in answer.text


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [
        ("GET", "/no-such-thing", "There is nothing at this address."),
        ("GET", "/api/v1/no-such-thing", "There is nothing at this address."),
        ("DELETE", "/sign-in", "This address does not take what was sent to it."),
    ],
)
def test_an_address_that_leads_nowhere_says_so_in_our_own_words(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], method: str, path: str, words: str
) -> None:
    assert words in client.open(path, method=method, headers=bearer()).text


@pytest.mark.parametrize(
    ("path", "kind", "begun"),
    [
        ("/sign-in", "application/x-www-form-urlencoded", b"email=a"),
        ("/api/v1/places/look-up", "application/json", b'{"postcode": "'),
    ],
)
def test_a_body_that_does_not_say_how_long_it_is_comes_whole_or_is_refused(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], path: str, kind: str, begun: bytes
) -> None:
    def send(body: bytes) -> int:
        pieces = {"input_stream": BytesIO(body), "environ_overrides": {"wsgi.input_terminated": True}}
        headers = {"Content-Type": kind, "Transfer-Encoding": "chunked"} | bearer()
        return client.post(path, headers=headers, **pieces).status_code

    assert send(begun + b"x" * 10_000_000) == 413
    assert send(b'{"postcode": "BR1 3UH"}' if "json" in kind else begun) in {404, 422}


class Broken(BytesIO):
    """A body of which the server cannot tell where its next piece ends."""

    def readinto(self, _buffer: object, /) -> int:
        raise InvalidChunkSize(b"ZZ")


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/sign-in", "application/x-www-form-urlencoded"), ("/api/v1/places/look-up", "application/json")],
)
def test_a_body_whose_pieces_cannot_be_put_together_is_the_senders_mistake(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], path: str, kind: str
) -> None:
    pieces = {"input_stream": Broken(), "environ_overrides": {"wsgi.input_terminated": True}}
    headers = {"Content-Type": kind, "Transfer-Encoding": "chunked"} | OURS | bearer()
    answer = client.post(path, headers=headers, **pieces)
    assert (answer.status_code, "in pieces that cannot be put together" in answer.text) == (400, True)


def test_a_form_of_thousands_of_fields_is_refused_before_they_are_read(client: FlaskClient) -> None:
    sent = {"content_type": "application/x-www-form-urlencoded"}
    answer = client.post("/sign-in", data=b"a=&" * 2_500_000, **sent)
    assert (answer.status_code, "up to 5,000 fields" in answer.text) == (413, True)
    assert client.post("/sign-in", data=b"a=&" * 4_999, **sent).status_code == 422


ANSWERS = {
    "page": ("GET", "/sign-in", 200),
    "page for everybody": ("GET", "/welcome", 200),
    "file": ("GET", "/static/tsalert.css", 200),
    "no such file": ("GET", "/static/nothing.css", 404),
    "redirect": ("GET", "/board", 303),
    "no such page": ("GET", "/no-such-thing", 404),
    "no such method": ("DELETE", "/sign-in", 405),
    "echo": ("TRACE", "/sign-in", 405),
    "too large": ("POST", "/sign-in", 413),
    "not signed in": ("POST", "/calls", 401),
    "a provider that was not set up": ("POST", "/webhooks/twilio/message", 404),
    "a receipt of such a provider": ("POST", "/webhooks/twilio/status", 404),
    "operation": ("GET", "/api/v1/openapi.json", 200),
    "operation without token": ("GET", "/api/v1/calls", 401),
    "no such operation": ("GET", "/api/v1/no-such-thing", 404),
}


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_carries_its_protection(client: FlaskClient, method: str, path: str, status: int) -> None:
    sent = {"email": "x" * 10_000_000} if status == 413 else None
    with client.open(path, method=method, data=sent) as answer:
        headers = answer.headers
    assert answer.status_code == status
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    is_for_all = headers["Cache-Control"].startswith("public")
    assert is_for_all == (path in {"/static/tsalert.css", "/welcome", "/api/v1/openapi.json"})
    assert is_for_all or (headers["Cache-Control"], headers["Cross-Origin-Resource-Policy"]) == (
        "no-store",
        "same-origin",
    )


def test_over_https_every_answer_keeps_the_browser_there_and_the_cookie_to_this_host(
    database_url: str, tmp_path: Path, app: Flask
) -> None:
    public = "https://alerts.example.gov.uk"
    secure = create_app(settings(database_url, tmp_path, public_url=public))
    answer = secure.test_client().get("/sign-in", base_url=public)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    with secure.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_a_forged_host_leads_nobody_there(client: FlaskClient, session: Session, name: str) -> None:
    """No link and no redirect is made of what a request calls this service."""
    paths = (
        "/",
        "/board",
        "/welcome",
        "/join",
        "/sign-in",
        "/api/v1",
        "/api/v1//calls",
        "/static//x",
        "//static/x",
        "/staff//1",
    )
    for path in paths:
        answer = client.get(path, headers={name: "fraud.example"})
        assert "fraud.example" not in answer.text + str(answer.headers), path
    assert client.get("/api/v1").status_code == 200
    rules = [rule for rule in client.application.url_map.iter_rules() if not rule.is_leaf and rule.rule != "/"]
    assert [rule.rule for rule in rules if rule.strict_slashes] == []


def test_scripts_run_by_a_nonce_of_their_own_request(client: FlaskClient) -> None:
    first, second = client.get("/sign-in"), client.get("/sign-in")
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]
    nonce = first.headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    assert f'nonce="{nonce}"' in first.text


def test_a_form_without_its_token_is_refused(fresh_app: Flask) -> None:
    fresh_app.config["WTF_CSRF_ENABLED"] = True
    answer = fresh_app.test_client().post("/sign-in", data={"email": "a@example.org", "password": "x"})
    assert (answer.status_code, "keep cookies from this site" in answer.text) == (400, True)


def test_a_form_that_another_site_sent_comes_back_with_what_was_typed_and_can_be_sent(fresh_app: Flask) -> None:
    browser = fresh_app.test_client()
    with fresh_app.app_context():
        drawn = stamp(utc_now() - MINUTE)
    typed = {"is_now": "no", "happening": "A man knocked about the drains.", "drawn": drawn}
    refused = browser.post("/report", data=typed, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 400
    for words in ("This was not sent", "A man knocked about the drains.", "All that was typed is still here"):
        assert words in refused.text
    assert "cookie" not in refused.text.partition("This was not sent")[2].partition("</form>")[0]
    assert browser.post("/report", data=typed, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_form_that_a_stranger_made_for_an_officer_comes_back_empty(
    app: Flask, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(RoleName.MANAGER)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    refused = browser.post("/partners", data={"name": "A forged partner"})
    assert (refused.status_code, "A forged partner" in refused.text) == (400, False)
    assert "load that page again" in refused.text


def test_a_form_that_was_open_while_its_officer_signed_in_anew_comes_back_with_what_was_typed(
    app: Flask, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token is that of the session before; that the page was ours the browser says."""
    browser = signed_in(RoleName.MANAGER)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    refused = browser.post("/partners", data={"name": "Friends of Elm Road", "csrf_token": "before"}, headers=OURS)
    assert (refused.status_code, 'value="Friends of Elm Road"' in refused.text) == (400, True)
    assert "You have signed in again since" in refused.text
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', refused.text)
    assert fresh is not None
    again = {"name": "Friends of Elm Road", "csrf_token": fresh[1]}
    assert browser.post("/partners", data=again, headers=OURS).status_code == 303


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_whoever_is_turned_away_when_they_send_a_form_gets_back_what_they_typed(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], *, is_signed_in: bool
) -> None:
    """A sign-in ends and a role runs out while somebody writes. To a stranger's page nothing is said in our name."""
    browser = signed_in(RoleName.ADMINISTRATOR) if is_signed_in else client
    typed = {"summary": "Two men & a tipper lorry", "csrf_token": "before", "password": "opensesame"}
    refused = browser.post("/cases", data=typed, headers=OURS)
    assert refused.status_code == (403 if is_signed_in else 401)
    assert "Two men &amp; a tipper lorry" in refused.text
    assert "opensesame" not in refused.text
    for origin in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        assert "tipper lorry" not in browser.post("/cases", data=typed, headers=origin).text


def test_whoever_is_no_longer_signed_in_can_send_what_they_typed_from_the_page_that_says_so(
    client: FlaskClient,
) -> None:
    refused = client.post("/cases?from=board", data={"summary": "Two men", "tags": ["a", "b"]}, headers=OURS)
    assert 'action="/cases?from=board"' in refused.text
    assert re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', refused.text) == [
        ("summary", "Two men"), ("tags", "a"), ("tags", "b"),
    ]  # fmt: skip
    too_large = client.post("/cases", data={"summary": "x" * 10_000_000}, headers=OURS)
    assert (too_large.status_code, "What you typed" in too_large.text) == (401, False)


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
