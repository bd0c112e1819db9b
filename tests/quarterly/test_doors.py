"""The board's reports through pages and interface."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.quarterly.conftest import QUARTER, Records
from tsalert.db import db
from tsalert.quarterly import queries, texts
from tsalert.quarterly.texts import PLACES, Place
from tsalert.quarterly.vocabulary import SectionKey, Status
from tsalert.staff.rules import RoleName

Open = Callable[..., FlaskClient]
Bearer = Callable[..., dict[str, str]]
PAGES, API = "/board-reports", "/api/v1/board-reports"
ONE, ONE_API = f"{PAGES}/2022-23Q1", f"{API}/2022-23Q1"
NEW = {"quarter": "2022/23 Q1", "meeting_on": "2022-07-20"}
DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')

pytestmark = pytest.mark.usefixtures("records")


@pytest.fixture
def author(signed_in: Open) -> FlaskClient:
    return signed_in(RoleName.CASE_OFFICER, name="Ali Author")


@pytest.fixture
def manager(signed_in: Open) -> FlaskClient:
    return signed_in(RoleName.MANAGER, name="Sam Second")


def step(browser: FlaskClient, name: str, **told: str) -> str:
    answer = browser.post(f"{ONE}/{name}", data=told)
    assert answer.status_code == 303, answer.text
    return browser.get(ONE).text


def sign(browser: FlaskClient, role: str) -> str:
    found = DIGEST.search(browser.get(ONE).text)
    assert found
    return step(browser, "sign", role=role, digest=found[1])


def opened(browser: FlaskClient) -> None:
    assert browser.post(PAGES, data=NEW).headers["Location"] == ONE


def test_on_pages_a_report_goes_from_its_opening_to_its_second_revision(
    session: Session, author: FlaskClient, manager: FlaskClient, records: Records
) -> None:
    opened(author)
    assert "How far it is" in author.get(ONE).text
    assert "The figures are locked" in step(author, "lock")
    assert "Sign as author" in author.get(ONE).text
    assert "Ali Author" in sign(author, "author")
    page = sign(manager, "second")
    assert "Publish the report" in page
    assert "Publish the report" not in author.get(ONE).text
    assert author.post(f"{ONE}/publish").status_code == 403
    assert "Open the next revision" in step(manager, "publish")
    records.talks["school"] = 13
    assert "13" in author.get(f"{ONE}/compare").text
    assert "Its figures beside the records" in author.get(ONE).text
    slip = author.post(f"{ONE}/revise", data={"reason": "A talk was entered late"})
    assert (slip.status_code, slip.text.count("Choose what the public is told.")) == (422, 2)
    revised = step(author, "revise", reason="A talk was entered late", ground="late")
    assert "The figures of revision 1 that it restates" in revised
    assert "Its figures beside the records" not in revised, "a draft follows them"
    assert "A talk was entered late" in revised
    assert "Records came in after the report was published" in revised
    compared = author.get(f"{ONE}/compare?from=1&to=2").text
    assert "Talks" in compared
    trail = author.get(ONE).text
    assert [said in trail for said in ("Signed: author", "Signed: second person")] == [True, True]
    assert [row.status for row in queries.revisions_of(session, QUARTER)] == [Status.DRAFT, Status.PUBLISHED]


def test_the_list_shows_each_report_and_opens_one_for_a_quarter_that_has_none(author: FlaskClient) -> None:
    assert "No report has been opened yet" in author.get(PAGES).text
    opened(author)
    page = author.get(PAGES).text
    assert ONE in page
    assert 'value="2022/23 Q1"' not in page
    assert author.post(PAGES, data=NEW).status_code == 409


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"quarter": ""}, "Choose a quarter"),
        ({"quarter": "2022/23 Q5"}, "Give a quarter like 2022/23 Q1"),
        ({"quarter": "2022/23"}, "Give a quarter like 2022/23 Q1"),
        ({"quarter": "2150/51 Q1"}, "has not begun"),
    ],
)
def test_a_slip_in_the_form_is_told(author: FlaskClient, typed: dict[str, str], says: str) -> None:
    answer = author.post(PAGES, data=typed)
    assert answer.status_code == 422
    assert says in answer.text


@pytest.mark.parametrize("slug", ["2022-23", "2022-23q1", "2022-23 Q1", "2022-23Q5", "nonsense", "2022-24Q1"])
def test_what_names_no_quarter_is_no_page(author: FlaskClient, slug: str) -> None:
    assert author.get(f"{PAGES}/{slug}").status_code == 404


def test_who_only_reads_sees_no_form_and_may_do_nothing(author: FlaskClient, signed_in: Open) -> None:
    opened(author)
    reader = signed_in(RoleName.DUTY_OFFICER)
    assert '<form method="post" action="/board-reports' not in reader.get(ONE).text
    for name in ("lock", "unlock", "sign", "publish", "revise", "details", "texts/headlines"):
        assert reader.post(f"{ONE}/{name}").status_code == 403, name


def test_the_head_is_changed_and_an_unlocking_says_why(author: FlaskClient) -> None:
    opened(author)
    page = step(author, "details", board="The Town Board", meeting_on="2022-07-27")
    assert "The Town Board" in page
    assert "27 July 2022" in page
    assert "Nobody yet" in page
    step(author, "lock")
    assert author.post(f"{ONE}/unlock").status_code == 422
    assert "A talk was missing" in step(author, "unlock", reason="A talk was missing")


def test_signatures_that_no_longer_hold_are_told_on_the_page(author: FlaskClient, manager: FlaskClient) -> None:
    opened(author)
    step(author, "lock")
    sign(author, "author")
    sign(manager, "second")
    step(author, "texts/headlines", body="More talks.", version="0")
    page = manager.get(ONE).text
    assert "What was signed is not what the report says now" in page
    assert page.count("No longer holds") == 2
    assert "Publish the report" not in page
    assert author.post(f"{ONE}/sign", data={"role": "author", "digest": "0" * 64}).status_code == 409


def test_each_thing_to_do_leads_to_where_it_is_done(author: FlaskClient, manager: FlaskClient, signed_in: Open) -> None:
    opened(author)
    page = author.get(ONE).text
    for place in (f"{ONE}/texts/headlines", "/board-actions/6/updates/2022-23Q1", "#lock"):
        assert f'href="{place}"' in page, place
    page = step(author, "lock")
    assert 'href="#sign"' in page
    assert "By a manager who is not its author" in page
    assert "Not everything is written yet" in page
    page = signed_in(RoleName.CASE_OFFICER, name="Olga Other").get(ONE).text
    assert "there is nothing for you to sign" in page
    assert "Its author signs next" in sign(manager, "second")
    sign(author, "author")
    assert 'href="#publish"' in manager.get(ONE).text
    reader = signed_in(RoleName.DUTY_OFFICER).get(ONE).text
    assert f'href="{ONE}/texts/headlines"' not in reader


def test_a_refused_step_is_told_on_the_report_as_it_is_by_now(author: FlaskClient, manager: FlaskClient) -> None:
    opened(author)
    step(author, "lock")
    for name, says in (("lock", "This cannot be done now"), ("publish", "Nobody has signed what it says now")):
        refused = manager.post(f"{ONE}/{name}")
        assert refused.status_code == 409
        assert says in refused.text
        assert "Unlock the figures" in refused.text
    again = author.post(PAGES, data=NEW)
    assert (again.status_code, ONE in again.text) == (409, True)


def test_a_signature_that_was_given_anew_is_not_asked_for_again(author: FlaskClient, manager: FlaskClient) -> None:
    opened(author)
    step(author, "lock")
    sign(author, "author")
    sign(manager, "second")
    step(author, "texts/headlines", body="More talks.", version="0")
    asked = "no longer hold: author and second person"
    assert asked in manager.get(ONE).text
    assert "no longer hold: author." in sign(manager, "second")
    assert "no longer hold:" not in sign(author, "author")


def test_every_text_has_its_page_in_english_with_its_spelling_checked(author: FlaskClient) -> None:
    opened(author)
    for place in PLACES:
        page = author.get(f"{ONE}/texts/{place.name}").text
        assert 'lang="en-GB"' in page
        assert 'spellcheck="true"' in page
        assert f'edition=board#{place.section.value}">Read this section' in page
    assert "## Vulnerable people" in author.get(f"{ONE}/texts/implications").text
    assert author.get(f"{ONE}/texts/glance").status_code == 404
    assert author.get(f"{PAGES}/2022-23Q2/texts/ahead").status_code == 404, "no report of it is open"


def test_a_text_is_shown_as_it_will_read_before_it_is_saved(session: Session, author: FlaskClient) -> None:
    opened(author)
    page = author.post(f"{ONE}/texts/ahead", data={"body": "**Roofers** <b>", "version": "0", "act": "preview"})
    assert page.status_code == 422, "HTML is refused"
    page = author.post(f"{ONE}/texts/ahead", data={"body": "x" * 30_000, "version": "0"})
    assert (page.status_code, "Use 20,000 characters or fewer" in page.text, "x" * 30_000 in page.text) == (
        422, True, True,
    )  # fmt: skip
    page = author.post(f"{ONE}/texts/ahead", data={"body": "**Roofers**", "version": "0", "act": "preview"})
    assert "<strong>Roofers</strong>" in page.text
    assert "**Roofers**" in page.text
    assert texts.read_text(session, QUARTER, Place(SectionKey.AHEAD)).version == 0


def test_a_text_is_saved_by_itself_and_goes_on_from_that_version(session: Session, author: FlaskClient) -> None:
    opened(author)
    saved: Any = author.post(f"{ONE}/texts/ahead/autosave", data={"body": "Roofers", "version": "0"})
    assert saved.json["version"] == 1
    assert re.fullmatch(r"\d\d:\d\d", saved.json["saved"])
    assert author.post(f"{ONE}/texts/ahead/autosave", data={"body": "Gone", "version": "0"}).status_code == 409
    step(author, "texts/ahead", body="Roofers!", version="1")
    assert texts.read_text(session, QUARTER, Place(SectionKey.AHEAD)).body == "Roofers!"


def test_who_writes_while_the_report_is_published_sees_what_they_wrote(
    author: FlaskClient, manager: FlaskClient
) -> None:
    opened(author)
    step(author, "lock")
    sign(author, "author")
    sign(manager, "second")
    step(manager, "publish")
    refused = author.post(f"{ONE}/texts/ahead", data={"body": "Roofers, too late.", "version": "0"})
    assert refused.status_code == 409
    assert "is published and stays as it is" in refused.text
    assert "Roofers, too late." in refused.text


def test_two_writers_see_both_texts_and_can_bring_them_together(
    session: Session, author: FlaskClient, manager: FlaskClient
) -> None:
    opened(author)
    step(author, "texts/ahead", body="Roofers of June.", version="0")
    answer = manager.post(f"{ONE}/texts/ahead", data={"body": "Drivers of July.", "version": "0"})
    assert answer.status_code == 409
    assert "Roofers of June." in answer.text
    assert "Drivers of July." in answer.text
    assert "Ali Author" in answer.text
    assert 'name="version" value="1"' in answer.text
    step(manager, "texts/ahead", body="Roofers of June. Drivers of July.", version="1")
    assert texts.read_text(session, QUARTER, Place(SectionKey.AHEAD)).version == 2


def test_the_interface_does_all_that_pages_do(client: FlaskClient, bearer: Bearer, records: Records) -> None:
    author, manager = bearer(RoleName.CASE_OFFICER), bearer(RoleName.MANAGER)
    made: Any = client.post(API, json=NEW, headers=author)
    assert made.status_code == 201, made.text
    assert (made.json["report"]["slug"], made.json["status"], made.json["digest"]) == ("2022-23Q1", "draft", None)
    described: Any = client.put(
        f"{ONE_API}/details", json={"board": "B", "author_id": made.json["report"]["author_id"]}, headers=author
    )
    assert described.json["report"]["board"] == "B"
    assert client.post(f"{ONE_API}/lock", headers=author).json["status"] == "locked"  # type: ignore[index]
    unlocked: Any = client.delete(f"{ONE_API}/lock", json={"reason": "Why"}, headers=author)
    assert unlocked.json["status"] == "draft"
    digest = client.post(f"{ONE_API}/lock", headers=author).json["digest"]  # type: ignore[index]
    for role, head in (("author", author), ("second", manager)):
        told = {"role": role, "digest": digest}
        signed: Any = client.post(f"{ONE_API}/signatures", json=told, headers=head)
        assert signed.status_code == 201, signed.text
    assert [each["holds"] for each in signed.json["signatures"]] == [True, True]
    published: Any = client.post(f"{ONE_API}/publication", headers=manager)
    assert published.json["status"] == "published"
    assert published.json["digest"] == digest
    records.talks["school"] = 13
    bad: Any = client.post(f"{ONE_API}/revisions", json={"reason": "Late", "ground": "because"}, headers=author)
    assert (bad.status_code, list(bad.json["errors"])) == (422, ["ground"])
    again: Any = client.post(f"{ONE_API}/revisions", json={"reason": "Late", "ground": "late"}, headers=author)
    assert again.status_code == 201
    assert again.json["report"]["public_reason"] == "Records came in after the report was published"
    cells: Any = client.get(f"{ONE_API}/difference?from=1&to=2&edition=public", headers=manager).json["items"]  # type: ignore[index]
    assert ("12", "13") in [(cell["before"], cell["now"]) for cell in cells]
    revisions: Any = client.get(f"{ONE_API}/revisions", headers=manager).json["items"]  # type: ignore[index]
    assert [row["revision"] for row in revisions] == [2, 1]
    listed: Any = client.get(API, headers=manager).json["items"]  # type: ignore[index]
    assert [row["revision"] for row in listed] == [2]
    edition: Any = client.get(f"{ONE_API}/editions/board?revision=1", headers=manager).json
    assert edition["head"]["status"] == "published"
    assert '"largest": null' in json.dumps(edition)
    assert client.get(f"{ONE_API}/editions/another", headers=manager).status_code == 404


def test_the_interface_names_what_may_be_done_instead(client: FlaskClient, bearer: Bearer) -> None:
    author = bearer(RoleName.MANAGER)
    client.post(API, json=NEW, headers=author)
    refused: Any = client.post(f"{ONE_API}/publication", headers=author)
    assert refused.status_code == 409
    assert refused.json["legal"] == ["write its texts", "lock its figures"]


def test_a_text_has_its_version_as_etag_and_is_changed_on_it(client: FlaskClient, bearer: Bearer) -> None:
    author, where = bearer(RoleName.CASE_OFFICER), f"{ONE_API}/texts/ahead"
    client.post(API, json=NEW, headers=author)
    assert client.get(where, headers=author).headers["ETag"] == '"0"'
    for wrong in ({}, {"If-Match": f'"{"9" * 5000}"'}, {"If-Match": f'"{2**31}"'}):
        assert client.put(where, json={"body": "One."}, headers=author | wrong).status_code == 422
    saved = client.put(where, json={"body": "One."}, headers=author | {"If-Match": '"0"'})
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"1"')
    refused: Any = client.put(where, json={"body": "Two.", "version": 0}, headers=author)
    assert refused.status_code == 409
    assert (refused.json["current"]["body"], refused.json["sent"]["body"]) == ("One.", "Two.")
    listed: Any = client.get(f"{ONE_API}/texts", headers=author).json["items"]  # type: ignore[index]
    assert [text["section"] for text in listed if text["body"]] == ["ahead"]
    db.session.rollback()
