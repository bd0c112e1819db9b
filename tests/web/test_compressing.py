"""What everybody gets alike travels in few bytes; what belongs to one reader does not."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

SHEET = "/static/vendor/govuk-frontend.min.css"
PACKED = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize("path", [SHEET, "/welcome", "/at-the-door"])
def test_what_everybody_reads_comes_packed_and_says_the_same(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path, buffered=True), client.get(path, headers=PACKED, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_who_cannot_unpack_gets_it_as_it_is(client: FlaskClient, accepted: str) -> None:
    answer = client.get(SHEET, headers={"Accept-Encoding": accepted}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert ".govuk-body" in answer.text


@pytest.mark.parametrize("path", ["/join", "/sign-in", "/report", "/check"])
def test_a_page_with_a_form_token_is_never_packed(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers=PACKED).headers


def test_a_packed_file_that_the_reader_has_already_is_not_sent_again(client: FlaskClient) -> None:
    first = client.get(SHEET, headers=PACKED, buffered=True)
    again = client.get(SHEET, headers=PACKED | {"If-None-Match": first.headers["ETag"]}, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_a_part_of_a_file_comes_as_it_was_asked_for(app: Flask, client: FlaskClient) -> None:
    answer = client.get(SHEET, headers=PACKED | {"Range": "bytes=0-99"}, buffered=True)
    assert (answer.status_code, len(answer.data)) == (206, 100)
    assert "Content-Encoding" not in answer.headers
