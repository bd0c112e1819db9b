"""A report is read on a page and taken away as a file, each edition by those who may have it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.documents.reading import words
from tests.quarterly.conftest import QUARTER, Desk
from tsalert.audit.models import AuditEvent
from tsalert.audit.rules import EXPORTED
from tsalert.quarterly import opening
from tsalert.quarterly.vocabulary import Ground
from tsalert.quarterly.writing.formats import CONTENT_TYPES, Format
from tsalert.staff.rules import RoleName

Browsers = Callable[..., FlaskClient]
AT = "/board-reports/2022-23Q1"
API = f"/api/v1{AT}/file"


@pytest.fixture
def manager(desk: Desk, signed_in: Browsers) -> FlaskClient:
    return signed_in(RoleName.MANAGER)


def test_a_report_is_read_as_a_page_that_leads_to_its_files(manager: FlaskClient) -> None:
    page = manager.get(f"{AT}/read?edition=board").text
    for said in ("DRAFT", "Prevention and intervention", "School", "Ali Author"):
        assert said in page
    assert "file?edition=board&amp;revision=1&amp;format=pdf" in page
    assert f"{AT}/read?edition=public&amp;revision=1" in page
    assert f"{AT}/read?edition=board" in manager.get(AT).text


def test_a_report_leads_to_how_its_figures_are_worked_out(manager: FlaskClient) -> None:
    page = manager.get(AT).text
    for place in re.findall(r'href="(/(?:figures|savings)\?period=[^"]+)"', page):
        assert manager.get(place).status_code == 200
    assert "How its savings are worked out, down to each record" in page
    assert "Every figure of this quarter with its definition" in page


def test_a_table_without_rows_is_told_in_a_sentence_as_on_paper(desk: Desk, manager: FlaskClient) -> None:
    """A screen reader would count five columns of nothing."""
    desk.finish()
    opening.revise(QUARTER, "A word was wrong", Ground.TEXT, actor=desk.author, now=NOW)
    page = manager.get(f"{AT}/read?edition=public").text
    assert "<strong>Figures restated since revision 1</strong>" in page
    assert "No published figure is restated." in page
    assert not re.search(r"<tbody[^>]*>\s*</tbody>", page)


@pytest.mark.parametrize("kind", list(Format))
def test_each_format_has_its_kind_and_a_safe_name_and_is_kept_by_no_cache(manager: FlaskClient, kind: Format) -> None:
    answer = manager.get(f"{AT}/file?edition=board&format={kind.value}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPES[kind]
    name = f"board-report-2022-23-Q1-board-draft.{kind.value}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data


def test_the_public_edition_as_pdf_is_what_comes_when_nothing_else_is_asked(manager: FlaskClient) -> None:
    answer = manager.get(f"{AT}/file")
    assert "2022-23-Q1-public-draft.pdf" in answer.headers["Content-Disposition"]
    assert "Part 1: public" in words(answer.data)


def test_what_is_published_is_the_same_file_each_time(desk: Desk, manager: FlaskClient) -> None:
    desk.finish()
    first = manager.get(f"{AT}/file?edition=public&revision=1")
    assert first.headers["Content-Disposition"] == 'attachment; filename="board-report-2022-23-Q1-public.pdf"'
    assert manager.get(f"{AT}/file?edition=public").data == first.data


def test_the_board_edition_is_taken_out_by_those_alone_who_may_export(desk: Desk, signed_in: Browsers) -> None:
    officer = signed_in(RoleName.DUTY_OFFICER)
    assert officer.get(f"{AT}/file?edition=board").status_code == 403
    assert officer.get(f"{AT}/file?edition=public").status_code == 200
    assert "/file?" not in officer.get(f"{AT}/read?edition=board").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{AT}/read?revision=9", 404),
        (f"{AT}/file?edition=secret", 422),
        (f"{AT}/file?format=exe", 422),
        ("/board-reports/2022-23Q5/read", 404),
        ("/board-reports/2030-31Q1/file", 404),
    ],
)
def test_what_there_is_not_is_refused(manager: FlaskClient, address: str, status: int) -> None:
    assert manager.get(address).status_code == status


def test_the_interface_gives_the_same_files(desk: Desk, client: FlaskClient, bearer: Callable[..., Any]) -> None:
    head = bearer(RoleName.CASE_OFFICER)
    answer = client.get(f"{API}?edition=board&format=json", headers=head)
    assert json.loads(answer.data)["head"]["edition"] == "board"
    assert client.get(f"{API}?format=exe", headers=head).status_code == 422
    assert client.get(f"{API}?unknown=1", headers=head).status_code == 422
    assert client.get(f"{API}?edition=board", headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403
    assert client.get(API).status_code == 401


def test_whoever_takes_a_file_out_stands_in_the_trail(manager: FlaskClient, session: Session) -> None:
    manager.get(f"{AT}/file?edition=board")
    taken = session.scalars(select(AuditEvent).where(AuditEvent.action == EXPORTED)).all()
    assert [event.detail["what"] for event in taken] == ["board_files.give_file"]
