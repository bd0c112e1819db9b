"""A text of the board's report is saved while it is written, and nobody overwrites anybody."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import opened, sign_in

TEXT = "/board-reports/2022-23Q2/texts/prevention"


def begin(page: Page, officer: str) -> None:
    sign_in(page, f"{officer}@example.org")
    page.goto(TEXT)


def write(page: Page, words: str) -> None:
    page.get_by_label("Text").fill(words)


def test_a_text_is_saved_by_itself_and_a_second_writer_is_told(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as first, opened(chromium, site) as second:
        begin(first, "manager")
        begin(second, "officer")
        write(first, "Two **talks**.")
        expect(first.get_by_text("Saved at ")).to_be_visible()
        write(first, "Three **talks**.")
        first.get_by_role("button", name="Preview").click()
        expect(first.locator("strong", has_text="talks")).to_be_visible()
        write(second, "Four talks.")
        expect(second.get_by_text("somebody else saved this text")).to_be_visible()
        second.get_by_role("button", name="Save").click()
        expect(second.get_by_text("Two **talks**.")).to_be_visible()
        expect(second.get_by_label("Text")).to_have_value("Four talks.")
        first.get_by_role("button", name="Save").click()
        expect(first.get_by_text("is saved")).to_be_visible()
