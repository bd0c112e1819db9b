"""An installation that is upgraded finds the people of its past."""

import subprocess
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import db, transaction
from tsalert.parties.models import Party, PartyIdentifier, PartyName, PartyNameKey
from tsalert.parties.rules import Sought
from tsalert.response import indexing, service
from tsalert.response.matches import look_up
from tsalert.response.models import CallParty, CallPlace
from tsalert.response.vocabulary import Disposition

SERVICE = Actor(None, "command", frozenset(Permission), Via.COMMAND)


def log_past(actor: Actor, count: int) -> None:
    """Log calls and forget their parties, as if there had been none when they were logged."""
    for number in range(count):
        told = {"phone": f"020 7946 0{number // 2:03}", "disposition": Disposition.ADVICE, "incident": None}
        service.log_call(roof_call(**told), actor=actor, now=NOON)
    with transaction() as session:
        for table in (CallParty, CallPlace, PartyNameKey, PartyName, PartyIdentifier, Party):
            session.execute(delete(table))


def count(session: Session, table: type[CallParty | CallPlace | Party]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_past_calls_get_their_parties_in_batches_and_a_second_run_changes_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BATCH", 4)
    log_past(SERVICE, 10)
    told: list[int] = []
    assert indexing.count_calls(session) == 10
    assert indexing.index_calls(is_demo=True, now=NOON, on_progress=told.append) == 10
    assert told == [4, 8, 10]
    assert (count(session, CallParty), count(session, Party), count(session, CallPlace)) == (10, 5, 10)
    assert indexing.index_calls(is_demo=True, now=NOON) == 0
    assert (count(session, CallParty), count(session, Party)) == (10, 5)
    (line,) = look_up(session, Sought(phone="020 7946 0003"), reader=SERVICE, is_demo=True, now=NOON).lines
    assert line.words == "same phone, 2 earlier calls, last today"
    assert audit.verify_chain(session).is_whole


def test_the_command_says_how_many_calls_it_read(
    fresh_app: Flask, run_command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    with fresh_app.app_context():
        log_past(SERVICE, 3)
        db.session.remove()
    first, second = run_command("parties", "index"), run_command("parties", "index")
    assert (first.returncode, first.stdout) == (0, "3 calls read.\n")
    assert second.stdout == "0 calls read.\n"
    with fresh_app.app_context():
        assert count(db.session(), CallParty) == 3
        db.session.remove()
