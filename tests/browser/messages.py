"""Asking for a page of preferences as a resident does, and reading what comes in the demonstration's outbox."""

import re
import time
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.conftest import PATIENCE
from tsalert.visitors.rules import SHORTEST_FILL

OPENING = "Your code to change your alerts"
MOVING = "Confirm your new address for our alerts"


def newest(outbox: Page, subject: str, *, after: int = 0) -> tuple[int, str]:
    """Wait for a mail with a subject, newer than the one with a number; returns its number and words."""
    deadline = time.monotonic() + PATIENCE
    while True:
        outbox.goto("/dev/outbox?channel=email")
        rows = outbox.get_by_role("row").filter(has_text=subject)
        if rows.count():
            path = rows.first.locator("a[href^='/dev/outbox/']").get_attribute("href") or ""
            number = int(path.rpartition("/")[2])
            if number > after:
                outbox.goto(path)
                return number, outbox.locator("pre").inner_text()
        assert time.monotonic() < deadline, f"no mail came: {subject}"
        outbox.wait_for_timeout(250)


def last(outbox: Page, subject: str) -> int:
    """Return the number of the newest mail with a subject that is there now; 0 where there is none."""
    outbox.goto("/dev/outbox?channel=email")
    links = outbox.get_by_role("row").filter(has_text=subject).locator("a[href^='/dev/outbox/']")
    return int((links.first.get_attribute("href") or "").rpartition("/")[2]) if links.count() else 0


def ask(page: Page, contact: str) -> None:
    """Ask for a code, as slowly as a person types."""
    page.goto("/preferences")
    page.get_by_label("Email address or telephone number").fill(contact)
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)
    page.get_by_role("button", name="Send me a code").click()


def link_in(words: str) -> str:
    """Return the path of the link in a message."""
    found = re.search(r"http://\S+", words)
    assert found, words
    return urlsplit(found[0]).path
