"""Finding a browser, and installing one where that is possible."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


def find_chromium() -> str:
    """Return the path of a browser; without one the tests are skipped, or fail where one is required."""
    found = _installed() or _install()
    if found:
        return found
    message = "NO BROWSER: the journeys were not tested. Install Chromium and run again."
    if os.environ.get("TSALERT_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


def arguments() -> list[str]:
    """Return the switches of a quiet browser; root may not use Chromium's own sandbox."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _installed() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named and Path(named).exists():
        return named
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _install() -> str | None:
    """Try the system's packages, where we may install some."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    return _installed()
