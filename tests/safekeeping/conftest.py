"""A service that was used: a case with evidence and a court, officers, and what can be said of all of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from msgspec import Struct
from sqlalchemy import text

from tests.conftest import NOW, PASSWORD, copied_app
from tests.retention.conftest import Story
from tests.safekeeping.unwatched import Unwatched
from tests.test_migrations import GUARDS
from tsalert.config import Settings
from tsalert.core.actors import Actor, Via
from tsalert.db import db
from tsalert.safekeeping import making, restoring
from tsalert.safekeeping.outlines import outlines
from tsalert.safekeeping.progress import Progress, Surroundings
from tsalert.safekeeping.reading import digest_of, moment
from tsalert.safekeeping.restoring import Restored
from tsalert.safekeeping.rules import Count, Manifest
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName
from tsalert.watching.status.queries import read_status


class Service(Struct, frozen=True):
    """One installation, and what is asked of it in these tests. Each act is a process of its own, as commands are."""

    app: Flask

    @property
    def settings(self) -> Settings:
        kept: Settings = self.app.extensions["tsalert_settings"]
        return kept

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()

    def back_up(self, path: Path, progress: Progress | None = None) -> Manifest:
        with self.alone():
            return making.make(path, db.engine, Surroundings(self.settings, datetime.now(UTC), progress or Unwatched()))

    def restore(self, path: Path, *, replaces: bool = True) -> Restored:
        with self.alone():
            now = Surroundings(self.settings, datetime.now(UTC), Unwatched())
            return restoring.restore(path, db.engine, now, replaces=replaces)

    def last_backup(self) -> datetime | None:
        """Return when the page of the service says that the last backup was made."""
        with self.alone():
            return read_status(db.session(), self.settings, now=datetime.now(UTC)).backup_at

    def employ(self, email: str, *roles: RoleName) -> Actor:
        with self.alone():
            return employed(email, *roles)

    def rows(self) -> dict[str, Count]:
        with self.alone(), moment(db.engine) as connection:
            return {table.name: digest_of(connection, table, lambda _: None) for table in outlines()}

    def files(self) -> dict[str, tuple[str, int]]:
        """Return the digest and the mode of every file."""
        folder = self.settings.files
        return {
            path.relative_to(folder).as_posix(): (sha256(path.read_bytes()).hexdigest(), path.stat().st_mode)
            for path in folder.rglob("*")
            if path.is_file()
        }

    def guards(self) -> Mapping[str, str]:
        with self.alone(), db.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(text(GUARDS[connection.dialect.name]))}


def employed(email: str, *roles: RoleName) -> Actor:
    staff.create_officer(email, name="Pat Example", roles=list(roles), password=PASSWORD, now=NOW)
    return staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE)


@pytest.fixture
def service(fresh_app: Flask) -> Service:
    """A service that nobody used yet."""
    return Service(fresh_app)


@pytest.fixture(scope="session")
def told(app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a case on which everything was written down; tests work with copies of it."""
    with copied_app(app, database_url, tmp_path_factory.mktemp("told")) as fresh:
        service = Service(fresh)
        with service.alone():
            duty = employed("dee@example.org", RoleName.DUTY_OFFICER, RoleName.CASE_OFFICER)
            Story(duty, employed("max@example.org", RoleName.MANAGER)).tell()
        yield service


@pytest.fixture
def used(told: Service, tmp_path: Path) -> Iterator[Service]:
    """A service with a case on which everything was written down."""
    copytree(told.settings.files, tmp_path / "files")
    with copied_app(told.app, told.settings.database_url, tmp_path) as fresh:
        yield Service(fresh)
