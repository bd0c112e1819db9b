"""Databases that older versions of the program left behind, each brought to the tables of today."""

import lzma
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, MetaData, Table, inspect, text

from tests.conftest import IsolatedClient, settings
from tests.database import empty_database
from tests.whole import create_app
from tsalert.audit.queries import verify_chain
from tsalert.db import db
from tsalert.installation import storage

KEPT = Path(__file__).parent / "kept"
VERSIONS = sorted(path.name.partition(".")[0] for path in KEPT.glob("*.db.xz"))
KEYS = {
    "secret_key": "the-secret-key-of-kept-backups-which-opens-nothing-0001",
    "address_key": "the-address-key-of-kept-backups-which-opens-nothing-0001",
}
PASSWORD = "a long invented password"
# What leads to everything that the demonstration holds.
PAGES = ("/board", "/incidents", "/cases", "/savings", "/dashboard", "/alerts", "/subscribers", "/partners", "/parties")


@pytest.mark.db
@pytest.mark.parametrize("version", VERSIONS)
def test_a_database_of_before_comes_to_the_tables_of_today_with_all_that_it_holds(
    request: pytest.FixtureRequest, version: str, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "kept.db"
    file.write_bytes(lzma.decompress((KEPT / f"{version}.db.xz").read_bytes()))
    with _filled(database_url, file, version, tmp_path) as app, app.app_context():
        before = _sizes()
        upgrade()
        assert storage.schema_of(db.session.connection()) == storage.newest_schema()
        after = _sizes()
        lost = {table: (size, after.get(table, 0)) for table, size in before.items() if after.get(table, 0) < size}
        assert not lost
        assert verify_chain(db.session()).is_whole
        db.session.remove()
        browser = _signed_in(app)
        broken = {path: status for path in PAGES if (status := browser.get(path).status_code) != 200}
        assert not broken


def _signed_in(app: Flask) -> FlaskClient:
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"email": "manager@example.org", "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser


@contextmanager
def _filled(database_url: str, file: Path, version: str, folder: Path) -> Iterator[Flask]:
    """Make the application on a database with the rows of a file, at the version that the file has."""
    with _place(database_url, file, folder) as url:
        app = create_app(settings(url, folder, **KEYS))
        app.test_client_class = IsolatedClient
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            if not url.startswith("sqlite"):
                upgrade(revision=version)
                _copy_rows(file)
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


@contextmanager
def _place(database_url: str, file: Path, folder: Path) -> Iterator[str]:
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{file}"
        return
    with empty_database(database_url, folder) as url:
        yield url


def _copy_rows(file: Path) -> None:
    """Copy every row into PostgreSQL as it stands: its guards and links look away meanwhile."""
    with db.engine.begin() as connection, closing(sqlite3.connect(file)) as kept:
        connection.execute(text("SET session_replication_role = replica"))
        there = MetaData()
        there.reflect(connection)
        for table in there.tables.values():
            connection.execute(text(f"DELETE FROM {table.name}"))
            _copy_table(connection, kept, table)
        connection.execute(text("SET session_replication_role = origin"))


def _copy_table(connection: Connection, kept: sqlite3.Connection, table: Table) -> None:
    names = [column.name for column in table.columns if column.computed is None]
    listed = ", ".join(f'"{name}"' for name in names)
    rows = kept.execute(f"SELECT {listed} FROM {table.name}").fetchall()
    read = {column.name: _reader(str(column.type)) for column in table.columns}
    if rows:
        told = [{name: read[name](value) for name, value in zip(names, row, strict=True)} for row in rows]
        places = ", ".join(f"CAST(:{name} AS {table.c[name].type.compile(connection.dialect)})" for name in names)
        connection.execute(text(f"INSERT INTO {table.name} ({listed}) VALUES ({places})"), told)
    if any(column.name == "id" and column.server_default is not None for column in table.columns):
        last = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
        connection.execute(text(last))


def _reader(kind: str) -> Callable[[object], object]:
    """Return how a value of SQLite is told to a column of PostgreSQL."""
    if kind == "BOOLEAN":
        return lambda value: None if value is None else bool(value)
    return lambda value: value


def _sizes() -> dict[str, int]:
    """Return how many rows each table has."""
    with db.engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if not name.startswith("fts_words_")]
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}
