"""Activities, zones and thanks on pages, in files and over the API."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.activities.conftest import OTHER_WARD, WARD
from tsalert.staff.rules import RoleName

SESSION = {
    "kind": "friends_session",
    "title": "Friends session at a lunch club",
    "first_day": "2022-05-03",
    "ward_codes": WARD,
    "audience": "older_people",
}
HELD = {"of_version": "1", "present": "20", "trained": "12", "refreshers": "3", "champions": "2", "saving": "new"}


@pytest.fixture
def planned(browser: FlaskClient) -> str:
    """The address of a session that is over and not told yet."""
    answer = browser.post("/activities", data=SESSION)
    assert answer.status_code == 303, answer.text
    address = answer.headers["Location"].removesuffix("/held")
    assert answer.headers["Location"] == f"{address}/held"
    return str(address)


@pytest.fixture
def held(browser: FlaskClient, planned: str) -> str:
    answer = browser.post(f"{planned}/held", data=HELD)
    assert answer.status_code == 303, answer.text
    return planned


def test_a_session_is_written_down_held_and_in_the_figures(browser: FlaskClient, held: str) -> None:
    page = browser.get(held).text
    assert "SCAMchampions" in page
    start = page.index("/interventions/S")
    saving = browser.get(page[start : page.index('"', start)]).text
    assert "12 people trained" in saving
    assert "Friends session at a lunch club" in saving
    explained = browser.get("/savings/explain?period=2022/23+Q1&row=friends_against_scams").text
    assert held in explained
    assert "Friends session at a lunch club" in browser.get("/activities?kind=friends_session&state=held").text


def test_every_kind_has_its_form_and_one_must_be_chosen(browser: FlaskClient) -> None:
    assert "What kind of activity" in browser.get("/activities/new").text
    for kind in ("talk", "friends_session", "training", "community_day", "campaign"):
        assert browser.get(f"/activities/new?kind={kind}").status_code == 200
    assert browser.get("/activities/new?kind=picnic").status_code == 422


def test_what_cannot_be_comes_back_with_what_was_typed(browser: FlaskClient, planned: str) -> None:
    answer = browser.post("/activities", data=SESSION | {"first_day": "1899-05-03"})
    assert (answer.status_code, "Check the year" in answer.text) == (422, True)
    assert "Friends session at a lunch club" in answer.text
    for changes, words in (
        ({"present": "-1"}, "Enter a whole number"),
        ({"present": "999999999999"}, "Enter a whole number"),
        ({"trained": "18"}, "cannot have been trained"),
        ({"trained": ""}, "Enter the number of people trained"),
        ({"reach_web": "10"}, "none of its channels"),
    ):
        answer = browser.post(f"{planned}/held", data=HELD | changes)
        assert (answer.status_code, words in answer.text) == (422, True), changes
    assert browser.get(f"{planned}/held").status_code == 200


def test_a_corrected_session_says_what_it_said_before(browser: FlaskClient, held: str) -> None:
    assert 'value="12"' in browser.get(f"{held}/correct").text
    correction = SESSION | HELD | {"of_version": "3", "trained": "14", "reason": "Two names were missed"}
    del correction["saving"]
    answer = browser.post(f"{held}/correct", data=correction, follow_redirects=True)
    assert "12 trained" in answer.text
    assert "Two names were missed" in answer.text
    assert browser.post(f"{held}/correct", data=correction).status_code == 409


def test_a_plan_is_changed_and_cancelled(browser: FlaskClient, planned: str) -> None:
    assert "Friends session" in browser.get(f"{planned}/plan").text
    changed = SESSION | {"title": "Elsewhere", "of_version": "1"}
    assert browser.post(f"{planned}/plan", data=changed).status_code == 303
    assert browser.get(f"{planned}/cancel").status_code == 200
    answer = browser.post(
        f"{planned}/cancel", data={"of_version": "2", "reason": "The hall is flooded"}, follow_redirects=True
    )
    assert "Cancelled: The hall is flooded" in answer.text
    assert browser.get(f"{planned}/held").status_code == 409
    assert browser.get(f"{planned}/saving").status_code == 409


def test_a_saving_can_be_recorded_later(browser: FlaskClient, planned: str) -> None:
    browser.post(f"{planned}/held", data=HELD | {"saving": "none"})
    assert "Record its saving" in browser.get(planned).text
    assert planned in browser.get("/activities?without_saving=yes").text
    assert browser.get(f"{planned}/saving").status_code == 200
    answer = browser.post(f"{planned}/saving", data={"of_version": "2", "saving": "new"}, follow_redirects=True)
    assert "comes from this activity" in answer.text
    assert planned not in browser.get("/activities?without_saving=yes").text


def test_a_campaign_tells_its_reach_by_channel(browser: FlaskClient) -> None:
    campaign = {"kind": "campaign", "title": "Doorstep week", "first_day": "2022-05-01", "last_day": "2022-05-07"}
    made = browser.post("/activities", data=campaign | {"channels": ["press", "web"], "ward_codes": [WARD, OTHER_WARD]})
    address = made.headers["Location"].removesuffix("/held")
    assert "Reach: Press" in browser.get(f"{address}/held").text
    told = {"of_version": "1", "reach_press": "30000", "how_press": "Copies printed"}
    refused = browser.post(f"{address}/held", data={"of_version": "1", "how_press": "Copies printed"})
    assert (refused.status_code, "how many people it reached" in refused.text) == (422, True)
    page = browser.post(f"{address}/held", data=told, follow_redirects=True).text
    assert "30,000" in page
    assert "Not estimated" in page


def test_files_hold_no_formulas(browser: FlaskClient, held: str) -> None:
    browser.post("/activities", data=SESSION | {"title": "=cmd|' /C calc'!A0"})
    answer = browser.get("/activities.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["Title"] for row in rows] == ["'=cmd|' /C calc'!A0", "Friends session at a lunch club"]
    assert (rows[1]["Trained"], rows[1]["Wards"]) == ("12", "Clock House")
    totals = browser.get("/activities/totals.csv?period=2022/23+Q1").text
    assert "Friends Against Scams session,People trained for the first time,12" in totals


def test_a_quarter_is_shown_in_numbers(browser: FlaskClient, held: str) -> None:
    page = browser.get("/activities/totals?period=2022/23+Q1").text
    assert "New Friends Against Scams" in page
    assert browser.get("/activities/totals").status_code == 200
    assert browser.get("/activities/totals?period=nonsense").status_code == 422


def test_a_long_list_comes_in_pages(browser: FlaskClient, held: str, short_pages: Callable[[int], None]) -> None:
    browser.post("/activities", data=SESSION | {"title": "A later one", "first_day": "2022-05-09"})
    short_pages(1)
    first = browser.get("/activities?kind=friends_session").text
    assert "lunch club" not in first
    start = first.index("/activities?kind=friends_session&amp;after=")
    second = browser.get(first[start : first.index('"', start)].replace("&amp;", "&")).text
    assert "lunch club" in second
    assert 'href="/activities?kind=friends_session"' in second


def test_activities_over_the_api(client: FlaskClient, bearer: Callable[..., dict[str, str]], wards: None) -> None:
    headers = bearer()
    plan: dict[str, Any] = SESSION | {"ward_codes": [WARD]}
    made = client.post("/api/v1/activities", json=plan, headers=headers)
    assert made.status_code == 201, made.text
    address = f"/api/v1/activities/{made.get_json()['id']}"
    changed = client.put(address, json=plan | {"title": "Elsewhere", "of_version": 1}, headers=headers)
    assert changed.get_json()["plan"]["title"] == "Elsewhere"
    told = {"of_version": 2, "present": 20, "trained": 12, "refreshers": 3, "champions": 0, "saving": "new"}
    held = client.post(f"{address}/held", json=told, headers=headers).get_json()
    assert (held["state"], held["saving"][0], held["version"]) == ("held", "S", 4)
    saving = client.get(f"/api/v1/interventions/{held['saving']}", headers=headers).get_json()
    assert (saving["activity"], saving["units"]) == (held["reference"], 12)
    correction = plan | told | {"trained": 14, "of_version": 4, "reason": "Two were missed"}
    del correction["saving"]
    corrected = client.post(f"{address}/corrections", json=correction, headers=headers).get_json()
    assert corrected["corrections"][0]["before"]["trained"] == 12
    assert client.post(f"{address}/saving", json={"of_version": 5, "saving": "new"}, headers=headers).status_code == 409
    listed = client.get("/api/v1/activities?kind=friends_session&period=2022/23 Q1", headers=headers).get_json()
    assert [item["plan"]["title"] for item in listed["items"]] == ["Friends session at a lunch club"]
    totals = client.get("/api/v1/activities/totals?period=2022/23 Q1", headers=headers).get_json()
    assert (totals["friends_trained"], totals["sessions"]) == (14, 1)
    other = client.post("/api/v1/activities", json=plan | {"kind": "talk"}, headers=headers).get_json()["id"]
    cancelled = client.post(
        f"/api/v1/activities/{other}/cancellation", json={"of_version": 1, "reason": "Snow"}, headers=headers
    )
    assert cancelled.get_json()["cancelled_reason"] == "Snow"


def test_an_administrator_of_accounts_sees_no_activities(signed_in: Callable[..., FlaskClient]) -> None:
    assert signed_in(RoleName.ADMINISTRATOR).get("/activities").status_code == 403
