"""Pages of cases."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED
from tests.web.overtaking import mark_in, refused_for_second
from tsalert.cases import listing, queries
from tsalert.cases.models import CaseFile, MoneyLine
from tsalert.core.actors import Actor
from tsalert.response import service as response
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.vocabulary import CallSource, Category, Disposition
from tsalert.staff.rules import RoleName

Opener = Callable[..., int]
CASE = {"summary": "Gutter cleaning that became a new roof.", "category": "doorstep_crime", "kind": "roofing"}
PAID = {"kind": "paid", "amount": "£4,000", "evidence": "bank"}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A case officer's browser."""
    return signed_in(RoleName.CASE_OFFICER)


def test_an_officer_opens_a_case_and_sees_it(desk: FlaskClient) -> None:
    shown = desk.post("/cases", data=CASE | {"victim_name": "Ada Example", "postcode": "br13uh"}, follow_redirects=True)
    assert shown.status_code == 200
    assert re.search(r"\bD\d\d-00001-[A-Y]\b", shown.text)
    for text in ("roofing", "Ada Example", "BR1 3UH", "Pat Example", "No money is recorded."):
        assert text in shown.text


def test_a_case_s_page_leads_to_each_of_its_parts(desk: FlaskClient) -> None:
    shown = desk.post("/cases", data=CASE, follow_redirects=True).text
    nav = shown.partition('aria-label="On this page"')[2].partition("</nav>")[0]
    parts = re.findall(r'href="#([\w-]+)"', nav)
    headings = re.findall(r'<h2 class="govuk-heading-m" id="([\w-]+)"', shown)
    assert parts == headings
    assert parts[0] == "people"
    assert {"safeguarding", "money", "letters", "passed-on", "log"} < set(parts)


def test_a_form_sent_twice_opens_one_case(desk: FlaskClient, session: Session) -> None:
    answers = [desk.post("/cases", data=CASE | {"submission": "a" * 32}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 1


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param({"summary": ""}, "Say what the case is about.", id="no-summary"),
        pytest.param({"category": ""}, "Choose what the case is about", id="no-category"),
        pytest.param({"category": "burglary"}, "Choose one from the list", id="a-category-that-is-none"),
        pytest.param({"kind": "romance"}, "belongs to the category", id="a-type-of-another-category"),
        pytest.param({"postcode": "ZZ99 9ZZZ"}, "full postcode", id="a-postcode-that-is-none"),
        pytest.param({"opened_at": "2999-01-01T00:00"}, "not come yet", id="opened-in-a-thousand-years"),
        pytest.param({"opened_at": "0001-01-01T00:00"}, "Check the year", id="opened-in-the-year-one"),
        pytest.param({"opened_at": "yesterday"}, "Enter a date and time", id="no-time-at-all"),
        pytest.param({"officer_id": "2147483648"}, "no record with that number", id="an-officer-beyond-all-numbers"),
        pytest.param({"ward_code": "E05000000"}, "no such ward", id="a-ward-that-is-none"),
        pytest.param({"summary": "roof\x00"}, "cannot be seen", id="binary-in-the-text"),
        pytest.param({"victim_name": "Ada\r\nExample"}, "cannot be seen", id="a-line-break-in-a-name"),
        pytest.param({"summary": "x" * 4001}, "4,000 characters", id="a-summary-that-is-a-book"),
        pytest.param({"colour": "red"}, "We do not know this field", id="a-field-that-is-none"),
    ],
)
def test_a_form_that_cannot_be_comes_back_with_what_was_typed(
    desk: FlaskClient, session: Session, typed: dict[str, str], message: str
) -> None:
    answer = desk.post("/cases", data=CASE | {"address": "12 Example Road"} | typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="12 Example Road"' in answer.text
    assert session.scalar(select(func.count()).select_from(CaseFile)) == 0


def test_what_is_typed_comes_out_inert(desk: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>"
    shown = desk.post("/cases", data=CASE | {"summary": hostile, "victim_name": hostile}, follow_redirects=True)
    assert hostile not in shown.text
    assert "&lt;script&gt;" in shown.text


def test_a_case_begins_with_what_its_incident_says(desk: FlaskClient, incident: Callable[..., int]) -> None:
    number = incident()
    page = desk.get(f"/cases/new?incident={number}")
    assert "From incident R26-" in page.text
    shown = desk.post("/cases", data={"summary": "A roof", "incident_id": number}, follow_redirects=True)
    assert "12 Example Road, BR1 3UH" in shown.text
    again = desk.get(f"/cases/new?incident={number}")
    assert again.status_code == 303, "an incident with a case leads to it"
    second = desk.post("/cases", data={"summary": "A roof", "incident_id": number})
    assert second.status_code == 409
    assert re.search(r"belongs to D\d\d-00001-[A-Y]\b", second.text)


def test_the_form_asks_nothing_again_that_a_resident_told_of_the_incident(
    desk: FlaskClient, session: Session, officer: Callable[..., Actor]
) -> None:
    told: dict[str, Any] = {"phone": "07700 900123", "caller_name": "Ada Example", "source": CallSource.RESIDENT}
    place = {"address": "12 Example Road", "postcode": "BR1 3UH", "happening": "A man on the roof wants £4,000."}
    begun = NewIncident(Category.DOORSTEP_CRIME, "Roofing")
    call = NewCall(disposition=Disposition.NEW_INCIDENT, incident=begun, **told | place)
    logged = response.log_call(call, actor=officer(), now=OPENED)
    form = desk.get(f"/cases/new?incident={logged.incident_id}").text
    for name, value in (("victim_name", "Ada Example"), ("address", "12 Example Road"), ("postcode", "BR1 3UH")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"', form), name
    assert re.search(r"<textarea[^>]*>A man on the roof wants £4,000.</textarea>", form)
    assert re.search(r'value="doorstep_crime" checked', form)
    assert re.search(r'value="roofing" selected', form)


def test_of_two_who_set_a_case_right_at_once_the_second_loses_nothing_of_the_first(
    desk: FlaskClient, session: Session, open_case: Opener
) -> None:
    case_id = open_case()
    place = f"/cases/{case_id}/edit"
    first, second = CASE | {"victim_name": "Ada Example"}, CASE | {"address": "2 Other Road"}
    refused = refused_for_second(desk, place, first, second)
    assert "It differs from what stands now in: name of the victim, address." in refused
    assert 'value="2 Other Road"' in refused
    assert session.get_one(CaseFile, case_id).victim_name == "Ada Example"
    again = second | {"victim_name": "Ada Example", "seen": mark_in(refused)}
    assert desk.post(place, data=again).status_code == 303
    case = session.get_one(CaseFile, case_id)
    assert (case.victim_name, case.address) == ("Ada Example", "2 Other Road")


def test_an_incident_that_is_investigated_leads_to_its_case_or_to_opening_one(
    signed_in: Callable[..., FlaskClient], session: Session, incident: Callable[..., int]
) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER)
    number = incident(state="closed", outcome="under_investigation", closed_at=OPENED)
    opening = f'href="/cases/new?incident={number}"'
    assert desk.get(f"/incidents/{number}").text.count(opening) == 2, "the button, and the link among the rest"
    made = desk.post("/cases", data={"summary": "A roof", "incident_id": number})
    page = desk.get(f"/incidents/{number}").text
    assert opening not in page
    assert f'href="{made.location}"' in page


@pytest.mark.parametrize("number", ["999999", "2147483648", "9" * 30, "-1", "x"])
def test_an_incident_that_is_none_has_no_form(desk: FlaskClient, number: str) -> None:
    assert desk.get(f"/cases/new?incident={number}").status_code == 404


@pytest.mark.parametrize("page", ["", "/edit", "/progress", "/money", "/notes", "/incidents"])
@pytest.mark.parametrize("number", [999_999, 2**31, 2**63, 10**30])
def test_a_case_that_is_none_has_no_pages(desk: FlaskClient, number: int, page: str) -> None:
    assert desk.get(f"/cases/{number}{page}").status_code == 404


def test_money_is_recorded_corrected_and_added_up(desk: FlaskClient, session: Session, open_case: Opener) -> None:
    case_id = open_case()
    desk.post(f"/cases/{case_id}/money", data=PAID)
    desk.post(f"/cases/{case_id}/money", data=PAID | {"kind": "valuation", "amount": "1000", "evidence": "valuer"})
    wrong = queries.ledger(session, case_id).lines[0].id
    form = desk.get(f"/cases/{case_id}/money?supersedes={wrong}")
    assert "Correct a money line" in form.text
    assert 'value="4000.00"' in form.text
    shown = desk.post(
        f"/cases/{case_id}/money", data=PAID | {"amount": "3,500.50", "supersedes": wrong}, follow_redirects=True
    )
    assert "£3,500.50" in shown.text
    assert "<s>Paid</s>" in shown.text
    assert "never deducted" in shown.text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param({"amount": "-5"}, "between £0", id="negative"),
        pytest.param({"amount": "0"}, "above £0", id="nought"),
        pytest.param({"amount": "a lot"}, "like 4000", id="no-number"),
        pytest.param({"amount": "1000000000"}, "between £0", id="a-thousand-million"),
        pytest.param({"amount": "0.001"}, "fraction of a penny", id="a-tenth-of-a-penny"),
        pytest.param({"on_date": "2999-01-01"}, "not come yet", id="a-day-far-ahead"),
        pytest.param({"on_date": "1869-01-01"}, "Check the year", id="a-day-long-ago"),
        pytest.param({"on_date": "31/12/2025"}, "Enter a date", id="a-date-in-another-form"),
        pytest.param({"evidence": ""}, "Choose what shows it.", id="no-evidence"),
    ],
)
def test_money_that_cannot_be_is_refused_beside_its_field(
    desk: FlaskClient, session: Session, open_case: Opener, typed: dict[str, str], message: str
) -> None:
    answer = desk.post(f"/cases/{open_case()}/money", data=PAID | typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert session.scalar(select(func.count()).select_from(MoneyLine)) == 0


def test_a_refund_above_what_was_paid_comes_back_with_a_sentence_beside_its_field(
    desk: FlaskClient, open_case: Opener
) -> None:
    place = f"/cases/{open_case()}/money"
    desk.post(place, data=PAID | {"amount": "4,000.50"})
    answer = desk.post(place, data=PAID | {"kind": "refunded_by_bank", "amount": "9,000,000"})
    assert answer.status_code == 422
    assert "£4,000.50 was paid in this case and £0 has come back" in answer.text
    assert 'href="#amount"' in answer.text
    assert 'value="9,000,000"' in answer.text


def test_a_case_is_noted_in_moved_on_closed_and_reopened(desk: FlaskClient, open_case: Opener) -> None:
    case_id = open_case()
    desk.post(f"/cases/{case_id}/notes", data={"kind": "hearsay", "text": "The neighbour saw a van."})
    refused = desk.post(f"/cases/{case_id}/progress", data={"status": "closed"})
    assert (refused.status_code, "what came of the case" in refused.text) == (422, True)
    closed = desk.post(
        f"/cases/{case_id}/progress", data={"status": "closed", "outcome": "advice_given"}, follow_redirects=True
    )
    assert "It can only be read" in closed.text
    assert "The neighbour saw a van." in closed.text
    assert desk.post(f"/cases/{case_id}/money", data=PAID).status_code == 409
    reopened = desk.post(
        f"/cases/{case_id}/progress",
        data={"status": "investigating", "reason": "A second victim"},
        follow_redirects=True,
    )
    assert "Reopened: A second victim" in reopened.text


def test_an_illegal_step_is_refused_with_the_legal_ones(desk: FlaskClient, open_case: Opener) -> None:
    refused = desk.post(f"/cases/{open_case()}/progress", data={"status": "action"})
    assert refused.status_code == 409
    assert re.findall("<li>(.*?)</li>", refused.text)[-3:] == ["open", "investigating", "closed"]


def test_a_case_is_set_right(desk: FlaskClient, open_case: Opener) -> None:
    case_id = open_case(victim_name="Ada Example")
    form = desk.get(f"/cases/{case_id}/edit")
    assert 'value="Ada Example"' in form.text
    shown = desk.post(f"/cases/{case_id}/edit", data=CASE | {"summary": "It was a driveway."}, follow_redirects=True)
    assert "It was a driveway." in shown.text
    assert 'value="Ada Example"' not in desk.get(f"/cases/{case_id}/edit").text


def test_an_incident_is_attached_by_its_reference(
    desk: FlaskClient, session: Session, open_case: Opener, incident: Callable[..., int]
) -> None:
    case_id = open_case()
    incident(reference="R26-00062-A")
    wrong = desk.post(f"/cases/{case_id}/incidents", data={"incident": "R26-00063-A"})
    assert (wrong.status_code, "no incident with that reference" in wrong.text) == (422, True)


def test_the_list_is_narrowed_and_names_no_victim(desk: FlaskClient, open_case: Opener) -> None:
    open_case(victim_name="Ada Example")
    shown = desk.get("/cases?category=doorstep_crime&status=open&period=2026/27+Q1")
    assert "D26-" in shown.text
    assert "Ada Example" not in shown.text
    assert "No case was found" in desk.get("/cases?category=scam").text
    assert desk.get("/cases?period=2026/27+Q5").status_code == 422
    assert desk.get("/cases?after=99999999999999999999").status_code == 422


def test_a_long_list_goes_on_page_by_page_and_stays_narrowed(desk: FlaskClient, open_case: Opener) -> None:
    for _ in range(listing.PAGE + 1):
        open_case()
    first = desk.get("/cases?category=doorstep_crime&status=")
    older = re.search(r'href="(/cases\?after=[\w-]+&amp;category=doorstep_crime)"', first.text)
    assert older is not None
    last = desk.get(older[1].replace("&amp;", "&"))
    assert len(set(re.findall(r"D26-\d+-[A-Z]", first.text))) == listing.PAGE
    assert len(set(re.findall(r"D26-\d+-[A-Z]", last.text))) == 1
    assert 'href="/cases?category=doorstep_crime"' in last.text


def test_an_administrator_reads_no_cases(signed_in: Callable[..., FlaskClient], open_case: Opener) -> None:
    desk = signed_in(RoleName.ADMINISTRATOR)
    assert desk.get(f"/cases/{open_case()}").status_code == 403
    assert desk.post("/cases", data=CASE).status_code == 403
