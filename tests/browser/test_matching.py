"""The officer hears whom we know while typing, and adds a neighbour's call to the incident that is open."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened, sign_in

VAN = "two men, white van ZZ99 ZZZ"


def test_a_known_van_is_told_while_typing_and_the_call_is_added_by_keyboard(window: Page) -> None:
    sign_in(window)
    window.goto("/calls/new")
    window.get_by_label("The trader", exact=True).press_sequentially(VAN)
    matches = window.locator("#matches")
    expect(matches).to_contain_text("same vehicle")
    add = matches.get_by_label(re.compile("Add to R"))
    reference = (add.get_attribute("value") or "").strip()
    add.press("Space")
    window.get_by_label("What is happening now").fill("A neighbour sees the same van. Invented.")
    window.keyboard.press("Control+Enter")
    expect(window.get_by_role("heading", name=f"Incident {reference}")).to_be_visible()
    expect(window.locator("main")).to_contain_text("A neighbour sees the same van. Invented.")


def test_what_was_chosen_stays_while_more_is_typed(window: Page) -> None:
    sign_in(window)
    window.goto("/calls/new")
    window.get_by_label("The trader", exact=True).press_sequentially(VAN)
    same = window.locator("#matches [name=trader_same_as]").first
    same.check()
    window.get_by_label("Telephone number").press_sequentially("020 7946 0999")
    with window.expect_response("**/calls/matches"):
        window.get_by_label("Who is calling").press_sequentially("Nobody Known")
    expect(window.locator("#matches [name=trader_same_as]").first).to_be_checked()


def test_without_javascript_a_button_looks_for_matches(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        sign_in(page)
        state = page.context.storage_state()
    context = chromium.new_context(base_url=site, storage_state=state, java_script_enabled=False)
    page = context.new_page()
    page.goto("/calls/new")
    page.get_by_label("The trader", exact=True).fill(VAN)
    page.get_by_role("button", name="Look for matches").click()
    expect(page.locator("#matches")).to_contain_text("same vehicle")
    expect(page.get_by_label("The trader", exact=True)).to_have_value(VAN)
    context.close()
