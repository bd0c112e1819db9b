"""The trail stands or falls with the change it tells of, and shows when somebody has touched it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tsalert.audit import queries, service
from tsalert.audit.rules import Entry, seal
from tsalert.core.actors import SERVICE
from tsalert.core.errors import NotFound
from tsalert.db import db, transaction

NOW = datetime(2026, 6, 1, 12, 0, 0, 123_456, UTC)


def note(subject_id: int) -> None:
    with transaction() as session:
        service.record(session, SERVICE, "noted", "thing", subject_id, now=NOW, grade="immediate")


def note_and_fail(subject_id: int) -> None:
    with transaction() as session:
        service.record(session, SERVICE, "noted", "thing", subject_id, now=NOW)
        raise NotFound("what was to be changed")


def test_an_entry_is_written_with_the_change_and_fits_the_chain(session: Session) -> None:
    before = queries.verify_chain(db.session()).length
    note(7)
    note(8)
    assert queries.verify_chain(db.session()) == queries.Verdict(before + 2, None)
    (entry,) = queries.entries_about(db.session(), "thing", 7)
    assert (entry.action, entry.detail, entry.at) == ("noted", {"grade": "immediate"}, NOW)


def test_what_is_appended_while_the_chain_is_walked_does_not_break_it(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [9]

    def append() -> None:
        with fresh_app.app_context():
            note(others.pop())

    def seal_while_others_append(before: str, entry: Entry) -> str:
        if others:
            with ThreadPoolExecutor(1) as other:
                other.submit(append).result()
        return seal(before, entry)

    with fresh_app.app_context():
        note(8)
        whole = queries.verify_chain(db.session()).length
        db.session.rollback()
        monkeypatch.setattr("tsalert.audit.queries.seal", seal_while_others_append)
        assert queries.verify_chain(db.session()) == queries.Verdict(whole, None)
        db.session.rollback()
        assert queries.verify_chain(db.session()) == queries.Verdict(whole + 1, None)


def test_a_change_that_fails_leaves_no_entry(session: Session) -> None:
    with pytest.raises(NotFound):
        note_and_fail(9)
    note(10)
    assert queries.entries_about(db.session(), "thing", 9) == []


@pytest.mark.parametrize("change", ["UPDATE audit_event SET action = 'other'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_the_trail(session: Session, change: str) -> None:
    note(11)
    with pytest.raises(DBAPIError, match="append-only"):
        db.session().execute(text(change))


def test_the_trail_cannot_be_written_over_or_emptied(session: Session) -> None:
    note(12)
    columns = "at, officer_id, via, action, subject, subject_id, detail, previous_seal, seal"
    over = f"INSERT OR REPLACE INTO audit_event SELECT id, {columns} FROM audit_event"
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    with pytest.raises(DBAPIError, match="append-only"):
        db.session().execute(text(over if is_sqlite else "TRUNCATE audit_event"))


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("UPDATE audit_event SET action = 'other' WHERE id = 2", id="an-entry-changed"),
        pytest.param("DELETE FROM audit_event WHERE id = 3", id="the-last-entry-gone"),
        pytest.param("DELETE FROM audit_head", id="the-head-gone"),
        pytest.param("UPDATE audit_head SET length = 2, seal = (SELECT seal FROM audit_event WHERE id = 2)", id="cut"),
    ],
)
def test_tampering_behind_the_programs_back_is_found(fresh_app: Flask, tampering: str) -> None:
    with fresh_app.app_context():
        for subject_id in (1, 2, 3):
            note(subject_id)
        with transaction() as session:
            _drop_triggers(session)
            session.execute(text(tampering))
        assert not queries.verify_chain(db.session()).is_whole


def test_entries_written_at_once_still_make_one_chain(fresh_app: Flask) -> None:
    def write(number: int) -> None:
        with fresh_app.app_context():
            note(number)

    with ThreadPoolExecutor(6) as officers:
        list(officers.map(write, range(120)))
    with fresh_app.app_context():
        assert queries.verify_chain(db.session()) == queries.Verdict(120, None)


def _drop_triggers(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER audit_event_no_update"))
        session.execute(text("DROP TRIGGER audit_event_no_delete"))
    else:
        session.execute(text("DROP TRIGGER audit_event_append_only ON audit_event"))
