"""The page and the operations of the timetable."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.quarterly.timetable.conftest import OPENS
from tsalert.core.actors import Actor
from tsalert.quarterly.timetable.reminding import keep_timetable
from tsalert.staff.rules import RoleName

PAGE, API = "/board-reports/timetable", "/api/v1/board-timetable"


@pytest.mark.usefixtures("began")
def test_managers_see_what_comes_and_what_was_sent(signed_in: Callable[..., FlaskClient], manager: Actor) -> None:
    keep_timetable(OPENS)
    page = signed_in(RoleName.MANAGER).get(PAGE).text
    for words in ("substantive item", "end-of-year update", "Summary of the month", "1 officer", "April to June 2022"):
        assert words in page
    assert "Mo Boss" not in page.split("<main")[1]


@pytest.mark.usefixtures("began")
def test_a_manager_leaves_the_summary_and_takes_it_again(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    for wanted, said in (("no", "You do not get"), ("yes", "You get last month")):
        assert browser.post(f"{PAGE}/summary", data={"wanted": wanted}).status_code == 303
        assert said in browser.get(PAGE).text


def test_whoever_writes_the_report_reads_it_and_has_no_summary_to_leave(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert "Your monthly summary" not in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/summary", data={"wanted": "no"}).status_code == 403
    assert signed_in(RoleName.DUTY_OFFICER).get(PAGE).status_code == 403


@pytest.mark.usefixtures("began")
def test_the_operations_tell_the_same(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], manager: Actor
) -> None:
    keep_timetable(OPENS)
    head = bearer(RoleName.MANAGER)
    told = client.get(API, headers=head).json or {}
    assert {each["kind"] for each in told["sent"]} == {"opened", "substantive_item", "summary"}
    assert {"kind", "label", "period", "due_on"} == set(told["ahead"][0])
    assert told["gets_summary"] is True
    left = client.put(f"{API}/summary", json={"wanted": False}, headers=head).json or {}
    assert left["gets_summary"] is False
    assert client.get(API, headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403
    assert client.get(API).status_code == 401
