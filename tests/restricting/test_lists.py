"""What is restricted stands in lists and on the board with no more than everybody may see, and in no match."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.restricting.conftest import WHY, Kept, give, newest_officer
from tests.telephone.conftest import call_in
from tsalert.audit.queries import entries_about
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import quarter_of
from tsalert.db import db
from tsalert.inbound.models import InboundMessage
from tsalert.inbound.rules import MESSAGE
from tsalert.response import kept
from tsalert.response import queries as response
from tsalert.response.board import read_board
from tsalert.restricting import service
from tsalert.savings import queries as savings
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting
from tsalert.tiers.vocabulary import Subject

pytestmark = pytest.mark.db


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient], restricted: Kept) -> FlaskClient:
    """An officer who holds no grant."""
    return signed_in(RoleName.CASE_OFFICER)


@pytest.fixture
def head(desk: FlaskClient, bearer: Callable[..., dict[str, str]]) -> dict[str, str]:
    return bearer(RoleName.CASE_OFFICER)


def references(kept: Kept) -> tuple[str, str]:
    call = response.get_call(db.session(), kept.call_id)
    return call.reference, response.get_incident(db.session(), kept.incident_id).reference


@pytest.mark.parametrize("path", ["/calls", "/incidents", "/cases", "/board"])
def test_lists_show_that_a_record_is_restricted_and_nothing_of_anybody(desk: FlaskClient, path: str) -> None:
    page = re.sub(r"<option.*?</option>", "", desk.get(path).text)  # what a list may be narrowed to is nobody's
    assert ">Restricted<" in page.replace("\n", "").replace("  ", "")
    for word in ("Alex Example", "Example Road", "A story to keep", "roofing", "Roofing"):
        assert word not in page


def test_a_restricted_record_is_linked_in_lists_so_that_somebody_can_ask(desk: FlaskClient, restricted: Kept) -> None:
    call, incident = references(restricted)
    assert call in desk.get("/calls").text
    assert incident in desk.get("/incidents").text
    assert incident in desk.get("/board").text


@pytest.mark.parametrize("path", ["calls", "incidents", "cases", "parties"])
def test_lists_of_the_interface_tell_of_it_what_everybody_may_know(
    client: FlaskClient, head: dict[str, str], restricted: Kept, path: str
) -> None:
    listed: list[dict[str, Any]] = client.get(f"/api/v1/{path}", headers=head).get_json()["items"]
    for row in listed:
        told = {name for name, value in row.items() if value not in (None, False, "none", [])}
        assert not told & {"address", "postcode", "caller_name", "phone", "happening", "trader", "kind", "outcome_note"}
    assert all(row.get("name") != "Alex Example" for row in listed)


def test_a_list_enters_in_the_trail_only_those_of_whom_it_told(
    client: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    client.get("/api/v1/calls", headers=head)
    read = [each for each in entries_about(db.session(), "call", restricted.call_id) if each.action == "read"]
    assert read == []


def searched(desk: FlaskClient, text: str) -> str:
    return str(desk.post("/parties", data={"q": text}).text)


def matched(client: FlaskClient, head: dict[str, str], **typed: str) -> dict[str, Any]:
    answer = client.post("/api/v1/matches", json=typed, headers=head)
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_neither_search_nor_matching_finds_what_is_restricted(
    desk: FlaskClient, client: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    call = response.get_call(db.session(), restricted.call_id)
    path = f"/parties/{restricted.party_id}"
    texts = (call.caller_name, call.phone, call.reference, references(restricted)[1])
    for text in filter(None, texts):
        assert path not in searched(desk, text), text
    typed = {"phone": call.phone, "address": call.address, "postcode": call.postcode}
    found = matched(client, head, **{name: text for name, text in typed.items() if text})
    assert found == {"parties": [], "incidents": [], "intelligence": []}


def test_a_grant_that_ended_counts_at_the_next_search_and_match(
    signed_in: Callable[..., FlaskClient],
    restricted: Kept,
    manager: Actor,
) -> None:
    desk = signed_in(RoleName.CASE_OFFICER)
    reader = newest_officer()
    roots = (restricted.case, (Subject.PARTY, restricted.party_id))
    grants = [give(root, reader.officer_id, by=manager) for root in roots]
    call, path = references(restricted)[0], f"/parties/{restricted.party_id}"
    assert path in searched(desk, call)
    for grant_id in grants:
        granting.end(grant_id, actor=manager, now=utc_now())
    assert path not in searched(desk, call)


def test_the_clock_of_a_restricted_incident_runs_on_for_everybody_to_see(session: Session, restricted: Kept) -> None:
    (line,) = read_board(session, now=utc_now()).lines
    assert line.is_restricted
    assert line.reading.due_at is not None or line.grade is None


def test_the_service_counts_what_is_restricted(session: Session, restricted: Kept) -> None:
    listed = response.list_incidents(session).items
    assert kept.incidents_for(session, SERVICE, listed, now=utc_now()) == (listed, set())


def test_units_and_interventions_of_a_restricted_case_are_listed_without_the_household(
    desk: FlaskClient, client: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    home = "BR1 3UH 12"
    told = {"type": "call_blocker", "on_date": "2022-05-03", "units": 1, "household_key": home}
    made = client.post("/api/v1/interventions", json=told, headers=head)
    assert made.status_code == 201, made.text
    reference = made.get_json()["reference"]
    added = client.post("/api/v1/units", json={"intervention": reference, "serials": ["CB-1001"]}, headers=head)
    assert added.status_code == 201, added.text
    assert home in desk.get("/units.csv").text
    row = savings.get_current_row(db.session(), reference)
    row.case_id = restricted.case_id
    db.session().commit()
    for path in ("interventions", "units"):
        (listed,) = client.get(f"/api/v1/{path}", headers=head).get_json()["items"]
        assert listed["household_key"] is None, path
    exported = desk.get("/units.csv").text
    assert ("CB-1001" in exported, home in exported) == (True, False)
    unit = client.get("/api/v1/units", headers=head).get_json()["items"][0]["id"]
    assert client.get(f"/api/v1/units/{unit}", headers=head).status_code == 403
    assert client.get(f"/api/v1/interventions/{reference}", headers=head).status_code == 403


def test_texts_of_a_restricted_call_are_not_shown(
    session: Session, desk: FlaskClient, client: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    for number, call_id, body in ((1, restricted.call_id, "They are back"), (2, None, "Thank you")):
        told = {"provider_ref": f"SM{number}", "sender": "+447700900123", "taken_as": MESSAGE, "answer": ""}
        session.add(InboundMessage(**told, body=body, received_at=utc_now(), call_id=call_id))
    session.commit()
    page = desk.get("/messages").text
    assert ("Thank you" in page, "They are back" in page) == (True, False)
    listed = client.get("/api/v1/messages", headers=head).get_json()["items"]
    assert [each["body"] for each in listed] == ["Thank you"]


def test_who_rang_is_not_told_of_a_restricted_call_that_waits_to_be_written_up(
    session: Session, desk: FlaskClient, client: FlaskClient, head: dict[str, str], manager: Actor
) -> None:
    shut, plain = call_in(caller="+447700900999"), call_in(caller="+447700900123")
    service.restrict((Subject.CALL, shut), WHY, actor=manager, now=utc_now())
    page = desk.get("/calls").text
    waiting = page[: page.index("In the order they were saved")]
    assert ("Restricted" in waiting, f"/calls/{shut}/write-up" in waiting) == (True, False)
    assert ("tel:+447700900123" in page, "900999" in page) == (True, False)
    told = client.get("/api/v1/calls/waiting", headers=head)
    kept, shown = told.get_json()["items"]
    assert (kept["call"]["id"], kept["call"]["phone"], kept["telephone"]) == (shut, None, None)
    assert (shown["call"]["id"], shown["telephone"]["caller"]) == (plain, "+447700900123")
    assert "900999" not in told.text
    entries = [entries_about(session, "call", number) for number in (shut, plain)]
    assert [sum(each.action == "read" for each in found) for found in entries] == [0, 2]


def test_the_incidents_behind_a_figure_tell_of_one_that_is_restricted_what_everybody_may_know(
    client: FlaskClient, desk: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    _, incident = references(restricted)
    asked = {"period": quarter_of(london_date(utc_now())).label}
    of_type = asked | {"by": "type", "key": "doorstep_crime: roofing"}
    path = "/response-figures/incidents"
    for answer in (
        desk.get(path, query_string=asked),
        desk.get(f"{path}.csv", query_string=asked),
        client.get(f"/api/v1{path}", query_string=asked, headers=head),
    ):
        assert (answer.status_code, incident in answer.text, "roofing" in answer.text) == (200, True, False)
    narrowed = desk.get(f"{path}.csv", query_string=of_type)
    assert (narrowed.status_code, incident in narrowed.text) == (200, False)


def test_why_money_of_a_restricted_case_is_other_money_is_not_told(
    client: FlaskClient, desk: FlaskClient, head: dict[str, str], restricted: Kept
) -> None:
    told = {"type": "call_blocker", "on_date": "2022-05-03", "units": 1, "household_key": "BR1 3UH 12"}
    reference = client.post("/api/v1/interventions", json=told, headers=head).get_json()["reference"]
    row = savings.get_current_row(db.session(), reference)
    row.case_id, row.other_money = restricted.case_id, "It is her son's"
    db.session().commit()
    assert "her son" not in client.get("/api/v1/interventions", headers=head).text
    assert "her son" not in desk.get("/interventions").text
