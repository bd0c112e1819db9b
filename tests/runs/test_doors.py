"""Runs through pages and interface; and can the first quarter of 2022/23 be run again today and give £146,333?"""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.runs.conftest import MADE, question
from tsalert.core.actors import Actor
from tsalert.runs import queries, service
from tsalert.runs.reading import HEAD
from tsalert.runs.rules import RunState
from tsalert.staff.rules import RoleName

Open = Callable[..., FlaskClient]
Bearer = Callable[..., dict[str, str]]
PAGES, API = "/savings/runs", "/api/v1/savings/runs"
AS_OF = {"as_of": "2023-05-02T10:00"}

pytestmark = pytest.mark.usefixtures("published_quarter")


def made_on_page(browser: FlaskClient, **changes: str) -> str:
    answer = browser.post(PAGES, data={"period": "2022/23 Q1"} | AS_OF | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_the_page_runs_q1_2022_23_again_today_and_gives_146_333(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    address = made_on_page(browser)
    page = browser.get(address).text
    assert "£146,333" in page
    assert "Work it out again and compare" in page
    again = browser.post(f"{address}/verify", follow_redirects=True).text
    assert "Worked out again: the same, bit for bit. Total £146,333." in again


def test_on_pages_one_officer_makes_another_signs_and_publishes_and_a_newer_run_supersedes(
    session: Session, signed_in: Open
) -> None:
    maker, manager = signed_in(RoleName.CASE_OFFICER, name="Mel Maker"), signed_in(RoleName.MANAGER, name="Mo Manager")
    address = made_on_page(maker)
    assert "Sign this run" not in maker.get(address).text
    assert maker.post(f"{address}/sign").status_code == 403
    assert "Sign this run" in manager.get(address).text
    for step in ("sign", "publish"):
        assert manager.post(f"{address}/{step}").status_code == 303
    page = manager.get(address).text
    assert "Mel Maker" in page
    assert "Throw the draft away" not in page
    newer = made_on_page(maker, as_of="2023-05-03T10:00")
    assert manager.post(f"{newer}/sign").status_code == 303
    assert "Let this run supersede it there" in manager.get(newer).text
    number = newer.rpartition("/")[2]
    assert manager.post(f"{address}/supersede", data={"by": number}).status_code == 422
    told = {"by": number, "reason": "The board asked again"}
    assert manager.post(f"{address}/supersede", data=told).status_code == 303
    assert "The board asked again" in manager.get(address).text
    assert queries.get_run(session, int(number)).state is RunState.PUBLISHED


def test_a_manager_is_told_on_the_page_that_another_must_sign(signed_in: Open) -> None:
    manager = signed_in(RoleName.MANAGER)
    address = made_on_page(manager)
    assert "An officer other than Pat Example" in manager.get(address).text
    answer = manager.post(f"{address}/sign")
    assert answer.status_code == 422
    assert "An officer who did not make this run must sign it." in answer.text


def test_the_list_narrows_by_state_and_period_and_a_draft_is_thrown_away(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    address = made_on_page(browser)
    name = f"Run {address.rpartition('/')[2]}"
    assert name in browser.get(f"{PAGES}?state=draft&period=2022/23+Q1").text
    assert name not in browser.get(f"{PAGES}?state=signed").text
    assert name not in browser.get(f"{PAGES}?period=2022/23").text
    assert browser.post(f"{address}/discard").status_code == 303
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"period": ""}, "Choose a period"),
        ({"period": "2022/24"}, "is not a financial year"),
        ({"period": "2022/23", "profile": "cats"}, "There is no report profile cats"),
        ({"period": "2022/23", "as_of": "2126-01-01T00:00"}, "cannot be in the future"),
    ],
)
def test_a_slip_in_the_form_is_told(signed_in: Open, typed: dict[str, str], says: str) -> None:
    answer = signed_in(RoleName.CASE_OFFICER).post(PAGES, data=typed)
    assert answer.status_code == 422
    assert says in answer.text


def test_lines_are_paged_and_the_file_holds_every_one(session: Session, signed_in: Open, maker: Actor) -> None:
    run_id = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    browser = signed_in()
    page = browser.get(f"{PAGES}/{run_id}").text
    assert "2 × £16,540.50 = £33,081.00 → £33,081" in page
    file = browser.get(f"{PAGES}/{run_id}/lines.csv")
    assert file.headers["Content-Disposition"] == f'attachment; filename="run-{run_id}-lines.csv"'
    head, *rows = csv.reader(io.StringIO(file.text))
    assert tuple(head) == HEAD
    assert len(rows) == queries.get_run(session, run_id).lines == 12
    assert sorted(row[-1] for row in rows if row[0] == rows[-1][0]) == ["16540.5", "8931.87"]


@pytest.mark.parametrize(("as_of", "told"), [(date(2022, 6, 30), True), (date(2022, 7, 1), False)])
def test_a_run_of_a_period_that_was_not_over_says_so(
    session: Session, signed_in: Open, maker: Actor, as_of: date, *, told: bool
) -> None:
    instant = datetime.combine(as_of, time(12), UTC)
    run_id = service.make_run(question(), as_of=instant, note=None, actor=maker, now=MADE)
    page = signed_in().get(f"{PAGES}/{run_id}").text
    assert ("Provisional: the period was not over when this was worked out." in page) is told


def test_the_page_of_a_difference_names_what_moved_the_total(
    signed_in: Open, published_quarter: dict[str, str], maker: Actor
) -> None:
    early = service.make_run(question(), as_of=MADE - timedelta(days=30), note=None, actor=maker, now=MADE)
    late = service.make_run(question(), as_of=None, note=None, actor=maker, now=MADE)
    page = signed_in().get(f"{PAGES}/{early}/difference?with={late}").text
    assert "6 added, 0 gone, 0 changed" in page
    assert published_quarter["two"] in page
    assert signed_in().get(f"{PAGES}/{early}/difference").status_code == 422
    assert signed_in().get(f"{PAGES}/{early}/difference?with=999999").status_code == 404


def test_the_interface_runs_q1_2022_23_again_today_and_gives_146_333(client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer(RoleName.CASE_OFFICER)
    told = {"period": "2022/23 Q1", "as_of": "2023-05-02T09:00:00Z", "note": "For the board"}
    made: Any = client.post(API, json=told, headers=headers)
    assert made.status_code == 201, made.text
    run = made.json
    assert (run["total"]["shown"], run["total"]["exact"], run["state"]) == ("146333", "146332.55", "draft")
    verdict: Any = client.post(f"{API}/{run['id']}/verifications", headers=headers).json
    assert verdict == {
        "is_same": True,
        "has_same_inputs": True,
        "has_same_results": True,
        "digest_of_inputs": run["digest_of_inputs"],
        "digest_of_results": run["digest_of_results"],
        "differences": [],
    }


def test_the_interface_does_all_that_pages_do(client: FlaskClient, bearer: Bearer, session: Session) -> None:
    maker, manager = bearer(RoleName.CASE_OFFICER), bearer(RoleName.MANAGER)
    ids = []
    for day in ("02", "03"):
        told = {"period": "2022/23 Q1", "as_of": f"2023-05-{day}T09:00:00Z"}
        made: Any = client.post(API, json=told, headers=maker).json
        ids.append(made["id"])
        assert client.post(f"{API}/{made['id']}/signature", headers=maker).status_code == 403
        assert client.post(f"{API}/{made['id']}/signature", headers=manager).status_code == 200
        conflict: Any = client.post(f"{API}/{made['id']}/signature", headers=manager)
        assert (conflict.status_code, conflict.json["legal"][0]) == (409, "publish it")
    assert client.post(f"{API}/{ids[0]}/publication", headers=manager).status_code == 200
    told = {"by": ids[1], "reason": "Asked again"}
    newer: Any = client.post(f"{API}/{ids[0]}/supersession", json=told, headers=manager).json
    assert (newer["id"], newer["state"]) == (ids[1], "published")
    listed: Any = client.get(f"{API}?state=superseded", headers=maker).json
    assert [(each["id"], each["reason"]) for each in listed["items"]] == [(ids[0], "Asked again")]
    lines: Any = client.get(f"{API}/{ids[0]}/lines", headers=maker).json
    blocker = next(each for each in lines["items"] if each["type"] == "call_blocker")
    assert blocker["lines"][0]["contribution"]["exact"] == "33081.00"
    assert client.get(f"{API}/{ids[0]}/lines.csv", headers=maker).text.startswith("Record,Version")
    difference: Any = client.get(f"{API}/{ids[0]}/difference?with={ids[1]}", headers=maker).json
    assert (difference["items"], difference["adds_up"], difference["counts"]["changed"]) == ([], True, 0)
    assert client.delete(f"{API}/{ids[1]}", headers=maker).status_code == 409


def test_money_of_a_run_is_text_everywhere(client: FlaskClient, bearer: Bearer) -> None:
    told = {"period": "2022/23 Q1", "as_of": "2023-05-02T09:00:00Z"}
    run: Any = client.post(API, json=told, headers=bearer(RoleName.CASE_OFFICER)).json
    assert all(isinstance(each[name], str) for each in run["totals"] for name in ("exact", "shown"))


def test_a_reader_without_the_right_makes_no_run(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.post(API, json={"period": "2022/23"}, headers=bearer(RoleName.ADMINISTRATOR))
    assert answer.status_code == 403


def test_the_instant_of_a_run_is_shown_in_london_time(signed_in: Open) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    page = browser.get(made_on_page(browser)).text
    assert "2 May 2023 at 10:00am" in page
