"""The page that imports a small file."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.subscribers.conftest import CONSENT, letters, status
from tsalert.staff.rules import RoleName
from tsalert.subscribers.csv_views import MOST_ROWS
from tsalert.subscribers.rows import HEADER

PAT = f"Pat Example,pat@example.org,,,,,,scams,immediate,{CONSENT}"


def send(browser: FlaskClient, content: bytes, **typed: str) -> TestResponse:
    return browser.post("/subscribers/import", data=typed | {"file": (io.BytesIO(content), "list.csv")})


def lines(*rows: str) -> bytes:
    return "\n".join([HEADER, *rows]).encode()


def test_good_rows_are_kept_and_bad_ones_named(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    answer = send(signed_in(RoleName.MANAGER), lines(PAT, "Lee Example,nonsense,,,,,,,,,"))
    assert answer.status_code == 200
    assert "1 rows kept" in answer.text
    assert "Enter an email address like name@example.org." in answer.text
    assert status(session, "pat@example.org") == "active"


def test_the_unconfirmed_are_asked_where_it_is_ticked(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    browser, row = signed_in(RoleName.MANAGER), "Lee Example,lee@example.org,,,,,,,,,"
    send(browser, lines(row))
    assert letters(session) == []
    send(browser, lines(row), ask="yes")
    assert len(letters(session)) == 1


def test_a_file_that_excel_marked_as_utf_8_is_read(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    assert send(signed_in(RoleName.MANAGER), b"\xef\xbb\xbf" + lines(PAT)).status_code == 200
    assert status(session, "pat@example.org") == "active"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (b"name,email\n", "The first line of the file must be"),
        (b"\xff\xfe\x00", "The first line of the file must be"),
        ((HEADER + "\n" * (MOST_ROWS + 3)).encode(), "at most 10,000 rows"),
    ],
)
def test_what_cannot_be_imported_is_refused(signed_in: Callable[..., FlaskClient], content: bytes, words: str) -> None:
    answer = send(signed_in(RoleName.MANAGER), content)
    assert answer.status_code == 422
    assert words in answer.text


def test_only_who_manages_the_list_imports(signed_in: Callable[..., FlaskClient]) -> None:
    assert send(signed_in(RoleName.DUTY_OFFICER), lines(PAT)).status_code == 403
