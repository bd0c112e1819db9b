"""Who reads of people is entered in the trail before they are shown; a view that forgets fails here."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tests.telephone.conftest import call_in
from tsalert.audit.models import AuditEvent
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import service
from tsalert.staff.rules import RoleName
from tsalert.web.access import access_of, read_by

OF_PEOPLE = {
    Permission.READ_CALL,
    Permission.LOG_CALL,
    Permission.RUN_INCIDENT,
    Permission.READ_CASE,
    Permission.WORK_CASE,
    Permission.EXPORT,
}
# These enter their readers by themselves: a search as a search, what was read of the evidence of a case, a pack.
BY_THEMSELVES = {
    "api_offered_packs.get_pack",
    "exchange.show_pack",
    "api_calls.hear",
    "api_evidence.get_bundle",
    "api_evidence.get_content",
    "api_evidence.get_exhibit",
    "api_evidence.get_schedule",
    "api_evidence.list_evidence",
    "api_handovers.get_handover",
    "api_handovers.get_pack",
    "api_known_by.list_known",
    "api_parties.get_party",
    "api_parties.list_parties",
    "calls.hear",
    "disclosure.edit_line",
    "disclosure.export_schedule",
    "disclosure.show_schedule",
    "evidence.download",
    "evidence.download_bundle",
    "evidence.new_custody",
    "evidence.new_exhibit",
    "evidence.new_file",
    "evidence.show_evidence",
    "evidence.show_exhibit",
    "api_case_packs.get_pack",
    "handover.download_pack",
    "handover.edit_draft",
    "packs.download_pack",
    "handover.show_handover",
    "handover.show_pack",
    "handover.show_pack_text",
    "handover.show_step",
    "parties.list_parties",
    "parties.new_known",
    "parties.new_warning",
    "parties.show_known",
    "parties.show_party",
    "parties.show_warning",
}
# What these show is no more than a board on a wall does: references, types, times, wards, states and officers.
OF_NOBODY = {
    "api_case_board.get_board",
    "api_case_filters.list_filters",
    "api_case_lists.count_cases",
    "api_case_lists.list_cases",
    "api_handovers.list_handovers",
    "api_pages.list_pages",
    "api_places.list_exceptions",
    "api_places.list_imports",
    "api_places.list_neighbours",
    "calls.show_new_call",
    "api_calls.get_proposal",
    "calls.show_proposal",
    "calls.show_waiting",
    "case_board.show_board",
    "cases.edit_filter",
    "cases.edit_progress",
    "cases.list_filters",
    "cases.new_filter",
    "cases.list_cases",
    "cases.new_link",
    "cases.list_referrals",
    "cases.new_money",
    "cases.new_referral",
    "api_partners.count_quarters",
    "api_partners.list_referrals",
    "api_deadlines.list_ahead",
    "api_deadlines.list_law",
    "enforcement.confirm_taking_back",
    "enforcement.list_ahead",
    "enforcement.list_law",
    "enforcement.new_action",
    "enforcement.new_cancellation",
    "enforcement.new_offence",
    "finding.show_search",
    "handover.list_handovers",
    "api_handover_sendings.get_sending",
    "api_offered_packs.list_packs",
    "exchange.list_packs",
    "api_partner_bodies.list_bodies",
    "api_referrals.list_referrals",
    "bodies.edit_body",
    "bodies.list_bodies",
    "bodies.new_body",
    "api_letter_templates.list_templates",
    "letter_templates.list_templates",
    "letter_templates.show_template",
    "packs.choose_parts",
    "referrals.list_referrals",
    "referrals.new_referral",
    "safeguarding.new_concern",
    "handover.new_handover",
    "places.edit_neighbour",
    "places.new_exception",
    "places.new_neighbour",
    "places.show_borders",
    "prosecutions.new_hearing",
    "prosecutions.new_outcome",
    "prosecutions.new_prosecution",
    "response.list_incidents",
    "response.show_step",
    "api_case_officers.list_officers",
    "case_officers.show_officers",
    "prevention.export_units",
}


# Open to those who read figures, and yet each is of one household.
OF_HOUSEHOLDS = {
    "api_interventions.get_intervention",
    "api_units.get_unit",
    "savings.show_intervention",
}


def test_no_view_shows_people_without_entering_who_read(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    of_people = {rule.endpoint for rule in rules if access_of(app, rule.endpoint) in OF_PEOPLE}
    unmarked = {endpoint for endpoint in of_people if read_by(app, endpoint) is None}
    assert unmarked == BY_THEMSELVES | OF_NOBODY
    assert all(read_by(app, endpoint) for endpoint in OF_HOUSEHOLDS)
    for rule in rules:
        _, key = read_by(app, rule.endpoint) or (None, None)
        assert key is None or key in rule.arguments


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def call_id(session: Session, officer: Callable[..., Actor]) -> int:
    return service.log_call(roof_call(), actor=officer(), now=utc_now()).call_id


def read_of(call_id: int) -> list[AuditEvent]:
    return [entry for entry in entries_about(db.session(), "call", call_id) if entry.action == "read"]


def test_whoever_opens_a_call_stands_in_the_trail(desk: FlaskClient, call_id: int) -> None:
    assert "Alex Example" in desk.get(f"/calls/{call_id}").text
    (entry,) = read_of(call_id)
    assert entry.via == "page"
    assert entry.officer_id is not None
    assert utc_now() - entry.at < timedelta(minutes=1)


def test_a_form_that_is_refused_shows_the_call_again_and_that_is_a_reading_too(desk: FlaskClient, call_id: int) -> None:
    refused = desk.post(f"/calls/{call_id}/correction", data={"reason": ""})
    assert (refused.status_code, "Men on the roof" in refused.text) == (422, True)
    assert len(read_of(call_id)) == 1
    stale = desk.post(f"/calls/{call_id}/correction", data={"reason": "Misheard", "happening": "A man", "version": "1"})
    assert stale.status_code == 303
    stale = desk.post(f"/calls/{call_id}/correction", data={"reason": "Misheard", "happening": "Men", "version": "1"})
    assert stale.status_code == 409
    assert len(read_of(call_id)) == 2


def test_a_form_whose_sender_signed_in_anew_shows_the_call_again_and_that_is_a_reading_too(
    app: Flask, desk: FlaskClient, call_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", value=True)
    sent, ours = {"reason": "Misheard", "csrf_token": "before"}, {"Sec-Fetch-Site": "same-origin"}
    refused = desk.post(f"/calls/{call_id}/correction", data=sent, headers=ours)
    assert (refused.status_code, "Men on the roof" in refused.text) == (400, True)
    assert len(read_of(call_id)) == 1


def test_a_form_that_was_refused_and_read_again_can_still_be_sent(desk: FlaskClient, call_id: int) -> None:
    version = re.search(r'name="version" value="([^"]+)"', desk.get(f"/calls/{call_id}/correction").text)
    form = {"submission": "a1", "version": version[1] if version else "", "happening": "Two men on the roof"}
    assert desk.post(f"/calls/{call_id}/correction", data=form | {"reason": ""}).status_code == 422
    assert desk.post(f"/calls/{call_id}/correction", data=form | {"reason": "He rang again"}).status_code == 303
    assert "Two men on the roof" in desk.get(f"/calls/{call_id}").text


def test_a_step_that_is_refused_tells_the_record_as_it_stands_and_that_is_a_reading_too(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], call_id: int
) -> None:
    head, changed = bearer(RoleName.DUTY_OFFICER), {"happening": "A man", "reason": "Misheard", "version": 1}
    assert client.post(f"/api/v1/calls/{call_id}/corrections", json=changed, headers=head).status_code == 200
    assert read_of(call_id) == []
    refused = client.post(f"/api/v1/calls/{call_id}/corrections", json=changed | {"happening": "Men"}, headers=head)
    assert (refused.status_code, refused.get_json()["current"]["caller_name"]) == (409, "Alex Example")
    assert len(read_of(call_id)) == 1
    incident_id = refused.get_json()["current"]["incident_id"]
    assert client.post(f"/api/v1/incidents/{incident_id}/close", json={}, headers=head).status_code == 409
    shown = [entry.action for entry in entries_about(db.session(), "incident", incident_id)]
    assert shown.count("read") == 1


def test_a_call_that_does_not_exist_is_read_by_nobody(desk: FlaskClient, session: Session) -> None:
    assert desk.get("/calls/999").status_code == 404
    assert desk.head("/calls/999").status_code == 404
    assert read_of(999) == []


def test_a_list_that_shows_who_rang_names_every_one_of_them(desk: FlaskClient, session: Session) -> None:
    desk.get("/calls")
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).all() == []
    first, second = call_in(ago=timedelta(minutes=9)), call_in(ago=timedelta(minutes=5))
    desk.get("/calls")
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "read")).one()
    assert entry.detail == {"records": f"{first},{second}"}


def test_nothing_is_shown_where_the_trail_cannot_be_written(app: Flask, desk: FlaskClient, call_id: int) -> None:
    def refuse(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO audit_event"):
            raise OSError("no room for the trail")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        answer = desk.get(f"/calls/{call_id}")
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert "Alex Example" not in answer.text
    assert read_of(call_id) == []
