"""An incident on a telephone held in one hand, from setting out to the end, and an offer to another body."""

import re
from collections.abc import Iterator
from itertools import count
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.accessibility import faults_of
from tests.browser.conftest import opened, sign_in

THUMB = 48
HOUSES = count(401)  # a second call about one house would be asked about


@pytest.fixture(params=[320, 390])
def phone(request: pytest.FixtureRequest, chromium: Browser, site: str) -> Iterator[Page]:
    with opened(chromium, site, width=request.param) as page:
        sign_in(page, "manager@example.org")
        page.set_viewport_size({"width": request.param, "height": 640})
        log_a_call(page)
        yield page


def log_a_call(page: Page) -> None:
    page.goto("/calls/new")
    page.get_by_label("Telephone number").fill("07700 900123")
    page.get_by_label("Address where it is happening").fill(f"{next(HOUSES)} Example Lane")
    page.get_by_label("What is happening now").fill("A roofer will not leave. Invented.")
    page.get_by_label("Somebody is threatened").check()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("What it is", exact=True).select_option("doorstep_crime")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Incident")).to_be_visible()


def expect_under_the_thumb(page: Page, button: Locator) -> None:
    """Check that a button is large, as wide as the screen, in reach at once, and hides nothing."""
    expect(button).to_be_visible()
    size = page.viewport_size
    assert size is not None
    for at in ("0", "document.body.scrollHeight"):
        page.evaluate(f"scrollTo(0, {at})")
        box = box_of(button)
        assert box["height"] >= THUMB
        assert box["width"] >= size["width"] - 40
        assert size["height"] / 2 < box["y"] <= size["height"] - box["height"]
    last = box_of(page.locator("footer p").last)
    assert last["y"] + last["height"] <= box_of(button)["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def box_of(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box is not None
    return box


def expect_focus_is_seen(page: Page) -> None:
    """Walk back through the page with the keyboard: nothing that has the focus lies behind the button."""
    page.evaluate("scrollTo(0, 0)")
    for _ in range(12):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const focused = document.activeElement, bar = document.querySelector(".ts-next");
              const { bottom } = focused.getBoundingClientRect();
              return !bar.contains(focused) && bottom > bar.getBoundingClientRect().top + 1;
            }"""
        )
        assert not hidden


def test_the_next_step_is_under_the_thumb_until_there_is_none(phone: Page) -> None:
    expect(phone.get_by_text(re.compile("left$")).first).to_be_in_viewport()
    map_link = phone.get_by_role("link", name="Open in maps").get_attribute("href") or ""
    assert re.fullmatch(r"geo:0,0\?q=\d+%20Example%20Lane", map_link)
    assert phone.get_by_role("link", name="07700 900123").first.get_attribute("href") == "tel:+447700900123"
    expect_focus_is_seen(phone)
    for step in ("I take it", "I am on my way", "I am on scene", "I have left"):
        expect_under_the_thumb(phone, phone.locator(".ts-next").get_by_role("button", name=step))
        phone.locator(".ts-next").get_by_role("button", name=step).click()
    expect_under_the_thumb(phone, phone.locator(".ts-next").get_by_role("button", name="Record the outcome"))
    phone.locator(".ts-next").get_by_role("button", name="Record the outcome").click()
    phone.get_by_label("The trader was sent away").check()
    phone.get_by_role("button", name="Save the outcome").click()
    phone.locator(".ts-next").get_by_role("button", name="Close the incident").click()
    expect(phone.locator("main")).to_contain_text("Closed")
    expect(phone.locator(".ts-next")).to_have_count(0)


def test_an_iphone_which_knows_no_geo_addresses_opens_its_own_maps(chromium: Browser, site: str) -> None:
    context = chromium.new_context(base_url=site, user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)")
    page = context.new_page()
    sign_in(page, "manager@example.org")
    log_a_call(page)
    expect(page.get_by_role("link", name="Open in maps")).to_have_attribute(
        "href", re.compile(r"^maps:\?q=\d+%20Example%20Lane$")
    )
    context.close()


def test_a_step_tapped_where_there_is_no_signal_says_so_and_is_recorded_once(window: Page) -> None:
    sign_in(window, "manager@example.org")
    log_a_call(window)
    window.get_by_role("button", name="I take it").click()
    expect(window.get_by_text("You have it since")).to_be_visible()
    window.context.set_offline(True)
    window.get_by_role("button", name="I am on my way").click()
    expect(window.get_by_text("the service cannot be reached").first).to_be_visible()
    expect(window.get_by_text("The time at which you first tapped is kept").first).to_be_visible()
    first_try = window.locator(".ts-next [data-first-try]").input_value()
    window.get_by_role("button", name="I am on my way").click()
    expect(window.locator(".ts-next [data-first-try]")).to_have_value(first_try)
    window.context.set_offline(False)
    told: list[str | None] = []
    window.on("request", lambda request: told.append(request.post_data))
    window.get_by_role("button", name="I am on my way").click()
    expect(window.get_by_role("button", name="I am on scene")).to_be_visible()
    expect(window.locator(".ts-timeline strong", has_text="On the way")).to_have_count(1)
    assert quote_plus(first_try) in (told[0] or "")


def test_a_handover_is_offered_refused_offered_again_and_taken(window: Page) -> None:
    sign_in(window, "manager@example.org")
    log_a_call(window)
    for body in ("Otherborough", "The invented police"):
        window.get_by_role("link", name="Offer it to another body").click()
        window.get_by_role("button", name="Record the offer").click()
        expect(window.get_by_role("link", name="Say which body you asked")).to_be_visible()
        window.get_by_label("Which body did you ask").fill(body)
        window.get_by_role("button", name="Record the offer").click()
        expect(window.locator("main")).to_contain_text(f"Offered to {body}. Until they say yes it is ours")
        expect(window.get_by_role("button", name="I am on my way")).to_be_visible()
        if body == "Otherborough":
            window.get_by_role("link", name="Otherborough did not take it").click()
            window.get_by_label("Why they do not take it").fill("Nobody is free")
            window.get_by_role("button", name="Record the answer").click()
    window.get_by_role("link", name="The invented police took it over").click()
    window.get_by_label("Who accepted it").fill("The invented police, Sergeant Example")
    window.get_by_label("Their reference").fill("CAD 1")
    window.get_by_role("button", name="Hand over").click()
    story = window.locator(".ts-timeline")
    for told in ("Otherborough. Nobody is free", "Sergeant Example. Their reference: CAD 1"):
        expect(story).to_contain_text(told)
    expect(window.locator("main")).to_contain_text("Not applicable")


@pytest.mark.parametrize("width", [1280, 320])
def test_every_step_and_every_refusal_is_accessible_and_fits(chromium: Browser, site: str, width: int) -> None:
    with opened(chromium, site, width=width) as page:
        sign_in(page, "manager@example.org")
        log_a_call(page)
        incident = page.url
        expect_accessible(page, width)
        for form in ("grade", "milestones", "remote-resolution", "stand-down", "handover-offer", "handover", "outcome"):
            page.goto(f"{incident}/{form}")
            expect_accessible(page, width)
        page.goto(f"{incident}/stand-down")
        with opened(chromium, site) as colleague:
            sign_in(colleague, "officer@example.org")
            colleague.goto(incident)
            colleague.get_by_role("button", name="I am on my way").click()
            expect(colleague.locator(".ts-timeline")).to_contain_text("On the way")
            page.get_by_label("The caller withdrew").check()
            page.get_by_role("button", name="Stand down").click()
            expect(page.locator("main")).to_contain_text("On the way, by Robin Officer")
            expect(page.get_by_label("The caller withdrew")).to_be_checked()
            expect_accessible(page, width)
            colleague.get_by_role("button", name="I am on scene").click()
            expect(colleague.locator(".ts-timeline")).to_contain_text("On scene")
        page.get_by_role("button", name="Stand down").click()
        expect(page.get_by_role("heading", name="What you can do instead")).to_be_visible()
        expect_accessible(page, width)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_call_brought_back_and_not_saved_is_accessible_and_fits(chromium: Browser, site: str, width: int) -> None:
    with opened(chromium, site, width=width) as page:
        sign_in(page, "manager@example.org")
        page.goto("/calls/new")
        page.get_by_label("What is happening now").fill("A bank rings about a roof. Invented.")
        page.goto("/board")
        page.goto("/calls/new")
        expect(page.get_by_text("You began this call")).to_be_visible()
        page.context.set_offline(True)
        page.keyboard.press("Control+Enter")
        expect(page.get_by_text("the service cannot be reached")).to_be_visible()
        page.context.set_offline(False)
        expect_accessible(page, width)


def expect_accessible(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert faults_of(page) == [], page.url
