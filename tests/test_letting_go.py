"""Letting go of a connection that died meanwhile is no fault of whoever was answered over it."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError

from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction

pytestmark = pytest.mark.db
LET_GO = {"closed": db.session.remove, "rolled back": db.session.rollback}


@pytest.fixture
def cut(app: Flask, request: pytest.FixtureRequest) -> Callable[[], None]:
    """End the connection that the session holds, or has just given back, as a server does that stops."""
    is_held = getattr(request, "param", True)
    url = app.extensions["tsalert_settings"].database_url
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no connection that somebody else can end")

    def cut_it() -> None:
        held = db.session.scalar(select(func.pg_backend_pid()))
        if not is_held:
            db.session.remove()
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:held, 5000)"), {"held": held})
        server.dispose()

    return cut_it


@pytest.mark.parametrize("how", LET_GO)
def test_who_was_answered_already_does_not_hear_of_it_and_the_next_question_is_answered(
    app: Flask, cut: Callable[[], None], how: str
) -> None:
    with app.app_context():
        cut()
        LET_GO[how]()
        assert db.session.scalar(select(1)) == 1


def refuse(cut: Callable[[], None]) -> None:
    with transaction():
        cut()
        raise RuleViolation("a gate has no age")


def save(cut: Callable[[], None]) -> None:
    with transaction():
        cut()


def test_a_use_case_that_was_refused_says_why_and_one_that_was_not_saved_says_so(
    app: Flask, cut: Callable[[], None]
) -> None:
    with app.app_context():
        with pytest.raises(RuleViolation, match="a gate has no age"):
            refuse(cut)
        with pytest.raises(OperationalError):
            save(cut)
        with transaction() as session:
            assert session.scalar(select(1)) == 1


@pytest.mark.parametrize("cut", [False], ids=["given back"], indirect=True)
def test_who_comes_after_a_server_was_started_again_is_given_no_connection_of_before(
    app: Flask, cut: Callable[[], None]
) -> None:
    with app.app_context():
        cut()
        assert db.session.scalar(select(1)) == 1
        cut()
        with transaction() as session:
            assert session.scalar(select(1)) == 1
