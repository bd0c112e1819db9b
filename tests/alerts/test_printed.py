"""Who may print an alert, and when: officers a proof, everybody what applies, nobody what was withdrawn."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tests.documents.reading import opened, words
from tsalert.alerts import queries, service
from tsalert.alerts.models import Alert
from tsalert.alerts.printed.sheets import PROOF
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]
SHEETS = ["poster.pdf", "large-print.pdf"]
FILES = [*SHEETS, "newsletter.txt"]


@pytest.fixture
def draft(author: Actor, people: None) -> int:
    now = utc_now()
    return service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)


@pytest.fixture
def sent(draft: int, author: Actor, approver: Actor) -> int:
    now = utc_now()
    service.submit(draft, actor=author, now=now)
    service.approve(draft, shown(draft), actor=approver, now=now)
    return draft


def public(session: Session, alert_id: int, name: str) -> str:
    return f"/check/{queries.get_alert(session, alert_id).reference}/{name}"


@pytest.mark.parametrize("name", SHEETS)
def test_an_officer_prints_a_proof_before_it_is_approved(signed_in: SignIn, draft: int, name: str) -> None:
    answer = signed_in(RoleName.DUTY_OFFICER).get(f"/alerts/{draft}/{name}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert PROOF in " ".join(words(answer.data).split())


def test_a_newsletter_says_that_it_is_a_proof_until_it_is_sent(signed_in: SignIn, draft: int) -> None:
    answer = signed_in(RoleName.DUTY_OFFICER).get(f"/alerts/{draft}/newsletter.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith(PROOF)


@pytest.mark.parametrize("name", FILES)
def test_nobody_else_reads_a_proof(client: FlaskClient, session: Session, draft: int, name: str) -> None:
    assert client.get(f"/alerts/{draft}/{name}").status_code in {302, 303}
    assert client.get(public(session, draft, name)).status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_everybody_prints_what_was_sent_and_any_cache_may_keep_it(
    client: FlaskClient, session: Session, sent: int, name: str
) -> None:
    path = public(session, sent, name)
    first, second = client.get(path), client.get(path)
    assert first.status_code == second.status_code == 200
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in first.headers
    assert first.data == second.data
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    said = first.text if name.endswith("txt") else words(first.data)
    assert "PROOF" not in said


def test_a_sheet_is_one_page_and_named_after_its_alert(client: FlaskClient, session: Session, sent: int) -> None:
    answer = client.get(public(session, sent, "poster.pdf"))
    assert len(opened(answer.data).pages) == 1
    reference = queries.get_alert(session, sent).reference
    assert answer.headers["Content-Disposition"] == f'attachment; filename="poster-{reference}.pdf"'


@pytest.mark.parametrize("name", FILES)
def test_what_was_withdrawn_is_given_to_nobody(
    client: FlaskClient, signed_in: SignIn, session: Session, sent: int, approver: Actor, name: str
) -> None:
    assert client.get(public(session, sent, name)).status_code == 200
    service.withdraw(sent, "It was another firm.", actor=approver, now=utc_now())
    answer = client.get(public(session, sent, name))
    assert answer.status_code == 404
    assert "take down what you printed" in answer.text
    officer = signed_in(RoleName.DUTY_OFFICER)
    assert officer.get(f"/alerts/{sent}/{name}").status_code == 404
    assert "On paper" not in officer.get(f"/alerts/{sent}").text


@pytest.mark.parametrize("name", FILES)
def test_what_has_ended_is_given_to_nobody(client: FlaskClient, session: Session, sent: int, name: str) -> None:
    session.execute(update(Alert).values(expires_at=utc_now() - timedelta(minutes=1)))
    session.commit()
    assert client.get(public(session, sent, name)).status_code == 404


@pytest.mark.parametrize("path", ["/check/nonsense/poster.pdf", "/check/TS-2099-001/newsletter.txt"])
def test_a_number_that_is_none_of_ours_is_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_lead_to_what_can_be_printed(client: FlaskClient, signed_in: SignIn, session: Session, sent: int) -> None:
    reference = queries.get_alert(session, sent).reference
    for path in (f"/check/{reference}", f"/pass-on/{reference}"):
        page = client.get(path).text
        assert all(f"/check/{reference}/{name}" in page for name in FILES)
    page = signed_in(RoleName.DUTY_OFFICER).get(f"/alerts/{sent}").text
    assert all(f"/alerts/{sent}/{name}" in page for name in FILES)


@pytest.mark.parametrize(("name", "kind"), [(SHEETS[0], "application/pdf"), (FILES[2], "text/plain")])
def test_a_program_gets_the_same(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], draft: int, name: str, kind: str
) -> None:
    answer = client.get(f"/api/v1/alerts/{draft}/printed/{name}", headers=bearer(RoleName.DUTY_OFFICER))
    assert (answer.status_code, answer.mimetype) == (200, kind)


@pytest.mark.parametrize("name", ["poster", "poster.docx", "leaflet.pdf", ".pdf"])
def test_a_form_that_there_is_not_is_refused(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], draft: int, name: str
) -> None:
    answer = client.get(f"/api/v1/alerts/{draft}/printed/{name}", headers=bearer(RoleName.DUTY_OFFICER))
    assert answer.status_code == 404
