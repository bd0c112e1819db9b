"""Fixtures: the application on a real database, sessions that are undone, officers who are signed in."""

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from contextvars import Context
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import time_machine
import zxcvbn
from argon2 import PasswordHasher
from click.testing import Result
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, Phase
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from tests.database import copied_database, copy_database, postgresql_server
from tests.demonstration import load_demonstration
from tests.memory import write_into_memory
from tests.sharing import made_once
from tests.spare_apps import Make, standing_on
from tests.whole import create_app
from tsalert import keysets
from tsalert.config import Settings
from tsalert.console import create_console
from tsalert.core.actors import Actor, Via
from tsalert.core.clock import LONDON
from tsalert.db import db
from tsalert.demo import service as demo
from tsalert.sign_in_settings import SignInSettings
from tsalert.spending_settings import SpendingLimits
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff_service
from tsalert.staff.hashing import use_hasher
from tsalert.staff.rules import RoleName

# A slow machine makes no promise false. The same examples each time: who changes one thing must not meet by chance what
# was wrong before; new ones, and more of them, are searched for by make soak. As many as this notice what make mutation
# changes.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True, max_examples=50
)
hypothesis.settings.load_profile("patient")
hypothesis.settings.register_profile(
    "searching", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=False, max_examples=200
)
# What runs against thousands of changes to a rule (tests/mutation) tries the same few examples against each.
hypothesis.settings.register_profile(
    "mutation",
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize=True,
    max_examples=50,
    phases=(Phase.explicit, Phase.generate),
)

# Most of what making an officer takes is reckoning how hard their password is to guess, and tests have few passwords.
zxcvbn.zxcvbn = cache(zxcvbn.zxcvbn)

_DATABASE, _PAGES = {"app", "session", "fresh_app", "copied_demonstration"}, {"client", "signed_in", "bearer", "site"}
_LONGEST = ("tests/browser/test_pages.py", "tests/browser/", "tests/web/test_described.py")
PASSWORD = "correct horse battery staple"
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_configure() -> None:
    """Look for no garbage until all tests are read in: there is little, and each search takes longer than the last."""
    write_into_memory()
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what proves something of the database under test, so that ``-m db`` runs that alone.

    A page or an operation does no more than the service beneath it, which is tried on each kind of database, so its
    tests run on SQLite; those that alone reach a query say ``pytest.mark.db``. The site that a browser reads has a
    database of its own, the same whichever is under test.

    What takes longest begins first: begun last, it would leave workers without work, or each with a site of its own.
    """
    items.sort(key=_how_late)
    for item in items:
        names = set(getattr(item, "fixturenames", ()))
        stands_on_it, goes_through_a_page = _DATABASE & names, _PAGES & names
        if stands_on_it and not goes_through_a_page and not item.get_closest_marker("any_database"):
            item.add_marker("db")


def _how_late(item: pytest.Item) -> int:
    return next((place for place, long in enumerate(_LONGEST) if item.nodeid.startswith(long)), len(_LONGEST))


def pytest_collection_finish() -> None:
    """Look for garbage from now on only among what tests make, and seldom: the suite itself holds none."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Let no test leave an application behind: commands of the next would be its commands."""
    yield
    assert not has_app_context()


class IsolatedClient(FlaskClient):
    """A client whose every request has an application context, and so a session, of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        with self.application.app_context():
            try:
                return super().open(*args, **kwargs)
            finally:
                db.session.remove()


def settings(url: str, folder: Path, **changes: Any) -> Settings:
    """Return settings for a test; keys are made of one letter so that they can be searched for."""
    values: dict[str, Any] = {
        "database_url": url,
        "files": folder / "files",
        "secret_key": "s" * 40,
        "address_key": "a" * 40,
        "public_url": "http://127.0.0.1:8000",
        "authority_name": "Testshire",
        "rapid_response_number": "07700 900461",
        # Most tests are of what a signed-in officer sees, at whatever time they say it is.
        "sign_in": SignInSettings(second_step_roles=frozenset(), lock_after=timedelta(days=7)),
    }
    return Settings(**values | changes)


def hash_passwords_quickly(app: Flask) -> None:
    """Let a test make an officer in a millisecond; real hashes take a third of a second on purpose."""
    use_hasher(app, PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


def make_app(chosen: Settings) -> Flask:
    """Make the application as tests use it."""
    app = create_app(chosen)
    app.test_client_class = IsolatedClient
    app.config["WTF_CSRF_ENABLED"] = False
    return _quickened(app)


def make_console(chosen: Settings) -> Flask:
    """Make the application as its commands run it."""
    return _quickened(create_console(chosen))


def _quickened(app: Flask) -> Flask:
    hash_passwords_quickly(app)
    with app.app_context():
        db.engine.update_execution_options(compiled_cache={})  # the suite has more statements than any one process
    return app


def migrate(url: str, folder: Path) -> None:
    """Build all tables in an empty database, and let go of it."""
    app = make_app(settings(url, folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def by_day() -> Iterator[None]:
    """Let this process think that it is about the last noon: at night texts and calls wait, whenever tests are run."""
    now = datetime.now(LONDON)
    noon = now.replace(hour=12, minute=0)
    with time_machine.travel(noon if noon <= now else noon - timedelta(days=1)):
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run that all of its workers have in common (``tests.sharing``)."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def migrated(shared_folder: Path) -> Path:
    """A file of SQLite with all tables and nothing in them, of which tests take copies."""
    return made_once(shared_folder / "migrated.db", lambda file: migrate(f"sqlite:///{file}", shared_folder))


@pytest.fixture(scope="session")
def demonstration(shared_folder: Path, migrated: Path) -> Path:
    """A folder with the demonstration on SQLite, of which tests take copies."""
    return made_once(shared_folder / "demonstration", lambda folder: load_demonstration(folder, migrated))


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of a migrated database of the kind asked for, which this worker has to itself."""
    if request.config.getoption("--database") == "sqlite":
        copy = tmp_path_factory.mktemp("database") / "tsalert.db"
        yield f"sqlite:///{shutil.copyfile(request.getfixturevalue('migrated'), copy)}"
        return
    with postgresql_server(shared_folder / "postgresql") as url:

        def fill(done: Path) -> None:
            migrate(url, shared_folder)
            done.touch()

        made_once(shared_folder / "postgresql.migrated", fill)
        with copied_database(url) as own:
            yield own


@pytest.fixture(scope="session")
def copied_demonstration(
    request: pytest.FixtureRequest, shared_folder: Path, database_url: str
) -> Callable[[Path], AbstractContextManager[str]]:
    """Copy the demonstration into a new folder, on the kind of database under test; yields the URL of the copy."""
    if database_url.startswith("sqlite"):
        made: Path = request.getfixturevalue("demonstration")
    else:
        # No test is connected to the database from which each worker has its own.
        empty = make_url(database_url).set(database="tsalert").render_as_string(hide_password=False)
        load = partial(_load_on_postgresql, empty)
        made = made_once(shared_folder / "postgresql.demonstration", load)

    @contextmanager
    def copied(folder: Path) -> Iterator[str]:
        shutil.copytree(made, folder)
        if database_url.startswith("sqlite"):
            yield f"sqlite:///{folder / 'tsalert.db'}"
            return
        with copied_database((made / "url").read_text()) as url:
            yield url

    return copied


def _load_on_postgresql(empty: str, folder: Path) -> None:
    """Load the demonstration where no alert may cost more than a penny an hour, and leave its database to be copied."""
    folder.mkdir()
    url = copy_database(empty)
    limits = {"spending": SpendingLimits(Decimal("0.01")), "pence_per_segment": Decimal(100)}
    with standing_on(settings(url, folder, **limits), make_app) as loaded, loaded.app_context():
        demo.load(password=PASSWORD, now=datetime.now(UTC), tell=lambda _: None)
        db.session.remove()
    (folder / "url").write_text(url)


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database that no test changes for good."""
    app = make_app(settings(database_url, tmp_path_factory.mktemp("app")))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session whose commits are savepoints inside a transaction that is undone afterwards."""
    with app.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        monkeypatch.setitem(db.engines, None, connection)
        db.session.configure(join_transaction_mode="create_savepoint")
        yield db.session()
        db.session.remove()
        outer.rollback()
        app.extensions["tsalert_figures"].forget()  # they are of a trail that is undone


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser that has not signed in."""
    return app.test_client()


def hire(roles: Iterable[RoleName], *, name: str, now: datetime = NOW) -> str:
    """Make an officer, on duty where nothing else is said; returns the address at which they sign in."""
    email = f"{uuid4().hex}@example.org"
    chosen = list(roles) or [RoleName.DUTY_OFFICER]
    staff_service.create_officer(email, name=name, roles=chosen, password=PASSWORD, now=now)
    return email


@pytest.fixture
def officer(session: Session) -> Callable[..., Actor]:
    """Make officers: ``officer(RoleName.MANAGER)`` returns one as an actor."""

    def make(*roles: RoleName, name: str = "Pat Example", via: Via = Via.PAGE) -> Actor:
        email = hire(roles, name=name)
        return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), via)

    return make


@pytest.fixture
def signed_in(app: Flask, session: Session) -> Callable[..., FlaskClient]:
    """Make signed-in browsers: ``signed_in(RoleName.MANAGER)``."""

    def sign_in(*roles: RoleName, name: str = "Pat Example") -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"email": hire(roles, name=name), "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    return sign_in


@pytest.fixture
def bearer(session: Session) -> Callable[..., dict[str, str]]:
    """Make API headers: ``bearer(RoleName.MANAGER)`` returns the header of a fresh token."""

    def issue(*roles: RoleName) -> dict[str, str]:
        now = datetime.now(UTC)
        email = hire(roles, name="Api Example", now=now)
        return {"Authorization": f"Bearer {staff_service.issue_token(email, now=now)}"}

    return issue


@pytest.fixture
def fresh_app(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a migrated database of its own, for true concurrency and for other processes."""
    with copied_app(app, database_url, tmp_path) as fresh:
        yield fresh


@pytest.fixture
def run_command(fresh_app: Flask) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run ``flask --app wsgi …`` on the fresh application's database: without pages, with a session of its own."""
    with commands_of(fresh_app) as run:
        yield run


@contextmanager
def commands_of(app: Flask) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run commands on an application's database: without pages, with a session of its own."""
    with standing_on(app.extensions["tsalert_settings"], make_console) as console:

        def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
            ran = ask(console, *arguments, stdin=stdin)
            return subprocess.CompletedProcess(arguments, ran.exit_code, ran.stdout, ran.stderr)

        yield run


def ask(console: Flask, *arguments: str, stdin: str = "") -> Result:
    """Run a command of an application as flask does: in a context of its own, whatever the test is in."""

    def invoke() -> Result:
        with console.app_context():
            return console.test_cli_runner().invoke(args=arguments, input=stdin, catch_exceptions=False)

    return Context().run(invoke)


@pytest.fixture
def console(app: Flask, session: Session) -> Iterator[Flask]:
    """The application as its commands run it, without pages, in the transaction of the test."""
    connection = db.engine
    with standing_on(app.extensions["tsalert_settings"], make_console) as found, pytest.MonkeyPatch.context() as patch:
        with found.app_context():
            patch.setitem(db.engines, None, connection)
        yield found


@pytest.fixture
def command(console: Flask, session: Session) -> Callable[..., Result]:
    """Run ``flask --app wsgi …`` in the transaction of the test, with a session of its own."""

    def run(*arguments: str, stdin: str = "") -> Result:
        session.commit()
        return ask(console, *arguments, stdin=stdin)

    return run


@pytest.fixture
def run_process(fresh_app: Flask) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Do the same in a process of its own, which takes seconds: for what begins before a command does."""
    environment = command_environment(fresh_app)

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(command, input=stdin, env=environment, capture_output=True, text=True, check=False)

    return run


def command_environment(app: Flask, **changes: str) -> dict[str, str]:
    """Return the environment in which a process of its own has this application's settings."""
    chosen: Settings = app.extensions["tsalert_settings"]
    return os.environ | {
        "TSALERT_ENV_FILE": os.devnull,
        "TSALERT_DATABASE_URL": chosen.database_url,
        "TSALERT_FILES": str(chosen.files),
        "TSALERT_SECRET_KEY": chosen.secret_key,
        "TSALERT_ADDRESS_KEY": chosen.address_key,
        "TSALERT_PUBLIC_URL": chosen.public_url,
        "TSALERT_EMAIL": "recorder",
        "TSALERT_SMS": "recorder",
        "TSALERT_SECOND_STEP_ROLES": "none",
        **changes,
    }


@contextmanager
def copied_app(app: Flask, database_url: str, folder: Path, make: Make = make_app) -> Iterator[Flask]:
    """Put the application on a copy of a database, with an empty folder of files."""
    with copy_of(app, database_url, folder) as url, standing_on(settings(url, folder), make) as fresh:
        yield fresh


@contextmanager
def copy_of(app: Flask, database_url: str, folder: Path) -> Iterator[str]:
    """Copy a database; whoever uses the copy does so outside of any application context of the original."""
    copy = folder / "fresh.db"
    with app.app_context():
        db.session.remove()
        if database_url.startswith("sqlite"):
            # Never by opening its file: closing that again takes away the locks that this process holds on it.
            with db.engine.connect() as connection, closing(sqlite3.connect(copy)) as target:
                connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
        else:
            db.engine.dispose()
    if copy.exists():
        yield f"sqlite:///{copy}"
        return
    with copied_database(database_url) as url:
        yield url


def _shortened(cut: Callable[..., keysets.Page[Any]], size: int) -> Callable[..., keysets.Page[Any]]:
    return lambda *asked: cut(*asked[:-1], size if asked[-1] else None)


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let every list that comes in pages hold no more on one than a test says, so that it needs few rows."""
    cuts = {name: getattr(keysets, name) for name in ("_cut", "_cut_among")}

    def shorten(size: int) -> None:
        for name, cut in cuts.items():
            monkeypatch.setattr(keysets, name, _shortened(cut, size))

    return shorten
