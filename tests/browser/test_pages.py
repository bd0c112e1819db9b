"""Every page: readable by everybody, and usable on the narrowest screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.conftest import opened, sign_in

# Where to see each page in the demonstration; a page that is not here fails the first test.
WHERE = {
    "alerts.check_form": "/check",
    "alerts.edit_form": "/alerts/5/edit",
    "alerts.list_alerts": "/alerts",
    "alerts.list_reviews": "/alerts/sent-alone",
    "alerts.new_alert": "/alerts/new",
    "alerts.published": "/alerts/published",
    "alerts.show_alert": "/alerts/4",
    "calls.list_calls": "/calls",
    "calls.show_call": "/calls/1",
    "calls.show_new_call": "/calls/new",
    "cases.edit_case": "/cases/648/edit",
    "cases.edit_progress": "/cases/648/progress",
    "cases.list_cases": "/cases",
    "cases.new_case": "/cases/new",
    "cases.new_link": "/cases/648/incidents",
    "cases.new_money": "/cases/648/money",
    "cases.new_note": "/cases/648/notes",
    "cases.show_case": "/cases/648",
    "delivery.outbox": "/dev/outbox",
    "inbound.list_messages": "/messages",
    "joining.show_form": "/join",
    "joining.show_next_step": "/join/next",
    "reports.show_period": "/figures?period=2021/22",
    "response.board": "/board",
    "response.list_incidents": "/incidents",
    "response.show_incident": "/incidents/1",
    "response.show_step": "/incidents/91/grade",
    "savings.explain": "/savings/explain?period=2022/23+Q1&row=call_blockers&column=financial",
    "savings.list_interventions": "/interventions",
    "savings.list_rate_sets": "/savings/rate-sets",
    "savings.new_intervention": "/interventions/new?type=doorstep_crime",
    "savings.show_rate_set": "/savings/rate-sets/nts-observed-2021-22",
    "security.login": "/sign-in",
    "staff.show_account": "/account",
    "subscribers.list_subscribers": "/subscribers",
    "subscribers.public_home": "/welcome",
    "subscribers.show_form": "/subscribers/new",
    "subscribers.show_subscriber": "/subscribers/1",
}
# Pages whose address is not known beforehand: the page that leads there, the link, and what to add to it.
FOUND = {
    "alerts.check_alert": ("/alerts/published", "a[href^='/check/TS-']", ""),
    "delivery.show_message": ("/dev/outbox", "a[href^='/dev/outbox/']", ""),
    "savings.show_intervention": ("/interventions", "a[href^='/interventions/S']", ""),
    "savings.correct_page": ("/interventions", "a[href^='/interventions/S']", "/correct"),
    "savings.withdraw_page": ("/interventions", "a[href^='/interventions/S']", "/withdraw"),
}
# Parts of pages, mails and files, and pages that need a token from a mail (their own tests look at those).
NO_PAGES = {
    "alerts.show_email",
    "alerts.show_progress",
    "api-docs.openapi_json",
    "calls.show_proposal",
    "delivery.show_html",
    "home.show_home",
    "links.show_confirmation",
    "links.show_leaving",
    "response.show_board_lines",
    "security.static",
    "security.verify",
    "static",
}


def test_no_page_is_left_out(app: Flask) -> None:
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    pages = {endpoint for endpoint in pages if not endpoint.startswith("api_")}
    assert pages - NO_PAGES == {*WHERE, *FOUND}


@pytest.mark.parametrize("width", [1280, 320])
def test_every_page_is_accessible_and_fits(chromium: Browser, site: str, width: int) -> None:
    faults: list[str] = []
    with opened(chromium, site, width=width) as page:
        sign_in(page, "manager@example.org")
        for endpoint, path in {**WHERE, **addresses(page)}.items():
            answer = page.goto(path)
            if answer is None or answer.status != 200:
                faults.append(f"{endpoint}: answered {answer and answer.status}")
                continue
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{endpoint}: wider than the screen")
            found = Axe().run(page)
            faults += [f"{endpoint}: {fault['id']}, {fault['help']}" for fault in found.response["violations"]]
    assert faults == []


def addresses(page: Page) -> dict[str, str]:
    """Return the address of each page that only another page knows."""
    known = {}
    for endpoint, (path, link, ending) in FOUND.items():
        page.goto(path)
        known[endpoint] = f"{page.locator(link).first.get_attribute('href')}{ending}"
    return known
