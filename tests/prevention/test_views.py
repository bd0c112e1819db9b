"""Units on pages, in files and over the API."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient
from msgspec.structs import replace

from tests.conftest import NOW
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.response.vocabulary import Category
from tsalert.staff.rules import RoleName

HOME = "BR1 3UH 12"
BLOCKER = {"type": "call_blocker", "on_date": "2022-05-03", "units": "2", "household_key": HOME, "share": "100"}


@pytest.fixture(autouse=True)
def _before_the_switch_off() -> Iterator[None]:
    """A day on which the blockers are in their term, and landlines are still to be switched off."""
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def browser(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in()


@pytest.fixture
def intervention(browser: FlaskClient) -> str:
    """A record of two blockers, one of them known by its serial number."""
    address = browser.post("/interventions", data=BLOCKER).headers["Location"]
    added = browser.post(f"{address}/units", data={"serials": " CB-1001 \r\n\r\n"})
    assert added.status_code == 303, added.text
    return str(address)


def unit_at(browser: FlaskClient) -> str:
    page = browser.get("/units").text
    start = page.index('href="/units/')
    return page[start + 6 : page.index('"', start + 6)]


def test_a_blocker_is_listed_with_its_term_and_the_risk_to_it(browser: FlaskClient, intervention: str) -> None:
    for show in ("active", "due", "at_risk", "all"):
        assert "CB-1001" in browser.get(f"/units?show={show}").text, show
    assert "CB-1001" not in browser.get("/units?show=ended").text
    assert "CB-1001" not in browser.get("/units?kind=door_camera").text
    page = browser.get(unit_at(browser)).text
    assert "Landlines are switched off on 31 January 2027" in page
    assert "2 May 2027" in page
    shown = browser.get(intervention).text
    assert "CB-1001" in shown
    assert "1 is not known by serial number" in shown


def test_units_lie_under_prevention(browser: FlaskClient) -> None:
    current = re.findall(r'aria-current="[a-z]+"[^>]*>(.*?)</a>', browser.get("/units").text, re.DOTALL)
    assert re.sub(r"<[^>]+>", "", current[0]).strip() == "Prevention"


def test_units_are_listed_by_kind(browser: FlaskClient, intervention: str) -> None:
    page = browser.get("/units?show=active&kind=call_blocker").text
    assert "CB-1001" in page
    assert "/units?show=due&amp;kind=call_blocker" in page
    assert "In place (0)" in browser.get("/units?kind=door_camera").text


def test_a_case_says_what_is_fitted_in_the_home_that_it_is_about(
    browser: FlaskClient, intervention: str, officer: Callable[..., Actor]
) -> None:
    home = NewCase(summary="Cold calls", category=Category.SCAM, address="12 Sample Road", postcode="BR1 3UH")
    case_id = cases.open_case(home, actor=officer(), now=NOW)
    page = browser.get(f"/cases/{case_id}").text
    assert "Units in this home" in page
    assert "CB-1001" in page
    assert "a usage check is due" in page
    elsewhere = cases.open_case(replace(home, address="14 Sample Road"), actor=officer(), now=NOW)
    assert "Units in this home" not in browser.get(f"/cases/{elsewhere}").text


def test_a_check_is_kept_and_the_next_one_is_due_later(browser: FlaskClient, intervention: str) -> None:
    address = unit_at(browser)
    assert browser.get(f"{address}/check").status_code == 200
    check = {"on_date": "2022-11-03", "is_in_use": "no", "who": "Carer", "note": "In a drawer"}
    answer = browser.post(f"{address}/check", data=check, follow_redirects=True)
    assert "Not in use" in answer.text
    assert "still counts as in place" in answer.text
    assert "CB-1001" in browser.get("/units?show=not_in_use").text
    assert "Due since 3 May 2023" in answer.text
    again = check | {"is_in_use": "yes", "on_date": "2022-11-04"}
    browser.post(f"{address}/check", data=again)
    assert "CB-1001" not in browser.get("/units?show=not_in_use").text
    assert browser.post(f"{address}/check", data=check | {"on_date": "2022-05-02"}).status_code == 422
    assert "Say who looked" in browser.post(f"{address}/check", data=check | {"who": ""}).text


def test_an_end_is_written_down_once(browser: FlaskClient, intervention: str) -> None:
    address = unit_at(browser)
    assert browser.get(f"{address}/end").status_code == 200
    ending = {"how": "unplugged", "on_date": "2023-06-04", "reason": "Moved to a care home"}
    answer = browser.post(f"{address}/end", data=ending, follow_redirects=True)
    assert "4 June 2023: Unplugged or no longer used" in answer.text
    assert "End its time" not in answer.text
    assert browser.post(f"{address}/end", data=ending).status_code == 409
    assert (
        browser.post(f"{address}/check", data={"on_date": "2023-07-01", "is_in_use": "yes", "who": "x"}).status_code
        == 409
    )
    assert "CB-1001" in browser.get("/units?show=ended").text


def test_the_list_is_a_file_too_for_those_who_may_export(
    browser: FlaskClient, signed_in: Callable[..., FlaskClient], intervention: str
) -> None:
    assert browser.get("/units.csv?show=active").status_code == 403
    answer = signed_in(RoleName.CASE_OFFICER).get("/units.csv?show=active")
    assert answer.mimetype == "text/csv"
    row = answer.text.splitlines()[1].split(",")
    assert row[1:3] == ["Call blocker", "CB-1001"]
    assert row[5:7] == ["2022-05-03", "2027-05-02"]
    assert "Landlines off on 2027-01-31" in row


def test_what_does_not_fit_comes_back_with_what_was_typed(browser: FlaskClient, intervention: str) -> None:
    answer = browser.post(f"{intervention}/units", data={"serials": "CB-2\nCB-3"})
    assert answer.status_code == 422
    assert "3 would be known" in answer.text
    assert "CB-2\nCB-3" in answer.text
    assert browser.post(f"{intervention}/units", data={"serials": "CB-2\nCB-2"}).status_code == 422
    assert browser.post(f"{intervention}/units", data={}).status_code == 422


def test_a_long_list_comes_in_pages(
    browser: FlaskClient, intervention: str, short_pages: Callable[[int], None]
) -> None:
    browser.post(f"{intervention}/units", data={"serials": "CB-2002"})
    short_pages(1)
    first = browser.get("/units").text
    assert "CB-2002" not in first
    start = first.index("/units?show=active&amp;after=")
    second = browser.get(first[start : first.index('"', start)].replace("&amp;", "&")).text
    assert "CB-2002" in second
    assert 'href="/units?show=active"' in second


def test_units_over_the_api(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    headers = bearer()
    new = {"type": "call_blocker", "on_date": "2022-05-03", "units": 1, "household_key": HOME}
    reference = client.post("/api/v1/interventions", json=new, headers=headers).get_json()["reference"]
    refused = client.post("/api/v1/units", json={"serials": ["CB-1"]}, headers=headers)
    assert refused.status_code == 422
    assert "without an installation cannot be counted" in refused.text
    body = {"intervention": reference, "serials": ["CB-1"]}
    made = client.post("/api/v1/units", json=body, headers=headers)
    assert made.status_code == 201, made.text
    (unit,) = made.get_json()["items"]
    assert (unit["intervention"], unit["term_ends_on"], unit["is_at_risk"]) == (reference, "2027-05-02", True)
    address = f"/api/v1/units/{unit['id']}"
    check = {"on_date": "2022-12-01", "is_in_use": True, "who": "Officer"}
    checked = client.post(f"{address}/checks", json=check, headers=headers)
    assert checked.status_code == 201, checked.text
    assert [each["on_date"] for each in checked.get_json()["checks"]] == ["2022-12-01"]
    listed = client.get("/api/v1/units?show=at_risk", headers=headers).get_json()
    assert ([each["id"] for each in listed["items"]], listed["next"]) == ([unit["id"]], None)
    assert listed["switch_off"]["on"] == "2027-01-31"
    ended = client.post(
        f"{address}/end", json={"how": "faulty", "on_date": "2023-01-01", "reason": "Dead"}, headers=headers
    )
    assert (ended.get_json()["ended_how"], ended.get_json()["is_at_risk"]) == ("faulty", False)
    assert client.get(address, headers=headers).get_json()["ended_on"] == "2023-01-01"
    assert client.get("/api/v1/units/99999", headers=headers).status_code == 404


def test_an_administrator_sees_no_homes(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    for address in ("/units", "/units.csv", "/units/1", "/units/1/end", "/savings/not-counted"):
        assert browser.get(address).status_code == 403
