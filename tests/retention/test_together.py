"""Two people who do the same at the same moment, each on a connection of their own."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.response.conftest import NOON, roof_call
from tests.response.test_concurrency import at_once
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.response import service
from tsalert.retention import holding, keeping, runs
from tsalert.retention.models import ErasureRun, KeepingRule, LegalHold
from tsalert.retention.vocabulary import Root, RuleKind
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName


@pytest.fixture
def boss(fresh_app: Flask) -> Actor:
    """A manager whose account is really committed."""
    with fresh_app.app_context():
        roles = [RoleName.MANAGER]
        officer_id = staff.create_officer("mo@example.org", name="Mo", roles=roles, password=None, now=NOON)
        db.session.remove()
    return Actor(officer_id, "Mo", frozenset(Permission), Via.PAGE)


def refused(outcomes: list[object]) -> int:
    return sum(isinstance(each, Conflict) for each in outcomes)


def test_of_four_lists_made_at_once_one_stands(fresh_app: Flask, boss: Actor) -> None:
    outcomes = at_once(fresh_app, 4, lambda: runs.make_list(actor=boss, now=NOON))
    with fresh_app.app_context():
        kept = db.session.scalar(select(func.count()).select_from(ErasureRun))
    assert (refused(outcomes), kept) == (3, 1)


def test_of_four_rules_proposed_at_once_each_has_a_version_of_its_own(fresh_app: Flask, boss: Actor) -> None:
    def propose() -> int:
        told = {"months": 84, "effective_from": date(2027, 1, 1), "reason": "The schedule"}
        return keeping.propose_rule(RuleKind.CASE, **told, actor=boss, now=NOON)  # type: ignore[arg-type]

    outcomes = at_once(fresh_app, 4, propose)
    with fresh_app.app_context():
        query = select(KeepingRule.version).where(KeepingRule.kind == RuleKind.CASE)
        versions = sorted(db.session.scalars(query))
    assert (refused(outcomes), versions) == (0, list(range(1, len(versions) + 1)))


def test_of_four_holds_placed_at_once_one_stands(fresh_app: Flask, boss: Actor) -> None:
    with fresh_app.app_context():
        call_id = service.log_call(roof_call(), actor=boss, now=NOON).call_id
        db.session.remove()

    def hold() -> int:
        review = date(NOON.year + 1, 1, 1)
        return holding.place_hold(Root.CALL, call_id, reason="An appeal", review_on=review, actor=boss, now=NOON)

    outcomes = at_once(fresh_app, 4, hold)
    with fresh_app.app_context():
        kept = db.session.scalar(select(func.count()).select_from(LegalHold))
    assert (refused(outcomes), kept) == (3, 1)
