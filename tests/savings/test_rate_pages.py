"""Rates through the pages and the interface."""

import csv
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.web.overtaking import mark_in, refused_for_second
from tsalert.savings.rates import rate_sets
from tsalert.savings.rates.rate_sets import RateSetStatus
from tsalert.staff.rules import RoleName

Open = Callable[..., FlaskClient]
Bearer = Callable[..., dict[str, str]]
SETS = "/savings/rate-sets"
HEAD = {
    "slug": "board-2024",
    "title": "What the board chose",
    "basis": "published",
    "effective_from": "2024-04-01",
    "source": "Invented minutes",
    "evidence_note": "Invented",
}
RATE = {
    "intervention_type": "call_blocker",
    "component": "future_financial",
    "kind": "per_unit",
    "value": "9,000.25",
    "unit": "a call blocker",
    "term_years": "5",
    "evidence_grade": "D",
}


def drafted(browser: FlaskClient) -> None:
    assert browser.post(SETS, data=HEAD).status_code == 303
    assert browser.post(f"{SETS}/board-2024/rate", data=RATE).status_code == 303


def test_one_officer_writes_rates_and_a_manager_approves_them(session: Session, signed_in: Open) -> None:
    drafted(signed_in(RoleName.CASE_OFFICER, name="Wren Writer"))
    manager = signed_in(RoleName.MANAGER, name="Mo Manager")
    page = manager.get(f"{SETS}/board-2024").text
    assert "£9,000.25" in page
    assert "Wren Writer" in page
    assert manager.post(f"{SETS}/board-2024/approve").status_code == 303
    page = manager.get(f"{SETS}/board-2024").text
    assert "Mo Manager" in page
    assert "Throw the draft away" not in page
    assert rate_sets.get_rate_set(session, "board-2024").status is RateSetStatus.APPROVED


def test_of_two_who_change_a_draft_the_second_loses_nothing_of_the_first(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    drafted(browser)
    here = f"{SETS}/board-2024"
    first, second = HEAD | {"source": "Minutes of May"}, HEAD | {"title": "What was chosen"}
    refused = refused_for_second(browser, f"{here}/edit", first, second)
    assert "It differs from what stands now in: title, source." in refused
    assert browser.post(f"{here}/edit", data=second | {"seen": mark_in(refused)}).status_code == 303
    first, second = RATE | {"value": "8000"}, RATE | {"evidence_grade": "C"}
    refused = refused_for_second(browser, f"{here}/rate?type=call_blocker&component=future_financial", first, second)
    assert "It differs from what stands now in: rate, evidence grade." in refused
    assert "Change a rate" in refused
    assert "£8,000.00" in browser.get(here).text


def test_of_two_who_add_a_rate_in_one_place_the_second_hears_of_the_first(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    browser.post(SETS, data=HEAD)
    refused = refused_for_second(browser, f"{SETS}/board-2024/rate", RATE, RATE | {"value": "1"})
    assert "Somebody changed this after you opened the page." in refused
    again = RATE | {"value": "1", "seen": mark_in(refused)}
    assert browser.post(f"{SETS}/board-2024/rate", data=again).status_code == 303
    assert "£1.00" in browser.get(f"{SETS}/board-2024").text


def test_nobody_approves_rates_that_changed_after_they_read_them(session: Session, signed_in: Open) -> None:
    writer, manager = signed_in(RoleName.CASE_OFFICER), signed_in(RoleName.MANAGER)
    drafted(writer)
    here = f"{SETS}/board-2024"
    seen = mark_in(manager.get(here).text)
    writer.post(f"{here}/rate", data=RATE | {"value": "90000"})
    refused = manager.post(f"{here}/approve", data={"seen": seen})
    assert refused.status_code == 422
    assert "Somebody changed these rates after you opened the page." in refused.text
    assert rate_sets.get_rate_set(session, "board-2024").status is RateSetStatus.DRAFT
    assert manager.post(f"{here}/approve", data={"seen": mark_in(refused.text)}).status_code == 303


def test_the_page_of_a_set_tells_who_changed_what_and_which_set_took_over(signed_in: Open) -> None:
    writer, manager = (
        signed_in(RoleName.CASE_OFFICER, name="Wren Writer"),
        signed_in(RoleName.MANAGER, name="Mo Manager"),
    )
    drafted(writer)
    here = f"{SETS}/board-2024"
    writer.post(f"{here}/rate", data=RATE | {"value": "8000", "note": "Minutes of May"})
    writer.post(f"{here}/rate", data=RATE | {"component": "other_societal"})
    writer.post(f"{here}/rate/remove", data={"place": "call_blocker:other_societal"})
    writer.post(f"{here}/edit", data=HEAD | {"source": "Minutes of May"})
    manager.post(f"{SETS}/nts-observed-2021-22/continue", data={"effective_from": "2023-04-01"})
    assert manager.post(f"{here}/approve").status_code == 303
    page = manager.get(here).text
    told = " ".join(re.sub("<[^>]+>", " ", page.partition("Who wrote and approved it")[2]).split())
    for words in (
        "Mo Manager Approved",
        "Wren Writer Changed: source",
        "Call blockers installed, other estimated benefit: taken out",
        "Call blockers installed, estimated future losses avoided: rate, note",
        "Wren Writer Drafted",
    ):
        assert words in told
    assert page.count("Minutes of May") >= 2
    assert "Took over from" in page
    older = " ".join(re.sub("<[^>]+>", " ", manager.get(f"{SETS}/nts-observed-2021-22-from-2023-04-01").text).split())
    assert "Gave way to What the board chose , from 1 April 2024: approved by Mo Manager" in older


def test_two_sets_are_compared_in_words_and_pounds(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in(RoleName.MANAGER).get("/savings/rate-sets/nts-observed-2021-22/compare?with=prudent-2026").text
    assert "Call blockers installed, estimated future losses avoided" in page
    assert "£16,540.50 a call blocker over its term" in page
    assert "£2,417.52 a call blocker a year, low £313.00, high £3,308.10" in " ".join(page.split())
    assert "future_financial" not in page


def test_a_price_is_shown_with_every_digit_that_counts(signed_in: Callable[..., FlaskClient], bearer: Bearer) -> None:
    price = {"intervention_type": "talk", "component": "other_societal", "kind": "per_unit", "value": "10.105"}
    rates = [price | {"unit": "a talk", "evidence_grade": "E"}]
    desk = signed_in(RoleName.MANAGER)
    assert desk.post(f"/api/v1{SETS}", json=HEAD | {"rates": rates}, headers=bearer()).status_code == 201
    assert "£10.105" in desk.get(f"{SETS}/board-2024").text
    assert "£10.105 a talk" in desk.get(f"{SETS}/board-2024/compare?with=prudent-2026").text


def test_every_page_of_savings_lies_under_savings(signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in(RoleName.MANAGER)
    for address in ("/savings", "/savings/runs", "/savings/rate-sets", "/savings/explain?period=2022/23"):
        page = desk.get(address).text
        current = re.findall(r'aria-current="[a-z]+"[^>]*>(.*?)</a>', page, re.DOTALL)
        assert re.sub(r"<[^>]+>", "", current[0]).strip() == "Savings", address


def test_a_manager_is_told_that_another_must_approve_their_rates(signed_in: Open) -> None:
    manager = signed_in(RoleName.MANAGER)
    drafted(manager)
    answer = manager.post(f"{SETS}/board-2024/approve")
    assert answer.status_code == 422
    assert "Another manager than one who wrote any of these rates" in answer.text


def test_a_slip_in_a_rate_is_told_beside_its_field(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    drafted(browser)
    for changes, says in (
        ({"value": "nine"}, "Enter a number, like 0.25"),
        ({"value": "2000000"}, "Enter a number from 0 to 1,000,000."),
        ({"deadweight": "0.25"}, "Deadweight belongs to"),
        ({"term_years": "-5"}, "Enter a number of years"),
    ):
        answer = browser.post(f"{SETS}/board-2024/rate", data=RATE | changes)
        assert answer.status_code == 422
        assert says in answer.text


def test_days_without_rates_are_told_on_the_list(signed_in: Open) -> None:
    page = signed_in(RoleName.MANAGER).get(SETS).text
    assert "No approved rate of the published basis for 1 April 2023 to" in page


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_a_set_that_was_downloaded_can_be_brought_under_another_name(
    session: Session, signed_in: Open, kind: str
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    file = browser.get(f"{SETS}/prudent-2026/export/{kind}")
    assert file.headers["Content-Disposition"] == f'attachment; filename="prudent-2026.{kind}"'
    content = file.get_data().replace(b"prudent-2026", b"prudent-2027")
    answer = browser.post(f"{SETS}/import", data={"file": (BytesIO(content), f"rates.{kind}")})
    assert answer.status_code == 303, answer.text
    made, known = rate_sets.get_rate_set(session, "prudent-2027"), rate_sets.get_rate_set(session, "prudent-2026")
    assert [(rate.value, rate.low, rate.high) for rate in made.rates] == [
        (rate.value, rate.low, rate.high) for rate in known.rates
    ]


def test_a_file_with_a_slip_says_where_it_is(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    content = browser.get(f"{SETS}/prudent-2026/export/csv").get_data().replace(b",2417.52,", b",many,")
    answer = browser.post(f"{SETS}/import", data={"file": (BytesIO(content), "rates.csv")})
    assert answer.status_code == 422
    assert "rates 4 value: Enter a number" in answer.text


def test_a_draft_is_copied_compared_trimmed_and_thrown_away(session: Session, signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert browser.post(f"{SETS}/prudent-2026/copy", data={"slug": "prudent-2027"}).status_code == 303
    place = {"place": "call_blocker:health_qol"}
    assert browser.post(f"{SETS}/prudent-2027/rate/remove", data=place).status_code == 303
    page = browser.get(f"{SETS}/prudent-2026/compare?with=prudent-2027").text
    assert page.count("differs") == 1
    assert browser.post(f"{SETS}/prudent-2027/edit", data=HEAD | {"slug": "prudent-2027"}).status_code == 303
    assert rate_sets.get_rate_set(session, "prudent-2027").title == HEAD["title"]
    assert browser.post(f"{SETS}/prudent-2027/discard").status_code == 303
    assert browser.get(f"{SETS}/prudent-2027").status_code == 404


def test_an_approved_set_refuses_every_change_through_the_pages(signed_in: Open) -> None:
    manager = signed_in(RoleName.MANAGER)
    published = f"{SETS}/nts-observed-2021-22"
    head = HEAD | {"slug": "nts-observed-2021-22"}
    for path, data in (("edit", head), ("rate", RATE), ("discard", {}), ("approve", {})):
        assert manager.post(f"{published}/{path}", data=data).status_code == 409


def test_a_cell_of_a_downloaded_file_is_no_formula(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    browser.post(SETS, data=HEAD | {"title": "=HYPERLINK(1)"})
    rows = list(csv.reader(browser.get(f"{SETS}/board-2024/export/csv").text.splitlines()))
    assert rows[1][1] == "'=HYPERLINK(1)"


def test_the_interface_writes_changes_approves_and_compares(client: FlaskClient, bearer: Bearer) -> None:
    sets, writer, manager = "/api/v1/savings/rate-sets", bearer(RoleName.CASE_OFFICER), bearer(RoleName.MANAGER)
    rate = RATE | {"value": "9000.25", "term_years": 5}
    new: dict[str, Any] = HEAD | {"rates": [rate]}
    assert client.post(sets, json=new, headers=writer).status_code == 201
    assert (
        client.put(f"{sets}/board-2024", json=new | {"title": "Other"}, headers=writer).get_json()["title"] == "Other"
    )
    assert client.post(f"{sets}/board-2024/copies", json={"slug": "again"}, headers=writer).status_code == 201
    compared = client.get(f"{sets}/board-2024/comparison?other=again", headers=writer).get_json()["items"]
    assert [each["is_same"] for each in compared] == [True]
    assert client.delete(f"{sets}/again", headers=writer).status_code == 204
    assert client.post(f"{sets}/board-2024/approval", json={}, headers=writer).status_code == 403
    approved = client.post(f"{sets}/board-2024/approval", json={}, headers=manager)
    assert (approved.status_code, approved.get_json()["status"]) == (200, "approved")
    assert client.put(f"{sets}/board-2024", json=new, headers=writer).status_code == 409
    assert client.delete(f"{sets}/board-2024", headers=writer).status_code == 409


def test_the_interface_says_what_is_wrong_with_a_rate(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer(RoleName.CASE_OFFICER)
    for rate in (RATE | {"value": 9000.25}, RATE | {"value": "-1"}, RATE | {"surprise": "1"}):
        answer = client.post("/api/v1/savings/rate-sets", json=HEAD | {"rates": [rate]}, headers=headers)
        assert answer.status_code == 422
        assert answer.get_json()["errors"]
