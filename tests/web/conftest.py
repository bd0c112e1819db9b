"""The whole program with the demonstration's records, for tests that ask every operation of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import PASSWORD, hash_passwords_quickly
from tests.conftest import settings as program_settings
from tests.whole import create_app
from tsalert.db import db
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.webhooks.calling import Reach


@pytest.fixture(scope="session")
def served(
    copied_demonstration: Callable[[Path], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The program with the demonstration's records, which finds nobody when it looks for other machines."""
    folder = tmp_path_factory.mktemp("described") / "demonstration"
    with copied_demonstration(folder) as url:
        served = create_app(program_settings(url, folder))
        served.extensions["tsalert_webhook_reach"] = Reach(look_up=lambda _host, _port: ["8.8.8.8"])
        hash_passwords_quickly(served)
        yield served
        with served.app_context():
            db.session.remove()
            db.engine.dispose()


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
