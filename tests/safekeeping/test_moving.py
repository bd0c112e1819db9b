"""Moving to the other kind of database: from SQLite to PostgreSQL, and where PostgreSQL is under test, back."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from tests.children import exit_status_of
from tests.conftest import ask, make_console, settings
from tests.database import copied_database, postgresql_server, western_database
from tests.safekeeping.conftest import Service
from tests.safekeeping.test_backups import but_notes
from tests.safekeeping.unwatched import Unwatched
from tests.spare_apps import standing_on
from tests.whole import create_app
from tsalert.audit import queries as audit
from tsalert.config import SettingsError
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import db
from tsalert.fulltext.models import Document
from tsalert.installation.service import check_start
from tsalert.safekeeping import filling, moving
from tsalert.safekeeping.rules import Count
from tsalert.staff.rules import RoleName


@pytest.fixture(scope="module")
def empty_url(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """An empty PostgreSQL, of which each test has a copy; None where that is under test."""
    if database_url.startswith("postgresql"):
        yield None
        return
    with postgresql_server(tmp_path_factory.mktemp("server")) as url:
        yield url


@pytest.fixture
def other_url(empty_url: str | None, tmp_path: Path) -> Iterator[str]:
    """An empty database of the kind that is not under test."""
    if empty_url is None:
        yield f"sqlite:///{tmp_path / 'other.db'}"
        return
    with copied_database(empty_url) as url:
        yield url


@pytest.fixture
def other(other_url: str, used: Service) -> Service:
    """The same installation as it will be on the other database."""
    return Service(create_app(settings(other_url, used.settings.files.parent)))


def move(service: Service, url: str) -> int:
    with service.alone():
        return moving.move(url, db.engine, Unwatched(), now=utc_now())


def is_empty(service: Service) -> bool:
    with service.alone():
        return not inspect(db.engine).get_table_names()


def test_a_move_that_is_killed_or_does_not_compare_changes_nothing_and_is_started_again_until_everything_is_there(
    used: Service, other: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rows = used.rows()
    monkeypatch.setattr(filling, "compare", lambda *_: os._exit(9))
    assert exit_status_of(lambda: move(used, other.settings.database_url)) == 9
    monkeypatch.undo()
    assert is_empty(other)

    monkeypatch.setattr(filling, "digest_of", lambda *_: Count(1, "another"))
    with pytest.raises(RuleViolation, match=r"did not arrive as it left\. Nothing was changed"):
        move(used, other.settings.database_url)
    monkeypatch.undo()
    assert is_empty(other)

    assert move(used, other.settings.database_url) == sum(count.number for count in rows.values())
    assert other.rows() == rows
    require_that_the_other_is_used(used, other)
    # A copy of what was left says that it was left, and would not start either.
    with pytest.raises(Conflict, match=r"Everything was moved out of .* Nothing was changed"):
        move(used, f"sqlite:///{tmp_path / 'third.db'}")


def require_that_the_other_is_used(used: Service, other: Service) -> None:
    with other.alone():
        assert audit.verify_chain(db.session()).is_whole
        check_start(other.settings)
    other.employ("new@example.org", RoleName.MANAGER)
    with used.alone(), pytest.raises(SettingsError, match="Everything was moved out"):
        check_start(used.settings)
    with used.alone(), standing_on(used.settings, make_console) as console:
        kept = ask(console, "mail", "receive", stdin="From: kim@example.org\n\nThey are back.\n")
    assert (kept.exit_code, kept.output[:24]) == (os.EX_TEMPFAIL, "Everything was moved out")
    with pytest.raises(Conflict, match="not empty: 3 officers"):
        move(used, other.settings.database_url)


def test_a_value_that_the_other_database_cannot_hold_is_told_without_the_value(
    used: Service, other: Service, database_url: str
) -> None:
    if not database_url.startswith("sqlite"):
        pytest.skip("SQLite takes whatever PostgreSQL holds")
    with used.alone(), db.engine.begin() as connection:
        connection.execute(text("UPDATE officer SET name = 'Pat' || char(0) || 'Secret'"))
    with pytest.raises(RuleViolation, match="The database refuses it") as refused:
        move(used, other.settings.database_url)
    assert "Secret" not in refused.value.message
    assert is_empty(other)


def test_a_database_that_has_no_place_for_every_letter_is_refused(used: Service, empty_url: str | None) -> None:
    if empty_url is None:
        pytest.skip("SQLite has a place for each")
    with western_database(empty_url) as url:
        with pytest.raises(Conflict, match="LATIN1"):
            move(used, url)
        western = Service(create_app(settings(url, used.settings.files.parent)))
        assert is_empty(western)
        with western.alone(), pytest.raises(SettingsError, match="LATIN1"):
            check_start(western.settings)


def test_a_backup_of_one_kind_is_restored_into_the_other_and_its_words_are_found(
    used: Service, other: Service, tmp_path: Path
) -> None:
    rows = used.rows()
    used.back_up(tmp_path / "backup")
    assert not other.restore(tmp_path / "backup").taken_back.is_known
    assert but_notes(other.rows()) == but_notes(rows)
    with other.alone():
        words = db.session.scalars(db.select(Document.words).limit(1)).one().split()[0]
        found = {
            "sqlite": "SELECT count(*) FROM fts_words WHERE fts_words MATCH :word",
            "postgresql": "SELECT count(*) FROM search_document WHERE fts_vector @@ CAST(:word AS tsquery)",
        }[db.engine.dialect.name]
        assert db.session.scalar(text(found), {"word": words}) > 0


def test_an_address_that_is_no_database_or_this_one_is_refused(service: Service, app: Flask) -> None:
    with pytest.raises(RuleViolation, match="must begin with postgresql"):
        move(service, "mysql://db.example.org/tsalert")
    with pytest.raises(Conflict, match="in use already"):
        move(service, service.settings.database_url)
