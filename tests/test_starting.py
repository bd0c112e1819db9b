"""What stands in memory once the program has started."""

import subprocess
import sys

from flask import Flask

from tests.conftest import command_environment
from tsalert.config import Settings

# Large, and asked for by few processes; together they took more than twenty megabytes of each.
SELDOM_USED = ("docx", "holidays", "icalendar", "jellyfish", "lxml", "rapidfuzz", "typst", "xlsxwriter")
# What answers a request, and would take forty megabytes of a worker, which answers none.
DOORS = ("tsalert.app", "tsalert.doors", "flask_smorest", "govuk_frontend_jinja")


def loaded_by(app: Flask, module: str) -> set[str]:
    return set(run_in_python(app, f"import sys, {module}; print(*sys.modules)"))


def run_in_python(app: Flask, program: str) -> list[str]:
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=command_environment(app), capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_what_few_processes_need_is_read_in_by_those_alone(app: Flask) -> None:
    settings: Settings = app.extensions["tsalert_settings"]
    driver = {"psycopg"} if settings.database_url.startswith("sqlite") else set()
    assert loaded_by(app, "wsgi") & {*SELDOM_USED, *driver} == set()


def test_a_worker_has_no_pages(app: Flask) -> None:
    assert loaded_by(app, "tsalert.worker") & {*SELDOM_USED, *DOORS} == set()


def test_a_broadcast_does_not_stand_still_while_the_whole_program_is_searched_for_garbage(app: Flask) -> None:
    counting = (
        "import gc; from tsalert import worker; worker._start(); print(len(gc.get_objects()), gc.get_freeze_count())"
    )
    searched, left_alone = map(int, run_in_python(app, counting))
    assert searched < left_alone / 10
