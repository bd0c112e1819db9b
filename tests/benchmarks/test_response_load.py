"""The invented ten years are such as the services themselves could have written."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.benchmarks.response_load import Filled, fill
from tests.conftest import NOW
from tests.response.conftest import roof_call
from tsalert.audit.queries import verify_chain
from tsalert.core.actors import Via
from tsalert.db import db
from tsalert.response import service
from tsalert.response.board import read_board
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.models import Breach, Call, IncidentClock
from tsalert.response.rows import clock_of
from tsalert.staff import queries as staff

CALLS, OPEN = 2_000, 100


@pytest.fixture
def filled(fresh_app: Flask) -> Iterator[Session]:
    with fresh_app.app_context():
        assert fill(db.engine, calls=CALLS, open_incidents=OPEN, until=NOW) == Filled(CALLS, 575, OPEN, 120)
        yield db.session()


def test_an_officer_goes_on_logging_calls_after_the_invented_ones(filled: Session) -> None:
    actor = staff.actor_of(staff.get_officer(filled, "officer1@example.org"), Via.PAGE)
    logged = service.log_call(roof_call(), actor=actor, now=NOW)
    assert logged.call_id == CALLS + 1
    assert verify_chain(filled).is_whole
    assert len(read_board(filled, now=NOW).lines) == OPEN + 1


def test_no_row_points_at_nothing(filled: Session) -> None:
    if filled.get_bind().dialect.name == "sqlite":
        assert filled.execute(text("PRAGMA foreign_key_check")).all() == []
        return
    tables = {"call": "incident_id", "grading": "incident_id", "attendance": "incident_id", "milestone": "incident_id"}
    for table, column in tables.items():
        lost = f'SELECT count(*) FROM "{table}" WHERE {column} NOT IN (SELECT id FROM incident)'
        assert filled.scalar(text(lost)) == 0, table


def test_every_missed_target_has_its_breach_and_nothing_comes_before_its_call(filled: Session) -> None:
    clocks = list(filled.scalars(select(IncidentClock)))
    breached = set(filled.scalars(select(Breach.clock_id)))
    missed = {ClockState.OVERDUE, ClockState.LATE, ClockState.BREACHED_THEN_ENDED}
    readings = {clock.id: read_clock(clock_of(clock), NOW).state for clock in clocks}
    assert {number for number, state in readings.items() if state in missed} <= breached
    assert all(clock.stopped_at is None or clock.stopped_at >= clock.started_at for clock in clocks)
    first, last = filled.execute(select(func.min(Call.received_at), func.max(Call.received_at))).one()
    assert _years(first, last) >= 10
    assert last <= NOW


def _years(first: datetime, last: datetime) -> float:
    return (last - first) / timedelta(days=365)
