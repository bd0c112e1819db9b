"""Everything that is held is known, and what becomes of it."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

import tsalert.app  # noqa: F401 - it knows every table
from tsalert.db import Base
from tsalert.retention.held.entries import Treatment
from tsalert.retention.held.register import REGISTER, faults


def test_every_column_that_could_name_somebody_is_classified() -> None:
    found = list(faults(Base.metadata))
    assert found == [], "\n" + "\n".join(found)


def test_every_guard_of_words_about_people_lets_them_go_while_they_are_erased(session: Session) -> None:
    if session.get_bind().dialect.name != "sqlite":
        pytest.skip("what a guard says can be read on SQLite; that it lets go is proved on both by the canary")
    query = text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE UPDATE%'")
    closed = {name: table for name, table, said in session.execute(query) if refuses_erasing(table, said)}
    assert closed == {}, "let these ask for erasure_under_way, as migration 0031 does with its table of words"


def refuses_erasing(table: str, said: str) -> bool:
    """Tell whether a guard refuses a change of words that retention takes out of a table."""
    entry = REGISTER.get(table)
    if entry is None or not entry.names_people or "erasure_under_way" in said:
        return False
    erased = {name for name, treatment in entry.columns.items() if treatment not in {Treatment.FACT, Treatment.FILE}}
    named = re.search(r"UPDATE OF (.*?) ON", said)
    return bool(erased & set(named[1].split(", "))) if named else bool(erased)
