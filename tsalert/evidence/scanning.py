"""Asking the installation's virus scanner about a file; where it gives no clear answer, the file is not taken."""

import logging
import subprocess
from pathlib import Path

from flask import current_app

from tsalert.config import Settings
from tsalert.core.errors import Unavailable

_LONGEST = 600  # seconds; a scan of the largest file on a slow disk
_CLEAN, _INFECTED = 0, 1
_log = logging.getLogger(__name__)


def is_infected(path: Path) -> bool:
    """Tell what the scanner says of a file; without a scanner nothing is infected.

    :raises Unavailable: the scanner cannot be run, is too slow, or does not know.
    """
    settings: Settings = current_app.extensions["tsalert_settings"]
    if not settings.evidence_scanner:
        return False
    status = _run([*settings.evidence_scanner, str(path)])
    if status not in {_CLEAN, _INFECTED}:
        raise Unavailable("The file could not be checked for viruses, so nothing was kept. Tell the administrator.")
    return status == _INFECTED


def _run(command: list[str]) -> int | None:
    """Return the scanner's exit status; None where it has none."""
    try:
        ended = subprocess.run(  # noqa: S603 - the administrator's own command, the path is one of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        _log.exception("the scanner of evidence could not be run")
        return None
    if ended.returncode not in {_CLEAN, _INFECTED}:
        _log.error("the scanner of evidence ended with status %s", ended.returncode)
    return ended.returncode
