"""What stands in memory once the program has started."""

import subprocess
import sys

from flask import Flask

from tests.conftest import command_environment
from tsalert.config import Settings

# Large, and asked for by few processes; together they took more than twenty megabytes of each.
SELDOM_USED = ("docx", "holidays", "icalendar", "jellyfish", "lxml", "rapidfuzz", "typst", "xlsxwriter")
TOLD = "import sys, wsgi; print(*sys.modules)"


def loaded_by(app: Flask) -> set[str]:
    command = [sys.executable, "-c", TOLD]
    run = subprocess.run(command, env=command_environment(app), capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_what_few_processes_need_is_read_in_by_those_alone(app: Flask) -> None:
    settings: Settings = app.extensions["tsalert_settings"]
    driver = {"psycopg"} if settings.database_url.startswith("sqlite") else set()
    assert loaded_by(app) & {*SELDOM_USED, *driver} == set()
