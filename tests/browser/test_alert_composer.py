"""Writing an alert: from a live case in few clicks, kept while it is written, and overtaken by nobody."""

import re

from msgspec import Struct
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import opened, opened_plain, sign_in
from tests.demonstration import PASSWORD

MOST_CLICKS = 6


class Hand(Struct):
    """Somebody's hand on the mouse, whose clicks are counted."""

    clicks: int = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


def test_a_tree_case_becomes_a_submitted_alert_in_six_clicks_and_own_words(window: Page) -> None:
    sign_in(window)
    find_the_tree_case(window)
    hand = Hand()
    hand.click(window.get_by_role("link", name="Write an alert from this case"))
    hand.click(window.get_by_role("link", name="Rogue traders at the door"))
    assert "They offer gardening or tree work." in window.get_by_label("What is happening").input_value()
    say(window, "vehicle", "a tipper lorry")
    say(window, "amount", "nearly £4,000")
    say(window, "time_of_day", "in the afternoon")
    say(window, "ward", "the borough")
    hand.click(window.get_by_role("button", name="Save and preview"))
    expect(window.get_by_role("heading", name="How it reads")).to_be_visible()
    hand.click(window.get_by_role("button", name="Submit for approval"))
    expect(window.locator("main")).to_contain_text("Submitted. Somebody else can now approve it.")
    assert hand.clicks <= MOST_CLICKS


def find_the_tree_case(page: Page) -> None:
    page.goto("/cases?kind=gardening")
    page.locator("main table a[href^='/cases/']").first.click()
    expect(page.get_by_role("heading", name=re.compile(r"Case D\d\d-"))).to_be_visible()


def say(page: Page, placeholder: str, words: str) -> None:
    """Write over a placeholder wherever it still stands, with the keyboard."""
    for label in ("Headline", "What is happening", "What to do (optional)", "Text message (optional)"):
        box = page.get_by_label(label, exact=True)
        if f"{{{placeholder}}}" in box.input_value():
            box.fill(box.input_value().replace(f"{{{placeholder}}}", words))


def test_what_is_typed_is_kept_by_itself_through_a_lost_connection_and_found_again(
    chromium: Browser, site: str
) -> None:
    with opened(chromium, site) as page:
        sign_in(page)
        page.goto("/alerts/new")
        page.get_by_label("Headline").fill("Written on a train")
        expect(page.get_by_text(re.compile(r"Saved at \d\d:\d\d"))).to_be_visible()
        page.context.set_offline(True)
        page.get_by_label("Headline").fill("Written in a tunnel")
        expect(page.get_by_text("It is tried again by itself")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text(re.compile(r"Saved at \d\d:\d\d"))).to_be_visible()
        page.goto("/alerts")
        page.get_by_role("link", name="Written in a tunnel").click()
        expect(page.get_by_label("Headline")).to_have_value("Written in a tunnel")
        expect(page.get_by_text("You wrote this and did not save it as an alert.")).to_be_visible()
        page.get_by_role("button", name="Discard it").last.click()
        expect(page.get_by_text("Written in a tunnel")).to_be_hidden()


def test_who_leaves_at_once_finds_the_words_on_the_list(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        sign_in(page)
        page.goto("/alerts/new")
        page.get_by_label("Headline").fill("Left at once")
        page.goto("/alerts")
        page.wait_for_timeout(500)  # the save on leaving is on its way
        page.reload()
        expect(page.get_by_role("link", name="Left at once")).to_be_visible()


def test_who_is_overtaken_is_told_while_writing_and_sees_both(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as first, opened(chromium, site) as second:
        for page, officer in ((first, "officer"), (second, "manager")):
            sign_in(page, f"{officer}@example.org")
            page.goto("/alerts")
            page.get_by_role("link", name="Calls about your boiler grant").first.click()
            page.get_by_role("link", name="Change the text or the audience").click()
        second.get_by_label("What is happening").fill("Theirs is new.")
        second.get_by_role("button", name="Save and preview").click()
        expect(second.get_by_role("button", name="Submit for approval")).to_be_visible()
        first.get_by_label("What is happening").fill("Mine is newer.")
        expect(first.get_by_text("somebody else changed this alert")).to_be_visible()
        first.get_by_role("button", name="Save and preview").click()
        expect(first.get_by_text("Theirs is new.")).to_be_visible()
        expect(first.get_by_label("What is happening")).to_have_value("Mine is newer.")
        first.get_by_role("button", name="Save and preview").click()
        expect(first.locator("main")).to_contain_text("Mine is newer.")


def test_without_scripts_an_unfinished_alert_is_kept_by_its_button(chromium: Browser, site: str) -> None:
    with opened_plain(chromium, site) as page:
        page.goto("/sign-in")
        page.get_by_label("Email address").fill("officer@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.goto("/alerts/new")
        page.get_by_label("Headline").fill("Half an alert")
        page.get_by_role("button", name="Keep it for later").click()
        page.get_by_role("link", name="Half an alert").click()
        expect(page.get_by_label("Headline")).to_have_value("Half an alert")
