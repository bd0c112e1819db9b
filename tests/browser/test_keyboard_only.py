"""A resident and an officer without a mouse: every step is reached by Tab, seen to be, and done by a key."""

import re

from playwright.sync_api import Page, expect

from tests.browser.keyboard import answer, follow_the_problem, press, tab_to
from tests.browser.messages import last, newest
from tests.demonstration import PASSWORD
from tsalert.visitors.rules import SHORTEST_FILL

READER = "keys.alone@example.org"
CONFIRMING = "Confirm that you want our alerts"


def test_a_resident_without_a_mouse_joins_chooses_pauses_leaves_and_is_erased(window: Page, desk: Page) -> None:
    window.goto("/welcome")
    skip_to_the_content(window)
    window.goto("/welcome")
    press(window, "link", "Get alerts")
    join(window, desk)
    choose(window)
    pause(window)
    press(window, "link", "Stop for good")
    press(window, "button", "Stop alerts")
    expect(window.get_by_text("Nothing comes to this address.")).to_be_visible()
    press(window, "link", "Erase what you hold on me")
    press(window, "button", "Erase")
    follow_the_problem(window, "Type the word erase", "Type erase to go on")
    window.keyboard.type("erase")
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="We have erased your details")).to_be_visible()


def skip_to_the_content(page: Page) -> None:
    """Go past the head of a page by its first link, which is seen once it has the focus."""
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def join(page: Page, desk: Page) -> None:
    number = last(desk, CONFIRMING)
    press(page, "button", "Get alerts")
    follow_the_problem(page, "Enter an email address or a telephone number.", "Email address or telephone number")
    page.keyboard.type(READER)
    answer(page, "Postcode (optional)", "BR1 3UH")
    tab_to(page, page.get_by_role("radio", name="At once", exact=True))
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)  # nobody types faster
    press(page, "button", "Get alerts")
    expect(page.get_by_role("heading", name="Check your messages")).to_be_visible()
    _, words = newest(desk, CONFIRMING, after=number)
    code = re.search(r"\b\d{6}\b", words)
    assert code
    press(page, "button", "Start my alerts")
    follow_the_problem(page, "Enter the code from the message.", "Code")
    page.keyboard.type(code[0])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="You are on the list")).to_be_visible()


def choose(page: Page) -> None:
    press(page, "link", "Choose how often")
    boxes = page.get_by_role("checkbox")
    for box in (boxes.nth(0), boxes.nth(1)):
        tab_to(page, box)
        page.keyboard.press("Space")
    press(page, "button", "Save my choices")
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()


def pause(page: Page) -> None:
    press(page, "link", "Stop for a while")
    press(page, "button", "Stop for a while")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    press(page, "button", "Stop for a while")
    expect(page.get_by_text("No alerts come until")).to_be_visible()
    press(page, "button", "Send me alerts again now")
    expect(page.get_by_text("Your alerts have started again.", exact=True)).to_be_visible()


def test_a_resident_without_a_mouse_finds_whom_to_ring_and_reports(window: Page) -> None:
    window.goto("/welcome")
    press(window, "link", "Someone at your door now?")
    tab_to(window, window.locator("a.call").first)
    expect(window.locator("a.call").first).to_have_attribute("href", "tel:999")
    window.goto("/welcome")
    press(window, "link", "Report")
    press(window, "button", "Send the report")
    follow_the_problem(window, "Tell us what happened, in your own words.", "What happened?")
    window.keyboard.type("Two men offered to seal the drive. (Invented)")
    window.goto("/report")
    tab_to(window, window.get_by_role("radio", name="Yes").first)
    window.keyboard.press("ArrowDown")
    answer(window, "What happened?", "Two men offered to seal the drive. (Invented)")
    window.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)  # nobody types faster
    press(window, "button", "Send the report")
    expect(window.get_by_role("heading", name="We have your report")).to_be_visible()


def test_an_officer_without_a_mouse_signs_in_and_puts_somebody_on_the_list(window: Page) -> None:
    window.goto("/sign-in")
    answer(window, "Email address", "manager@example.org")
    tab_to(window, window.get_by_label("Password", exact=True))
    window.keyboard.type(PASSWORD)
    window.keyboard.press("Enter")
    expect(window.get_by_role("button", name="Sign out")).to_be_visible()
    window.goto("/subscribers/new")
    press(window, "button", "Put them on the list")
    follow_the_problem(window, "Enter where their alerts should go.", "Email address or telephone number")
    window.keyboard.type("rings.in@example.org")
    tab_to(window, window.get_by_role("radio", name="I read this out and they agreed"))
    window.keyboard.press("Space")
    press(window, "button", "Put them on the list")
    expect(window.get_by_text("They are on the list.")).to_be_visible()
