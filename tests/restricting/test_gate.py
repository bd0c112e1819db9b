"""No door leads to a restricted record: every route that names one is walked, as a page and through the API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.plans import asking
from tests.restricting.conftest import WHY, Kept, give, newest_officer
from tsalert.cases import queries as cases
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.restricting import records
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting
from tsalert.tiers import service as tiers
from tsalert.tiers.gate import QUERY

KEYS = {"case_id", "incident_id", "call_id", "party_id"}
# Parts of addresses that name no call, incident, case or party, nor anything of one; a new part is told apart here.
# A hold and a request for what is held on somebody keep back by themselves what their reader may not see.
OF_NOTHING_KEPT = {
    "account_id", "act", "action_id", "activity_id", "alert_id", "authority_id", "body_id", "delivery_id",
    "display_id", "edition", "ending", "endpoint_id", "exception_id", "figure_id", "filename", "filter_id", "form",
    "form_name", "grant_id", "hold_id", "key_id", "kind", "kind_id", "leave_id", "line", "mailing_id", "message_id",
    "name", "nearby_id", "neighbour_id", "number", "officer_id", "pair_id", "partner_id", "passkey_id", "pattern_id",
    "quarter", "report_id", "request_id", "role", "rule_id", "run_id", "section", "shift_id", "sign_in_id", "slug",
    "subject", "subscriber_id", "subscription_id", "token", "token_id", "webhook_id", "week", "zone_id",
}  # fmt: skip
# These stand behind a part that does name one.
BENEATH = {
    "decision_id",
    "exhibit_id",
    "file_id",
    "hearing_id",
    "known_id",
    "letter_id",
    "link_id",
    "milestone_id",
    "prosecution_id",
    "referral_id",
    "role_id",
    "study_id",
}
ANYTHING = {"kind": "name", "role": "caller", "form": "poster", "form_name": "grade", "ending": "pdf"}


def walked(app: Flask) -> list[tuple[Rule, str]]:
    rules = [rule for rule in app.url_map.iter_rules() if KEYS & set(rule.arguments)]
    return [(rule, method) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def address(app: Flask, rule: Rule, kept: Kept) -> str:
    values = {name: getattr(kept, name, ANYTHING.get(name, 1)) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_part_of_an_address_is_known_to_the_gate_or_names_nothing_kept(app: Flask) -> None:
    rules = list(app.url_map.iter_rules())
    parts = {name for rule in rules for name in rule.arguments}
    assert parts - set(records.KEYS) == OF_NOTHING_KEPT | BENEATH
    for rule in rules:
        assert not BENEATH & set(rule.arguments) or KEYS & set(rule.arguments), rule.rule


def test_to_look_up_what_an_address_names_locks_nothing(session: Session) -> None:
    with asking("FOR UPDATE") as locking:
        for name, read in records.KEYS.items():
            read(session, 1 if name.endswith("_id") and not name.startswith(QUERY) else "1")
    assert locking == []


@pytest.mark.parametrize("role", [RoleName.MANAGER, RoleName.CASE_OFFICER])
def test_no_page_or_operation_lets_anybody_to_a_restricted_record_without_a_grant(
    app: Flask,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    restricted: Kept,
    role: RoleName,
) -> None:
    browser, head = signed_in(role), bearer(role)
    passed = []
    for rule, method in walked(app):
        path = address(app, rule, restricted)
        is_operation = path.startswith("/api/")
        door = client if is_operation else browser
        answer = door.open(path, method=method, headers=head if is_operation else {}, json={} if is_operation else None)
        if answer.status_code != 403 or "Alex Example" in answer.text or "A story to keep" in answer.text:
            passed.append(f"{method} {rule.rule}: {answer.status_code}")
    assert passed == []


def test_the_same_pages_answer_where_nothing_is_restricted(
    app: Flask, signed_in: Callable[..., FlaskClient], kept: Kept
) -> None:
    desk = signed_in(RoleName.MANAGER)
    paths = [address(app, rule, kept) for rule, method in walked(app) if method == "GET"]
    closed = [path for path in paths if not path.startswith("/api/") and desk.get(path).status_code == 403]
    assert closed == []


def test_a_record_that_another_page_is_asked_about_is_kept_too(
    signed_in: Callable[..., FlaskClient], restricted: Kept
) -> None:
    desk = signed_in(RoleName.CASE_OFFICER)
    reference = cases.references(db.session(), [restricted.case_id])[restricted.case_id]
    for path in (
        f"/cases/new?incident={restricted.incident_id}",
        f"/handovers/new?case={restricted.case_id}",
        f"/interventions/new?type=scam_victim&case={reference}",
        f"/interventions?case={reference}",
        f"/alerts/new?case_id={restricted.case_id}",
    ):
        assert desk.get(path).status_code == 403, path


def test_an_open_incident_does_not_lead_to_a_case_that_is_restricted(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]], kept: Kept, manager: Actor
) -> None:
    with transaction():
        tiers.restrict(session, *kept.case, kept.case, WHY, actor=manager, now=utc_now())
    path, head = f"/api/v1/incidents/{kept.incident_id}/case", bearer(RoleName.CASE_OFFICER)
    assert client.get(path, headers=head).status_code == 403


def test_a_grant_that_ends_counts_at_the_very_next_request(
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    restricted: Kept,
    manager: Actor,
) -> None:
    desk = signed_in(RoleName.CASE_OFFICER)
    reader = newest_officer()
    path = f"/cases/{restricted.case_id}"
    grant_id = give(restricted.case, reader.officer_id, by=manager)
    assert desk.get(path).status_code == 403
    opened = desk.post(f"/access/closed/case/{restricted.case_id}/opening", data={"reason": "The hearing is today."})
    assert (opened.status_code, opened.location) == (303, path)
    for beneath in (path, f"{path}/timeline", f"{path}/money", f"/incidents/{restricted.incident_id}"):
        assert desk.get(beneath).status_code == 200, beneath
    assert "A story to keep" in desk.get(path).text
    granting.end(grant_id, actor=manager, now=utc_now())
    for beneath in (path, f"{path}/timeline", f"{path}/money", f"/incidents/{restricted.incident_id}"):
        assert desk.get(beneath).status_code == 403, beneath
    ours = {"Sec-Fetch-Site": "same-origin"}
    late = desk.post(f"{path}/notes", data={"text": "She told me on the stairs."}, headers=ours)
    assert (late.status_code, "She told me on the stairs." in late.text) == (403, True)
    assert "What you typed is below" in late.text
    pressed = desk.post(f"{path}/notes", data={"csrf_token": "a button alone"}, headers=ours)
    assert ("This was not saved" in pressed.text, "What you typed" in pressed.text) == (True, False)
    assert "This was not saved" not in desk.get(path).text


@pytest.mark.parametrize("role", [RoleName.MANAGER, RoleName.CASE_OFFICER])
def test_no_form_or_operation_takes_a_record_that_is_kept_from_whoever_names_it(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], restricted: Kept, role: RoleName
) -> None:
    head = bearer(role)
    told = {"summary": "Copied from it", "category": "doorstep_crime", "incident_id": restricted.incident_id}
    handed = {"body": "Kent Trading Standards", "facts": "They moved over.", "case_id": restricted.case_id}
    saved = {"type": "scam_victim", "on_date": "2026-06-10", "case_id": restricted.case_id}
    for path, body in (("cases", told), ("handovers", handed), ("interventions", saved)):
        answer = client.post(f"/api/v1/{path}", json=body, headers=head)
        assert (answer.status_code, answer.get_json().get("tier")) == (403, 4), (path, answer.text)
