"""Managers and workers who act in the same moment, each on a connection of their own."""

from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.response.test_concurrency import at_once
from tests.rota.conftest import NOON, give_mobile
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import db
from tsalert.delivery.models import Mailing
from tsalert.rota import alarms, planning, service
from tsalert.rota.models import KnownGap, Shift
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.service import NewShift
from tsalert.rota.vocabulary import Duty
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    """A manager with a verified mobile, really committed."""
    with fresh_app.app_context():
        roles = [RoleName.MANAGER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=None, now=NOON)
        give_mobile(db.session(), officer_id)
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


def test_of_managers_who_fill_the_same_hours_at_once_one_wins(fresh_app: Flask, dee: Actor) -> None:
    new = NewShift(Duty.PRIMARY, dee.officer_id or 0, NOON + 9 * HOUR, NOON)

    def add() -> int:
        try:
            return service.add_shift(new, actor=dee, now=NOON)
        except RuleViolation as refusal:
            raise Conflict(refusal.message) from refusal

    outcomes = at_once(fresh_app, 4, add)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
    assert len(refused) == 3
    assert all("Dee, On duty" in refusal.message for refusal in refused)


def test_workers_who_plan_and_watch_at_once_do_it_once(fresh_app: Flask, dee: Actor) -> None:
    with fresh_app.app_context():
        nights = WeeklyPattern(Duty.PRIMARY, dee.officer_id or 0, tuple(range(7)), time(18), time(8), NOON.date())
        planning.add_pattern(nights, actor=dee, now=NOON)
        db.session.remove()
    later = NOON + 3 * DAY
    assert sum(int(str(made)) for made in at_once(fresh_app, 4, lambda: planning.plan_ahead(later))) == 3
    at_once(fresh_app, 4, lambda: alarms.watch(later))
    at_once(fresh_app, 4, lambda: alarms.watch(later + HOUR))
    with fresh_app.app_context():
        counted = [db.session.scalar(select(func.count()).select_from(table)) for table in (Shift, Mailing)]
        assert counted == [60, 2]
        still_open = select(KnownGap.duty, KnownGap.starts_at).where(KnownGap.closed_at.is_(None))
        gaps = [tuple(row) for row in db.session.execute(still_open)]
        assert len(gaps) == len(set(gaps))
        db.session.remove()
