"""Pages of calls, the board and incidents, as an officer meets them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import travel

from tests.response.conftest import roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.response import queries, service
from tsalert.response.models import Call, Incident
from tsalert.response.opening import seal_opening
from tsalert.response.rules import NewIncident
from tsalert.response.vocabulary import Category, Disposition
from tsalert.staff.rules import RoleName

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(RoleName.DUTY_OFFICER)


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident whose call came just now."""
    logged = service.log_call(roof_call(), actor=duty, now=utc_now())
    assert logged.incident_id is not None
    return logged.incident_id


def form(desk: FlaskClient, **changes: Any) -> dict[str, Any]:
    """Return the form as a browser would send it: with what the page itself put there."""
    page = desk.get("/calls/new").text
    hidden = dict(re.findall(r'name="(opened|submission)" value="([^"]+)"', page))
    told = {
        "phone": "020 7946 0123",
        "happening": "Men on the roof",
        "address": "1 Example Road",
        "is_trader_on_site": "yes",
        "money_state": "agreed",
        "money_amount": "£4,000",
        "category": "doorstep_crime",
        "disposition": "new_incident",
        "grade": "proposed",
        "line": "rapid_voice",
    }
    return {name: value for name, value in (hidden | told | changes).items() if value is not None}


def count(session: Session, table: type[Call | Incident]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_call_is_saved_and_its_incident_shown_with_the_clock(desk: FlaskClient, session: Session) -> None:
    opened = seal_opening(utc_now() - timedelta(seconds=90))
    answer = desk.post("/calls", data=form(desk, opened=opened))
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "1 hour 58 minutes left" in page
    assert "Graded immediate" in page


def test_whoever_stands_at_the_door_reads_the_clock_before_anything_else_can_be_done(
    desk: FlaskClient, incident_id: int
) -> None:
    page = desk.get(f"/incidents/{incident_id}").text
    assert page.index("Due ") < page.index("I am on my way") < page.index("Place a legal hold")


def test_new_facts_are_proposed_to_have_come_with_the_last_call(
    desk: FlaskClient, session: Session, duty: Actor, incident_id: int
) -> None:
    fresh = re.compile(r'name="facts_at"[^>]*value="\d{4}-\d\d-\d\dT\d\d:\d\d')
    assert not fresh.search(desk.get(f"/incidents/{incident_id}/grade").text)
    reference = queries.get_incident(session, incident_id).reference
    second = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference)
    service.log_call(second, actor=duty, now=utc_now())
    assert fresh.search(desk.get(f"/incidents/{incident_id}/grade").text)


def test_a_step_without_its_answer_says_what_to_choose(desk: FlaskClient, incident_id: int) -> None:
    for form_name, wanted in (("outcome", "Choose how it came out."), ("stand-down", "Choose why nobody needs to go.")):
        page = desk.post(f"/incidents/{incident_id}/{form_name}", data={}).text
        assert page.count(wanted) == 2, "in the summary and beside the field"


def test_saving_twice_saves_once_and_leads_to_the_same_place(desk: FlaskClient, session: Session) -> None:
    sent = form(desk)
    first, second = desk.post("/calls", data=sent), desk.post("/calls", data=sent)
    assert (second.status_code, second.location) == (303, first.location)
    assert count(session, Call) == count(session, Incident) == 1


def test_the_time_that_counts_is_when_the_form_was_opened(
    desk: FlaskClient, session: Session, client: FlaskClient
) -> None:
    opened_at = utc_now() - timedelta(minutes=4)
    desk.post("/calls", data=form(desk, opened=seal_opening(opened_at)))
    assert session.scalars(select(Call.received_at)).one() == opened_at


def test_a_page_that_was_left_open_asks_when_the_call_came_in(desk: FlaskClient, session: Session) -> None:
    opened = seal_opening(utc_now() - timedelta(hours=9))
    refused = desk.post("/calls", data=form(desk, opened=opened))
    assert refused.status_code == 422
    assert "Say when the call came in" in refused.text
    assert count(session, Call) == 0
    a_minute_ago = (utc_now() - timedelta(minutes=1)).isoformat()
    answer = desk.post("/calls", data=form(desk, opened=opened, claimed_at=a_minute_ago))
    assert answer.status_code == 303
    assert "1 hour 5" in desk.get(answer.location).text


@pytest.mark.parametrize("opened", ["", "nonsense", "IjIwMjAtMDEtMDFUMDA6MDA6MDArMDA6MDAi.AAAA"])
def test_a_time_of_opening_that_is_not_ours_is_refused_and_renewed(
    desk: FlaskClient, session: Session, opened: str
) -> None:
    answer = desk.post("/calls", data=form(desk, opened=opened))
    assert answer.status_code == 422
    assert "Men on the roof" in answer.text
    renewed = re.findall(r'name="opened" value="([^"]+)"', answer.text)[0]
    assert desk.post("/calls", data=form(desk, opened=renewed)).status_code == 303


def test_a_refused_form_keeps_when_it_was_opened(desk: FlaskClient, session: Session) -> None:
    sent = form(desk, postcode="NOWHERE")
    answer = desk.post("/calls", data=sent)
    assert answer.status_code == 422
    assert f'name="opened" value="{sent["opened"]}"' in answer.text
    assert "Enter a full postcode" in answer.text


def test_another_grade_than_the_one_proposed_asks_why(desk: FlaskClient, session: Session) -> None:
    refused = desk.post("/calls", data=form(desk, grade="prompt"))
    assert refused.status_code == 422
    assert "Say why it is" in refused.text
    why = form(desk, grade="prompt", grade_reason="He has left")
    assert desk.post("/calls", data=why).status_code == 303


def test_advice_is_a_call_and_no_incident(desk: FlaskClient, session: Session) -> None:
    answer = desk.post("/calls", data=form(desk, disposition="advice", category=None))
    assert "/calls/" in answer.location
    assert "Advice given" in desk.get(answer.location).text
    assert count(session, Incident) == 0


def test_what_people_type_stays_text(desk: FlaskClient, session: Session) -> None:
    words = dict.fromkeys(("happening", "address", "caller_name", "trader", "kind", "phone"), SCRIPT)
    incident = desk.post("/calls", data=form(desk, **words)).location
    call_id = session.scalars(select(Call.id)).one()
    for path in (incident, f"/calls/{call_id}", "/calls", "/board", "/incidents"):
        assert SCRIPT not in desk.get(path).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        pytest.param({"surprise": "1"}, "problem", id="unknown-field"),
        pytest.param({"happening": "a\x00b"}, "cannot be seen", id="binary"),
        pytest.param({"happening": "x" * 4001}, "4,000 characters", id="too-long"),
        pytest.param({"address": "1 Example Road\r\nBcc: x"}, "cannot be seen", id="new-line-in-an-address"),
        pytest.param({"money_amount": "-5"}, "between £0", id="negative-money"),
        pytest.param({"claimed_at": "2026-03-29T01:30"}, "clocks went forward", id="a-time-that-was-skipped"),
        pytest.param({"claimed_at": "2999-01-01T00:00"}, "still to come", id="a-time-to-come"),
        pytest.param({"disposition": "eaten"}, "Choose one", id="a-choice-that-is-none"),
        pytest.param({"category": ["scam", "other"]}, "more than once", id="sent-twice"),
    ],
)
def test_a_bad_form_says_what_to_mend(desk: FlaskClient, session: Session, typed: dict[str, Any], words: str) -> None:
    answer = desk.post("/calls", data=form(desk, **typed))
    assert answer.status_code == 422
    assert words in answer.text
    assert count(session, Call) == 0


@pytest.mark.parametrize(
    ("ticks", "grade"),
    [
        pytest.param("has_threat=yes", "immediate", id="threat"),
        pytest.param("is_vulnerable=yes&money_state=paid", "prompt", id="vulnerable"),
        pytest.param("", "no visit", id="nothing"),
    ],
)
def test_the_form_hears_which_grade_its_answers_propose(desk: FlaskClient, ticks: str, grade: str) -> None:
    assert f"Proposed grade: {grade}" in desk.get(f"/calls/proposal?{ticks}").text


def test_a_reference_leads_to_its_call_or_incident(desk: FlaskClient, session: Session, incident_id: int) -> None:
    reference = queries.get_incident(session, incident_id).reference
    call = queries.list_calls(session).items[0]
    assert desk.get(f"/calls?reference={reference.lower()}").location == f"/incidents/{incident_id}"
    assert desk.get(f"/calls?reference={call.reference}").location == f"/calls/{call.id}"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param("R26-99999-A", "There is no call or incident with that reference.", id="unknown"),
        pytest.param("R26\u202e", "Take out the characters that cannot be seen", id="unseen"),
        pytest.param("R" * 41, "Keep this to 40 characters or fewer.", id="long"),
    ],
)
def test_a_reference_that_leads_nowhere_comes_back_in_its_box(
    desk: FlaskClient, session: Session, incident_id: int, typed: str, told: str
) -> None:
    page = desk.get("/calls", query_string={"reference": typed})
    assert page.status_code == 422
    assert f'name="reference" type="text" spellcheck="false" value="{typed}"' in page.text
    assert page.text.count(told) == 2  # in the summary, and beside the box
    assert queries.list_calls(session).items[0].reference in page.text


def test_the_board_names_no_caller_and_no_address(desk: FlaskClient, session: Session, incident_id: int) -> None:
    page = desk.get("/board").text
    assert queries.get_incident(session, incident_id).reference in page
    for private in ("Alex Example", "1 Example Road", "4,000", "900123"):
        assert private not in page


def test_an_administrator_sees_the_board_and_nothing_behind_it(
    signed_in: Callable[..., FlaskClient], incident_id: int
) -> None:
    desk = signed_in(RoleName.ADMINISTRATOR)
    page = desk.get("/board").text
    assert f"/incidents/{incident_id}" not in page
    assert desk.get(f"/incidents/{incident_id}").status_code == 403
    assert desk.get("/calls/new").status_code == 403


def test_a_board_is_told_when_nothing_changed(desk: FlaskClient, duty: Actor, incident_id: int) -> None:
    first = desk.get("/board/lines")
    mark = first.headers["ETag"]
    assert desk.get("/board/lines", headers={"If-None-Match": mark}).status_code == 304
    service.log_call(roof_call(incident=NewIncident(Category.SCAM)), actor=duty, now=utc_now())
    with travel(utc_now() + timedelta(seconds=1)):
        again = desk.get("/board/lines", headers={"If-None-Match": mark})
    assert again.status_code == 200
    assert "Not graded" in again.text


def test_a_board_whose_reader_signed_out_gets_no_page_inside_the_page(client: FlaskClient) -> None:
    assert client.get("/board/lines", headers={"HX-Request": "true"}).status_code == 401


def test_an_incident_goes_from_button_to_button_to_its_end(
    desk: FlaskClient, session: Session, incident_id: int
) -> None:
    path = f"/incidents/{incident_id}"
    for step, button in (("en_route", "I am on scene"), ("on_scene", "I have left"), ("cleared", "I am on my way")):
        assert desk.post(f"{path}/milestones", data={"step": step}).status_code == 303
        assert button in desk.get(path).text
    page = desk.get(path).text
    assert re.search(r"on the way \d+:\d\d[ap]m, on scene \d+:\d\d[ap]m, left \d+:\d\d[ap]m\s*</li>", page)
    assert "Close the incident" not in page
    desk.post(f"{path}/outcome", data={"outcome": "trader_sent_away", "note": "Gone by noon"})
    assert "Close the incident" in desk.get(path).text
    assert desk.post(f"{path}/close").status_code == 303
    page = desk.get(path).text
    assert "Gone by noon" in page
    assert "Reopen" in page


def test_an_illegal_step_is_refused_with_the_legal_ones(desk: FlaskClient, incident_id: int) -> None:
    path = f"/incidents/{incident_id}"
    answer = desk.post(f"{path}/close")
    assert answer.status_code == 409
    assert "Stand down" in answer.text
    desk.post(f"{path}/stand-down", data={"reason": "withdrawn"})
    assert desk.get(f"{path}/grade").status_code == 409


@pytest.mark.parametrize(
    ("step", "sent", "then"),
    [
        pytest.param("remote-resolution", {"how": "bank_stopped_payment"}, "Resolved without a visit", id="resolved"),
        pytest.param("stand-down", {"reason": "withdrawn"}, "Stood down", id="stood-down"),
        pytest.param("handover-offer", {"body": "Otherborough"}, "Offered to another body", id="offered"),
        pytest.param("handover", {"accepted_by": "Otherborough"}, "Handed over", id="handed-over"),
        pytest.param(
            "grade",
            {"grade": "prompt", "grade_reason": "He left", "basis": "wrong_triage"},
            "The first grade was wrong: He left",
            id="graded-again",
        ),
    ],
)
def test_each_step_has_a_form_and_a_place_in_the_story(
    desk: FlaskClient, incident_id: int, step: str, sent: dict[str, str], then: str
) -> None:
    path = f"/incidents/{incident_id}"
    assert desk.get(f"{path}/{step}").status_code == 200
    refused = desk.post(f"{path}/{step}", data={})
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert desk.post(f"{path}/{step}", data=sent).status_code == 303
    assert then in desk.get(path).text


def test_a_reopened_incident_says_why(desk: FlaskClient, incident_id: int) -> None:
    path = f"/incidents/{incident_id}"
    desk.post(f"{path}/stand-down", data={"reason": "withdrawn"})
    assert desk.get(f"{path}/reopen").status_code == 200
    assert desk.post(f"{path}/reopen", data={"reason": "He came back"}).status_code == 303
    assert "He came back" in desk.get(path).text


def test_a_time_told_late_is_kept_and_pointed_out(desk: FlaskClient, duty: Actor, session: Session) -> None:
    logged = service.log_call(roof_call(), actor=duty, now=utc_now() - timedelta(hours=1))
    path = f"/incidents/{logged.incident_id}"
    arrived = (utc_now() - timedelta(minutes=30)).isoformat()
    desk.post(f"{path}/milestones", data={"step": "on_scene", "at": arrived})
    page = desk.get(path).text
    assert "15 minutes afterwards" in page
    assert "recorded" in page


@pytest.mark.parametrize("path", ["/calls/404", "/incidents/404", f"/incidents/{2**63}", "/incidents/1/dance"])
def test_what_does_not_exist_is_not_found(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/calls?after=x", "/calls?after=-1", f"/incidents?after={2**63}", "/calls?other=1"])
def test_a_list_asked_for_wrongly_is_refused(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 422
