"""Loading wards from the command line."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tsalert.db import db
from tsalert.places import queries

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_wards_are_loaded_and_renamed(fresh_app: Flask, run_command: Run, tmp_path: Path) -> None:
    file = tmp_path / "wards.csv"
    file.write_bytes(b"\xef\xbb\xbfcode,name\r\nE05000001,Example Park\r\nE05000002,Old Name\r\n")
    assert run_command("places", "wards", str(file)).stdout == "2 wards loaded.\n"
    file.write_text("code,name\nE05000002,New Name\nbad,line\n", encoding="utf-8")
    second = run_command("places", "wards", str(file))
    assert (second.returncode, second.stdout) == (1, "1 ward loaded.\n")
    assert second.stderr.startswith("line 3:")
    with fresh_app.app_context():
        assert queries.ward_options(db.session()) == [("E05000001", "Example Park"), ("E05000002", "New Name")]
        db.session.remove()


@pytest.mark.parametrize("content", [b"", b"name,code\nx,y\n", b"code,name\nE05000001,\xff\xfe\n", b"\x00\x01\x02"])
def test_a_file_that_is_no_list_of_wards_is_refused(run_command: Run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "wards.csv"
    file.write_bytes(content)
    answer = run_command("places", "wards", str(file))
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
