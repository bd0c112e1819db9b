"""Logging a call: by keys alone, without scripts, and while the connection or the service fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import opened, sign_in
from tests.browser.desk import OFFICERS, Desk

MOST_KEYS = 25


@pytest.fixture(scope="module")
def desk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("desk"))
    made.lay(migrated)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Page]:
    with opened(chromium, desk.url) as window:
        sign_in(window, OFFICERS[0])
        yield window


def begin(page: Page, happening: str) -> None:
    """Open the form and type what an incident needs, but do not save it."""
    page.goto("/calls/new")
    page.get_by_label("Telephone number").fill("020 7946 0123")
    page.get_by_label("What is happening now").fill(happening)
    page.get_by_label("The trader is there now").check()
    page.get_by_label("What it is", exact=True).select_option("scam")


def save(page: Page) -> None:
    page.keyboard.press("Control+Enter")


def expect_begun(page: Page, happening: str) -> None:
    expect(page.get_by_label("What is happening now")).to_have_value(happening)
    expect(page.get_by_label("Telephone number")).to_have_value("020 7946 0123")
    expect(page.get_by_label("The trader is there now")).to_be_checked()


def expect_saved(page: Page, desk: Desk, happening: str) -> None:
    expect(page.get_by_role("heading", name="Incident")).to_be_visible()
    assert desk.count_calls(happening) == 1


def kept(page: Page) -> str:
    """Return all that the browser keeps for this tab and for this desk."""
    text: str = page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    return text


def expect_empty(page: Page) -> None:
    page.goto("/calls/new")
    expect(page.get_by_label("What is happening now")).to_have_value("")
    expect(page.get_by_text("You began this call")).to_be_hidden()


class Keyboard:
    """Presses real keys; the browser itself counts those that went down, typed text apart."""

    def __init__(self, page: Page) -> None:
        self.page, self.down, self.typed = page, 0, 0
        page.expose_function("keyWentDown", self.count)
        page.add_init_script("addEventListener('keydown', (event) => event.isTrusted && keyWentDown(), true)")

    def count(self) -> None:
        self.down += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += len(text)

    @property
    def presses(self) -> int:
        return self.down - self.typed


def test_a_call_with_its_grade_overruled_takes_25_keys_besides_the_text(page: Page, desk: Desk) -> None:
    keys = Keyboard(page)
    page.goto("/board")
    keys.press("n")
    expect(page.get_by_label("Telephone number")).to_be_focused()
    keys.type("020 7946 0123")
    keys.press("Tab")
    keys.type("Jo Example")
    keys.press("Tab")
    keys.type("1 Example Road")
    keys.press("Tab")
    keys.type("Men by keys")
    keys.press("Tab", "Space", "Tab", "p", "Tab")  # the trader is there; part paid
    keys.type("400")
    keys.press("Tab", "Space", "Tab", "Space", "Tab", "Space")  # vulnerable, a threat, work going on
    keys.press("Tab", "d", "Tab", "p", "Tab")  # doorstep crime; prompt
    expect(page.get_by_text("Proposed grade: immediate. You chose prompt: say why.")).to_be_visible()
    keys.type("He has left")
    keys.press("Control+Enter")
    expect_saved(page, desk, "Men by keys")
    expect(page.locator("main")).to_contain_text("Graded prompt")
    page.get_by_role("link", name="C2").first.click()
    for kept in ("Jo Example", "1 Example Road", "Part paid, £400"):
        expect(page.locator("main")).to_contain_text(kept)
    assert 15 < keys.presses <= MOST_KEYS, keys.presses


def test_an_immediate_call_without_a_way_there_is_asked_once_and_saved_by_the_same_keys(page: Page, desk: Desk) -> None:
    page.goto("/calls/new")
    page.get_by_label("What is happening now").fill("Men nowhere")
    page.get_by_label("Somebody is threatened").check()
    page.get_by_label("What it is", exact=True).select_option("doorstep_crime")
    save(page)
    expect(page.get_by_role("button", name="Save it without")).to_be_visible()
    expect(page.get_by_label("What is happening now")).to_have_value("Men nowhere")
    assert desk.count_calls("Men nowhere") == 0
    save(page)
    expect_saved(page, desk, "Men nowhere")
    expect_empty(page)


def test_a_call_is_logged_without_scripts_and_every_prompt_can_be_read(chromium: Browser, desk: Desk) -> None:
    context = chromium.new_context(base_url=desk.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, OFFICERS[0])
    page.goto("/board")
    page.get_by_role("link", name="Log a call").click()
    for prompt in ("Banking Protocol", "999 first", "do not confront", "from the gutter to the roof", "safe to call"):
        expect(page.locator("aside")).to_contain_text(prompt)
    page.get_by_label("What is happening now").fill("Men without scripts")
    page.get_by_role("button", name="Save the call").first.click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    expect(page.get_by_label("What is happening now")).to_have_value("Men without scripts")
    page.get_by_label("What it is", exact=True).select_option("scam")
    page.get_by_role("button", name="Save the call").first.click()
    expect_saved(page, desk, "Men without scripts")
    context.close()


def test_prompts_show_themselves_when_they_matter(page: Page) -> None:
    page.goto("/calls/new")
    protocol = page.get_by_role("heading", name="Banking Protocol")
    expect(page.get_by_role("heading", name="Is it safe to call back?")).to_be_visible()
    expect(protocol).to_be_hidden()
    page.get_by_label("Money", exact=True).select_option("at_the_bank")
    expect(protocol).to_be_visible()
    page.get_by_label("Money", exact=True).select_option("none")
    expect(protocol).to_be_hidden()
    page.get_by_label("Who is calling").fill("The Bromley branch of a bank")
    expect(protocol).to_be_visible()
    page.get_by_label("What is happening now").fill("They cleaned the gutters, now it is the roof")
    expect(page.get_by_role("heading", name="from the gutter to the roof")).to_be_visible()


def test_a_save_without_a_network_keeps_the_page_and_the_next_one_saves_once(page: Page, desk: Desk) -> None:
    begin(page, "Men offline")
    page.context.set_offline(True)
    save(page)
    expect(page.get_by_text("the service cannot be reached")).to_be_visible()
    expect_begun(page, "Men offline")
    page.context.set_offline(False)
    save(page)
    expect_saved(page, desk, "Men offline")
    expect_empty(page)


def test_a_save_whose_answer_is_lost_counts_once(page: Page, desk: Desk) -> None:
    def lose_the_answer(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    # Before the page is drawn: a page that stands may send a request past a route that was laid just now.
    page.route("**/calls", lose_the_answer)
    begin(page, "Men unanswered")
    save(page)
    expect(page.get_by_text("the service cannot be reached")).to_be_visible()
    assert desk.count_calls("Men unanswered") == 1
    page.unroute("**/calls")
    save(page)
    expect_saved(page, desk, "Men unanswered")


def test_a_draft_outlives_a_server_that_was_stopped(page: Page, desk: Desk) -> None:
    begin(page, "Men and no server")
    key = page.locator("#call input[name=submission]").input_value()
    desk.stop()
    save(page)
    expect(page.get_by_text("the service cannot be reached")).to_be_visible()
    desk.start()
    page.goto("/board")
    page.keyboard.press("n")
    expect(page.get_by_text("You began this call and did not save it.")).to_be_visible()
    expect_begun(page, "Men and no server")
    expect(page.locator("#call input[name=submission]")).to_have_value(key)
    save(page)
    expect_saved(page, desk, "Men and no server")
    expect_empty(page)


def test_a_database_that_stays_locked_leaves_the_page_and_says_so(page: Page, desk: Desk) -> None:
    begin(page, "Men and a lock")
    with desk.database() as other:
        other.execute("BEGIN IMMEDIATE")
        save(page)
        expect(page.get_by_text("the service cannot be reached")).to_be_visible(timeout=25_000)
        expect_begun(page, "Men and a lock")
        other.execute("ROLLBACK")
    save(page)
    expect_saved(page, desk, "Men and a lock")


def test_a_draft_is_discarded_with_one_button(page: Page) -> None:
    begin(page, "Men discarded")
    first = page.locator("#call input[name=opened]").input_value()
    page.goto("/board")
    page.goto("/calls/new")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("What is happening now")).to_have_value("")
    expect(page.locator("#call input[name=opened]")).not_to_have_value(first)
    expect_empty(page)


def test_a_draft_is_gone_after_signing_out_and_never_another_officers(page: Page) -> None:
    begin(page, "Men of Dee")
    assert "Men of Dee" in kept(page)
    page.get_by_role("button", name="Sign out").click()
    assert "Men of Dee" not in kept(page)
    sign_in(page, OFFICERS[0])
    begin(page, "Men of Dee again")
    page.context.clear_cookies()
    sign_in(page, OFFICERS[1])
    expect_empty(page)
    assert "Men of Dee" not in kept(page)


def test_a_draft_of_yesterday_is_not_brought_back(page: Page) -> None:
    begin(page, "Men of yesterday")
    page.evaluate(
        """() => {
          const name = Object.keys(sessionStorage).find((each) => each.startsWith("tsalert-draft:"));
          const draft = JSON.parse(sessionStorage.getItem(name));
          sessionStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() - 12 * 3600 * 1000 - 1 }));
        }"""
    )
    expect_empty(page)


def test_an_officer_whose_session_ended_is_told_and_finds_the_text_again(page: Page, desk: Desk) -> None:
    begin(page, "Men and no session")
    page.context.clear_cookies()
    save(page)
    expect(page.get_by_text("you are no longer signed in")).to_be_visible()
    expect_begun(page, "Men and no session")
    sign_in(page, OFFICERS[0])
    page.goto("/calls/new")
    expect_begun(page, "Men and no session")
    save(page)
    expect_saved(page, desk, "Men and no session")


def test_an_officer_whose_session_ended_signs_in_in_another_tab_and_sends_the_same_form(page: Page, desk: Desk) -> None:
    begin(page, "Men and another tab")
    page.context.clear_cookies()
    save(page)
    with page.expect_popup() as opening:
        page.get_by_role("link", name="Sign in again in a new tab").click()
    sign_in(opening.value, OFFICERS[0])
    opening.value.close()
    save(page)
    expect(page.get_by_text("You have signed in again since you opened this page.")).to_be_visible()
    expect_begun(page, "Men and another tab")
    save(page)
    expect_saved(page, desk, "Men and another tab")


def test_the_shortcut_is_the_officers_own_and_works_nowhere_in_fields(page: Page) -> None:
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("Press N on any page")
    page.get_by_label("Key that logs a call").focus()
    page.keyboard.press("n")
    expect(page.get_by_label("Key that logs a call")).to_have_value("nn")
    page.get_by_role("button", name="Save the key").click()
    expect(page.get_by_text("Give one letter or digit").first).to_be_visible()
    page.get_by_label("Key that logs a call").fill("j")
    page.get_by_role("button", name="Save the key").click()
    expect(page.locator("main")).to_contain_text("Press J on any page")
    page.goto("/board")
    page.keyboard.press("n")
    page.keyboard.press("Control+j")
    expect(page.get_by_role("heading", name="Live board")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Log a call")).to_be_visible()
    page.goto("/account")
    page.get_by_label("Key that logs a call").fill("")
    page.get_by_role("button", name="Save the key").click()
    expect(page.locator("main")).to_contain_text("No key logs a call")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_label("Key that logs a call").fill("n")
    page.get_by_role("button", name="Save the key").click()
    expect(page.locator("main")).to_contain_text("Press N on any page")
