"""Residents' pages in a browser: what they weigh on the wire, in which order they are read, and with keys alone."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import opened, sign_in
from tests.browser.keyboard import FOCUSED
from tsalert.visitors.rules import SHORTEST_FILL

PUBLIC = (
    "/welcome",
    "/alerts/published",
    "/join",
    "/check",
    "/check/TS-2099-001",
    "/report",
    "/at-the-door",
    "/accessibility",
    "/privacy",
    "/cookies",
)
MOST_KILOBYTES = {"/welcome": 100, "/at-the-door": 50}
_LANDMARKS = ("banner", "navigation", "main", "contentinfo")


@pytest.fixture
def narrow(chromium: Browser, site: str) -> Iterator[Page]:
    """A window of a stranger on the smallest telephone."""
    with opened(chromium, site, width=320) as page:
        yield page


def tree(page: Page) -> list[tuple[str, str, int]]:
    """Return what a screen reader is told, in order: role, name and level of heading."""
    session: CDPSession = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    children = {node["nodeId"]: node.get("childIds", []) for node in nodes}
    known = {node["nodeId"]: node for node in nodes}
    told, waiting = [], [nodes[0]["nodeId"]]
    while waiting:
        node = known[waiting.pop(0)]
        waiting = [*(each for each in children[node["nodeId"]] if each in known), *waiting]
        if not node.get("ignored"):
            level = next((each["value"]["value"] for each in node.get("properties", []) if each["name"] == "level"), 0)
            told.append((node["role"]["value"], node.get("name", {}).get("value", ""), level))
    return told


def test_a_page_that_is_printed_says_whom_to_ring(narrow: Page) -> None:
    narrow.emulate_media(media="print")
    for path in PUBLIC:
        narrow.goto(path)
        shown = narrow.locator("body").inner_text()
        assert "07700 900461" in shown, path
        assert "999" in shown, path


@pytest.mark.parametrize(("path", "most"), MOST_KILOBYTES.items())
def test_a_page_weighs_little_with_everything_that_it_loads(narrow: Page, path: str, most: int) -> None:
    sizes: dict[str, int] = {}
    session = narrow.context.new_cdp_session(narrow)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    narrow.goto(path, wait_until="networkidle")
    assert len(sizes) >= 2
    assert sum(sizes.values()) < most * 1000


def test_the_page_for_the_door_runs_nothing_and_its_numbers_are_large_enough_for_a_shaking_thumb(narrow: Page) -> None:
    narrow.goto("/at-the-door")
    assert narrow.locator("script").count() == 0
    for link in narrow.locator("a.call").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 48
        assert box["width"] >= 240
    first = narrow.locator("a.call").first
    expect(first).to_have_attribute("href", "tel:999")
    box = first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 500  # in sight without scrolling


@pytest.mark.parametrize("path", PUBLIC)
def test_a_screen_reader_hears_one_title_no_skipped_level_and_each_part_of_the_page_once(
    window: Page, path: str
) -> None:
    window.goto(path)
    told = tree(window)
    headings = [level for role, _, level in told if role == "heading"]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(headings)), headings
    parts = [role for role, _, _ in told if role in _LANDMARKS]
    assert parts.count("main") == 1
    assert parts.count("banner") <= 1
    names = [name for role, name, _ in told if role == "navigation"]
    assert all(names)
    assert len(set(names)) == len(names)
    for role, name, _ in told:
        assert role not in {"link", "button", "textbox", "radio", "combobox", "checkbox", "searchbox"} or name, role


@pytest.mark.parametrize("path", PUBLIC)
def test_keys_alone_lead_through_a_page_in_the_order_in_which_it_is_read(window: Page, path: str) -> None:
    window.goto(path)
    window.evaluate("document.activeElement.blur()")
    places: list[int] = []
    while True:
        window.keyboard.press("Tab")
        focused = window.evaluate(FOCUSED)
        if focused is None or focused["place"] in places:
            break
        assert focused["drawn"], focused
        assert focused["marked"], focused
        places.append(focused["place"])
    assert places == sorted(places)
    assert len(places) >= 4


@pytest.mark.parametrize("path", PUBLIC)
def test_letters_twice_as_large_fit_on_the_smallest_telephone(narrow: Page, path: str) -> None:
    narrow.goto(path)
    narrow.evaluate("document.documentElement.style.fontSize = '200%'")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_resident_reports_with_keys_alone_and_an_officer_finds_it(window: Page) -> None:
    window.goto("/report")
    window.get_by_role("radio", name="No", exact=True).first.focus()
    window.keyboard.press("Space")
    window.keyboard.press("Tab")
    window.keyboard.type("A man knocked about the drains. (Invented)")
    window.wait_for_timeout(SHORTEST_FILL.total_seconds() * 1000 + 500)  # nobody types faster
    window.get_by_role("button", name="Send the report").focus()
    window.keyboard.press("Enter")
    expect(window.get_by_role("heading", name="We have your report")).to_be_visible()
    number = window.locator("main .ts-reference").inner_text()
    sign_in(window)
    window.goto("/calls")
    window.get_by_role("link", name=f"Write it up : {number}").or_(
        window.locator(f"a[href$='/write-up']:has-text('{number}')")
    ).first.click()
    told = "A man knocked about the drains. (Invented)\nThey did not say whether money was asked for or paid."
    expect(window.get_by_label("What is happening now")).to_have_value(told)


def test_a_report_that_is_refused_says_what_to_mend_and_keeps_the_rest(window: Page) -> None:
    window.goto("/report")
    window.get_by_label("Your name (optional)").fill("Pat Example")
    window.get_by_role("button", name="Send the report").click()
    expect(window.get_by_role("alert")).to_contain_text("in your own words")
    expect(window.get_by_label("Your name (optional)")).to_have_value("Pat Example")
    window.get_by_role("link", name="Tell us what happened, in your own words.").click()
    expect(window.get_by_label("What happened?")).to_be_focused()


def test_a_resident_finds_an_alert_and_checks_the_message_that_names_it(window: Page) -> None:
    window.goto("/welcome")
    window.get_by_role("link", name="Search current and past alerts").click()
    first = window.locator("main a[href^='/check/TS-']").first
    number = (first.get_attribute("href") or "").rpartition("/")[2]
    window.get_by_label("Words, or an alert").fill(number)
    window.get_by_role("button", name="Search").click()
    expect(window.locator("main a[href^='/check/TS-']")).to_have_count(1)
    window.goto("/check")
    window.get_by_label("The message that you got").fill(f"ALERT {number}! Pay now at www.fraud.example")
    window.get_by_role("button", name="Check the message").click()
    expect(window.locator("main")).to_contain_text("a site that is not ours")
    expect(window.locator("main .ts-reference").first).to_have_text(number)
