"""Pages and operations on the health of the list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import delivery_of, enlist, message_id, send, state
from tests.inbound.mail import samples
from tests.inbound.mail.samples import about
from tsalert.core.clock import utc_now
from tsalert.hygiene import doubles, months
from tsalert.hygiene.models import AddressReport, Canary, LikelyDuplicate
from tsalert.inbound.mail.service import take_mail
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber

PAT, PHONE = "pat@example.org", "+447700900123"
Browser = Callable[..., FlaskClient]


def came_back(session: Session, *addresses: str) -> int:
    mailing_id = send()
    for address in addresses:
        mail = about(samples.POSTFIX, message_id(delivery_of(session, mailing_id, address)))
        take_mail(mail.replace(b"<1@mail", f"<{address}@mail".encode()), now=utc_now())
    return mailing_id


def test_the_page_of_the_lists_health_leads_to_what_is_to_do(session: Session, signed_in: Browser) -> None:
    enlist(f"Pat Example,{PAT},{PHONE}")
    came_back(session, PAT)
    desk = signed_in(RoleName.MANAGER)
    page = desk.get("/list-health").text
    assert "Came back for good" in page
    tasks = desk.get("/list-health/phones").text
    assert "Pat Example" in tasks
    assert PHONE[-4:] in tasks
    assert PAT not in tasks  # masked
    number = session.scalars(select(AddressReport.id)).one()
    assert desk.post(f"/list-health/reports/{number}/seen").status_code == 303
    assert "There is nobody to ring." in desk.get("/list-health/phones").text
    assert "Pat Example" in desk.get("/list-health/reports?kind=hard").text
    assert "Nothing was reported." in desk.get("/list-health/reports?kind=soft").text
    assert desk.post(f"/list-health/reports/{number}/restored").status_code == 303
    assert state(session, PAT) == "active"


@pytest.mark.parametrize(("decision", "after"), [("believe", "bounced"), ("dismiss", "active")])
def test_an_officer_decides_what_was_held(session: Session, signed_in: Browser, decision: str, after: str) -> None:
    everybody = [f"p{number}@example.org" for number in range(11)]
    enlist(*(f"Person {address},{address}" for address in everybody))
    mailing_id = came_back(session, *everybody)
    desk = signed_in(RoleName.MANAGER)
    assert "Believe it" in desk.get("/list-health").text
    assert desk.post(f"/list-health/held/{mailing_id}", data={}).status_code == 422
    assert desk.post(f"/list-health/held/{mailing_id}", data={"decision": decision}).status_code == 303
    assert state(session, everybody[-1]) == after
    assert desk.post(f"/list-health/held/{mailing_id}", data={"decision": decision}).status_code == 409


def test_canaries_are_added_and_removed_on_their_page(session: Session, signed_in: Browser) -> None:
    desk = signed_in(RoleName.MANAGER)
    assert desk.post("/list-health/canaries", data={"contact": "nothing"}).status_code == 422
    assert desk.post("/list-health/canaries", data={"contact": "canary@example.org"}).status_code == 303
    assert "c•••@example.org" in desk.get("/list-health/canaries").text
    number = session.scalars(select(Canary.endpoint_id)).one()
    assert desk.post(f"/list-health/canaries/{number}/removed").status_code == 303
    assert desk.post(f"/list-health/canaries/{number}/removed").status_code == 404
    assert "There are none yet" in desk.get("/list-health/canaries").text


def test_likely_doubles_are_decided_on_their_page(session: Session, signed_in: Browser) -> None:
    enlist("A Example,pat.example@gmail.com", "B Example,patexample@gmail.com")
    doubles.look_for_doubles(NOW)
    desk = signed_in(RoleName.MANAGER)
    assert "One mailbox in two spellings" in desk.get("/list-health/duplicates").text
    number = session.scalars(select(LikelyDuplicate.id)).one()
    same = desk.post(f"/list-health/duplicates/{number}", data={"verdict": "same"}, follow_redirects=True).text
    assert "They are one subscriber now." in same
    assert "patexample@gmail.com" in same
    one, other = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    assert f'href="/subscribers/{one}"' in desk.get(f"/subscribers/{other}").text
    refused = desk.post(f"/list-health/duplicates/{number}", data={"verdict": "different"})
    assert (refused.status_code, "which cannot be undone" in refused.text) == (409, True)
    assert "No two subscribers look the same." in desk.get("/list-health/duplicates").text


def test_shared_addresses_are_listed_with_their_readers(session: Session, signed_in: Browser) -> None:
    enlist(f"Lee Example,,{PHONE}", f"Pat Example,{PAT},{PHONE}")
    page = signed_in(RoleName.MANAGER).get("/list-health/shared").text
    assert "Lee Example" in page
    assert "Pat Example" in page


def test_the_growth_of_the_list_is_a_chart_a_table_and_a_file(session: Session, signed_in: Browser) -> None:
    desk = signed_in(RoleName.MANAGER)
    assert "Nobody has ever been on the list" in desk.get("/list-growth").text
    enlist(f"Pat Example,{PAT}", at=utc_now() - timedelta(days=40))
    months.keep_months(utc_now())
    page = desk.get("/list-growth").text
    assert "<svg" in page
    assert "1 joined and 0 left" in page
    begun = utc_now() - timedelta(days=40)
    assert f">{begun:%b}</text>" in page
    assert f"{begun:%B %Y}</th>" in page
    rows = desk.get("/list-growth.csv").text.splitlines()
    assert rows[0].lstrip("\ufeff").startswith("month,joined,left,listed")
    assert len(rows) >= 3


def test_mail_that_people_wrote_is_read_on_its_page_and_leads_to_its_call(session: Session, signed_in: Browser) -> None:
    take_mail(about(samples.REPLY, "<none@example.org>"), now=NOW)
    page = signed_in(RoleName.MANAGER).get("/mail").text
    assert "This man is at my neighbour" in page
    assert "See the call" in page


@pytest.mark.parametrize("path", ["", "/reports", "/phones", "/shared", "/duplicates", "/canaries"])
def test_every_page_has_its_operation(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session, path: str
) -> None:
    enlist(f"Lee Example,,{PHONE}", f"Pat Example,{PAT},{PHONE}")
    came_back(session, PAT)
    answer = client.get(f"/api/v1/list-health{path}", headers=bearer(RoleName.MANAGER))
    assert answer.status_code == 200, answer.text
    assert PAT not in answer.text


def test_the_api_decides_as_the_pages_do(
    app: Flask, client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    enlist(f"Pat Example,{PAT}")
    came_back(session, PAT)
    head, number = bearer(RoleName.MANAGER), session.scalars(select(AddressReport.id)).one()
    assert client.post(f"/api/v1/list-health/reports/{number}/restored", headers=head).status_code == 204
    assert state(session, PAT) == "active"
    added = client.post("/api/v1/list-health/canaries", json={"contact": "c@example.org"}, headers=head)
    assert added.status_code == 204, added.text
    assert client.get("/api/v1/list-growth", headers=head).status_code == 200
    assert client.get("/api/v1/mail", headers=head).status_code == 200


def test_who_may_only_read_the_list_decides_nothing(session: Session, signed_in: Browser) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER)
    assert desk.post("/list-health/canaries", data={"contact": "c@example.org"}).status_code == 403
    assert session.scalars(select(Subscriber.id)).all() == []
