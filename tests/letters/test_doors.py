"""Letters by pages and by the interface."""

from collections.abc import Callable
from io import BytesIO

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.documents.reading import opened, words
from tests.letters.conftest import NOON, STREET, VICTIM, letter
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.letters import service
from tsalert.staff.rules import RoleName

WRITTEN = {
    "kind": "visit", "title": "Our visit to you", "recipient": f"{VICTIM}\n{STREET}",
    "body": "Dear reader,\n\n# What you can do\n\n- Ring us.\n\n<script>alert(1)</script> {sum}",
}  # fmt: skip


def test_from_the_case_to_the_sent_letter_by_pages(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    here = f"/cases/{case_id}/letters"
    assert here in browser.get(f"/cases/{case_id}").text
    assert f"{here}/new?kind=visit" in browser.get(here).text
    assert VICTIM in browser.get(f"{here}/new?kind=visit").text
    checked = browser.post(f"{here}/check", data=WRITTEN)
    assert checked.status_code == 200
    assert "<script>alert(1)" not in checked.text
    assert "Our reference: D26" in checked.text
    again = browser.post(f"{here}/form", data=WRITTEN)
    assert "alert(1)" in again.text
    shown = browser.post(here, data=WRITTEN, follow_redirects=True)
    assert "SHA-256" in shown.text
    sent = browser.post(f"{here}/1/sending", data={"means": "post", "sent_to": STREET}, follow_redirects=True)
    assert f"Post, to {STREET}" in sent.text
    assert "Our visit to you" in browser.get(here).text
    assert ">Our visit to you<" in browser.get(f"/cases/{case_id}").text
    assert "Letter sent: Our visit to you" in browser.get(f"/cases/{case_id}/timeline").text


def test_an_unfinished_letter_comes_back_with_what_was_typed(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    unfinished = WRITTEN | {"body": "Dear {victim}, hello."}
    for path in ("/check", ""):
        answer = signed_in().post(f"/cases/{case_id}/letters{path}", data=unfinished)
        assert answer.status_code == 422
        assert "Write the victim&#39;s name in the place of {victim}." in answer.text
        assert "hello." in answer.text


@pytest.mark.parametrize("path", ["letters", "letters/checks"])
def test_a_title_of_which_a_document_would_show_nothing_is_none(
    session: Session, case_id: int, bearer: Callable[..., dict[str, str]], client: FlaskClient, path: str
) -> None:
    unassigned = {"kind": "visit", "title": "\U0006a1b2", "recipient": "The occupier", "body": "Ring us."}
    answer = client.post(f"/api/v1/cases/{case_id}/{path}", json=unassigned, headers=bearer())
    assert answer.status_code == 422
    assert "Give the letter a title." in answer.text


def test_characters_that_the_pdf_cannot_show_are_told_before_it_is_issued(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient]
) -> None:
    answer = signed_in().post(f"/cases/{case_id}/letters/check", data=WRITTEN | {"body": "པ says"})
    assert "The PDF cannot show these characters" in answer.text


def test_it_comes_as_pdf_and_word_and_neither_name_nor_title_says_who_the_victim_is(
    session: Session, case_id: int, case_officer: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    number = service.issue_letter(case_id, letter(), actor=case_officer, now=NOON)
    browser = signed_in()
    here = f"/cases/{case_id}/letters/{number}"
    pdf, word = browser.get(f"{here}/letter.pdf"), browser.get(f"{here}/letter.docx")
    assert f"Dear {VICTIM}," in words(pdf.data)
    assert "Casey Example" in words(pdf.data)
    with opened(pdf.data) as file:
        assert str(file.docinfo["/Title"]) == "Our visit to you"
    assert f"Dear {VICTIM}," in [each.text for each in docx.Document(BytesIO(word.data)).paragraphs]
    names = [answer.headers["Content-Disposition"] for answer in (pdf, word)]
    assert [name for name in names if "Canary" in name] == []
    assert VICTIM not in browser.get(here).text.partition("</title>")[0]
    assert browser.get(f"{here}/letter.pdf").data == pdf.data
    assert [entry.action for entry in entries_about(session, "letter", number)] == ["issued", *["read"] * 4]


@pytest.mark.parametrize("path", ["/1", "/404", "/new?kind=nonsense"])
def test_what_is_not_there_is_refused(
    session: Session, case_id: int, signed_in: Callable[..., FlaskClient], path: str
) -> None:
    assert signed_in().get(f"/cases/{case_id}/letters{path}").status_code in {404, 422}


def test_a_manager_changes_the_words_by_pages(session: Session, signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    here = "/letter-templates/warning"
    assert "As it comes with the program" in browser.get("/letter-templates").text
    told = {"title": "Warning", "body": "Stop {victim}.", "reason": "Shorter", "after": "0"}
    refused = browser.post(f"{here}/edit", data=told)
    assert refused.status_code == 422
    assert "There is no placeholder {victim} for this letter." in refused.text
    shown = browser.post(f"{here}/edit", data=told | {"body": "Stop {reference}."}, follow_redirects=True)
    assert "Version 1" in shown.text
    assert "Shorter" in shown.text
    assert browser.post(f"{here}/edit", data=told | {"body": "Stop."}).status_code == 409
    assert signed_in().post(f"{here}/edit", data=told).status_code == 403


def test_the_interface_does_all_that_the_pages_do(
    session: Session, case_id: int, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    sender, manager = bearer(RoleName.CASE_OFFICER), bearer(RoleName.MANAGER)
    here = f"/api/v1/cases/{case_id}/letters"
    begun = client.get(f"{here}/beginning?kind=visit", headers=sender).json
    assert VICTIM in begun["body"]  # type: ignore[index]
    made = client.post(here, json=begun, headers=sender)
    assert made.status_code == 201, made.text
    there = f"{here}/{made.json['id']}"  # type: ignore[index]
    sent = client.post(f"{there}/sendings", json={"means": "email", "sent_to": "x"}, headers=sender)
    assert sent.json["sendings"][0]["means"] == "email"  # type: ignore[index]
    assert client.get(there, headers=sender).json["digest"] == made.json["digest"]  # type: ignore[index]
    assert client.get(f"{there}/file.pdf", headers=sender).data.startswith(b"%PDF")
    assert client.get(f"{there}/file.docx", headers=sender).data.startswith(b"PK")
    assert client.get(f"{there}/file.exe", headers=sender).status_code == 404
    assert len(client.get(here, headers=sender).json["items"]) == 1  # type: ignore[index]
    words_of = {"title": "Warning", "body": "Stop.", "reason": "Shorter", "after": 0}
    put = client.put("/api/v1/letter-templates/warning", json=words_of, headers=manager)
    assert put.json["version"] == 1  # type: ignore[index]
    assert client.put("/api/v1/letter-templates/none", json=words_of, headers=manager).status_code == 404
    assert client.put("/api/v1/letter-templates/warning", json=words_of, headers=sender).status_code == 403
    assert len(client.get("/api/v1/letter-templates", headers=sender).json["items"]) == 7  # type: ignore[index]


def test_a_letter_without_a_kind_leads_to_the_kinds(case_id: int, signed_in: Callable[..., FlaskClient]) -> None:
    answer = signed_in(RoleName.CASE_OFFICER).get(f"/cases/{case_id}/letters/new")
    assert (answer.status_code, answer.location) == (302, f"/cases/{case_id}/letters")
