"""A text of the board's report is saved while it is written, and nobody overwrites anybody."""

from collections.abc import Callable

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import opened, sign_in

TEXT = "/board-reports/2022-23Q2/texts/prevention"


def begin(page: Page, officer: str) -> None:
    sign_in(page, f"{officer}@example.org")
    page.goto(TEXT)


def refusing(status: int) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=status)


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
        expect(first.get_by_text("” is saved.")).to_be_visible()


def test_what_could_not_be_saved_stays_and_is_saved_by_itself_later(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        begin(page, "manager")
        page.context.set_offline(True)
        write(page, "Written on a train.")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Not saved: the service cannot be reached.")).to_be_visible()
        write(page, "Written on a train, in a tunnel.")
        expect(page.get_by_text("It is tried again by itself")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text("Saved at ")).to_be_visible()
        page.goto(TEXT)
        expect(page.get_by_label("Text")).to_have_value("Written on a train, in a tunnel.")
        expect(page.get_by_text("did not save it")).to_be_hidden()


def test_a_save_that_is_refused_is_not_called_a_service_out_of_reach(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        page.clock.install()
        begin(page, "manager")
        for status, said in (
            (403, "you may no longer change this"),
            (404, "this has been removed meanwhile"),
            (413, "it is too long"),
        ):
            page.route("**/autosave", refusing(status))
            write(page, f"Refused with {status}.")
            page.clock.fast_forward(10_000)
            expect(page.get_by_text(f"Not saved: {said}")).to_be_visible()
            expect(page.get_by_label("Text")).to_have_value(f"Refused with {status}.")


def test_who_leaves_at_once_or_is_signed_out_finds_the_words_again(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        begin(page, "manager")
        write(page, "Left at once.")
        page.get_by_role("link", name="The board's report of").click()
        page.get_by_role("link", name="Prevention and intervention", exact=True).first.click()
        expect(page.get_by_label("Text")).to_have_value("Left at once.")
        write(page, "Signed out.")
        page.context.clear_cookies()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("you are no longer signed in").first).to_be_visible()
        begin(page, "manager")
        expect(page.get_by_text("You wrote this and did not save it.")).to_be_visible()
        expect(page.get_by_label("Text")).to_have_value("Signed out.")
        page.get_by_role("button", name="Discard it").click()
        expect(page.get_by_label("Text")).to_have_value("Left at once.")


def test_who_signed_in_anew_meanwhile_is_not_told_that_they_are_signed_out(chromium: Browser, site: str) -> None:
    with opened(chromium, site) as page:
        begin(page, "manager")
        page.context.clear_cookies()
        sign_in(page.context.new_page(), "manager@example.org")
        write(page, "Written under the sign-in before.")
        expect(page.get_by_text("Not saved: you have signed in again since this page was loaded")).to_be_visible()
        page.goto(TEXT)
        expect(page.get_by_label("Text")).to_have_value("Written under the sign-in before.")
