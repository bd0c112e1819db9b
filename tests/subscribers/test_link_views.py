"""Links in messages: scanners that open them change nothing, one press of a button does, and only once."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, status
from tsalert.audit.models import AuditEvent
from tsalert.core.clock import utc_now
from tsalert.db import Base, Submission
from tsalert.delivery import service as delivery
from tsalert.delivery.tokens import make_signer, unsubscribe_token
from tsalert.staff.rules import RoleName
from tsalert.subscribers import service, tokens
from tsalert.subscribers.models import SignUp
from tsalert.subscribers.preferences.models import LeavingReason
from tsalert.subscribers.service import Wish

pytestmark = pytest.mark.db

PAT = f"Pat Example,pat@example.org,,,,,,scams,immediate,{CONSENT}"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def strict(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it is in earnest: forms without their token are refused."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", "yes")
    return app


@pytest.fixture
def leaving(session: Session, run_import: Import) -> str:
    """The path of Pat's unsubscribe link."""
    run_import(PAT)
    return f"/unsubscribe/{unsubscribe_token(endpoint_id(session, 'pat@example.org'))}"


@pytest.fixture
def confirming(session: Session) -> str:
    """The path of the link that confirms a sign-up."""
    service.sign_up("pat@example.org", Wish(), network="192.0.2.1", now=utc_now())
    return f"/confirm/{tokens.confirm_token(session.scalars(select(SignUp.id)).one())}"


def everything(session: Session) -> list[object]:
    return [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("link", ["leaving", "confirming"])
def test_opening_a_link_changes_nothing_whoever_opens_it(
    client: FlaskClient, session: Session, request: pytest.FixtureRequest, method: str, link: str
) -> None:
    path = request.getfixturevalue(link)
    before = everything(session)
    for _ in range(3):
        assert client.open(path, method=method).status_code == 200
    assert everything(session) == before


def test_the_visible_page_shows_the_masked_address_and_offers_forwardees_their_own(
    client: FlaskClient, leaving: str
) -> None:
    page = client.get(leaving).text
    assert "p•••@example.org" in page
    assert "pat@example.org" not in page
    assert "Was this forwarded to you?" in page


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"data": ONE_CLICK}, id="urlencoded"),
        pytest.param({"data": ONE_CLICK, "content_type": "multipart/form-data"}, id="multipart"),
        pytest.param({}, id="the-button-of-the-page"),
        pytest.param({"data": b"\xff\xfe", "content_type": "text/plain"}, id="a-body-that-is-rubbish"),
        pytest.param({"data": b"--x", "content_type": "multipart/form-data; boundary=y"}, id="a-broken-multipart"),
    ],
)
def test_one_click_leaves_without_cookie_token_or_redirect(
    strict: Flask, session: Session, leaving: str, options: dict[str, object]
) -> None:
    answer = strict.test_client(use_cookies=False).post(leaving, **options)
    assert answer.status_code == 200
    assert status(session, "pat@example.org") == "opted_out"


def test_leaving_again_is_answered_as_the_first_time(client: FlaskClient, session: Session, leaving: str) -> None:
    answers = [client.post(leaving, data=ONE_CLICK) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert held(session, "pat@example.org") == [("scams", "immediate", "unsubscribed")]
    assert "Alerts have stopped" in client.get(leaving).text


def test_the_link_of_an_erased_address_does_not_say_that_alerts_stop_which_still_come(
    client: FlaskClient, session: Session, leaving: str, run_import: Import
) -> None:
    delivery.erase_endpoint(session, endpoint_id(session, "pat@example.org"))
    session.commit()
    run_import(PAT)
    for answer in (client.get(leaving), client.post(leaving, data=ONE_CLICK), client.get(f"{leaving}/why")):
        assert (answer.status_code, "We no longer have this address" in answer.text) == (200, True)
        assert "have stopped" not in answer.text
    assert "Thank you" in client.post(f"{leaving}/why", data={"reason": "other"}).text, "from a page drawn before"
    assert status(session, "pat@example.org") == "active"
    assert session.scalars(select(AuditEvent.id).where(AuditEvent.action == "left")).all() == []


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
def test_a_huge_body_is_let_pass_unread(strict: Flask, session: Session, leaving: str, kind: str) -> None:
    browser = strict.test_client(use_cookies=False)
    for _ in range(2):
        answer = browser.post(leaving, data=b"x" * (20 * 1024 * 1024), content_type=kind)
        assert (answer.status_code, "Set-Cookie" in answer.headers) == (200, False)
    assert status(session, "pat@example.org") == "opted_out"


def test_a_body_that_breaks_off_leaves_all_the_same(client: FlaskClient, session: Session, leaving: str) -> None:
    answer = client.post(leaving, input_stream=io.BytesIO(b"List-Unsub"), content_length=5_000)
    assert answer.status_code == 200
    assert status(session, "pat@example.org") == "opted_out"


def test_a_submission_key_in_the_body_leads_nowhere(client: FlaskClient, session: Session, leaving: str) -> None:
    session.add(Submission(key="known", location="https://elsewhere.example.org/", made_at=utc_now()))
    session.commit()
    assert client.post(leaving, data={"submission": "known"}).status_code == 200


def test_whoever_left_may_say_why_in_our_words_and_managers_see_counts(
    client: FlaskClient, session: Session, leaving: str, signed_in: Callable[..., FlaskClient]
) -> None:
    early = client.post(f"{leaving}/why", data={"reason": "other"})
    assert (early.status_code, "Alerts still go to this address." in early.text) == (422, True)
    assert "Why did you stop them?" in client.post(leaving).text
    for reason in ("too_many", "moved_away", "moved_away"):
        assert "Thank you" in client.post(f"{leaving}/why", data={"reason": reason}).text
    for wrong in ({}, {"reason": "Pat lives at 1 High Street"}):
        assert client.post(f"{leaving}/why", data=wrong).status_code == 422
    assert client.post("/unsubscribe/x/why", data={"reason": "other"}).status_code == 404
    said = session.execute(select(LeavingReason.reason)).scalars().all()
    assert said == ["moved_away"]
    page = signed_in(RoleName.MANAGER).get("/subscribers/why-people-left").text
    assert re.search(r"I have moved away</th>\s*<td[^>]*>1</td>", page)


def test_confirming_works_without_a_cookie(strict: Flask, session: Session, confirming: str) -> None:
    browser = strict.test_client(use_cookies=False)
    for _ in range(2):
        answer = browser.post(confirming)
        assert (answer.status_code, "You are on the list" in answer.text) == (200, True)
    assert status(session, "pat@example.org") == "active"


def test_a_link_that_has_done_its_work_says_so_and_asks_for_nothing(client: FlaskClient, confirming: str) -> None:
    client.post(confirming)
    again = client.get(confirming).text
    assert "alerts go to <strong>p•••@example.org" in again
    assert "Start my alerts" not in again


def test_a_second_link_of_an_address_that_was_erased_asks_for_nothing(
    client: FlaskClient, session: Session, confirming: str
) -> None:
    delivery.erase_endpoint(session, session.scalars(select(SignUp.endpoint_id)).one())
    session.commit()
    page = client.get(confirming).text
    assert ("Sign up again" in page, "Start my alerts" in page) == (True, False)


def test_an_old_link_says_so_before_and_after_its_button(
    client: FlaskClient, session: Session, confirming: str
) -> None:
    session.execute(update(SignUp).values(asked_at=utc_now() - timedelta(days=8)))
    assert "more than 7 days old" in client.get(confirming).text
    answer = client.post(confirming)
    assert (answer.status_code, "This link is more than 7 days old." in answer.text) == (422, True)


@pytest.mark.parametrize("token", ["x", "A" * 32, "%00" * 32, "é" * 32, "x" * 5000])
@pytest.mark.parametrize("path", ["/confirm", "/unsubscribe"])
def test_a_token_that_is_not_ours_is_not_found(client: FlaskClient, path: str, token: str) -> None:
    assert client.get(f"{path}/{token}").status_code == 404
    assert client.post(f"{path}/{token}", data=ONE_CLICK).status_code == 404


def test_a_token_serves_its_own_purpose_alone(client: FlaskClient, leaving: str, confirming: str) -> None:
    assert client.post(leaving.replace("/unsubscribe/", "/confirm/")).status_code == 404
    assert client.post(confirming.replace("/confirm/", "/unsubscribe/")).status_code == 404


def test_a_token_of_an_address_that_never_was_is_not_found(client: FlaskClient, session: Session) -> None:
    assert client.post(f"/unsubscribe/{unsubscribe_token(2**40)}").status_code == 404
    assert client.get(f"/confirm/{tokens.confirm_token(2**40)}").status_code == 404


def test_links_made_before_the_key_was_changed_still_work(
    app: Flask, client: FlaskClient, session: Session, leaving: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SECRET_KEY", "n" * 40)
    assert client.get(leaving).status_code == 404
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", ["s" * 40])
    assert client.post(leaving).status_code == 200
    assert make_signer("unsubscribe", ("n" * 40,)).sign(1) == unsubscribe_token(1)


def test_the_address_stands_in_no_link(leaving: str, confirming: str) -> None:
    assert "pat" not in leaving + confirming
    assert "example" not in leaving + confirming
