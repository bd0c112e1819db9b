"""The folder of files: what is kept of it, and how it changes places whole."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tsalert.core.errors import RuleViolation
from tsalert.safekeeping.folders import Exchange, kept_files


class Killed(BaseException):
    """Stands for the death of the process."""


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def arrive(exchange: Exchange, name: str, *, mode: int = 0o400) -> None:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.mtime = mode, 1_000_000
    exchange.take(name, entry, io.BytesIO(b"of before"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("evidence/ab/one", "recordings/cd/two.wav"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"of now")
    return tmp_path


@pytest.mark.parametrize("steps", range(5))
def test_an_exchange_that_is_killed_between_any_two_renames_is_undone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    before = content(folder)
    exchange = Exchange(folder, "first")
    exchange.begin()
    for name in ("evidence/ab/one", "evidence/ef/three", "letters/four"):
        arrive(exchange, name)
    monkeypatch.setattr(Path, "rename", dying_after(steps))
    try:
        exchange.swap()
    except Killed:
        assert steps < 4
    monkeypatch.undo()
    Exchange(folder, "first").undo()
    assert content(folder) == before


def dying_after(steps: int) -> Callable[..., Any]:
    rename, left = Path.rename, [steps]

    def dying(path: Path, target: Path) -> Path:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return rename(path, target)

    return dying


def test_what_takes_the_place_keeps_its_mode_and_its_time(folder: Path) -> None:
    exchange = Exchange(folder, "first")
    exchange.begin()
    arrive(exchange, "evidence/ef/three")
    exchange.swap()
    exchange.finish()
    assert content(folder) == {"evidence/ef/three": b"of before"}
    kept = (folder / "evidence/ef/three").stat()
    assert (kept.st_mode & 0o777, kept.st_mtime) == (0o400, 1_000_000)


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "evidence/../../outside", ".restore/first/plan.json", ""]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(folder: Path, name: str) -> None:
    exchange = Exchange(folder, "first")
    exchange.begin()
    with pytest.raises(RuleViolation, match="leads out"):
        arrive(exchange, name)


def test_uploads_that_still_come_in_are_left_out(folder: Path) -> None:
    (folder / "evidence/ab/half.part").write_bytes(b"ha")
    (folder / "evidence/ab/whole.part").write_bytes(b"whole")
    (folder / "evidence/ab/whole.part").chmod(0o400)
    (folder / ".probe-1").write_bytes(b"tsalert")
    (folder / "evidence/link").symlink_to("/etc/hostname")
    names = [name for name, _ in kept_files(folder)]
    assert names == ["evidence/ab/one", "evidence/ab/whole.part", "recordings/cd/two.wav"]
