"""The whole program with the demonstration's records, for tests that ask every operation of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask

from tests.conftest import PASSWORD, copy_of, hash_passwords_quickly, make_app
from tests.conftest import settings as program_settings
from tests.spare_apps import standing_on
from tests.whole import create_app
from tsalert.db import db
from tsalert.demo import service as demo
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.webhooks.calling import Reach


@pytest.fixture(scope="session")
def served(
    app: Flask, database_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The program with the demonstration's records, which finds nobody when it looks for other machines."""
    folder = tmp_path_factory.mktemp("described") / "demonstration"
    with ExitStack() as stack:
        if database_url.startswith("sqlite"):
            copytree(request.getfixturevalue("demonstration"), folder)
            url = f"sqlite:///{folder / 'tsalert.db'}"
        else:
            url = stack.enter_context(loaded_copy(app, database_url, folder))
        served = create_app(program_settings(url, folder))
        served.extensions["tsalert_webhook_reach"] = Reach(look_up=lambda _host, _port: ["8.8.8.8"])
        hash_passwords_quickly(served)
        yield served
        with served.app_context():
            db.session.remove()
            db.engine.dispose()


@contextmanager
def loaded_copy(app: Flask, database_url: str, folder: Path) -> Iterator[str]:
    """Load the demonstration into a copy of an empty database; yields its URL."""
    folder.mkdir()
    with copy_of(app, database_url, folder) as url:
        with standing_on(program_settings(url, folder), make_app) as empty, empty.app_context():
            demo.load(password=PASSWORD, now=datetime.now(UTC), tell=lambda _: None)
            db.session.remove()
        yield url


@pytest.fixture(scope="session")
def token(served: Flask) -> str:
    """The token of somebody who may do everything."""
    now = datetime.now(UTC)
    with served.app_context():
        staff.create_officer("all@example.org", name="All Example", roles=list(RoleName), password=PASSWORD, now=now)
        issued = staff.issue_token("all@example.org", now=now)
        db.session.remove()
    return issued


@contextmanager
def undone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo what an operation changes, lest the next finds less than the demonstration holds."""
    with app.app_context():
        engines, connection = db.engines, db.engine.connect()
        db.session.configure(join_transaction_mode="create_savepoint")
    outer = connection.begin()
    with monkeypatch.context() as patched:
        patched.setitem(engines, None, connection)
        yield  # each request has a context, and so a session, of its own
    outer.rollback()
    connection.close()
