"""Finding a browser, and installing one where that is possible."""

import os
import shutil
import subprocess

import pytest

# Without windows to keep up, it takes 40% of what the whole browser does for the same pages.
_QUICKEST = "chromium-headless-shell"
_OTHERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def find_chromium() -> str:
    """Return the path of a browser; without one the tests are skipped, or fail where one is required."""
    found = (
        os.environ.get("CHROMIUM")
        or shutil.which(_QUICKEST)
        or _install()
        or next(filter(None, map(shutil.which, _OTHERS)), None)
    )
    if found:
        return found
    message = "NO BROWSER: the journeys were not tested. Install Chromium and run again."
    if os.environ.get("TSALERT_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


def arguments() -> list[str]:
    """Return the switches of a quiet browser; root may not use Chromium's own sandbox."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _install() -> str | None:
    """Try the system's packages, where we may install some."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", _QUICKEST]):
        subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return shutil.which(_QUICKEST)
