"""Two people who do the same at the same moment, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Event
from types import ModuleType

import pytest
from flask import Flask
from msgspec import Struct
from sqlalchemy import Connection, func, select, text

from tests.outcomes import outcome_of
from tests.response.conftest import NOON, roof_call
from tests.response.test_concurrency import at_once
from tests.retention.conftest import CANARY, NOW, THEN, close_case, desk_of
from tests.retention.test_canary import made
from tests.standins.processes import eventually
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.response import service
from tsalert.response.models import CallParty
from tsalert.retention import erasing, holding, keeping, runs
from tsalert.retention.access import requests
from tsalert.retention.access.requests import NewRequest
from tsalert.retention.models import ErasureItem, ErasureRun, KeepingRule, LegalHold
from tsalert.retention.vocabulary import ItemState, Root, RuleKind
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


class Listed(Struct, frozen=True):
    """A case on the list of a run that was started, and the call and the person that hang from it."""

    run_id: int
    call_id: int
    party_id: int
    actor: Actor

    def erase(self) -> bool:
        return erasing.erase_batch(self.run_id, actor=SERVICE, now=NOW)

    def hold_the_call(self) -> int:
        review = date(NOW.year + 1, 1, 1)
        return holding.place_hold(
            Root.CALL, self.call_id, reason="An appeal", review_on=review, actor=self.actor, now=NOW
        )

    def ask(self) -> int:
        new = NewRequest(f"Ali {CANARY}", NOW.date(), party_id=self.party_id)
        return requests.record_request(new, actor=self.actor, now=NOW)


@pytest.fixture
def listed(fresh_app: Flask, boss: Actor) -> Listed:
    """A case whose time is over, really committed, and a run that is about to erase it."""
    with fresh_app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        desk = desk_of(made)
        logged = service.log_call(roof_call(caller_name=f"Ali {CANARY}"), actor=boss, now=THEN, is_demo=True)
        new = NewCase("They paid for a roof.", victim_name=f"Ali {CANARY}", incident_id=logged.incident_id)
        close_case(cases.open_case(new, actor=boss, now=THEN), boss, now=THEN)
        run_id = desk.started()
        party_id = db.session.scalars(select(CallParty.party_id).where(CallParty.call_id == logged.call_id)).first()
        db.session.remove()
    assert party_id is not None
    return Listed(run_id, logged.call_id, party_id, boss)


class Halted:
    """A step that halts once it is done, in the middle of its transaction, until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
        self.is_reached, self._goes_on, self._step = Event(), Event(), getattr(module, name)
        monkeypatch.setattr(module, name, self._halt)

    def _halt(self, *told: object) -> object:
        found = self._step(*told)
        self.is_reached.set()
        self._goes_on.wait(30)
        return found

    def overtaken(self, app: Flask, first: Callable[[], object], second: Callable[[], object]) -> tuple[object, object]:
        """Begin the second while the first is halted; it must wait. Returns what came of both."""
        with app.app_context(), db.engine.connect() as looker, ThreadPoolExecutor(2) as pool:
            begun = pool.submit(outcome_of, app, first)
            assert self.is_reached.wait(30)
            later = pool.submit(outcome_of, app, second)
            eventually(lambda: is_awaited(looker) or later.done())
            is_waiting = not later.done()
            self._goes_on.set()
            assert is_waiting, later.result()
            return begun.result(), later.result()


def is_awaited(connection: Connection) -> bool:
    connection.rollback()  # within one transaction the answer stays what it was first
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    return bool(connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")))


def test_a_hold_waits_for_a_batch_and_hears_that_it_came_too_late(
    fresh_app: Flask, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = Halted(monkeypatch, erasing, "_settle")
    _, refusal = settled.overtaken(fresh_app, listed.erase, listed.hold_the_call)
    assert isinstance(refusal, Conflict)
    assert f"retention run {listed.run_id}" in str(refusal)
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LegalHold)) == 0


def test_from_the_moment_that_a_request_is_recorded_nothing_is_erased(
    fresh_app: Flask, listed: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, request_id = Halted(monkeypatch, erasing, "_settle").overtaken(fresh_app, listed.erase, listed.ask)
    assert isinstance(request_id, int)


@pytest.mark.parametrize(
    ("module", "name", "act"),
    [(holding, "_require_not_erased", Listed.hold_the_call), (requests, "_require_known", Listed.ask)],
    ids=["hold", "request"],
)
def test_a_batch_waits_for_whoever_keeps_something_and_leaves_it(
    fresh_app: Flask, listed: Listed, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str,
    act: Callable[[Listed], int],
) -> None:  # fmt: skip
    Halted(monkeypatch, module, name).overtaken(fresh_app, lambda: act(listed), listed.erase)
    with fresh_app.app_context():
        item = select(ErasureItem.state).where(ErasureItem.subject == Root.CASE)
        assert db.session.scalars(item).all() == [ItemState.KEPT]
