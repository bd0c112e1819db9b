"""Signing in on an installation where managers need a second step, with a device that keeps passkeys; and the cover."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults_of
from tests.browser.conftest import opened, opened_plain
from tests.browser.desk import OFFICERS, Desk
from tests.demonstration import PASSWORD, SECRET_KEY


class NamedDesk(Desk):
    """A desk at an address with a name, since browsers keep passkeys for no other; managers need a second step."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        asked = {"TSALERT_PUBLIC_URL": self.url, "TSALERT_SECOND_STEP_ROLES": "manager"}
        return super().environment | asked


@pytest.fixture(scope="module")
def desk(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = NamedDesk(tmp_path_factory.mktemp("desk"))
    made.lay(migrated)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Page]:
    """A window with a device that keeps passkeys, and whose holder always says yes."""
    with opened(chromium, desk.url) as window:
        device = window.context.new_cdp_session(window)
        device.send("WebAuthn.enable")
        kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        holder = {"isUserVerified": True, "automaticPresenceSimulation": True}
        device.send("WebAuthn.addVirtualAuthenticator", {"options": kind | holder})
        yield window


def give_password(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def is_good(page: Page) -> None:
    """Look at a page on a desk's screen and on the narrowest one."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("html")).to_have_js_property("scrollWidth", width)
    assert faults_of(page) == [], page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def leave_idle(page: Page) -> None:
    """Let the session say that nothing was done for twenty minutes, and bring the page back into sight."""
    app = Flask("session")
    app.secret_key = SECRET_KEY
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookie = next(each for each in page.context.cookies() if each["name"] == "session")
    held = signer.loads(cookie["value"])
    held["acted_at"] -= 20 * 60
    page.context.add_cookies([{"name": "session", "value": signer.dumps(held), "domain": "localhost", "path": "/"}])
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_manager_sets_up_a_passkey_and_from_then_on_signs_in_with_it_alone(page: Page) -> None:
    give_password(page, OFFICERS[0])
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    page.goto("/board")
    expect(page.get_by_text("Your role needs a second step.")).to_be_visible()
    is_good(page)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("Desk computer")
    is_good(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    is_good(page)
    codes = page.locator(".ts-codes code").all_inner_texts()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download them").click()
    assert re.findall(r"\S+-\S+-\S+-\S+", downloading.value.path().read_text()) == codes
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Desk computer")).to_be_visible()
    is_good(page)

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Live board")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    give_password(page, OFFICERS[0])
    expect(page.get_by_role("heading", name="Your second step")).to_be_visible()
    is_good(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Live board")).to_be_visible()

    page.goto("/calls/new")
    page.get_by_label("What is happening").first.fill("Two men at the door")
    leave_idle(page)
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_visible()
    is_good(page)
    page.get_by_role("button", name="Unlock with a passkey").click()
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_hidden()
    expect(page.get_by_label("What is happening").first).to_have_value("Two men at the door")


def test_a_covered_desk_shows_its_board_and_gives_back_what_was_typed(page: Page, desk: Desk) -> None:
    desk.create("dan@example.org", "duty_officer")
    give_password(page, "dan@example.org")
    page.goto("/calls/new")
    what = page.get_by_label("What is happening").first
    what.fill("Two men at the door")
    leave_idle(page)
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_visible()
    expect(page).to_have_title("Locked")
    expect(page.locator(".ts-cover #board-lines")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_visible()
    page.get_by_label("Password of Dan Example").fill("a guess")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("That is not your password.")).to_be_visible()
    is_good(page)
    page.get_by_label("Password of Dan Example").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_hidden()
    expect(what).to_have_value("Two men at the door")
    expect(what).to_be_focused()


def test_what_one_officer_left_open_is_not_uncovered_for_the_next(page: Page, desk: Desk) -> None:
    """The second signs in beside it, in another tab of the same browser."""
    for email in ("eve@example.org", "flo@example.org"):
        desk.create(email, "duty_officer")
    give_password(page, "eve@example.org")
    page.goto("/calls/new")
    page.get_by_label("What is happening").first.fill("Two men at the door")
    leave_idle(page)
    expect(page.get_by_role("heading", name="This desk is locked")).to_be_visible()
    beside = page.context.new_page()
    beside.goto("/board")
    beside.get_by_role("button", name="Sign Eve Example out").click()
    give_password(beside, "flo@example.org")
    expect(beside.get_by_role("link", name="Flo Example")).to_be_visible()
    beside.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("link", name="Flo Example")).to_be_visible()
    expect(page.get_by_label("What is happening").first).to_have_value("")
    kept = page.evaluate("Object.keys(sessionStorage)")
    assert [name for name in kept if name.startswith("tsalert-draft")] == []


def test_a_new_officer_sets_a_password_by_a_link_without_a_script(chromium: Browser, desk: Desk) -> None:
    link = desk.create("new@example.org", "duty_officer", password="")
    with opened_plain(chromium, desk.url) as page:
        page.goto(link)
        page.get_by_label("A new password").fill("bromley bromley")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_text("This is based on your name").first).to_be_visible()
        page.get_by_label("A new password").fill("purple otter lamp")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_text("Your password is set.")).to_be_visible()
