"""A served demonstration and a real browser."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import arguments, find_chromium
from tests.demonstration import PASSWORD, ROOT, demo_environment
from tests.sharing import alone

PATIENCE = 60
PATIENCE_TO_START = 300  # the program is read in from scratch, while other tests keep the machine busy
expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker("browser")


# Of the package, not of the session: a server works out figures for as long as it runs, whoever else is at work.
@pytest.fixture(scope="package")
def chromium(shared_folder: Path) -> Iterator[Browser]:
    with alone(shared_folder / "chromium"):  # one installs it, where it is not there yet
        path = find_chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=arguments())
        yield started
        started.close()


@pytest.fixture(scope="package")
def site_environment(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of the demonstration that is served."""
    folder = copytree(demonstration, tmp_path_factory.mktemp("site") / "demonstration")
    return demo_environment(folder, free_port())


@pytest.fixture(scope="package")
def site(site_environment: dict[str, str]) -> Iterator[str]:
    """The demonstration, served by gunicorn with a worker beside it, as ``make run`` does."""
    environment, url = site_environment, site_environment["TSALERT_PUBLIC_URL"]
    web = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", url.removeprefix("http://")]
    worker = [sys.executable, "-m", "tsalert.worker"]
    with running(web, environment) as served, running(worker, environment):
        wait_until_served(f"{url}/sign-in", served)
        yield url


@pytest.fixture(scope="package")
def kept(site: str) -> dict[str, Any]:
    """What a file of tests keeps by a name of its own for as long as the site is served, whatever runs in between."""
    return {}


@pytest.fixture
def window(chromium: Browser, site: str) -> Iterator[Page]:
    """A window on a desk's screen."""
    with opened(chromium, site) as page:
        yield page


@pytest.fixture
def desk(chromium: Browser, site: str) -> Iterator[Page]:
    """A manager's window, which reads the outbox too."""
    with opened(chromium, site) as page:
        sign_in(page, "manager@example.org")
        yield page


@contextmanager
def opened_plain(chromium: Browser, site: str) -> Iterator[Page]:
    """Open a telephone's window that runs no scripts."""
    context = chromium.new_context(base_url=site, viewport={"width": 320, "height": 700}, java_script_enabled=False)
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


@contextmanager
def opened(chromium: Browser, site: str, *, width: int = 1280) -> Iterator[Page]:
    """Open a window of a reader's own; scripts that fail or break the page's policy fail the test."""
    context = chromium.new_context(base_url=site, viewport={"width": width, "height": 900})
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert faults == []


def sign_in(page: Page, email: str = "officer@example.org") -> None:
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait for the first page; a server that has ended is not waited for."""
    deadline = time.monotonic() + PATIENCE_TO_START
    while True:
        try:
            with urlopen(url):
                return
        except (URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)  # a server that starts has no event to wait for
