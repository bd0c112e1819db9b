"""What every command promises: what somebody gave it that is not good comes back in words they can act on."""

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from flask import Flask
from sqlalchemy import text

from tsalert.db import db

Run = Callable[..., CompletedProcess[str]]

# With what else each needs to begin.
READ_CSV = (
    ("activities", "import"),
    ("cases", "helpline"),
    ("places", "import", "--edition", "2026-08"),
    ("places", "import-names"),
    ("places", "wards"),
    ("subscribers", "import"),
)


@pytest.mark.any_database
def test_a_workbook_or_another_encoding_is_refused_with_how_to_save_it(run_command: Run, tmp_path: Path) -> None:
    workbook, wide = tmp_path / "workbook.csv", tmp_path / "wide.csv"
    workbook.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\n")
    wide.write_bytes("code,name\n".encode("utf-16"))
    for command in READ_CSV:
        for file in (workbook, wide):
            told = run_command(*command, str(file))
            assert (told.returncode, "choose Save As" in told.stderr) == (1, True), (command, file.name, told.stderr)


@pytest.mark.any_database
def test_what_no_command_can_use_is_refused_in_plain_words(run_command: Run, tmp_path: Path) -> None:
    rows, wide, listed = tmp_path / "rows.csv", tmp_path / "wide.json", tmp_path / "list.json"
    rows.write_text("code,name\n", encoding="utf-8")
    wide.write_bytes("{}".encode("utf-16"))
    listed.write_text("[]", encoding="utf-8")
    by_whom = ("--as", "kim@example.org", "--reason", "Nobody else is here tonight")
    for command, told in (
        (("places", "import", "--edition", "2026-99", str(rows)), "Give the month of the edition, like"),
        (("audit", "verify", "--published", "0", "abc"), "The trail that is kept begins at entry 1."),
        (("audit", "verify", "--published", "-1", "abc"), "The trail that is kept begins at entry 1."),
        (("demo", "load", "--figures", str(listed)), "no file of published figures. Send named values, as one JSON"),
        (("demo", "load", "--figures", str(wide)), "read from a file is not text in UTF-8"),
        (("alerts", "send", str(wide), *by_whom), "The file is not JSON in UTF-8."),
    ):
        refused = run_command(*command)
        assert (refused.returncode, told in refused.stderr) == (1, True), (command, refused.stderr)


@pytest.mark.any_database
def test_nothing_is_given_to_an_account_that_has_ended_before_it_is_active_again(run_command: Run) -> None:
    for email, role in (("kim@example.org", "manager"), ("lee@example.org", "duty_officer")):
        made = ("staff", "create", email, "--role", role, "--name", "Pat Example", "--password-stdin")
        assert run_command(*made, stdin="correct horse battery staple\n").returncode == 0
    assert run_command("staff", "end", "lee@example.org").returncode == 0
    for command in (("token",), ("set-password", "--password-stdin"), ("password-link",)):
        refused = run_command("staff", *command, "lee@example.org", stdin="another long pass phrase\n")
        assert (refused.returncode, "is inactive" in refused.stderr) == (1, True), (command, refused.stderr)
    assert "once they have a password" in run_command("staff", "activate", "lee@example.org").stdout
    assert run_command("staff", "token", "lee@example.org").returncode == 0


def test_a_database_without_tables_is_told_in_words(fresh_app: Flask, run_command: Run) -> None:
    with fresh_app.app_context():
        db.session.execute(text("ALTER TABLE officer RENAME TO gone"))
        db.session.commit()
    told = run_command("staff", "list")
    assert (told.returncode, told.stderr.count("\n")) == (1, 1), told.stderr
    assert "officer" in told.stderr
    assert "flask --app wsgi check" in told.stderr


def test_every_test_asks_commands_of_the_program_that_runs_them() -> None:
    asking = re.compile(r"test_cli_runner|CliRunner|from tsalert\.[\w.]*cli import (group|command)")
    tests = Path(__file__).parent
    found = {str(each.relative_to(tests)) for each in tests.rglob("*.py") if asking.search(each.read_text("utf-8"))}
    assert found == {"conftest.py", "test_commands.py"}, "commands run without pages: see the fixtures of conftest.py"
