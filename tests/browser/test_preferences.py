"""Choosing and leaving, as residents do in a browser without scripts and on the narrowest screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults_of
from tests.browser.conftest import opened, opened_plain
from tests.browser.messages import MOVING, OPENING, ask, last, link_in, newest
from tests.demonstration import SECRET_KEY
from tsalert.delivery.tokens import make_signer

READER = "invented.reader@example.org"
MOVED = "moved.reader@example.org"


@pytest.fixture
def resident(chromium: Browser, site: str) -> Iterator[Page]:
    """A telephone that runs no scripts."""
    with opened_plain(chromium, site) as page:
        yield page
        assert page.context.cookies() == []


def join_by_telephone(desk: Page) -> None:
    desk.goto("/subscribers/new")
    desk.get_by_label("Email address or telephone number").fill(READER)
    desk.get_by_label("Name (optional)").fill("Sam Reader (invented)")
    desk.get_by_label("I read this out and they agreed").check()
    desk.get_by_role("button", name="Put them on the list").click()
    expect(desk.get_by_text("They are on the list.")).to_be_visible()


def open_mine(resident: Page, desk: Page, contact: str) -> None:
    """Ask for a code and type it."""
    number = last(desk, OPENING)
    ask(resident, contact)
    _, words = newest(desk, OPENING, after=number)
    code = words.partition("Your code is ")[2][:6]
    resident.get_by_label("Code").fill(f"{code[:3]} {code[3:]}")
    resident.get_by_role("button", name="Continue").click()
    expect(resident.get_by_role("heading", name="Your alerts")).to_be_visible()


def test_a_resident_chooses_pauses_moves_leaves_says_why_and_erases_themselves(resident: Page, desk: Page) -> None:
    join_by_telephone(desk)
    open_mine(resident, desk, READER)
    choose(resident)
    pause_and_resume(resident)
    move(resident, desk)
    open_mine(resident, desk, MOVED)
    expect(resident.get_by_text("Confirmed")).to_be_visible()
    stop(resident)
    erase(resident)


def choose(page: Page) -> None:
    page.get_by_role("link", name="Change Topics").click()
    boxes = page.locator("input[name=topics]")
    for box in boxes.all():
        box.uncheck()
    boxes.nth(1).check()
    page.get_by_label("Send me large print").check()
    page.get_by_role("button", name="Save my choices").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    expect(page.locator("dd", has_text="Yes")).to_be_visible()


def pause_and_resume(page: Page) -> None:
    page.get_by_role("link", name="Stop for a while").click()
    page.get_by_label("A month").check()
    page.get_by_role("button", name="Stop for a while").click()
    expect(page.get_by_text("No alerts come until")).to_be_visible()
    page.get_by_role("button", name="Send me alerts again now").click()
    expect(page.get_by_text("Your alerts have started again.", exact=True)).to_be_visible()


def move(page: Page, desk: Page) -> None:
    page.get_by_role("link", name="Change Comes to").click()
    page.get_by_label("New email address or mobile number").fill(MOVED)
    number = last(desk, MOVING)
    page.get_by_role("button", name="Send it a message").click()
    expect(page.get_by_text("We have sent a message to the new address.")).to_be_visible()
    _, words = newest(desk, MOVING, after=number)
    page.goto(link_in(words))
    page.get_by_role("button", name="Send my alerts here").click()
    expect(page.get_by_role("heading", name="Alerts come to your new address")).to_be_visible()


def stop(page: Page) -> None:
    page.get_by_role("link", name="Stop for good").click()
    page.get_by_role("button", name="Stop alerts").click()
    expect(page.get_by_text("Nothing comes to this address.")).to_be_visible()


def erase(page: Page) -> None:
    page.get_by_role("link", name="Read everything that we hold").click()
    expect(page.get_by_text(MOVED)).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Erase what you hold on me").click()
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("Type erase to go on").fill("erase")
    page.get_by_role("button", name="Erase").click()
    expect(page.get_by_role("heading", name="We have erased your details")).to_be_visible()


def test_leaving_by_the_keyboard_alone_and_saying_why(chromium: Browser, site: str, desk: Page) -> None:
    token = make_signer("unsubscribe", (SECRET_KEY,)).sign(3)
    with opened(chromium, site, width=320) as page:
        page.goto(f"/unsubscribe/{token}")
        page.get_by_role("button", name="Stop alerts").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Alerts have stopped")).to_be_visible()
        assert faults_of(page) == []
        page.get_by_label("Too many messages").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Thank you for telling us why.")).to_be_visible()
    desk.goto("/subscribers/why-people-left")
    expect(desk.get_by_role("row", name="Too many messages")).to_contain_text("3")
