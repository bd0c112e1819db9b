"""Signing in at the council's own provider, with a real browser's cookies and the page's own policy between the two."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults_of
from tests.browser.conftest import opened
from tests.browser.desk import Desk
from tests.standins import identity
from tests.standins.identity import CLIENT, SECRET, Identity


class JoinedDesk(Desk):
    """A desk whose officers have accounts with a provider."""

    issuer: str = ""

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "TSALERT_OIDC_ISSUER": self.issuer,
            "TSALERT_OIDC_CLIENT_ID": CLIENT,
            "TSALERT_OIDC_CLIENT_SECRET": SECRET,
        }


@pytest.fixture(scope="module")
def provider() -> Iterator[Identity]:
    with identity.running() as running:
        running.person |= {"email": "dee@example.org"}
        yield running


@pytest.fixture(scope="module")
def desk(provider: Identity, migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JoinedDesk]:
    desk = JoinedDesk(tmp_path_factory.mktemp("joined"), issuer=provider.url)
    desk.lay(migrated)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def window(chromium: Browser, desk: JoinedDesk) -> Iterator[Page]:
    with opened(chromium, desk.url, width=320) as page:
        yield page


def test_an_officer_goes_to_the_provider_and_back_and_out_again(window: Page, provider: Identity) -> None:
    window.goto("/account/sign-ins")
    faults(window)
    window.get_by_role("button", name="Sign in with your council account").click()
    expect(window.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    expect(window.get_by_text("Single sign-on", exact=True)).to_be_visible()
    faults(window)
    window.get_by_role("button", name="Sign out", exact=True).first.click()
    window.get_by_role("link", name="Sign out there too").click()
    window.wait_for_url(f"{provider.url}/sign-out*")


def test_a_provider_that_is_down_leaves_the_password(window: Page, provider: Identity) -> None:
    provider.is_silent = True
    window.goto("/single-sign-on")
    expect(window.get_by_role("heading", name="Single sign-on cannot be reached")).to_be_visible()
    faults(window)
    window.get_by_role("link", name="sign in with it").click()
    expect(window.get_by_role("textbox", name="Password")).to_be_visible()


def faults(page: Page) -> None:
    """Fail where the page breaks a rule of accessibility, or is wider than its window."""
    assert faults_of(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
