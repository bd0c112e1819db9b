"""A duty desk of its own: a served installation with two officers, whose server a test may stop and start."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from flask import Flask
from msgspec import Struct, field

from tests.browser.conftest import PATIENCE, free_port, wait_until_served
from tests.conftest import ask, make_console
from tests.demonstration import PASSWORD, ROOT, demo_environment
from tsalert.config import load_settings

OFFICERS = ("dee@example.org", "sam@example.org")


class Desk(Struct, dict=True):
    """One installation on SQLite."""

    folder: Path
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return demo_environment(self.folder, self.port)

    def lay(self, migrated: Path) -> None:
        """Make the database, a copy of one with all tables, and the officers."""
        shutil.copyfile(migrated, self.folder / "tsalert.db")
        for email in OFFICERS:
            self.create(email, "duty_officer", "manager")

    def create(self, email: str, *roles: str, password: str = PASSWORD) -> str:
        """Make an officer, and return what was said: without a password, the link that sets one."""
        name = f"{email.partition('@')[0].title()} Example"
        held = [word for role in roles for word in ("--role", role)]
        told = ["--password-stdin"] if password else []
        return self._command("staff", "create", email, "--name", name, *held, *told, stdin=password).strip()

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{self.port}"]
        self.server = subprocess.Popen(command, env=self.environment, cwd=ROOT)
        wait_until_served(f"{self.url}/sign-in", self.server)

    def stop(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.wait(PATIENCE)
            self.server = None

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """Open the database from outside."""
        connection = sqlite3.connect(self.folder / "tsalert.db", isolation_level=None, timeout=30)
        try:
            yield connection
        finally:
            connection.close()

    def count_calls(self, happening: str) -> int:
        with self.database() as connection:
            found: int = connection.execute("SELECT count(*) FROM call WHERE happening = ?", (happening,)).fetchone()[0]
            return found

    @cached_property
    def _program(self) -> Flask:
        return make_console(load_settings(self.environment))

    def _command(self, *arguments: str, stdin: str = "") -> str:
        """Run a command beside the server, in this process, and return what it said."""
        ran = ask(self._program, *arguments, stdin=stdin)
        assert ran.exit_code == 0, ran.output
        return ran.stdout
