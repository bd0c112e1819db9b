"""Pages and operations for records of every type, their links and shares, and the limit for second officers."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tests.savings.test_links_and_shares import case, incident
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.response import service as response
from tsalert.savings import queries
from tsalert.savings.recording.quoting import alerts_in
from tsalert.savings.rules import InterventionType
from tsalert.staff.rules import RoleName

Browser = Callable[..., FlaskClient]
Officer = Callable[..., Actor]
Bearer = Callable[..., dict[str, str]]
ADDRESS = "/api/v1/interventions"
SCAM = {"type": "scam_victim", "on_date": "2022-05-03", "amount": "600", "money": "prevented", "evidence": "bank"}
FINE = {"type": "enforcement_outcome", "on_date": "2022-05-03", "amount": "900", "evidence": "court", "outcome": "fine"}
FRIENDS = {"type": "friends_against_scams", "on_date": "2022-05-03", "units": "9", "refreshers": "4"}


def recorded(browser: FlaskClient, form: dict[str, str]) -> str:
    """Record one through the page; returns the address of its page."""
    answer = browser.post("/interventions", data=form)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.location).path


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        pytest.param(FINE, ["£900 for information", "Fine", "never a saving"], id="fine"),
        pytest.param(FINE | {"outcome": "compensation_paid"}, ["£900 recovered", "Compensation paid"], id="paid"),
        pytest.param(FRIENDS, ["9 people trained, 4 trained again", "9 × £23.09"], id="friends"),
        pytest.param(FRIENDS | {"units": ""}, ["0 people trained, 4 trained again"], id="refreshers-alone"),
        pytest.param(
            {"type": "door_camera", "on_date": "2022-05-03", "units": "2"},
            ["2 door cameras", "not valued"],
            id="camera",
        ),
        pytest.param({"type": "talk", "on_date": "2022-05-03", "units": "3"}, ["3 talks"], id="talks"),
        pytest.param({"type": "no_cold_calling_zone", "on_date": "2022-05-03", "units": "1"}, ["1 zone<"], id="zone"),
        pytest.param(
            SCAM | {"type": "banking_protocol", "is_rapid_response": "yes"}, ["£600 prevented", "Yes"], id="banking"
        ),
        pytest.param(
            SCAM | {"share": "60", "partners": "Kent Police 25%\r\nNational team, 12.5"},
            ["Ours 60%", "Kent Police 25%", "National team 12.5%"],
            id="shares",
        ),
        pytest.param(SCAM | {"household_key": "12 sample road br91aa"}, ["BR9 1AA 12"], id="household"),
    ],
)
def test_an_officer_records_each_type_and_its_page_says_all(
    signed_in: Browser, form: dict[str, str], shown: list[str]
) -> None:
    browser = signed_in()
    page = browser.get(recorded(browser, form)).text
    for words in shown:
        assert words in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"share": "0"}, "more than nothing", id="no-share"),
        pytest.param({"share": "101"}, "at most 100%", id="share-above-all"),
        pytest.param({"share": "33.333"}, "two places", id="share-too-fine"),
        pytest.param({"share": "half"}, "in per cent", id="share-in-words"),
        pytest.param({"share": "60", "partners": "Kent Police 41%"}, "together 101%", id="together-above-all"),
        pytest.param({"share": "60", "partners": "Kent Police"}, "one a line", id="partner-without-share"),
        pytest.param({"share": "60", "partners": "A 10\nA 10"}, "each partner once", id="partner-twice"),
        pytest.param({"outcome": "fine"}, "only enforcement has an outcome", id="outcome-of-a-scam"),
        pytest.param({"refreshers": "2"}, "nobody is trained again", id="refreshers-of-a-scam"),
        pytest.param({"household_key": "the blue door"}, "Enter the UPRN", id="no-household"),
        pytest.param({"money_line_id": "99"}, "no such money line", id="no-such-line"),
        pytest.param({"money": "memo"}, "cannot be for information", id="scam-for-information"),
        pytest.param({"type": "talk", "units": "1", "money": "future_financial"}, "cannot be", id="future-talk"),
        pytest.param(FINE | {"money": "prevented"}, "always for information", id="fine-prevented"),
        pytest.param(FINE | {"outcome": ""}, "Say what the outcome is", id="no-outcome"),
        pytest.param(FRIENDS | {"units": "", "refreshers": ""}, "Enter how many people trained", id="nobody"),
        pytest.param({"type": "call_blocker", "units": "1"}, "no amount of money", id="blocker-with-money"),
    ],
)
def test_a_form_that_breaks_a_rule_comes_back_with_what_was_typed(
    signed_in: Browser, changes: dict[str, str], message: str
) -> None:
    form = {name: text for name, text in (SCAM | changes).items() if not (name == "money" and changes is FINE)}
    answer = signed_in().post("/interventions", data=form)
    assert answer.status_code == 422
    assert message in answer.text
    assert queries.list_interventions(db.session(), queries.Filter()).items == []


def test_shares_that_were_refused_stand_open_to_be_mended(signed_in: Browser) -> None:
    browser = signed_in()
    answer = browser.post("/interventions", data=SCAM | {"share": "60", "partners": "Kent Police 41%"})
    assert '<details class="govuk-details" open>' in answer.text
    assert "Kent Police 41%" in answer.text
    assert '<details class="govuk-details" open>' not in browser.get("/interventions/new?type=scam_victim").text


def test_the_money_of_a_case_is_chosen_and_its_line_is_shown(signed_in: Browser, officer: Officer) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    case_id, (stopped, _, _) = case(officer(RoleName.CASE_OFFICER), prevented="600", paid="900", recovered="300")
    form = browser.get(f"/interventions/new?type=scam_victim&case={case_id}").text
    assert "Prevented, £600" in form
    assert "Recovered, £300" in form
    assert "Paid, £900" not in form
    chosen = {"type": "scam_victim", "on_date": "2022-05-03", "case_id": str(case_id), "money": "recovered"}
    address = recorded(browser, chosen | {"money_line_id": str(stopped)})
    page = browser.get(address).text
    assert "£600 prevented" in page
    assert f"/cases/{case_id}#money" in page
    assert "Prevented, £600" not in browser.get(f"/interventions/new?type=scam_victim&case={case_id}").text
    assert "Prevented, £600" in browser.get(f"{address}/correct").text


def test_a_second_record_of_an_event_is_asked_why_it_is_other_money(signed_in: Browser, session: Session) -> None:
    browser = signed_in()
    form = SCAM | {"incident_id": str(incident(session))}
    recorded(browser, form)
    again = browser.post("/interventions", data=form)
    assert again.status_code == 422
    assert "say why it is other money" in again.text
    assert "A second cheque" in browser.get(recorded(browser, form | {"other_money": "A second cheque"})).text


def test_a_correction_shows_the_shares_that_stand(signed_in: Browser) -> None:
    browser = signed_in()
    address = recorded(browser, SCAM | {"share": "60", "partners": "Kent Police 12.5%"})
    form = browser.get(f"{address}/correct").text
    assert 'value="60%"' in form
    assert "Kent Police 12.5%" in form


def test_a_manager_sets_the_limit_and_others_read_it(signed_in: Browser) -> None:
    manager, duty = signed_in(RoleName.MANAGER), signed_in()
    assert "£5,000" in duty.get("/savings/verification").text
    assert "Set another limit" not in duty.get("/savings/verification").text
    wanted = {"above": "500", "reason": "After the audit"}
    assert duty.post("/savings/verification", data=wanted).status_code == 403
    assert manager.post("/savings/verification", data={"above": "500"}).status_code == 422
    page = manager.post("/savings/verification", data=wanted, follow_redirects=True).text
    assert "above <strong>£500</strong>" in page
    assert "After the audit" in page
    assert manager.post("/savings/verification", data=wanted).status_code == 422
    assert "need a second officer" in duty.get(recorded(duty, SCAM)).text
    assert "/interventions/S" in duty.get("/interventions?attention=verification").text
    assert "No interventions here" in duty.get("/interventions?attention=money_line").text


def test_a_saving_leads_to_its_call_and_to_the_alert_that_the_caller_named(
    signed_in: Browser, client: FlaskClient, bearer: Bearer, officer: Officer
) -> None:
    told = "She read of the roofers in ts 2026 14 and in TS-2026-014, and rang at once"
    logged = response.log_call(roof_call(happening=told), actor=officer(), now=NOW)
    browser = signed_in()
    address = recorded(browser, SCAM | {"incident_id": str(logged.incident_id)})
    page = browser.get(address).text
    assert f'href="/calls/{logged.call_id}"' in page
    assert page.count('href="/check/TS-2026-014"') == 1
    made = client.get(f"/api/v1{address}", headers=bearer()).get_json()
    assert made["alerts_quoted"] == ["TS-2026-014"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", []),
        ("TS-2026-014", ["TS-2026-014"]),
        ("ts2026-9 and TS 2025 1000", ["TS-2026-009", "TS-2025-1000"]),
        ("BOOTS-2026-014, TS-1826-014, TS-2026", []),
    ],
)
def test_the_references_of_alerts_are_found_in_what_was_told(text: str, quoted: list[str]) -> None:
    assert alerts_in(text) == quoted


def test_shares_outcomes_and_lines_go_through_the_interface(
    client: FlaskClient, bearer: Bearer, officer: Officer
) -> None:
    headers = bearer()
    case_id, (line_id,) = case(officer(RoleName.CASE_OFFICER), prevented="600")
    shared = {"share": "0.6", "partners": [{"partner": "Kent Police", "share": "0.4"}]}
    body: dict[str, Any] = {"type": "scam_victim", "on_date": "2022-05-03", "money_line_id": line_id, **shared}
    made = client.post(ADDRESS, json=body, headers=headers).get_json()
    assert (made["amount"], made["money"], made["case_id"], made["evidence"]) == (
        "600.00",
        "prevented",
        case_id,
        "bank",
    )
    assert {name: made[name] for name in shared} == shared
    assert made["is_money_line_corrected"] is False
    assert client.post(ADDRESS, json=body, headers=headers).get_json()["errors"].keys() == {"money_line_id"}
    fine = client.post(ADDRESS, json=FINE, headers=headers).get_json()
    assert (fine["amount"], fine["money"], fine["outcome"]) == ("900.00", "memo", "fine")
    assert [part["value_class"] for part in fine["contributions"]] == ["memo"]
    again = FINE | {"money": fine["money"], "of_version": 1, "reason": "Read back"}
    assert client.post(f"{ADDRESS}/{fine['reference']}/corrections", json=again, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"share": 0.5}, "share", id="share-as-a-float"),
        pytest.param({"share": "1e-1"}, "share", id="share-with-exponent"),
        pytest.param({"share": "-0.5"}, "share", id="negative-share"),
        pytest.param({"share": "50%"}, "share", id="per-cent-in-json"),
        pytest.param({"share": "1.5"}, "share", id="share-above-one"),
        pytest.param({"share": "0.9", "partners": [{"partner": "A", "share": "0.2"}]}, "partners", id="above-all"),
        pytest.param({"partners": [{"partner": "A"}]}, "partners", id="partner-without-share"),
        pytest.param({"partners": "A 50"}, "partners", id="partners-as-text"),
        pytest.param({"refreshers": -1}, "refreshers", id="minus-one"),
        pytest.param({"refreshers": None}, "refreshers", id="null"),
        pytest.param({"outcome": "jail"}, "outcome", id="no-such-outcome"),
        pytest.param({"money_line_id": 2**63}, "money_line_id", id="id-overflows"),
        pytest.param({"needs_verifying": False}, "needs_verifying", id="field-of-ours"),
        pytest.param({"counted_units": 5}, "counted_units", id="field-of-the-rules"),
    ],
)
def test_what_breaks_a_shape_or_rule_is_a_problem_that_names_its_field(
    client: FlaskClient, bearer: Bearer, changes: dict[str, Any], field: str
) -> None:
    answer = client.post(ADDRESS, json=SCAM | changes, headers=bearer())
    assert answer.status_code == 422, answer.text
    assert field in answer.get_json()["errors"]


def test_the_interface_tells_the_types_and_the_limit(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    types = {each["type"]: each for each in client.get(f"{ADDRESS}/types", headers=headers).get_json()["items"]}
    assert list(types) == [kind.value for kind in InterventionType]
    assert types["enforcement_outcome"]["money"] == ["memo", "recovered"]
    assert types["friends_against_scams"]["has_refreshers"] is True
    address = "/api/v1/savings/verification-limit"
    assert client.get(address, headers=headers).get_json() == {"above": "5000.00", "limits": []}
    wanted = {"above": "500.00", "reason": "After the audit"}
    assert client.post(address, json=wanted, headers=headers).status_code == 403
    made = client.post(address, json=wanted, headers=bearer(RoleName.MANAGER))
    assert made.status_code == 201
    assert made.get_json()["above"] == "500.00"
    assert made.get_json()["limits"][0]["reason"] == "After the audit"
    items = client.get(ADDRESS, query_string={"attention": "verification"}, headers=headers).get_json()["items"]
    assert items == []
