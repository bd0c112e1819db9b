"""Whatever is typed into any form, sent to any operation, or told by other machines stays out of the log."""

import io
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.logs.test_canaries import CANARIES, MAIL, NAME, PHONE, SECRET, STORY, STREET, Written
from tests.web.test_described import bodies
from tsalert.core.clock import utc_now
from tsalert.inbound.mail import service as inbound_mail
from tsalert.staff.rules import RoleName
from tsalert.web.access import access_of
from tsalert.web.once import new_submission

ALL = f"{NAME}, {STREET}, {PHONE}, {MAIL}: {STORY}"
LEFT = {"submission", "opened", "drawn"}  # what the page itself put there


@pytest.fixture(autouse=True)
def log(written: Written) -> Iterator[io.StringIO]:
    """Look through everything that was said, once a test is over."""
    stream = written(as_json=True)
    yield stream
    said = stream.getvalue().lower()
    for canary in CANARIES:
        assert canary not in said, canary


class Forms(HTMLParser):
    """The forms of a page that change something: where each leads, and the names of its fields."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.found.append((told.get("action", "") if told.get("method", "").lower() == "post" else "", {}))
        elif tag in {"input", "textarea", "select"} and self.found and told.get("name"):
            self.found[-1][1][told["name"]] = told.get("value", "")


def filled(value: Any) -> Any:
    """Return a body with a canary in the place of every text."""
    if isinstance(value, str):
        return NAME
    if isinstance(value, dict):
        return {name: filled(each) for name, each in value.items()}
    return [filled(each) for each in value] if isinstance(value, list) else value


def test_every_field_of_every_form_that_a_page_shows(app: Flask, signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in(*RoleName)
    pages = [r.rule for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    tried: set[tuple[str, ...]] = set()
    for path in pages:
        if path.startswith("/api/") or access_of(app, app.url_map.bind("x").match(path)[0]) is None:
            continue
        forms = Forms()
        forms.feed(desk.get(path).text)
        for action, fields in forms.found:
            form = (action, *sorted(fields))
            if not action.startswith("/") or action.startswith("/sign-out") or form in tried:
                continue  # some stand above every page
            tried.add(form)
            for words in (NAME, ALL):
                typed = {name: value if name in LEFT else words for name, value in fields.items()}
                answer = desk.post(action, data=typed | {"submission": new_submission()})
                assert answer.status_code < 500, (action, answer.status_code)
    assert len(tried) > 60


def test_every_text_of_every_operation(client: FlaskClient, app: Flask, bearer: Callable[..., dict[str, str]]) -> None:
    headers, sent = bearer(*RoleName), 0
    for path, method, body in bodies(app):
        for told in (filled(body), body | dict.fromkeys(body, ALL)):
            answer = client.open(path, method=method, json=told, headers=headers)
            assert answer.status_code < 500, (path, answer.status_code)
            sent += 1
    assert sent > 300


def test_what_other_machines_tell_and_what_stands_in_addresses(client: FlaskClient, app: Flask) -> None:
    told = {"From": PHONE, "To": PHONE, "Body": ALL, "MessageSid": NAME, "CallSid": NAME, "X-Twilio-Signature": SECRET}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "1" if "<int:" in rule.rule else SECRET, rule.rule)
        if "POST" in (rule.methods or ()) and rule.rule.startswith("/webhooks/"):
            client.post(path, data=told, headers={"X-Twilio-Signature": SECRET, "Authorization": f"Bearer {SECRET}"})
            client.post(path, json=told, headers={"Authorization": f"Bearer {SECRET}"})
        if "GET" in (rule.methods or ()):
            client.get(
                path, query_string={"q": NAME, "next": f"/{NAME}", "code": SECRET, "state": SECRET, "error": NAME}
            )
    client.get("/api/v1/calls", headers={"Authorization": f"Bearer {SECRET}"})
    raw = f"From: {NAME} <{MAIL}>\r\nTo: alerts@example.org\r\nSubject: {STORY}\r\n\r\n{ALL}\r\n".encode()
    for mail in (raw, raw.replace(b"\r\n\r\n", b"\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\n", 1)):
        inbound_mail.take_mail(mail, now=utc_now())
