"""Joining in a browser without scripts, on the narrowest screen and by keys alone: four fields, three pages."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened_plain
from tests.browser.messages import last, link_in, newest
from tsalert.visitors.rules import SHORTEST_FILL

CONFIRMING = "Confirm that you want our alerts"
# Whatever somebody has to look at and may fill: a group of boxes is one question.
QUESTIONS = "main .govuk-form-group:not(.govuk-form-group .govuk-form-group)"


@pytest.fixture
def resident(chromium: Browser, site: str) -> Iterator[Page]:
    """A telephone that runs no scripts."""
    with opened_plain(chromium, site) as page:
        yield page


def fill_form(page: Page, contact: str) -> None:
    """Fill the form by keys alone, as slowly as a person types."""
    page.goto("/join")
    assert page.locator(QUESTIONS).count() <= 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("Email address or telephone number").focus()
    page.keyboard.type(contact)
    page.keyboard.press("Tab")
    page.keyboard.type("BR1 3UH")
    page.get_by_role("radio", name="At once", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Once a day", exact=True)).to_be_checked()
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check your messages")).to_be_visible()


def test_a_resident_joins_by_the_code_of_the_message_in_three_pages(resident: Page, desk: Page) -> None:
    number = last(desk, CONFIRMING)
    fill_form(resident, "code.reader@example.org")
    _, words = newest(desk, CONFIRMING, after=number)
    code = re.search(r"\b\d{6}\b", words)
    assert code
    resident.get_by_label("Code").focus()
    resident.keyboard.type(code[0])
    resident.keyboard.press("Enter")
    expect(resident.get_by_role("heading", name="You are on the list")).to_be_visible()
    resident.get_by_role("link", name="Choose how often").click()
    expect(resident.get_by_role("radio", name="Once a day")).to_be_checked()


def test_a_resident_joins_by_the_link_of_the_message(resident: Page, desk: Page) -> None:
    number = last(desk, CONFIRMING)
    fill_form(resident, "link.reader@example.org")
    _, words = newest(desk, CONFIRMING, after=number)
    resident.goto(link_in(words))
    resident.get_by_role("button", name="Start my alerts").focus()
    resident.keyboard.press("Enter")
    expect(resident.get_by_role("heading", name="You are on the list")).to_be_visible()
