"""Case studies by pages and by the interface."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.quarterly.studies.conftest import TEXT, VICTIM, begun, signed
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.quarterly.studies.vocabulary import Item
from tsalert.staff.rules import RoleName

WORDS = {"title": "Thirteen visits", "text": TEXT, "age_band": "from_75", "after": "1"}
ITEMS = [item.value for item in Item]


def test_from_the_case_to_two_signatures_by_pages(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, other = signed_in(RoleName.CASE_OFFICER), signed_in(RoleName.MANAGER)
    here = f"/cases/{case_id}/case-studies"
    assert f"{here}/new" in browser.get(f"/cases/{case_id}").text
    assert 'value="2022/23 Q1" selected' in browser.get(f"{here}/new").text
    started = browser.post(here, data={"quarter": "2022/23 Q1", "age_band": "from_75"}, follow_redirects=True)
    assert "came to our notice in the quarter from April to June 2022" in started.text
    path = f"{here}/1"
    looked = browser.post(f"{path}/preview", data=WORDS | {"text": f"**{VICTIM}** paid £18,640."})
    assert "<mark>Canary Featherstone</mark>" in looked.text
    assert "Write £19,000." in looked.text
    saved = browser.post(f"{path}/edit", data=WORDS | {"text": f"{TEXT} Canary Islands."}, follow_redirects=True)
    assert "It can be signed once everything above is put right." in saved.text
    why = {"check": "name", "found": "Canary", "why": "The islands."}
    answered = browser.post(f"{path}/reasons", data=why, follow_redirects=True)
    assert "It stays: The islands." in answered.text
    digest = answered.text.partition('name="digest" value="')[2].partition('"')[0]
    left = browser.post(f"{path}/signature", data={"digest": digest, "items": ITEMS[1:]})
    assert (left.status_code, "Each line must hold" in left.text) == (422, True)
    once = browser.post(f"{path}/signature", data={"digest": digest, "items": ITEMS}, follow_redirects=True)
    assert "Waits for a second officer" in once.text
    assert "The case study is signed: author." in once.text
    assert 'id="sign"' not in once.text, "whoever wrote it cannot sign second"
    assert "can sign as the second officer" in other.get(path).text
    twice = other.post(f"{path}/signature", data={"digest": digest, "items": ITEMS}, follow_redirects=True)
    assert "It is told." in twice.text
    listed = other.get("/case-studies?quarter=2022/23+Q1").text
    assert "Thirteen visits" in listed
    assert "Told" in listed
    assert "Thirteen visits" in browser.get(f"/cases/{case_id}").text
    voided = browser.post(f"{path}/edit", data=WORDS | {"after": "2"}, follow_redirects=True)
    assert "No, the words changed" in voided.text


def test_two_who_write_a_study_at_once_see_both_and_lose_nothing(
    case_id: int, author: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, path = signed_in(RoleName.MANAGER), f"/cases/{case_id}/case-studies/{begun(case_id, author)}"
    browser.post(f"{path}/edit", data=WORDS)
    refused = browser.post(f"{path}/edit", data=WORDS | {"title": "Only mine"})
    assert refused.status_code == 409
    assert "Only mine" in refused.text
    assert "Thirteen visits" in refused.text
    assert 'name="after" value="2"' in refused.text
    assert browser.post(f"{path}/edit", data=WORDS | {"title": "Ours", "after": "2"}).status_code == 303


def test_one_is_placed_and_withdrawn_by_pages(
    session: Session, case_id: int, author: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, path = signed_in(RoleName.MANAGER), f"/cases/{case_id}/case-studies/{begun(case_id, author)}"
    assert '<dd class="govuk-summary-list__value">3</dd>' in "".join(
        browser.post(f"{path}/place", data={"place": "3"}, follow_redirects=True).text.split("\n")
    )
    assert browser.post(f"{path}/withdrawal", data={}).status_code == 422
    gone = browser.post(f"{path}/withdrawal", data={"reason": "The resident asked us."}, follow_redirects=True)
    assert "Withdrawn: The resident asked us." in gone.text
    assert browser.post(f"{path}/withdrawal", data={"reason": "Again"}).status_code == 409
    assert browser.get(f"{path}").status_code == 200


def test_whoever_may_not_write_reports_reads_and_changes_nothing(
    session: Session, case_id: int, author: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    reader, path = signed_in(RoleName.DUTY_OFFICER), f"/cases/{case_id}/case-studies"
    study_id = begun(case_id, author)
    assert reader.get("/case-studies").status_code == 200
    assert "Change the words" not in reader.get(f"{path}/{study_id}").text
    assert reader.get(f"{path}/new").status_code == 403
    for end in ("", f"/{study_id}/edit", f"/{study_id}/signature", f"/{study_id}/withdrawal", f"/{study_id}/place"):
        assert reader.post(f"{path}{end}", data={}).status_code == 403, end
    assert [each.action for each in entries_about(session, "case study", study_id)] == ["begun", "read", "read"]


def test_the_same_by_the_interface(
    session: Session, client: FlaskClient, case_id: int, author: Actor, bearer: Callable[..., dict[str, str]]
) -> None:
    head, other = bearer(RoleName.CASE_OFFICER), bearer(RoleName.MANAGER)
    here = f"/api/v1/cases/{case_id}/case-studies"
    made = client.post(here, json={"quarter": "2022/23 Q1"}, headers=head)
    assert made.status_code == 201, made.text
    path = f"{here}/{made.get_json()['id']}"
    words = {"title": "Visits", "text": f"{TEXT} Canary Islands.", "after": 1}
    saved = client.put(path, json=words, headers=head).get_json()
    assert (saved["version"], saved["state"], len(saved["money_lines"])) == (2, "written", 14)
    checks = client.get(f"{path}/checks", headers=head).get_json()
    assert [(each["check"], each["found"], each["is_open"]) for each in checks["findings"]] == [
        ("name", "Canary", True)
    ]
    answered = client.post(
        f"{path}/reasons", json={"check": "name", "found": "Canary", "why": "Islands."}, headers=head
    ).get_json()
    assert answered["is_clear"] is True
    told = {"digest": saved["digest"], "items": ITEMS}
    assert client.post(f"{path}/signatures", json=told, headers=head).get_json()["state"] == "waiting"
    assert client.post(f"{path}/signatures", json=told, headers=other).get_json()["state"] == "signed"
    assert client.put(f"{path}/place", json={"place": 2}, headers=head).get_json()["place"] == 2
    listed = client.get("/api/v1/case-studies?quarter=2022/23 Q1", headers=other).get_json()
    assert [each["title"] for each in listed["items"]] == ["Visits"]
    assert client.get(here, headers=head).get_json() == listed
    gone = client.post(f"{path}/withdrawal", json={"reason": "Asked."}, headers=head).get_json()
    assert (gone["state"], gone["withdraw_reason"], gone["place"]) == ("withdrawn", "Asked.", None)
    assert client.put(f"{path}/place", json={"place": 4}, headers=head).status_code == 422


@pytest.mark.parametrize("path", ["/404", "/404/edit", "/404/preview"])
def test_what_is_not_there_is_not_found(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    browser = signed_in(RoleName.MANAGER)
    here = f"/cases/{case_id}/case-studies{path}"
    answer = browser.post(here, data=WORDS) if path.endswith("preview") else browser.get(here)
    assert answer.status_code == 404


def test_a_page_does_not_name_its_study_in_its_title(
    session: Session, case_id: int, author: Actor, second: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    study_id = begun(case_id, author)
    signed(session, case_id, study_id, author, second)
    page = signed_in(RoleName.MANAGER).get(f"/cases/{case_id}/case-studies/{study_id}").text
    assert f"<title>Case study {study_id} of 2022/23 Q1" in page
