"""Giving out references."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from flask import Flask
from sqlalchemy.orm import Session

from tsalert.db import transaction
from tsalert.references.service import next_reference, references_beforehand

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def test_numbers_follow_each_other_within_a_kind_and_year(session: Session) -> None:
    with transaction() as work:
        taken = [next_reference(work, kind, at=NOW) for kind in "XXY"]
    assert [reference[:9] for reference in taken] == ["X26-00001", "X26-00002", "Y26-00001"]


def test_the_year_is_londons(session: Session) -> None:
    with transaction() as work:
        assert next_reference(work, "X", at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).startswith("X26-")
        assert next_reference(work, "X", at=datetime(2027, 1, 1, 0, 0, tzinfo=UTC)).startswith("X27-")


def test_eight_officers_at_once_never_share_a_number(fresh_app: Flask) -> None:
    def take(_: int) -> str:
        with fresh_app.app_context(), transaction() as work:
            return next_reference(work, "X", at=NOW)

    with ThreadPoolExecutor(8) as officers:
        taken = list(officers.map(take, range(160)))
    assert len(set(taken)) == 160


def test_nobody_waits_for_a_number_until_somebody_else_has_saved(fresh_app: Flask) -> None:
    def save(_: int) -> str:
        with fresh_app.app_context():
            (reference,) = references_beforehand("X", at=NOW)
            with transaction():
                everybody.wait(30)
            return reference

    is_sqlite = fresh_app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    together = 1 if is_sqlite else 4  # SQLite lets one alone save
    everybody = Barrier(together)
    with ThreadPoolExecutor(together) as officers:
        assert len(set(officers.map(save, range(together)))) == together


def test_numbers_taken_beforehand_are_not_given_again_and_leave_the_form_its_key(session: Session) -> None:
    session.info["submission"] = claim = ("key", None, NOW)
    assert [taken[:9] for taken in references_beforehand("XY", at=NOW)] == ["X26-00001", "Y26-00001"]
    assert session.info["submission"] == claim
    with transaction() as work:
        assert next_reference(work, "X", at=NOW)[:9] == "X26-00002"
    assert "submission" not in session.info
