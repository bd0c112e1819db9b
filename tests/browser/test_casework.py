"""What an officer writes for a case while a network is lost or a telephone rings."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import sign_in

CASE = "/cases/1"


def entries(page: Page, text: str) -> int:
    """Count the entries of the case's log that hold a text."""
    page.goto(CASE)
    return page.locator("main").get_by_text(text).count()


def test_what_is_written_without_a_network_stays_on_its_page_and_is_saved_once(window: Page) -> None:
    sign_in(window)
    window.goto(f"{CASE}/notes")
    window.get_by_label("Entry").fill("Written where there is no signal")
    window.context.set_offline(True)
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_text("the service cannot be reached")).to_be_visible()
    expect(window.get_by_label("Entry")).to_have_value("Written where there is no signal")
    window.context.set_offline(False)
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_role("heading", name="Case D")).to_be_visible()
    assert entries(window, "Written where there is no signal") == 1


def test_a_log_entry_that_a_call_interrupted_is_there_again(window: Page) -> None:
    sign_in(window)
    window.goto(f"{CASE}/notes")
    window.get_by_label("Entry").fill("Written until the telephone rang")
    window.goto("/calls/new")
    window.goto(f"{CASE}/notes")
    expect(window.get_by_text("You wrote this and did not save it.")).to_be_visible()
    window.get_by_label("Entry").press("Control+Enter")
    expect(window.get_by_role("heading", name="Case D")).to_be_visible()
    window.goto(f"{CASE}/notes")
    expect(window.get_by_label("Entry")).to_have_value("")


def test_a_form_that_is_sent_again_after_going_back_counts_once(window: Page) -> None:
    sign_in(window)
    window.goto(f"{CASE}/notes")
    window.get_by_label("Entry").fill("Sent, and sent again")
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_role("heading", name="Case D")).to_be_visible()
    window.go_back()
    expect(window.get_by_label("Entry")).to_have_value("Sent, and sent again")
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_role("heading", name="Case D")).to_be_visible()
    assert entries(window, "Sent, and sent again") == 1
    window.go_back()
    window.go_back()
    window.get_by_label("Entry").fill("Another, typed after going back")
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_text("This form was saved before")).to_be_visible()
    window.get_by_role("button", name="Add to the log").click()
    expect(window.get_by_role("heading", name="Case D")).to_be_visible()
    assert entries(window, "Another, typed after going back") == 1
