"""Giving out references."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy.orm import Session

from tsalert.db import transaction
from tsalert.references.service import next_reference

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
