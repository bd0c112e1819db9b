"""What stands in memory once the program has started, and what its processes share."""

import subprocess
import sys
from threading import active_count

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import command_environment
from tsalert import tables
from tsalert.config import Settings
from tsalert.db import Base, db
from tsalert.foundation import found
from tsalert.serving import make_ready

# Large, and asked for by few processes; together they took more than thirty megabytes of each.
SELDOM_USED = ("alembic", "docx", "holidays", "icalendar", "jellyfish", "lxml", "rapidfuzz", "typst", "xlsxwriter")
# What answers a request, and would take forty megabytes of a worker, which answers none.
DOORS = ("tsalert.app", "tsalert.doors", "flask_smorest", "govuk_frontend_jinja")
# What a job reads in when something is due: together seven megabytes of a worker, for which few such days come.
SELDOM_DUE = (
    "marshmallow",
    "tsalert.quarterly.sources",
    "tsalert.quarterly.timetable.letters",
    "tsalert.retention.erasing",
)
COMMANDS = ("tsalert.console", "tsalert.demo", "tsalert.safekeeping", "tsalert.watching.checks", "tqdm")


def loaded_by(app: Flask, program: str) -> set[str]:
    return set(run_in_python(app, f"import sys; {program}; print(); print(*sys.modules)").splitlines()[-1].split())


def run_in_python(app: Flask, program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=command_environment(app), stdout=subprocess.PIPE, text=True, check=True).stdout


def test_what_few_processes_need_is_read_in_by_those_alone(app: Flask) -> None:
    settings: Settings = app.extensions["tsalert_settings"]
    driver = {"psycopg"} if settings.database_url.startswith("sqlite") else set()
    assert loaded_by(app, "import wsgi") & {*SELDOM_USED, *COMMANDS, *driver} == set()


@pytest.mark.any_database
def test_a_worker_has_no_pages(app: Flask) -> None:
    loaded = loaded_by(app, "import tsalert.worker")
    assert loaded & {*SELDOM_USED, *SELDOM_DUE, *DOORS} == set()
    # What pages keep in their process is not there either, so nothing may be read through one.
    assert not [name for name in loaded if name.startswith("tsalert.") and name.endswith("views")]


@pytest.mark.any_database
def test_a_command_has_no_pages_and_nothing_of_other_commands(app: Flask) -> None:
    audit = "from flask.cli import cli; cli(['--app', 'wsgi', 'audit', 'verify'], standalone_mode=False)"
    loaded = loaded_by(app, audit)
    assert loaded & {*DOORS, "tsalert.demo", "tsalert.safekeeping", "tsalert.alerts.cli"} == set()
    assert "tsalert.audit.cli" in loaded


# What the program calls fails in a thread of its own, and then in the one that began.
FAILS = """
import threading
import wsgi
def fail():
    raise ValueError("Wilhelmina Quagga of 17 Zanzibar Mews")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


@pytest.mark.any_database
def test_a_process_that_ends_by_a_fault_tells_where_it_was_and_not_what_it_was_about(app: Flask) -> None:
    command = [sys.executable, "-c", FAILS]
    ended = subprocess.run(command, env=command_environment(app), capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr.count("ended by a fault that nobody caught") == 2, ended.stderr
    assert ended.stderr.count("in fail") == 2
    assert "Quagga" not in ended.stderr


# As a command or the worker writes: of pages, which read in much of the program, nothing is there.
WRITES = """
from sqlalchemy import select
from tsalert.config import load_settings
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.foundation import found
from tsalert.fulltext.models import Document
from tsalert.response.models import BoardStamp
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.service import log_call
from tsalert.response.vocabulary import Category, Disposition

with found(load_settings()).app_context():
    before = db.session.scalar(select(BoardStamp.stamp))
    officer = Actor(None, "A command", frozenset(Permission), Via.COMMAND)
    incident = NewIncident(Category.DOORSTEP_CRIME, "roofing")
    told = NewCall(disposition=Disposition.NEW_INCIDENT, happening="Zanzibar slate", incident=incident)
    log_call(told, actor=officer, now=utc_now())
    is_found = any("zanzibar" in words for words in db.session.scalars(select(Document.words)))
    is_shown = db.session.scalar(select(BoardStamp.stamp)) != before
    print("found" if is_found else "lost", "shown" if is_shown else "stale")
"""


@pytest.mark.any_database
def test_what_a_process_without_pages_writes_is_found_and_shown(fresh_app: Flask) -> None:
    assert run_in_python(fresh_app, WRITES) == "found shown\n"


@pytest.mark.any_database
def test_programs_made_in_one_process_watch_its_sessions_once(app: Flask) -> None:
    listening = [*Session().dispatch.after_flush], [*Session().dispatch.before_commit]
    with found(app.extensions["tsalert_settings"]).app_context():
        db.engine.dispose()
    assert ([*Session().dispatch.after_flush], [*Session().dispatch.before_commit]) == listening


def test_a_process_that_reads_in_a_part_knows_every_table() -> None:
    kept_by = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert kept_by - {module.__name__ for module in tables.MODULES} == {"tsalert.db"}


@pytest.mark.any_database
def test_a_worker_knows_every_table_that_the_register_of_people_names(app: Flask) -> None:
    comparing = "from tsalert.retention.held.register import faults; print([*faults(Base.metadata)])"
    assert run_in_python(app, f"import tsalert.worker; from tsalert.db import Base; {comparing}") == "[]\n"


def test_what_processes_are_copied_from_has_no_connection_and_no_thread(fresh_app: Flask) -> None:
    threads = active_count()
    make_ready(fresh_app)
    assert active_count() == threads
    with fresh_app.app_context():
        assert db.engine.pool.status().startswith("Pool size: 5  Connections in pool: 0")


@pytest.mark.any_database
@pytest.mark.parametrize(
    "start",
    [
        pytest.param("import wsgi", id="pages"),
        pytest.param("from tsalert import worker; worker._start()", id="worker"),
    ],
)
def test_nobody_waits_while_the_whole_program_is_searched_for_garbage(app: Flask, start: str) -> None:
    counting = f"import gc; {start}; print(len(gc.get_objects()), gc.get_freeze_count())"
    searched, left_alone = map(int, run_in_python(app, counting).split())
    assert searched < left_alone / 10
