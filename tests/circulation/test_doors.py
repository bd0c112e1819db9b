"""Partners by pages, by links and by the interface."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.circulation.conftest import WATCH
from tests.conftest import NOW
from tests.web.overtaking import mark_in, refused_for_second
from tsalert.alerts import queries as alerts
from tsalert.circulation import reminding, telling
from tsalert.circulation.models import ForwardAck, PartnerReminder
from tsalert.circulation.rules import Told
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.rules import RoleName
from tsalert.subscribers import partnering
from tsalert.subscribers.queries import audience
from tsalert.visitors.tokens import signer, stamp

PARTNERS = "/api/v1/partners"


def by_hand(**typed: str) -> dict[str, str]:
    """Return what a form sends that somebody filled who took their time."""
    return typed | {"drawn": stamp(utc_now() - timedelta(minutes=1))}


def test_a_partner_from_the_form_to_its_poster(manager: Actor, signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    assert "Neighbourhood Watch" in browser.get("/partners/new").text
    here = browser.post("/partners", data={"name": "Penge library", "kind_id": "2"}).location
    contact = {"address": WATCH, "name": "Sam Example", "gets_alerts": "yes", "is_asked": "yes"}
    shown = browser.post(f"{here}/contacts/new", data=contact, follow_redirects=True).text
    assert "Sam Example" in shown
    assert WATCH not in shown
    shown = browser.post(f"{here}/declarations", data={"reach": "250", "basis": "cards"}, follow_redirects=True).text
    assert "250" in shown
    assert "Type it again" not in shown
    refused = browser.post(f"{here}/declarations", data={"reach": "25000"})
    assert refused.status_code == 422
    assert "type it again" in refused.text
    assert browser.post(f"{here}/declarations", data={"reach": "25000", "again": "25000"}).status_code == 303
    assert "Penge library" in browser.post("/partners/found", data={"search": "library"}).text
    assert "Penge library" not in browser.get("/partners?show=overdue").text
    assert browser.get(f"{here}/code.png").data.startswith(b"\x89PNG")
    assert b"<svg" in browser.get(f"{here}/code.svg").data
    assert browser.get(f"{here}/code.pdf").data.startswith(b"%PDF")
    assert browser.get(f"{here}/code.gif").status_code == 404
    assert browser.post(f"{here}/end").status_code == 303
    assert "Penge library" in browser.get("/partners?show=ended").text
    assert browser.post(f"{here}/declarations", data={"reach": "3"}).status_code == 409


def test_of_two_who_change_a_partner_the_second_loses_nothing_of_the_first(
    manager: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.MANAGER)
    here = browser.post("/partners", data={"name": "Penge library", "kind_id": "2"}).location
    first, second = {"name": "Penge library", "note": "Closed on Mondays."}, {"name": "Penge Library", "kind_id": "2"}
    refused = refused_for_second(browser, f"{here}/edit", first, second)
    assert "It differs from what stands now in: organisation, kind, notes." in refused
    assert "Closed on Mondays." in browser.get(here).text
    assert browser.post(f"{here}/edit", data=second | {"seen": mark_in(refused)}).status_code == 303
    assert "Closed on Mondays." not in browser.get(here).text


def test_kinds_are_a_list_that_officers_keep(manager: Actor, signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    browser.post("/partners/kinds", data={"name": "Allotment society"})
    assert "Allotment society" in browser.get("/partners/new").text
    assert browser.post("/partners/kinds", data={"name": "Allotment society"}).status_code == 422
    browser.post("/partners/kinds/1/end")
    assert "Neighbourhood Watch" not in browser.get("/partners/new").text


def test_one_button_says_that_it_was_passed_on(
    session: Session, client: FlaskClient, partner_id: int, manager: Actor, delivery_id: int
) -> None:
    telling.declare_for(partner_id, Told(400), actor=manager, now=NOW)
    here = f"/passed-on/{signer('acknowledge').sign(delivery_id)}"
    assert client.head(here).status_code == 200
    shown = client.get(here).text
    assert 'value="400"' in shown
    assert WATCH not in shown
    assert session.scalars(select(ForwardAck)).all() == []
    assert "Thank you" in client.post(here, data=by_hand(reach="400")).text
    assert [(each.reach, each.via) for each in db.session().scalars(select(ForwardAck))] == [(400, "link")]


@pytest.mark.parametrize("reach", ["-5", "many", "", "99999999999"])
def test_a_number_that_is_none_comes_back(client: FlaskClient, delivery_id: int, reach: str) -> None:
    here = f"/passed-on/{signer('acknowledge').sign(delivery_id)}"
    assert client.post(here, data=by_hand(reach=reach)).status_code == 422


def test_a_machine_is_thanked_and_ignored(session: Session, client: FlaskClient, delivery_id: int) -> None:
    here = f"/passed-on/{signer('acknowledge').sign(delivery_id)}"
    answer = client.post(here, data=by_hand(reach="5", leave_empty="http://example.com"))
    assert "Thank you" in answer.text
    assert session.scalars(select(ForwardAck)).all() == []


@pytest.mark.parametrize("purpose", ["unsubscribe", "confirm", "declare"])
def test_a_token_for_another_purpose_opens_nothing(client: FlaskClient, delivery_id: int, purpose: str) -> None:
    assert client.get(f"/passed-on/{signer(purpose).sign(delivery_id)}").status_code == 404
    assert client.get("/passed-on/cut-short").status_code == 404


def test_a_contact_declares_again_in_two_clicks(
    session: Session, client: FlaskClient, partner_id: int, manager: Actor
) -> None:
    long_ago = utc_now() - timedelta(days=400)
    telling.declare_for(partner_id, Told(400, "members"), on=long_ago, actor=manager, now=utc_now())
    assert reminding.remind(utc_now()) == 1
    here = f"/declare/{signer('declare').sign(session.scalars(select(PartnerReminder.id)).one())}"
    client.head(here)
    assert 'value="400"' in client.get(here).text
    assert len(partnering.declarations_of(db.session(), partner_id)) == 1
    assert "Thank you" in client.post(here, data=by_hand(reach="400")).text
    latest = partnering.declarations_of(db.session(), partner_id)[0]
    assert (latest.reach, latest.basis, latest.via) == (400, "members", "contact")


def test_the_alert_to_pass_on_has_a_partners_own_sign_up_and_nobodys_link(
    session: Session, client: FlaskClient, partner_id: int, sent: int
) -> None:
    reference = alerts.get_alert(session, sent).reference
    code = partnering.get_partner(session, partner_id).code
    page = client.get(f"/pass-on/{reference}?partner={code}").text
    assert f"/join?partner={code}" in page
    assert f"/check/{reference}" in page
    assert "unsubscribe" not in page
    assert "passed-on" not in page
    for unknown in ("", "?partner=NOSUCH", "?partner=%22%3E%3Cscript%3E", "?partner=%00"):
        answer = client.get(f"/pass-on/{reference}{unknown}")
        assert (answer.status_code, "partner=" in answer.text.partition("<main")[2]) == (200, False)
    assert client.get("/pass-on/TS-2019-001").status_code == 404


def test_the_ledger_by_page_file_and_interface(
    session: Session, partner_id: int, sent: int, signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]], client: FlaskClient,
) -> None:  # fmt: skip
    head = bearer(RoleName.MANAGER)
    one = f"{PARTNERS}/{partner_id}"
    answer = client.post(f"{one}/declarations", json={"reach": 400, "basis": "members"}, headers=head)
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    assert answer.json["declarations"][0]["reach"] == 400
    told = {"alert_id": sent, "reach": 350}
    assert client.post(f"{one}/passed-on", json=told, headers=head).status_code == 204
    found = client.get("/api/v1/circulation", headers=head).json
    assert found is not None
    assert [(each["declared"], each["acknowledged"], each["observed"]) for each in found["items"]] == [(400, 350, 0)]
    period = client.get("/api/v1/circulation?period=2026/27", headers=head).json
    assert period is not None
    assert period["figures"]["acknowledged"] in {0, 350}
    browser = signed_in(RoleName.MANAGER)
    shown = browser.get("/circulation").text
    assert "Bickley library" in shown
    assert "observed once, for the first" in shown
    assert "never added up" in browser.get("/circulation?period=2026/27").text
    assert "Bickley library" in browser.get("/circulation.csv").text


def test_every_act_on_partners_has_its_operation(
    session: Session, manager: Actor, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    head = bearer(RoleName.MANAGER)
    added = client.post(PARTNERS, json={"name": "Penge library", "kind_id": 2}, headers=head).json
    assert added is not None
    one = f"{PARTNERS}/{added['partner']['id']}"
    contact = {"address": WATCH, "gets_alerts": True, "is_asked": True}
    page = client.post(f"{one}/contacts", json=contact, headers=head).json
    assert page is not None
    assert WATCH not in str(page)
    key = {"endpoint_id": page["contacts"][0]["endpoint_id"]}
    assert client.post(f"{one}/contacts/end", json=key, headers=head).json["contacts"] == []  # type: ignore[index]
    assert client.post(f"{one}/contacts/end", json=key, headers=head).status_code == 404
    assert client.put(one, json={"name": "Penge hub", "kind_id": 999}, headers=head).status_code == 422
    assert client.put(one, json={"name": "Penge hub"}, headers=head).status_code == 200
    listed = client.get(PARTNERS, headers=head).json
    assert listed is not None
    assert ([each["name"] for each in listed["items"]], listed["next"]) == (["Penge hub"], None)
    kind = client.post(f"{PARTNERS}/kinds", json={"name": "Market"}, headers=head).json
    assert kind is not None
    assert client.delete(f"{PARTNERS}/kinds/{kind['id']}", headers=head).status_code == 204
    assert client.get(f"{PARTNERS}/kinds", headers=head).json
    assert client.get(one, headers=head).status_code == 200
    assert client.delete(one, headers=head).status_code == 204
    assert client.get(PARTNERS, headers=head).json == {"items": [], "next": None}


def test_a_program_that_gives_an_empty_ward_means_the_whole_area(
    client: FlaskClient, partner_id: int, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    one, head = f"{PARTNERS}/{partner_id}", bearer(RoleName.MANAGER)
    told = {"name": "Bickley library", "kind_id": 2, "ward": ""}
    assert client.put(one, json=told, headers=head).status_code == 200
    reached = audience(wards=["Bickley"], topic="all", channels=["email"], urgent=True)
    assert len(session.execute(reached).all()) == 1
