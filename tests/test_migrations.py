"""Changing a database that people already use."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.conftest import settings
from tsalert.app import create_app
from tsalert.db import db


def test_a_change_that_leaves_rows_pointing_nowhere_is_undone_whole(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "used.db"
    used = create_app(settings(f"sqlite:///{file}", tmp_path))
    with used.app_context():
        upgrade(revision="0001")
        db.engine.dispose()
    with closing(sqlite3.connect(file)) as plain:  # it keeps no foreign keys unless told to
        plain.execute("INSERT INTO officer_role (officer_id, role_id) VALUES (404, 404)")
        plain.commit()
    with used.app_context(), pytest.raises(SystemExit):
        upgrade(revision="0002")
    with closing(sqlite3.connect(file)) as plain:
        assert plain.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert plain.execute("SELECT count(*) FROM sqlite_master WHERE name = 'incident'").fetchone() == (0,)
    with used.app_context():
        db.engine.dispose()


def test_every_change_can_be_undone_and_made_again(app: Flask, tmp_path: Path) -> None:
    used = create_app(settings(f"sqlite:///{tmp_path / 'used.db'}", tmp_path))
    with used.app_context():
        upgrade()
        downgrade(revision="base")
        upgrade()
        db.engine.dispose()
