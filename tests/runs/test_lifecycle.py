"""A run from draft to superseded: who may do what, and what nobody can change."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.runs.conftest import MADE, Record, question
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.runs import queries, service
from tsalert.runs.models import CalculationRun
from tsalert.runs.rules import RunState
from tsalert.savings.rules import InterventionType

pytestmark = pytest.mark.usefixtures("published_quarter")
LATER = MADE + timedelta(hours=1)


def made(actor: Actor, *, now: datetime = MADE, label: str = "2022/23 Q1") -> int:
    return service.make_run(question(label), as_of=None, note=None, actor=actor, now=now)


def signed(maker: Actor, manager: Actor, *, now: datetime = MADE) -> int:
    run_id = made(maker, now=now)
    service.sign_run(run_id, actor=manager, now=now + timedelta(minutes=5))
    return run_id


def test_a_run_gives_the_published_total_and_says_what_it_read(session: Session, maker: Actor) -> None:
    run = queries.get_run(session, made(maker))
    assert run.total.shown == 146_333
    assert (run.records, run.state, run.made.by) == (6, RunState.DRAFT, maker.officer_id)
    assert run.rate_sets == ("nts-observed-2021-22",)
    assert run.total_of(("call_blockers", "financial")).exact == Decimal("49621.50")
    assert run.total_of(("class", "prevented")).exact == 41_100


def test_nobody_signs_their_own_run(session: Session, manager: Actor) -> None:
    run_id = made(manager)
    with pytest.raises(RuleViolation, match="An officer who did not make"):
        service.sign_run(run_id, actor=manager, now=LATER)


def test_only_managers_sign(maker: Actor, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotAllowed, match="sign and publish calculation runs"):
        service.sign_run(made(maker), actor=officer(), now=LATER)


def test_a_run_is_not_signed_before_what_was_being_recorded_has_arrived(maker: Actor, manager: Actor) -> None:
    run_id = made(maker)
    with pytest.raises(Conflict, match="Wait a minute"):
        service.sign_run(run_id, actor=manager, now=MADE + timedelta(seconds=59))
    service.sign_run(run_id, actor=manager, now=MADE + timedelta(seconds=60))


def test_a_run_that_comes_out_otherwise_is_not_signed(session: Session, maker: Actor, manager: Actor) -> None:
    run_id = made(maker)
    session.execute(text("UPDATE intervention SET units = 4, counted_units = 4 WHERE units = 2"))
    with pytest.raises(Conflict, match="does not come out the same"):
        service.sign_run(run_id, actor=manager, now=LATER)


def test_no_run_is_made_as_of_the_future(maker: Actor) -> None:
    with pytest.raises(RuleViolation, match="cannot be in the future"):
        service.make_run(question(), as_of=MADE + timedelta(seconds=1), note=None, actor=maker, now=MADE)


def test_a_published_run_gives_way_only_to_a_newer_one_with_a_reason(
    session: Session, maker: Actor, manager: Actor, record: Record
) -> None:
    first = signed(maker, manager)
    service.publish_run(first, actor=manager, now=LATER)
    record(InterventionType.CALL_BLOCKER, date(2022, 6, 3), now=LATER)
    second = signed(maker, manager, now=LATER + timedelta(hours=1))
    with pytest.raises(Conflict, match=f"Run {first} is published"):
        service.publish_run(second, actor=manager, now=LATER)
    service.supersede_run(first, by=second, reason="A blocker was told late", actor=manager, now=LATER)
    old, new = queries.get_run(session, first), queries.get_run(session, second)
    assert (old.state, old.superseded_by_id, old.reason) == (RunState.SUPERSEDED, second, "A blocker was told late")
    assert (new.state, new.total.shown) == (RunState.PUBLISHED, Decimal(171_805))
    assert old.total.shown == 146_333


def test_a_run_does_not_supersede_one_that_answers_something_else(maker: Actor, manager: Actor) -> None:
    first = signed(maker, manager)
    service.publish_run(first, actor=manager, now=LATER)
    other = made(maker, now=LATER, label="2022/23")
    service.sign_run(other, actor=manager, now=LATER + timedelta(hours=1))
    with pytest.raises(RuleViolation, match="another question"):
        service.supersede_run(first, by=other, reason="x", actor=manager, now=LATER)


def test_an_older_run_does_not_supersede_a_newer_one(maker: Actor, manager: Actor) -> None:
    older = signed(maker, manager)
    newer = signed(maker, manager, now=LATER)
    service.publish_run(newer, actor=manager, now=LATER)
    with pytest.raises(RuleViolation, match="newer"):
        service.supersede_run(newer, by=older, reason="x", actor=manager, now=LATER)


def test_steps_out_of_turn_say_what_can_be_done_instead(maker: Actor, manager: Actor) -> None:
    run_id = made(maker)
    with pytest.raises(Conflict, match="This run is draft") as refused:
        service.publish_run(run_id, actor=manager, now=LATER)
    assert "sign it" in refused.value.legal[0]
    with pytest.raises(NotFound):
        service.publish_run(run_id + 1000, actor=manager, now=LATER)


def test_a_draft_is_thrown_away_and_a_signed_run_is_not(session: Session, maker: Actor, manager: Actor) -> None:
    draft, kept = made(maker), signed(maker, manager)
    service.discard_run(draft, actor=maker, now=LATER)
    with pytest.raises(NotFound):
        queries.get_run(session, draft)
    with pytest.raises(Conflict, match="This run is signed"):
        service.discard_run(kept, actor=maker, now=LATER)


def test_every_step_is_in_the_trail(session: Session, maker: Actor, manager: Actor) -> None:
    run_id = signed(maker, manager)
    service.verify_run(run_id, actor=maker, now=LATER)
    service.publish_run(run_id, actor=manager, now=LATER)
    steps = [(entry.action, entry.officer_id) for entry in entries_about(session, "calculation run", run_id)]
    assert steps == [
        ("made", maker.officer_id),
        ("signed", manager.officer_id),
        ("verified", maker.officer_id),
        ("published", manager.officer_id),
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE calculation_run SET totals = '{}'", id="totals"),
        pytest.param("UPDATE calculation_run SET digest_of_results = 'x'", id="digest"),
        pytest.param("UPDATE calculation_run SET note = 'x'", id="note"),
        pytest.param("UPDATE calculation_run SET made_by = NULL", id="author"),
        pytest.param("UPDATE calculation_run SET signed_by = NULL", id="who-signed"),
        pytest.param("UPDATE calculation_run SET state = 'draft', signed_at = NULL, signed_by = NULL", id="backwards"),
        pytest.param("DELETE FROM calculation_run", id="deleted"),
    ],
)
def test_the_database_itself_refuses_to_change_a_signed_run(
    session: Session, maker: Actor, manager: Actor, change: str
) -> None:
    signed(maker, manager)
    with pytest.raises(DBAPIError, match="calculation run is never"), session.begin_nested():
        session.execute(text(change))


@pytest.mark.parametrize("publishes", [False, True], ids=["its-number", "its-question"])
def test_nothing_is_put_in_the_place_of_a_published_run(
    session: Session, maker: Actor, manager: Actor, *, publishes: bool
) -> None:
    if session.get_bind().dialect.name == "postgresql":
        pytest.skip("PostgreSQL knows no REPLACE")
    service.publish_run(signed(maker, manager), actor=manager, now=LATER)
    names = [column.name for column in CalculationRun.__table__.columns]
    changed = {"id": "id + 1"} if publishes else {"totals": "'{}'"}
    said = ", ".join(changed.get(name, name) for name in names)
    statement = f"REPLACE INTO calculation_run ({', '.join(names)}) SELECT {said} FROM calculation_run"
    with pytest.raises(DBAPIError, match="calculation run is never changed"), session.begin_nested():
        session.execute(text(statement))


def test_publishing_past_the_rules_does_not_drive_out_what_is_published(
    session: Session, maker: Actor, manager: Actor
) -> None:
    if session.get_bind().dialect.name == "postgresql":
        pytest.skip("PostgreSQL knows no REPLACE")
    service.publish_run(signed(maker, manager), actor=manager, now=LATER)
    second = signed(maker, manager)
    statement = "UPDATE OR REPLACE calculation_run SET state = 'published', published_at = signed_at WHERE id = :id"
    with pytest.raises(DBAPIError, match="calculation run is never changed"), session.begin_nested():
        session.execute(text(statement), {"id": second})


def test_the_database_session_cannot_change_a_run_either(session: Session, maker: Actor, manager: Actor) -> None:
    row = session.get(CalculationRun, signed(maker, manager))
    assert row is not None
    row.totals = "{}"
    with pytest.raises(DBAPIError, match="calculation run is never changed"), session.begin_nested():
        session.flush()
