"""What is told of an action: each saving stays, the newest holds, and two writers notice each other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.quarterly.actions.conftest import ABUSE, IN_Q2, Q1, Q2, Q3
from tests.quarterly.actions.test_setting import changed, renamed
from tests.quarterly.test_opening import publish
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import NotAllowed, NotFound, Overtaken, RuleViolation
from tsalert.db import db
from tsalert.quarterly import opening
from tsalert.quarterly.actions import queries, setting
from tsalert.quarterly.actions.naming import NewStatus
from tsalert.quarterly.actions.updating import NewUpdate, write_update

NEW = NewUpdate("in_progress", "Two banks joined.", 0)


def test_an_update_is_told_and_corrected_and_what_was_told_stays(session: Session, writer: Actor) -> None:
    assert write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2) == 1
    later = IN_Q2 + timedelta(hours=1)
    assert write_update(ABUSE, Q1, NewUpdate("achieved", "Three banks.", 1), actor=writer, now=later) == 2
    second, first = queries.updates_of(session, ABUSE)
    assert (second.word, second.text, second.written_at) == ("Achieved", "Three banks.", later)
    assert (first.word, first.text, first.written_by) == ("In progress", "Two banks joined.", writer.officer_id)
    assert queries.find_update(session, ABUSE, Q1) == second
    assert [each.action for each in audit.entries_about(session, "board action", ABUSE)] == ["told", "corrected"]


def test_a_writer_who_saw_an_older_version_is_refused(session: Session, writer: Actor) -> None:
    write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2)
    with pytest.raises(Overtaken, match="meanwhile"):
        write_update(ABUSE, Q1, replace(NEW, text="Mine."), actor=writer, now=IN_Q2)
    assert [each.text for each in queries.updates_of(session, ABUSE)] == ["Two banks joined."]


@pytest.fixture
def desk(fresh_app: Flask) -> Flask:
    with fresh_app.app_context():
        db.session.remove()
    return fresh_app


def test_of_two_who_save_in_the_same_moment_one_is_told(desk: Flask) -> None:
    actor = Actor(None, "A writer", frozenset({Permission.WRITE_REPORT}), Via.PAGE)
    ready = Barrier(2)

    def save(words: str) -> bool:
        with desk.app_context():
            ready.wait(timeout=30)
            try:
                write_update(ABUSE, Q1, replace(NEW, text=words), actor=actor, now=IN_Q2)
            except Overtaken:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(save, ("Mine.", "Yours."))) == [False, True]
    with desk.app_context():
        assert len(queries.updates_of(db.session(), ABUSE)) == 1


def test_a_quarter_keeps_the_word_that_its_board_read(session: Session, writer: Actor, manager: Actor) -> None:
    renamed(session, "in_progress", NewStatus("Under way", "Board", quarter=Q2), manager)
    write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2)
    write_update(ABUSE, Q2, NEW, actor=writer, now=IN_Q2)
    assert [each.word for each in queries.updates_of(session, ABUSE)] == ["Under way", "In progress"]


def test_a_retired_word_is_kept_where_it_stands_and_given_to_nothing_new(
    session: Session, writer: Actor, manager: Actor
) -> None:
    write_update(ABUSE, Q2, NEW, actor=writer, now=IN_Q2)
    renamed(session, "in_progress", NewStatus("In progress", "Board", quarter=Q2, is_retired=True), manager)
    assert write_update(ABUSE, Q2, replace(NEW, text="More.", version=1), actor=writer, now=IN_Q2) == 2
    with pytest.raises(RuleViolation, match="no such word"):
        write_update(1, Q2, NEW, actor=writer, now=IN_Q2)


@pytest.mark.parametrize(("quarter", "change", "field"), [(Q3, {}, "quarter"), (Q1, {"status": "amber"}, "status")])
def test_what_cannot_be_told_is_refused(writer: Actor, quarter: object, change: dict[str, str], field: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        write_update(ABUSE, quarter, replace(NEW, **change), actor=writer, now=IN_Q2)  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.parametrize("told", ["<b>Bold</b>", "Look: ![a](https://example.org/a.png)", "x" * 20_001])
def test_text_that_a_report_cannot_show_is_refused(session: Session, writer: Actor, told: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        write_update(ABUSE, Q1, replace(NEW, text=told), actor=writer, now=IN_Q2)
    assert refused.value.field == "text"
    assert queries.updates_of(session, ABUSE) == []


def test_the_same_again_is_refused(writer: Actor) -> None:
    write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2)
    with pytest.raises(RuleViolation, match="already"):
        write_update(ABUSE, Q1, replace(NEW, version=1), actor=writer, now=IN_Q2)


def test_nothing_is_told_of_an_action_that_is_retired_or_unknown(
    session: Session, writer: Actor, manager: Actor
) -> None:
    new, after = changed(session, 5, is_retired=True, quarter=Q2)
    setting.change_action(5, new, after=after, actor=manager, now=IN_Q2)
    write_update(5, Q1, NEW, actor=writer, now=IN_Q2)
    with pytest.raises(RuleViolation, match="retired"):
        write_update(5, Q2, NEW, actor=writer, now=IN_Q2)
    with pytest.raises(NotFound):
        write_update(99, Q1, NEW, actor=writer, now=IN_Q2)


def test_a_late_update_is_taken_after_publication(session: Session, writer: Actor, manager: Actor) -> None:
    opening.open_report(Q1, actor=manager, now=IN_Q2)
    publish(session)
    assert write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2) == 1


def test_who_does_not_write_the_report_tells_nothing(officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed, match="write the board's report"):
        write_update(ABUSE, Q1, NEW, actor=officer(), now=IN_Q2)


@pytest.mark.parametrize(
    "act", ["UPDATE board_action_update SET text = 'Other'", "DELETE FROM board_action_update", ""]
)
def test_no_statement_changes_what_was_told(session: Session, writer: Actor, act: str) -> None:
    write_update(ABUSE, Q1, NEW, actor=writer, now=IN_Q2)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    replacing = (
        "INSERT OR REPLACE INTO board_action_update (action_id, first_day, version, status, text, written_at) "
        "SELECT action_id, first_day, version, status, 'Other', written_at FROM board_action_update"
    )
    with pytest.raises(DBAPIError, match="stays as it was written"):
        session.execute(text(act or (replacing if is_sqlite else "TRUNCATE board_action_update")))
    session.rollback()
