"""The page that imports a small file."""

import base64
import io
import re
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
    assert "1 row kept" in answer.text
    assert "Enter an email address like name@example.org." in answer.text
    assert status(session, "pat@example.org") == "active"


def test_the_unconfirmed_are_asked_where_it_is_ticked(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    browser, row = signed_in(RoleName.MANAGER), "Lee Example,lee@example.org,,,,,,,,,"
    send(browser, lines(row))
    assert letters(session) == []
    send(browser, lines(row), ask="yes")
    assert len(letters(session)) == 1


@pytest.mark.parametrize("separator", [b",", b";"])
def test_a_file_that_excel_marked_as_utf_8_is_read_with_the_separator_of_any_country(
    signed_in: Callable[..., FlaskClient], session: Session, separator: bytes
) -> None:
    assert send(signed_in(RoleName.MANAGER), b"\xef\xbb\xbf" + lines(PAT).replace(b",", separator)).status_code == 200
    assert status(session, "pat@example.org") == "active"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file"),
        (b"name,email\n", "The first line of the file must be"),
        (HEADER.encode("utf-16"), "This is not CSV in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00", "This is not CSV in UTF-8"),
        ((HEADER + "\n" * (MOST_ROWS + 3)).encode(), "at most 10,000 rows"),
        ((HEADER + "\r" * (MOST_ROWS + 3)).encode(), "at most 10,000 rows"),
    ],
)
def test_what_cannot_be_imported_is_refused(signed_in: Callable[..., FlaskClient], content: bytes, words: str) -> None:
    answer = send(signed_in(RoleName.MANAGER), content)
    assert answer.status_code == 422
    assert words in answer.text


def test_only_who_manages_the_list_imports(signed_in: Callable[..., FlaskClient]) -> None:
    assert send(signed_in(RoleName.DUTY_OFFICER), lines(PAT)).status_code == 403


def test_the_rows_to_mend_come_as_a_file_too(signed_in: Callable[..., FlaskClient]) -> None:
    answer = send(signed_in(RoleName.MANAGER), lines(PAT, "Lee Example,nonsense,,,,,,,,,"))
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([A-Za-z0-9+/=]+)" download="', answer.text)
    assert found
    assert base64.b64decode(found[1]).decode("utf-8-sig").splitlines() == [
        "line,reason",
        "3,email: Enter an email address like name@example.org.",
    ]


def test_programs_import_rows_in_batches(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], session: Session
) -> None:
    head = bearer(RoleName.MANAGER)
    pat = {
        "email": "pat@example.org",
        "consent_source": "paper form",
        "consent_at": "2022-05-01",
        "formats": "large_print",
    }
    told = {"rows": [pat, {"email": "lee@example.org"}, {"name": "Kim Example"}], "ask": True}
    answer = client.post("/api/v1/subscribers/import", json=told, headers=head)
    assert answer.json == {
        "added": 2,
        "updated": 0,
        "left": 0,
        "unconfirmed": 1,
        "asked": 1,
        "bad": 1,
        "faults": [{"row": 3, "message": "There is no address: give an email address or a telephone number."}],
    }
    assert status(session, "pat@example.org") == "active"
    again = client.post("/api/v1/subscribers/import", json=told, headers=head)
    assert (again.json["updated"], again.json["asked"]) == (2, 0)  # type: ignore[index]
    unknown = {"rows": [{"colour": "red"}]}
    assert client.post("/api/v1/subscribers/import", json=unknown, headers=head).status_code == 422
    stranger = bearer(RoleName.DUTY_OFFICER)
    assert client.post("/api/v1/subscribers/import", json=told, headers=stranger).status_code == 403
