"""An alert as its readers will see it, before anybody gets it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.alerts.conftest import new_draft
from tests.conftest import NOW
from tsalert.alerts import service
from tsalert.alerts.previews.framing import coloured
from tsalert.alerts.rules import Channel
from tsalert.core.actors import Actor

SignIn = Callable[..., FlaskClient]
HARD = (
    "Representations purporting to originate with telecommunications organisations necessitate considerable vigilance."
)


@pytest.fixture
def place(author: Actor, people: None) -> str:
    draft = new_draft(channels=tuple(Channel), body=f"They knock in {{vehicle}}.\n\n{HARD}")
    return f"/alerts/{service.write_draft(draft, actor=author, now=NOW)}"


def test_every_form_stands_side_by_side(signed_in: SignIn, place: str) -> None:
    answer = signed_in().get(f"{place}/preview")
    for words in ("On a wide screen", "In dark colours", "On a phone", "As plain text", "As a text message", "segment",
                  "before tax", "As a call", "seconds", "As the page that its number leads to"):  # fmt: skip
        assert words in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_sheets_to_hang_up_are_a_link_away(signed_in: SignIn, place: str) -> None:
    page = signed_in().get(f"{place}/preview").text
    for sheet in ("poster.pdf", "large-print.pdf", "newsletter.txt"):
        assert f"{place}/{sheet}" in page


def test_other_editions_are_a_link_away(signed_in: SignIn, place: str) -> None:
    browser = signed_in()
    assert "edition=large_print" in browser.get(f"{place}/preview").text
    shown = browser.get(f"{place}/preview?edition=large_print").text
    assert "email?edition=large_print&amp;colours=dark" in shown
    assert 'name="edition" value="large_print"' in shown
    assert "Email this edition to yourself as a test" in shown
    assert "large print" in browser.get(f"{place}/preview/email?edition=large_print").text


def test_a_mail_in_a_frame_has_its_colours_and_can_do_nothing(signed_in: SignIn, place: str) -> None:
    answer = signed_in().get(f"{place}/preview/email?colours=dark&edition=large_print")
    assert "color-scheme: only dark" in answer.text
    assert "prefers-color-scheme" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert "((" not in answer.text


def test_light_and_dark_are_the_mails_own_rules() -> None:
    mail = "<head></head>@media (prefers-color-scheme: dark) {"
    assert "@media all {" in coloured(mail, is_dark=True)
    assert "@media not all {" in coloured(mail, is_dark=False)
    assert "only light" in coloured(mail, is_dark=False)


def test_the_public_page_is_shown_to_officers_alone_and_says_that_it_is_none_yet(
    client: FlaskClient, signed_in: SignIn, place: str
) -> None:
    assert client.get(f"{place}/preview/public").status_code == 303
    answer = signed_in().get(f"{place}/preview/public")
    assert "This is a preview for officers." in answer.text
    assert "They knock" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_its_own_page_says_what_is_left_and_which_sentences_are_hard(signed_in: SignIn, place: str) -> None:
    page = signed_in().get(place).text
    assert "Still to fill in" in page
    assert "What vehicle they use, such as a white van" in page
    assert "Representations purporting" in page
    assert "Many long words" in page


def test_by_the_interface_is_told_how_it_reads(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], place: str
) -> None:
    told = client.get(f"/api/v1{place}/reading", headers=bearer()).json
    assert told
    assert told["age"] > 12
    assert told["is_plain"] is False
    assert told["hard"][0]["why"] == "many long words"
    assert told["unfilled"] == {"body": ["vehicle"]}
