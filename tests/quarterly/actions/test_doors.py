"""Pages and operations of the board's priority actions."""

from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.quarterly.actions.conftest import ABUSE
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.periods import quarter
from tsalert.db import db
from tsalert.quarterly import opening
from tsalert.quarterly.actions import queries
from tsalert.quarterly.queries import get_report
from tsalert.quarterly.vocabulary import Status
from tsalert.staff.rules import RoleName

Desk = Callable[..., FlaskClient]
Headers = Callable[..., dict[str, str]]
Q1 = quarter(2022, 1)
UPDATE = f"/board-actions/{ABUSE}/updates/2022-23Q1"
LIST = "/board-actions?quarter=2022-23Q1"
TOLD = {"status": "in_progress", "text": "Two **banks** joined.", "version": "0"}
ACTION = {
    "number": "7",
    "title": "Safer high streets",
    "text": "Shops.",
    "lead": "Town teams",
    "reason": "Board, item 4",
}


@pytest.fixture
def writer(signed_in: Desk) -> FlaskClient:
    return signed_in(RoleName.CASE_OFFICER, name="Wilma Writer")


@pytest.fixture
def manager(signed_in: Desk) -> FlaskClient:
    return signed_in(RoleName.MANAGER)


def publish(session: Session, by: Actor) -> None:
    opening.open_report(Q1, actor=by, now=utc_now())
    report = get_report(session, Q1)
    report.status, report.figures, report.frozen, report.digest = Status.PUBLISHED, "[]", "{}", "0"
    report.locked_at = report.published_at = utc_now()
    session.commit()


def test_a_quarters_list_shows_how_far_each_stands_and_is_narrowed_by_its_address(writer: FlaskClient) -> None:
    assert "6. Reduce risk of financial abuse" in writer.get(LIST).text
    saved = writer.post(UPDATE, data=TOLD)
    assert (saved.status_code, saved.location) == (303, "/board-actions?quarter=2022/23+Q1")
    narrowed = writer.get(f"{LIST}&status=in_progress").text
    assert ("6. Reduce risk" in narrowed, "5. CCTV" in narrowed) == (True, False)
    missing = writer.get(f"{LIST}&status=none").text
    assert ("6. Reduce risk" in missing, "5. CCTV" in missing) == (False, True)


def test_an_actions_page_shows_what_stands_and_what_stood_before(writer: FlaskClient) -> None:
    writer.post(UPDATE, data=TOLD)
    writer.post(UPDATE, data=TOLD | {"status": "achieved", "text": "Three banks joined.", "version": "1"})
    page = writer.get(f"/board-actions/{ABUSE}").text
    assert "2022/23 Q1: Achieved" in page
    assert "<strong>banks</strong>" in page
    assert page.index("Three banks joined.") < page.index("Earlier updates (1)")
    assert "Wilma Writer" in page


def test_an_action_is_written_for_every_quarter_whose_report_is_on_its_way(
    writer: FlaskClient, officer: Callable[..., Actor]
) -> None:
    for year in (2022, 2025):
        opening.open_report(quarter(year, 2), actor=officer(RoleName.MANAGER), now=utc_now())
    page = writer.get(f"/board-actions/{ABUSE}").text
    assert page.index("Write for 2025/26 Q2") < page.index("Write for 2022/23 Q2")
    writer.post(f"/board-actions/{ABUSE}/updates/2022-23Q2", data=TOLD)
    assert "Change the update for 2022/23 Q2" in writer.get(f"/board-actions/{ABUSE}").text
    page = writer.get("/board-actions").text
    assert "2022/23 Q2 is being written too" in page
    assert 'href="/board-reports/2025-26Q2"' in page


def test_who_was_overtaken_sees_both_and_can_save_again(writer: FlaskClient) -> None:
    writer.post(UPDATE, data=TOLD)
    refused = writer.post(UPDATE, data=TOLD | {"text": "Only mine."})
    assert refused.status_code == 409
    assert "Only mine." in refused.text
    assert "Two **banks** joined." in refused.text
    assert 'name="version" value="1"' in refused.text
    assert writer.post(UPDATE, data=TOLD | {"text": "Both.", "version": "1"}).status_code == 303
    assert [each.text for each in queries.updates_of(db.session(), ABUSE)] == ["Both.", "Two **banks** joined."]


def test_a_version_that_never_was_is_told_so(writer: FlaskClient, client: FlaskClient, bearer: Headers) -> None:
    assert writer.post(UPDATE, data=TOLD | {"version": "3"}).status_code == 409
    path, head = f"/api/v1{UPDATE}", bearer(RoleName.CASE_OFFICER)
    refused = client.post(path, json={"status": "achieved", "text": "Mine.", "version": 3}, headers=head)
    assert (refused.status_code, refused.get_json()["current"]) == (409, None)


def test_a_text_that_a_report_cannot_show_comes_back_with_what_to_mend(writer: FlaskClient) -> None:
    refused = writer.post(UPDATE, data=TOLD | {"text": "<script>alert(1)</script>"})
    assert refused.status_code == 422
    assert "A report takes no HTML" in refused.text
    assert "<script>alert(1)" not in refused.text


def test_the_records_are_put_behind_what_was_typed_and_nothing_is_saved(writer: FlaskClient) -> None:
    page = unescape(writer.post(UPDATE, data=TOLD | {"text": "We began.", "fill": "yes"}).text)
    assert "We began.\n\nIn April to June 2022 Trading Standards opened no cases" in page
    assert queries.updates_of(db.session(), ABUSE) == []
    assert writer.post(UPDATE, data=TOLD | {"fill": "yes", "submission": "once"}).status_code == 200
    assert writer.post(UPDATE, data=TOLD | {"submission": "once"}).status_code == 303


def test_an_action_that_is_not_filled_from_records_offers_no_proposal(writer: FlaskClient) -> None:
    assert "Fill from records" in writer.get(UPDATE).text
    assert "Fill from records" not in writer.get("/board-actions/1/updates/2022-23Q1").text
    assert writer.post("/board-actions/1/updates/2022-23Q1", data=TOLD | {"fill": "yes"}).status_code == 409


def test_the_page_says_that_a_late_update_waits_for_the_next_revision(
    session: Session, writer: FlaskClient, officer: Callable[..., Actor]
) -> None:
    assert "There is no report for 2022/23 Q1 yet" in writer.get(UPDATE).text
    publish(session, officer(RoleName.MANAGER))
    told = "What is written now appears in revision 2"
    assert told in " ".join(writer.get(UPDATE).text.split())
    assert told in " ".join(writer.get(LIST).text.split())
    assert writer.post(UPDATE, data=TOLD).status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/board-actions/99", "/board-actions/99/updates/2022-23Q1", f"/board-actions/{ABUSE}/updates/2022-23",
     f"/board-actions/{ABUSE}/updates/nonsense", "/board-actions/99999999999999999999"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(writer: FlaskClient, path: str) -> None:
    assert writer.get(path).status_code == 404


@pytest.mark.parametrize("asked", ["2022-23Q5", "2022/23", "soon"])
def test_a_list_of_no_quarter_is_refused(writer: FlaskClient, asked: str) -> None:
    assert writer.get(f"/board-actions?quarter={asked}").status_code == 422


def test_a_manager_adds_changes_and_retires_an_action(manager: FlaskClient) -> None:
    added = manager.post("/board-actions", data=ACTION)
    assert added.status_code == 303
    page = manager.get(added.location)
    assert "Safer high streets" in page.text
    after = max(each.id for each in queries.action_versions(db.session()))
    form = manager.get(f"{added.location}/change").text
    assert f'name="after" value="{after}"' in form
    retired = ACTION | {"after": str(after), "is_retired": "yes"}
    assert manager.post(f"{added.location}/change", data=retired).status_code == 303
    assert "Retired" in manager.get(added.location).text
    assert manager.post(f"{added.location}/change", data=retired).status_code == 409


def test_a_number_that_is_taken_comes_back_with_the_form(manager: FlaskClient) -> None:
    refused = manager.post("/board-actions", data=ACTION | {"number": "1"})
    assert refused.status_code == 422
    assert "Number 1 is" in refused.text


def test_a_manager_keeps_the_list_of_words(manager: FlaskClient) -> None:
    added = manager.post("/board-actions/statuses", data={"word": "Paused", "reason": "Board"})
    assert (added.status_code, added.location) == (303, "/board-actions/statuses")
    assert "Paused" in manager.get("/board-actions/statuses").text
    assert "/statuses/paused/change" not in manager.get("/board-actions/statuses?quarter=2022-23Q1").text
    form = manager.get("/board-actions/statuses/paused/change").text
    after = form.partition('name="after" value="')[2].partition('"')[0]
    changed = {"word": "On hold", "place": "2", "reason": "Board", "after": after}
    assert manager.post("/board-actions/statuses/paused/change", data=changed).status_code == 303
    assert "On hold" in manager.get("/board-actions/statuses").text
    assert manager.get("/board-actions/statuses/nothing/change").status_code == 404


def test_who_may_not_write_or_set_reads_alone(signed_in: Desk, writer: FlaskClient) -> None:
    reader = signed_in()
    assert reader.get(LIST).status_code == 200
    assert reader.get(UPDATE).status_code == reader.post(UPDATE, data=TOLD).status_code == 403
    assert writer.post("/board-actions", data=ACTION).status_code == 403
    assert writer.post("/board-actions/statuses", data={"word": "Paused", "reason": "Board"}).status_code == 403


API = "/api/v1/board-actions"


def test_everything_has_its_operation(client: FlaskClient, bearer: Headers) -> None:
    head = bearer(RoleName.MANAGER)
    told = {"status": "in_progress", "text": "Two banks joined.", "version": 0}
    path = f"{API}/{ABUSE}/updates/2022-23Q1"
    assert client.get(path, headers=head).status_code == 404
    saved = client.post(path, json=told, headers=head)
    assert (saved.status_code, saved.get_json()["word"]) == (201, "In progress")
    assert client.get(path, headers=head).get_json()["version"] == 1
    listed = client.get(f"{API}?quarter=2022/23 Q1&status=in_progress", headers=head).get_json()
    assert [each["action"]["number"] for each in listed["items"]] == [6]
    assert listed["quarter"] == "2022/23 Q1"
    whole = client.get(f"{API}/{ABUSE}", headers=head).get_json()
    assert (len(whole["versions"]), len(whole["updates"])) == (1, 1)
    assert client.get(f"{path}/proposal", headers=head).get_json()["text"].startswith("In April to June 2022")


def test_the_operation_tells_what_stands_to_whoever_was_overtaken(client: FlaskClient, bearer: Headers) -> None:
    head = bearer(RoleName.CASE_OFFICER)
    path = f"{API}/{ABUSE}/updates/2022-23Q1"
    told = {"status": "in_progress", "text": "Mine.", "version": 0}
    client.post(path, json=told, headers=head)
    refused = client.post(path, json=told | {"text": "Yours."}, headers=head)
    assert (refused.status_code, refused.get_json()["current"]["text"]) == (409, "Mine.")


def test_actions_and_words_are_set_by_operations_too(client: FlaskClient, bearer: Headers) -> None:
    head = bearer(RoleName.MANAGER)
    added = client.post(API, json=ACTION | {"number": 7}, headers=head)
    assert added.status_code == 201, added.text
    version = added.get_json()
    change = ACTION | {"number": 7, "title": "High streets", "after": version["id"]}
    changed = client.post(f"{API}/{version['action_id']}", json=change, headers=head)
    assert (changed.status_code, changed.get_json()["title"]) == (201, "High streets")
    path = "/api/v1/board-action-statuses"
    word = client.post(path, json={"word": "Paused", "reason": "Board"}, headers=head).get_json()["items"][0]
    new = {"word": "On hold", "reason": "Board", "after": word["id"]}
    assert client.post(f"{path}/paused", json=new, headers=head).get_json()["items"][0]["word"] == "On hold"
    assert len(client.get(f"{path}/paused", headers=head).get_json()["items"]) == 2
    assert "On hold" in [each["word"] for each in client.get(path, headers=head).get_json()["items"]]


def test_an_action_that_retires_later_still_reads_as_it_does_now(manager: FlaskClient) -> None:
    form = manager.get("/board-actions/5/change").text
    after = form.partition('name="after" value="')[2].partition('"')[0]
    last = form.rpartition('<option value="20')[2][:8]
    retired = ACTION | {"number": "5", "title": "Gone", "after": after, "is_retired": "yes", "quarter": f"20{last}"}
    assert manager.post("/board-actions/5/change", data=retired).status_code == 303
    page = manager.get("/board-actions/5").text
    assert f"Retired from 20{last}" in page
    assert ">CCTV</h1>" in page
    assert "Write for" in page


def test_the_page_says_how_far_the_report_is_that_an_update_comes_into(
    session: Session, writer: FlaskClient, officer: Callable[..., Actor]
) -> None:
    opening.open_report(Q1, actor=officer(RoleName.MANAGER), now=utc_now())
    assert "the report, which is a draft" in writer.get(UPDATE).text
    assert "2022/23 Q1" in writer.get("/board-actions").text  # the quarter whose report is being written
    report = get_report(session, Q1)
    for status, told in ((Status.LOCKED, "figures of this quarter"), (Status.SIGNED, "signatures no longer hold")):
        report.status, report.figures, report.locked_at = status, "[]", utc_now()
        session.commit()
        assert told in writer.get(UPDATE).text
