"""Lines of the log: plain or JSON, each with the request or the job that it belongs to."""

import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.contextvars import bound_contextvars

from tests.conftest import settings
from tests.whole import create_app
from tsalert.db import db
from tsalert.logs.writing import OurHandler, write_logs

Written = Callable[..., io.StringIO]


def lines(stream: io.StringIO, words: str = "answered") -> list[dict[str, object]]:
    return [each for each in map(json.loads, stream.getvalue().splitlines()) if each["event"] == words]


def test_a_request_is_one_line_with_its_pattern_and_without_its_address(client: FlaskClient, written: Written) -> None:
    stream = written()
    answer = client.get("/unsubscribe/SECRET-TOKEN?name=Wilhelmina", headers={"User-Agent": "Netscape of Wilhelmina"})
    (line,) = lines(stream)
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert isinstance(line["milliseconds"], float)
    assert not re.search("SECRET|Wilhelmina|127.0.0.1", stream.getvalue())


def test_methods_that_somebody_invents_are_no_words_of_the_log(client: FlaskClient, written: Written) -> None:
    stream = written()
    client.open("/welcome", method="WILHELMINA")
    assert [each["method"] for each in lines(stream)] == ["other"]


def test_a_plain_line_says_the_same(client: FlaskClient, written: Written) -> None:
    stream = written(as_json=False)
    name = client.get("/welcome").headers["X-Request-Id"]
    (line,) = [each for each in stream.getvalue().splitlines() if " answered " in each]
    assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z INFO answered request_id=" + name, line) or name in line
    assert "route=/welcome status=200" in line


def test_no_words_of_a_library_begin_a_line_of_their_own(written: Written) -> None:
    stream = written(as_json=False)
    logging.getLogger("library").warning("refused: %s", "x\n2026-11-28T03:21:06Z CRITICAL all is lost")
    assert len(stream.getvalue().splitlines()) == 1


def test_what_a_job_says_bears_its_name(written: Written) -> None:
    stream = written()
    with bound_contextvars(job="page officers"):
        logging.getLogger("tsalert.anything").warning("something")
    (line,) = lines(stream, "something")
    assert (line["job"], line["level"], line["logger"]) == ("page officers", "warning", "tsalert.anything")


def test_what_a_library_hands_over_beside_its_words_is_left_out(written: Written) -> None:
    stream = written()
    logging.getLogger("library").warning("said", extra={"body": "Wilhelmina"})
    assert "Wilhelmina" not in stream.getvalue()


def test_writing_logs_twice_writes_each_line_once() -> None:
    stream, root = io.StringIO(), logging.getLogger()
    level, before = root.level, list(root.handlers)
    try:
        write_logs(as_json=True)
        write_logs(as_json=True, stream=stream)
        assert sum(isinstance(each, OurHandler) for each in root.handlers) == 1
        logging.getLogger("tsalert").info("once")
        assert len(stream.getvalue().splitlines()) == 1
    finally:
        root.handlers[:] = before
        root.setLevel(level)


@pytest.fixture
def behind_a_proxy(app: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser at a service that has a proxy in front."""
    proxied = create_app(settings(app.extensions["tsalert_settings"].database_url, tmp_path, proxies=1))
    yield proxied.test_client()
    with proxied.app_context():
        db.engine.dispose()


NAMED = "7f3a1c9e7f3a1c9e7f3a1c9e"


def test_a_name_that_our_proxy_gave_a_request_is_kept(behind_a_proxy: FlaskClient) -> None:
    assert behind_a_proxy.get("/livez", headers={"X-Request-Id": NAMED}).headers["X-Request-Id"] == NAMED


@pytest.mark.parametrize("name", ["short", "with space in the middle", "x" * 65, "Wilhelmina\u00e9" * 3, "a\tb" * 8])
def test_a_name_that_could_spoil_a_line_is_not(behind_a_proxy: FlaskClient, name: str) -> None:
    answer = behind_a_proxy.get("/livez", headers={"X-Request-Id": name.encode().decode("latin-1")})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_without_a_proxy_nobody_names_our_requests(client: FlaskClient) -> None:
    assert client.get("/livez", headers={"X-Request-Id": NAMED}).headers["X-Request-Id"] != NAMED
