"""The outbox of a demonstration."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.delivery.conftest import WORDS
from tsalert.delivery.rules import Channel, Content
from tsalert.delivery.sending import Sender
from tsalert.providers.recorder import Recorder
from tsalert.staff.rules import RoleName

People = Callable[..., list[int]]
Mailing = Callable[..., int]


@pytest.fixture
def demo(app: Flask) -> Iterator[None]:
    app.config["TSALERT_DEMO"] = True
    yield
    app.config["TSALERT_DEMO"] = False


@pytest.fixture
def recorded(people: People, mailing: Mailing, sender: Callable[[Recorder], Sender]) -> Callable[..., int]:
    """Send a mailing to new people through the recorder; returns its id."""

    def send(*addresses: str, content: Content = WORDS) -> int:
        people(*addresses)
        mailing_id = mailing(content=content)
        for channel in Channel:
            one = sender(Recorder(channel))
            while one.turn():
                pass
        return mailing_id

    return send


def test_the_outbox_is_closed_outside_a_demonstration(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.MANAGER)
    for path in ("/dev/outbox", "/dev/outbox/1", "/dev/outbox/1/html"):
        assert browser.get(path).status_code == 404


def test_the_outbox_shows_what_would_have_been_sent_newest_first(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    recorded("first@example.org")
    recorded("second@example.org", "+447700900001")
    page = signed_in(RoleName.DUTY_OFFICER).get("/dev/outbox").text
    assert page.index("second@example.org") < page.index("first@example.org")
    assert "+447700900001" in page


def test_the_outbox_can_be_narrowed_to_a_mailing_and_a_channel(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    first = recorded("first@example.org", "+447700900001")
    recorded("second@example.org")
    page = signed_in(RoleName.DUTY_OFFICER).get(f"/dev/outbox?mailing={first}&channel=email").text
    assert "first@example.org" in page
    assert "second@example.org" not in page
    assert "+447700900001" not in page


def test_a_long_outbox_is_paged(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    recorded(*(f"p{number}@example.org" for number in range(60)))
    browser = signed_in(RoleName.DUTY_OFFICER)
    first = browser.get("/dev/outbox?channel=email")
    older = first.text.partition('rel="prev"')[0]
    assert older.count("@example.org<") == 50
    (link,) = {part.partition('"')[0] for part in first.text.split('href="') if part.startswith("/dev/outbox?after")}
    assert browser.get(link.replace("&amp;", "&")).text.count("@example.org<") == 10


def test_a_mail_is_shown_with_its_headers_and_a_link_that_can_be_followed(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    recorded("pat@example.org", content=Content("Subject", "Words", html="<p>Words</p>"))
    browser = signed_in(RoleName.DUTY_OFFICER)
    number = browser.get("/dev/outbox").text.partition("/dev/outbox/")[2].partition('"')[0]
    page = browser.get(f"/dev/outbox/{number}").text
    assert "List-Unsubscribe-Post" in page
    assert '<a href="http://127.0.0.1:8000/unsubscribe/' in page
    shown = browser.get(f"/dev/outbox/{number}/html")
    assert "<p>Words</p>" in shown.text
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_words_that_look_like_html_come_out_inert(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    script = "<script>alert(1)</script>"
    recorded("pat@example.org", "+447700900001", content=Content(script, script, sms=script))
    browser = signed_in(RoleName.DUTY_OFFICER)
    listed = browser.get("/dev/outbox").text
    numbers = {part.partition('"')[0] for part in listed.split('href="/dev/outbox/')[1:]}
    assert len(numbers) == 2
    for page in (listed, *(browser.get(f"/dev/outbox/{number}").text for number in numbers)):
        assert script not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize("query", ["channel=pigeon", "mailing=x", f"after={2**63}", "mailing=-1", "mailing=1%00"])
def test_a_filter_that_makes_no_sense_is_refused(demo: None, signed_in: Callable[..., FlaskClient], query: str) -> None:
    assert signed_in(RoleName.DUTY_OFFICER).get(f"/dev/outbox?{query}").status_code == 422


@pytest.mark.parametrize("number", [0, 99, 2**63, 10**30])
def test_a_message_that_does_not_exist_is_not_found(
    demo: None, signed_in: Callable[..., FlaskClient], number: int
) -> None:
    browser = signed_in(RoleName.DUTY_OFFICER)
    assert browser.get(f"/dev/outbox/{number}").status_code == 404
    assert browser.get(f"/dev/outbox/{number}/html").status_code == 404


def test_recording_the_same_delivery_again_keeps_one(
    demo: None, recorded: Callable[..., int], signed_in: Callable[..., FlaskClient]
) -> None:
    recorded("pat@example.org")
    recorded("pat@example.org")
    assert signed_in(RoleName.DUTY_OFFICER).get("/dev/outbox").text.count("pat@example.org<") == 2
