"""The live board in a browser: it follows what happens, counts down by the server's clock, and says when it cannot."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened, sign_in

EVERY_FOUR_SECONDS, PATIENCE = "every 4s", 30_000  # how often the page asks, and what a slow machine is given
# A machine whose clock is three hours fast.
FAST = "const real = Date.now; Date.now = () => real() + 3 * 3600 * 1000;"


@contextmanager
def screen(chromium: Browser, site: str, manager: Page, name: str) -> Iterator[Page]:
    """Make a wall display of a name and open it on a screen of its own."""
    manager.goto("/wall-displays")
    manager.get_by_label("Name").fill(name)
    manager.get_by_role("button", name="Make it").click()
    link = manager.locator("main .ts-reference").inner_text()
    with opened(chromium, site, width=1920) as page:
        page.goto(link)
        page.get_by_role("button", name="Show the live board").click()
        yield page


def log_call(page: Page) -> str:
    """Log a call that becomes an incident and return its reference."""
    page.goto("/calls/new")
    page.get_by_label("What is happening now").fill("Men on the roof")
    page.get_by_label("What it is", exact=True).select_option("doorstep_crime")
    page.keyboard.press("Control+Enter")
    heading = page.get_by_role("heading", name=re.compile(r"Incident R\d\d-"))
    return heading.inner_text().rpartition(" ")[2]


def test_a_screen_follows_an_incident_without_a_reload_and_is_shut_out_when_its_link_is_revoked(
    chromium: Browser, site: str, window: Page
) -> None:
    sign_in(window, "manager@example.org")
    with screen(chromium, site, window, "Under the clock") as wall:
        assert wall.locator("#board-lines").get_attribute("hx-trigger") == EVERY_FOUR_SECONDS
        wall.evaluate("window.wasNotReloaded = true")
        reference = log_call(window)
        row = wall.get_by_role("listitem").filter(has_text=reference)
        expect(row).to_contain_text("Doorstep crime", timeout=PATIENCE)
        window.get_by_role("button", name="I am on my way").click()
        expect(row).to_contain_text(re.compile(r"Morgan Manager \(invented\)\s+on the way since"), timeout=PATIENCE)
        assert wall.evaluate("window.wasNotReloaded")
        assert wall.get_by_role("link").all_inner_texts() == ["Skip to main content"]
        window.goto("/wall-displays")
        window.get_by_role("button", name="Revoke the link of Under the clock").click()
        expect(wall.get_by_role("heading", level=1)).to_contain_text("was revoked", timeout=PATIENCE)


def test_a_board_that_hears_nothing_says_so_until_it_hears_again(window: Page) -> None:
    sign_in(window)
    expect(window.get_by_text("This board is out of date")).to_be_hidden()
    window.route("**/board/lines", lambda route: route.abort())
    expect(window.get_by_text("This board is out of date")).to_be_visible(timeout=PATIENCE)
    window.unroute("**/board/lines")
    expect(window.get_by_text("This board is out of date")).to_be_hidden(timeout=PATIENCE)


def test_an_officer_who_was_signed_out_elsewhere_is_led_to_the_sign_in(window: Page) -> None:
    sign_in(window)
    expect(window.get_by_role("heading", name="Live board")).to_be_visible()
    window.context.clear_cookies()
    expect(window.get_by_label("Password", exact=True)).to_be_visible(timeout=PATIENCE)


def test_a_machine_whose_clock_is_wrong_counts_down_rightly(chromium: Browser, site: str, window: Page) -> None:
    sign_in(window, "manager@example.org")
    log_call(window)
    window.goto("/board")
    with opened(chromium, site) as page:
        page.context.add_init_script(FAST)
        sign_in(page)
        page.wait_for_timeout(1_500)  # the page counts once a second
        told, rightly = (each.locator(".ts-board .ts-clock").all_inner_texts() for each in (page, window))
        assert told == rightly
        assert "Running" in told or "Due soon" in told


def test_a_board_without_scripts_is_whole_and_can_be_brought_up_to_date(
    chromium: Browser, site: str, window: Page
) -> None:
    sign_in(window, "manager@example.org")
    with screen(chromium, site, window, "No scripts") as wall:
        cookies = wall.context.cookies()
    plain = chromium.new_context(base_url=site, java_script_enabled=False)
    plain.add_cookies(cookies)  # type: ignore[arg-type]
    page = plain.new_page()
    page.goto("/board")
    expect(page.locator("main")).to_contain_text("left")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "30"
    plain.clear_cookies()
    sign_in(page)
    expect(page.get_by_role("link", name="Bring the board up to date")).to_be_visible()
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    plain.close()
