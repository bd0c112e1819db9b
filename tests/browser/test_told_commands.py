"""What the documents say to type does what they show: their ``console`` blocks, run beside the demonstration."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.guides.blocks import GUIDES, ROOT, Step, steps

DOCUMENTS = (ROOT / "README.md", GUIDES / "quick-start.md", GUIDES / "administrator.md", GUIDES / "integrator.md")
THEIR_ADDRESS, THEIR_BACKUPS = "http://127.0.0.1:8000", "/backups"
NEEDED = ("wsgi.py", "tsalert", "templates", "migrations")
_MARK = "\x1e"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_what_a_document_says_to_type_does_what_it_shows(
    path: Path, site: str, site_environment: dict[str, str], tmp_path: Path
) -> None:
    typed = list(steps(path))
    assert typed, "no console block"
    for name in NEEDED:
        (tmp_path / name).symlink_to(ROOT / name)
    for step, (output, status) in zip(typed, run(typed, site, site_environment, tmp_path), strict=True):
        assert status == 0, f"{step.command}\n{output}"
        assert step.is_answered_by(output), f"{step.command}\n{output}"


def run(typed: Sequence[Step], site: str, environment: dict[str, str], folder: Path) -> list[tuple[str, int]]:
    """Run commands in one shell, as a reader does; returns what each printed, and its status."""
    said = f"printf '{_MARK}%s{_MARK}' $?"
    script = "\n".join(["exec 2>&1", *(f"{step.command}\n{said}" for step in typed)])
    backups = folder / "kept"
    backups.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    done = subprocess.run(
        ["bash", "-c", script.replace(THEIR_ADDRESS, site).replace(THEIR_BACKUPS, str(backups))],
        cwd=folder,
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    parts = done.stdout.replace(site, THEIR_ADDRESS).replace(str(backups), THEIR_BACKUPS).split(_MARK)
    return [(output, int(status)) for output, status in zip(parts[::2], parts[1::2], strict=False)]
