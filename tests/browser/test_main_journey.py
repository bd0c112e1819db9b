"""The main job, from a call at night to an alert in every inbox, as a new user does it in a browser."""

import re
import time
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, opened, sign_in
from tsalert.core.clock import in_london, utc_now

HEADLINE = "Men who knock about the roof"


def test_from_a_call_to_the_quarter_and_to_every_inbox(window: Page, chromium: Browser, site: str) -> None:
    sign_in(window)
    log_the_banks_call(window)
    go_and_come_back(window)
    open_the_case(window)
    record_the_saving(window)
    see_the_quarter(window)
    write_an_alert(window)
    with opened(chromium, site) as colleague:
        approve(colleague, window.url)
    follow_it(window)


def log_the_banks_call(page: Page) -> None:
    expect(page.get_by_role("heading", name="Live board")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Log a call")).to_be_visible()
    page.get_by_label("Telephone number").fill("020 7946 0123")
    page.get_by_label("Who is calling").fill("Branch of an invented bank")
    page.get_by_label("Address where it is happening").fill("27 Example Lane")
    page.get_by_label("What is happening now").fill("A customer must have £4,000 in cash for roof repairs today.")
    page.get_by_label("The trader is there now").check()
    page.get_by_label("Money", exact=True).select_option("at_the_bank")
    page.get_by_label("Amount").fill("4,000")
    page.get_by_label("The resident is vulnerable").check()
    page.get_by_label("What it is", exact=True).select_option("doorstep_crime")
    page.get_by_label("Who the caller is").select_option("bank")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("Immediate")


def go_and_come_back(page: Page) -> None:
    expect(page.locator("main")).to_contain_text(re.compile(r"1 hour 5\d minutes left|2 hours left"))
    for step in ("I am on my way", "I am on scene", "I have left"):
        page.get_by_role("button", name=step).click()
        expect(page.get_by_role("button", name=step)).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Met")
    page.get_by_role("link", name="outcome").click()
    page.get_by_label("A payment was stopped").check()
    page.get_by_role("button", name="Save the outcome").click()
    page.get_by_role("button", name="Close the incident").click()
    expect(page.locator("main")).to_contain_text("Closed")


def open_the_case(page: Page) -> None:
    page.get_by_role("link", name="Open a case from it").click()
    page.get_by_label("Type", exact=True).select_option("roofing")
    page.get_by_label("What happened?").fill("A cold call about gutters became a roof for £4,000. Invented.")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("heading", name=re.compile(r"Case D\d\d-"))).to_be_visible()


def record_the_saving(page: Page) -> None:
    page.get_by_role("link", name="Record an intervention").click()
    page.get_by_label("Doorstep crime stopped").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Amount").fill("4,000")
    page.get_by_label("It was not lost").check()
    page.get_by_label("Bank record or message").check()
    page.get_by_label("It was a rapid response").check()
    page.get_by_role("button", name="Record").click()
    expect(page.locator("main")).to_contain_text("0.54 × £4,000")


def see_the_quarter(page: Page) -> None:
    page.get_by_role("link", name="Figures").click()
    # Figures are a minute old at most.
    until = time.monotonic() + 60 + PATIENCE
    while "£4,000" not in page.locator("main").inner_text() and time.monotonic() < until:
        page.wait_for_timeout(2000)
        page.reload()
    expect(page.locator("main")).to_contain_text("£4,000")
    page.goto("/figures?period=2022/23 Q1")
    expect(page.locator("main")).to_contain_text("£505,804.50")
    page.get_by_role("link", name="£49,622").click()
    expect(page.locator("main")).to_contain_text("3 × £16,540.50 = £49,621.50 → £49,622")


def write_an_alert(page: Page) -> None:
    page.goto("/alerts")
    page.get_by_role("button", name="Write an alert").click()
    page.get_by_label("Headline").fill(HEADLINE)
    page.get_by_label("What is happening").fill("They offer to clean gutters for £30 and then ask for **thousands**.")
    page.get_by_label("Topic").select_option(label="All alerts")
    page.get_by_label("Email").check()
    page.get_by_label("Text message", exact=True).check()
    next_week = in_london(utc_now() + timedelta(days=7))
    page.get_by_label("Applies until").fill(f"{next_week:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Save and preview").click()
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.locator("main")).to_contain_text("somebody else must approve it")


def approve(page: Page, url: str) -> None:
    sign_in(page, "second.officer@example.org")
    page.goto(url)
    page.get_by_role("button", name="Approve and send").click()
    approved = page.get_by_text(re.compile(r"Approved\. \d+ messages are on their way"))
    # All of the demonstration's 650 but those who get a daily or weekly mail, and whoever joined it since.
    assert int(re.sub(r"\D", "", approved.inner_text())) >= 640


def follow_it(page: Page) -> None:
    page.reload()
    expect(page.locator("main")).to_contain_text("Sent")
    page.goto("/dev/outbox")
    expect(page.locator("main")).to_contain_text(HEADLINE)
