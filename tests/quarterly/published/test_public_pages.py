"""What anybody reads of the board's reports: the public edition as it was frozen, its revisions, and nobody's name."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.quarterly.conftest import Desk
from tests.quarterly.published.conftest import Q1, SECRET, publish
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.core.periods import quarter
from tsalert.quarterly import opening, queries, withdrawing
from tsalert.quarterly.published.files import PublishedFiles
from tsalert.quarterly.vocabulary import Ground
from tsalert.quarterly.writing.formats import Format
from tsalert.staff.rules import RoleName

PAGE, API = "/published/2022-23Q1", "/api/v1/published-reports/2022-23Q1"
EVERY = ("/published", PAGE, "/api/v1/published-reports", API)


def test_before_anything_is_published_the_list_says_so(client: FlaskClient) -> None:
    assert "No report is published yet" in client.get("/published").text
    assert client.get("/api/v1/published-reports").json == {"items": [], "next": None}
    assert client.get(PAGE).status_code == 404
    assert client.get(API).status_code == 404


def test_a_stranger_reads_the_public_edition_from_the_start_page_on(client: FlaskClient, first: str) -> None:
    assert 'href="/published"' in client.get("/welcome").text
    listed = client.get("/published").text
    assert f'href="{PAGE}"' in listed
    assert "April to June 2022" in listed
    page = client.get(PAGE).text
    for words in ("As it was first told.", "<strong>deceived</strong>", "£1,600", "[c]: too few", "Most were scams"):
        assert words in page


def test_a_revision_that_was_taken_off_is_on_no_public_page(
    client: FlaskClient, officer: Callable[..., Actor], second: str
) -> None:
    manager = officer(RoleName.MANAGER, name="Mo Boss")
    withdrawing.withdraw(Q1, 1, "It named Mrs Example", actor=manager, now=NOW)
    listed, page = client.get("/published").text, client.get(PAGE).text
    assert "As it is told now." in page
    assert [words for words in (listed, page) if "First published" in words or "revision=1" in words] == []
    for path in (f"{PAGE}?revision=1", f"{PAGE}/file?format=json&revision=1", f"{API}?revision=1"):
        assert client.get(path).status_code == 404
    withdrawing.withdraw(Q1, 2, "This one too", actor=manager, now=NOW)
    assert "No report is published yet" in client.get("/published").text
    for path in (PAGE, API, f"{PAGE}/file?format=pdf"):
        answer = client.get(path)
        assert (answer.status_code, "was taken off these pages" in answer.text) == (404, True)
        assert "Mrs Example" not in answer.text


def test_only_what_is_published_is_taken_off_and_once_by_a_manager(
    session: Session, officer: Callable[..., Actor], first: str
) -> None:
    manager = officer(RoleName.MANAGER, name="Mo Boss")
    with pytest.raises(NotAllowed):
        withdrawing.withdraw(Q1, 1, "Why", actor=officer(RoleName.CASE_OFFICER), now=NOW)
    with pytest.raises(NotFound):
        withdrawing.withdraw(Q1, 2, "Why", actor=manager, now=NOW)
    opening.revise(Q1, "A call came in late", Ground.LATE, actor=manager, now=NOW)
    with pytest.raises(Conflict, match="not published"):
        withdrawing.withdraw(Q1, 2, "Why", actor=manager, now=NOW)
    withdrawing.withdraw(Q1, 1, "Why", actor=manager, now=NOW)
    with pytest.raises(Conflict, match="already"):
        withdrawing.withdraw(Q1, 1, "Why", actor=manager, now=NOW)
    report = queries.get_report(session, Q1, 1)
    assert report.digest == first
    assert entries_about(session, "board report", report.id)[-1].action == "withdrawn"


def test_a_manager_takes_a_revision_off_on_the_page_of_the_report(
    session: Session, signed_in: Callable[..., FlaskClient], client: FlaskClient, second: str
) -> None:
    desk = signed_in(RoleName.MANAGER)
    page = desk.get("/board-reports/2022-23Q1").text
    assert "Take it off the public pages" in page
    told = {"revision": "1", "reason": "It named somebody"}
    answer = desk.post("/board-reports/2022-23Q1/withdraw", data=told, follow_redirects=True)
    assert "Revision 1 is no longer on the public pages" in answer.text
    assert "It named somebody" in answer.text
    assert "As the public reads it" in answer.text
    last = desk.post("/board-reports/2022-23Q1/withdraw", data=told | {"revision": "2"}, follow_redirects=True)
    assert "As the public reads it" not in last.text
    assert client.get(f"{PAGE}?revision=1").status_code == 404


@pytest.mark.parametrize("path", EVERY)
def test_what_everybody_reads_holds_no_officer_and_nothing_exempt(client: FlaskClient, second: str, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    told = answer.text
    for words in ("Pat Example", "Sam Sample", "Mo Boss", SECRET, "977", "4321", "/account", "Sign out"):
        # A digest may hold three digits of any number.
        assert not re.search(rf"(?<!\w){re.escape(words)}(?!\w)", told), words


def test_a_figure_that_is_kept_back_has_no_number_behind_it(client: FlaskClient, first: str) -> None:
    answer = client.get(API).json
    assert answer is not None
    tables = [block for section in answer["report"]["sections"] for block in section["blocks"] if "rows" in block]
    kept_back = tables[0]["rows"][1]["figures"]
    assert [(each["shown"], each["value"]) for each in kept_back] == [("[c]", None), ("[c]", None)]
    assert {each["largest"] for row in tables[0]["rows"] for each in row["figures"]} == {None}


def test_an_earlier_revision_stays_to_be_read_and_says_that_it_is_superseded(client: FlaskClient, second: str) -> None:
    newest, earlier = client.get(PAGE).text, client.get(f"{PAGE}?revision=1").text
    assert "As it is told now." in newest
    assert "superseded: later" not in newest
    assert Ground.LATE.label in newest
    assert 'href="/published/2022-23Q1?revision=1"' in newest
    assert "As it was first told." in earlier
    assert "This revision is superseded" in earlier
    listed = client.get("/published").text
    assert "Revision 2" in listed
    assert Ground.LATE.label in listed
    files = [client.get(f"{PAGE}/file?format={each}").text for each in ("html", "json")]
    assert [words for words in (newest, listed, client.get(API).text, *files) if "A call came in late" in words] == []
    answers = [client.get(f"{API}{ending}").json or {} for ending in ("", "?revision=1")]
    assert [(each["revision"], each["is_superseded"]) for each in answers] == [(2, False), (1, True)]


@pytest.mark.parametrize("path", EVERY)
def test_a_reader_who_has_it_already_is_told_so_and_sent_nothing(client: FlaskClient, first: str, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == answer.headers["ETag"]
    other = client.get(path, headers={"If-None-Match": '"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("path", [*EVERY, f"{PAGE}?revision=1", f"{API}?revision=1"])
def test_nothing_public_is_worked_out_from_what_the_board_alone_reads(
    session: Session, client: FlaskClient, second: str, path: str
) -> None:
    """By the digest of both editions anybody could try numbers for those that the public one hides, until it fits."""
    answer = client.get(path)
    kept = [row.digest or "" for row in queries.revisions_of(session, Q1)]
    told = f"{answer.headers} {answer.text}"
    for digest in kept:
        assert digest not in told
        assert sha256(digest.encode()).hexdigest() not in told
    assert sha256("".join(kept).encode()).hexdigest() not in told


def test_whoever_has_the_file_can_make_its_digest(client: FlaskClient, first: str) -> None:
    file = client.get(f"{PAGE}/file?format=json").text.strip()
    assert (client.get(API).json or {})["digest"] == sha256(file.encode()).hexdigest()


def test_the_mark_of_the_newest_revision_changes_with_the_next(
    session: Session, client: FlaskClient, officer: Callable[..., Actor], first: str
) -> None:
    marks = [client.get(PAGE).headers["ETag"]]
    opening.revise(Q1, "A call came in late", Ground.LATE, actor=officer(RoleName.MANAGER), now=NOW)
    assert client.get(PAGE).headers["ETag"] == marks[0]  # a draft changes nothing of what is published
    publish(session, Q1, "As it is told now.", at=NOW + timedelta(days=2))
    marks += [client.get(f"{PAGE}{ending}").headers["ETag"] for ending in ("", "?revision=1")]
    assert len(set(marks)) == 3


@pytest.mark.parametrize("path", ["/published", PAGE])
def test_the_page_of_an_officer_is_the_page_of_everybody(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], first: str, path: str
) -> None:
    browser = signed_in(RoleName.MANAGER, name="Mo Boss")
    answer = browser.get(path)
    for words in ("Mo Boss", "csrf", "Search everything", "<script"):
        assert words not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "script-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_draft_and_what_lies_in_the_future_are_not_found(
    session: Session, client: FlaskClient, officer: Callable[..., Actor], first: str
) -> None:
    opening.open_report(quarter(2022, 2), actor=officer(RoleName.MANAGER), now=NOW)
    for ending in ("2022-23Q2", "2022-23Q5", "2099-00Q1", "2022-23", "nothing", "2022-23Q1?revision=2"):
        assert client.get(f"/published/{ending}").status_code == 404, ending
        assert client.get(f"/api/v1/published-reports/{ending}").status_code == 404, ending
    for ending in ("?revision=0", "?revision=x", "?revision=99999999999999999999", "?other=1"):
        assert client.get(f"{PAGE}{ending}").status_code in {404, 422}, ending
        assert client.get(f"{API}{ending}").status_code == 422, ending


def test_an_answer_that_is_not_for_everybody_is_kept_by_nobody(signed_in: Callable[..., FlaskClient]) -> None:
    assert signed_in(RoleName.MANAGER).get("/board-reports/timetable").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("ending", "kind", "beginning"),
    [
        ("", "application/pdf", b"%PDF-"),
        ("?format=pdf", "application/pdf", b"%PDF-"),
        ("?format=xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("?format=html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("?format=json", "application/json", b"{"),
    ],
)
def test_the_public_edition_is_taken_away_as_a_file_that_any_cache_may_keep(
    client: FlaskClient, second: str, ending: str, kind: str, beginning: bytes
) -> None:
    answer = client.get(f"{PAGE}/file{ending}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.data.startswith(beginning)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert b"Mo Boss" not in answer.data
    assert SECRET.encode() not in answer.data
    again = client.get(f"{PAGE}/file{ending}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_file_says_in_its_name_of_which_revision_it_is(client: FlaskClient, second: str) -> None:
    told = [client.get(f"{PAGE}/file?format=json{ending}") for ending in ("", "&revision=1")]
    assert "As it is told now." in told[0].text
    assert "As it was first told." in told[1].text
    assert told[1].headers["Content-Disposition"] == 'attachment; filename="board-report-2022-23-Q1-public.json"'


@pytest.mark.parametrize("kind", ["docx", "exe"])
def test_what_could_be_altered_under_our_name_is_not_given(client: FlaskClient, first: str, kind: str) -> None:
    assert client.get(f"{PAGE}/file?format={kind}").status_code == 422


def test_the_page_leads_to_its_files(client: FlaskClient, second: str) -> None:
    assert f'href="{PAGE}/file?format=pdf"' in client.get(PAGE).text
    assert f'href="{PAGE}/file?format=pdf&amp;revision=1"' in client.get(f"{PAGE}?revision=1").text


def test_a_file_is_made_once_and_the_one_asked_for_longest_ago_goes_first() -> None:
    made: list[str] = []

    def make(name: str) -> bytes:
        made.append(name)
        return name.encode()

    files = PublishedFiles()
    for name in ("one", "two", "one", *map(str, range(11)), "one", "two"):
        assert files.recall(name, Format.PDF, lambda name=name: make(name)) == name.encode()  # type: ignore[misc]
    assert made == ["one", "two", *map(str, range(11)), "two"]


def test_what_two_officers_sign_and_publish_is_read_by_everybody_at_once(client: FlaskClient, desk: Desk) -> None:
    desk.lock()
    desk.sign_both()
    desk.publish(now=NOW + timedelta(hours=1))  # pages of one quarter and instant are drawn once
    answer = client.get(PAGE)
    assert "Talks" in answer.text
    assert "Trading Standards officer" in answer.text
    for path in (PAGE, API, f"{PAGE}/file?format=html", f"{PAGE}/file?format=json"):
        told = client.get(path).text
        assert "Ali Author" not in told
        assert "Sam Second" not in told
