"""The import as a command."""

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.subscribers.conftest import letters
from tsalert.subscribers.rows import HEADER

PAT = "Pat Example,pat@example.org,,BR1 3UH,,resident,,all,immediate,paper form,2024-05-01"


@pytest.fixture
def drama_numbers() -> None:
    """Leave the shared database alone: a command of its own process has one of its own."""


@pytest.fixture
def run(command: Callable[..., Result]) -> Callable[..., Result]:
    """Run the command in this process."""
    return partial(command, "subscribers", "import")


def write(folder: Path, content: bytes) -> str:
    path = folder / "people.csv"
    path.write_bytes(content)
    return str(path)


def test_good_rows_are_kept_bad_ones_told_and_the_status_says_so(
    run_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    rows = [HEADER.encode(), PAT.encode(), b"Jos\xe9,jose@example.org,,,,,,,,,", b"Nobody,,,,,,,,,,", b"", b",,,,"]
    path = write(tmp_path, b"\xef\xbb\xbf" + b"\r\n".join(rows))
    done = run_command("subscribers", "import", path)
    assert done.returncode == 1
    assert "1 added, 0 updated, 2 bad." in done.stdout
    assert done.stderr.splitlines() == [
        "line 3: name: This is not UTF-8 text: save the file as CSV UTF-8.",
        "line 4: There is no address: give an email address or a telephone number.",
    ]


def test_a_good_file_ends_well_without_a_bar_where_nobody_looks(
    run: Callable[..., Result], session: Session, tmp_path: Path
) -> None:
    path = write(tmp_path, f"{HEADER}\n{PAT}\nSam,sam@example.org,,,,,,,,,\n".encode())
    first = run(path)
    assert (first.exit_code, first.stderr) == (0, "")
    assert "2 added" in first.stdout
    assert "use --confirm to ask them" in first.stdout
    second = run(path, "--confirm")
    assert "0 added, 2 updated" in second.stdout
    assert "1 was asked to confirm" in second.stdout
    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="an-empty-file"),
        pytest.param(b"name;email\n", id="semicolons"),
    ],
)
def test_a_wrong_header_is_answered_with_the_one_expected(
    run: Callable[..., Result], tmp_path: Path, content: bytes
) -> None:
    done = run(write(tmp_path, content))
    assert done.exit_code == 1
    assert HEADER in done.stderr


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{HEADER}\n{PAT}\n".encode("utf-16"), id="utf-16"),
        pytest.param(bytes(range(256)), id="no-text-at-all"),
    ],
)
def test_what_is_no_text_is_answered_with_how_to_save_it(
    run: Callable[..., Result], tmp_path: Path, content: bytes
) -> None:
    done = run(write(tmp_path, content))
    assert done.exit_code == 1
    assert "choose Save As" in done.stderr


def test_a_file_that_is_not_there_is_told(run: Callable[..., Result], tmp_path: Path) -> None:
    done = run(str(tmp_path / "nothing.csv"))
    assert (done.exit_code, "does not exist" in done.stderr) == (2, True)


def test_an_import_under_another_address_key_is_refused(
    console: Flask, run: Callable[..., Result], session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write(tmp_path, f"{HEADER}\n{PAT}\n".encode())
    assert run(path).exit_code == 0
    other = replace(console.extensions["tsalert_settings"], address_key="b" * 40)
    monkeypatch.setitem(console.extensions, "tsalert_settings", other)
    done = run(path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "TSALERT_ADDRESS_KEY is not the key this database was made with" in done.stderr
