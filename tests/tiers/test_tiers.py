"""Who may see what: the condition for lists, the checks for a record, and what the database refuses."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tsalert.audit import queries as trail
from tsalert.core.actors import SERVICE, Actor, Permission, Via
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, Withheld
from tsalert.core.reasons import read_reason
from tsalert.db import transaction
from tsalert.response.models import Incident
from tsalert.staff.rules import RoleName
from tsalert.tiers import granting, queries, service
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.models import AccessGrant, Opening, Restriction
from tsalert.tiers.rules import BREAK_GLASS_LASTS, LONGEST_GRANT, OPENING_LASTS, Tier
from tsalert.tiers.vocabulary import Subject

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=1)
A_CASE = (Subject.CASE, 7)
WHY = "The informant lives next door."


def restrict(*records: tuple[Subject, int], root: tuple[Subject, int] = A_CASE) -> None:
    with transaction() as step:
        for record in records or (A_CASE,):
            service.restrict(step, *record, root, WHY, actor=SERVICE, now=NOW)


def give(officer_id: int | None, by: Actor, **changes: Any) -> int:
    usual: dict[str, Any] = {
        "subject": A_CASE[0],
        "subject_id": A_CASE[1],
        "expires_at": SOON,
        "reason": "Leads the enquiry now.",
    }
    return granting.give(NewGrant(officer_id or 0, **usual | changes), actor=by, now=NOW)


def open_root(root: tuple[Subject, int], reason: str, *, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        granting.open_root(session, root, reason, actor=actor, now=now)


def break_glass(record: tuple[Subject, int], tier: Tier, reason: str, *, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        granting.break_glass(session, record, tier, reason, actor=actor, now=now)


@pytest.fixture
def reader(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.CASE_OFFICER)


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Sam Example")


def test_a_record_that_nobody_restricted_is_seen_by_all(session: Session, reader: Actor) -> None:
    assert queries.may_see(session, reader, *A_CASE, now=NOW)
    queries.require_visible(session, reader, *A_CASE, now=NOW)
    assert queries.withheld(session, reader, Subject.CASE, [7, 8], now=NOW) == frozenset()


def test_a_restricted_record_is_seen_by_nobody_without_a_grant_not_even_a_manager(
    session: Session, reader: Actor, manager: Actor
) -> None:
    restrict()
    for actor in (reader, manager):
        assert not queries.may_see(session, actor, *A_CASE, now=NOW)
        assert not queries.may_see_sensitive(session, actor, *A_CASE, now=NOW)
        with pytest.raises(Withheld) as refused:
            queries.require_visible(session, actor, *A_CASE, now=NOW)
        assert (refused.value.subject, refused.value.subject_id, refused.value.tier) == ("case", 7, 4)
    assert queries.withheld(session, reader, Subject.CASE, [7, 8], now=NOW) == {7}
    assert queries.is_restricted(session, *A_CASE)


def test_the_service_and_commands_are_not_limited_and_a_wall_sees_nothing_restricted(session: Session) -> None:
    restrict()
    assert queries.may_see(session, SERVICE, *A_CASE, now=NOW)
    assert queries.may_see_sensitive(session, SERVICE, *A_CASE, now=NOW)
    wall = Actor(None, "Hall", frozenset({Permission.SEE_BOARD}), Via.SCREEN)
    assert not queries.may_see(session, wall, *A_CASE, now=NOW)
    assert queries.withheld(session, wall, Subject.CASE, [7], now=NOW) == {7}


def test_a_grant_opens_only_with_a_reason_at_each_opening(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    give(reader.officer_id, manager)
    assert queries.withheld(session, reader, Subject.CASE, [7], now=NOW) == frozenset()
    assert not queries.may_see(session, reader, *A_CASE, now=NOW)
    with pytest.raises(RuleViolation, match="at least 10"):
        open_root(A_CASE, "look  see", actor=reader, now=NOW)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=NOW)
    assert queries.may_see(session, reader, *A_CASE, now=NOW + OPENING_LASTS - timedelta(seconds=1))
    assert not queries.may_see(session, reader, *A_CASE, now=NOW + OPENING_LASTS)
    assert not queries.may_see(session, manager, *A_CASE, now=NOW)


def test_nobody_opens_what_they_have_no_grant_for(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    for actor in (reader, manager):
        with pytest.raises(NotAllowed):
            open_root(A_CASE, "I should like to look.", actor=actor, now=NOW)


def test_a_grant_that_ended_or_ran_out_counts_at_once(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    grant_id = give(reader.officer_id, manager)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=SOON - timedelta(minutes=1))
    assert queries.may_see(session, reader, *A_CASE, now=SOON - timedelta(seconds=1))
    assert not queries.may_see(session, reader, *A_CASE, now=SOON)
    granting.end(grant_id, actor=manager, now=NOW + timedelta(minutes=1))
    assert not queries.may_see(session, reader, *A_CASE, now=NOW + timedelta(minutes=2))
    with pytest.raises(Conflict, match="ended already"):
        granting.end(grant_id, actor=manager, now=NOW + timedelta(minutes=3))
    with pytest.raises(NotFound):
        granting.end(grant_id + 1000, actor=manager, now=NOW)


def test_a_grant_on_the_root_opens_everything_under_it(session: Session, reader: Actor, manager: Actor) -> None:
    beneath = [(Subject.INCIDENT, 3), (Subject.CALL, 9)]
    restrict(A_CASE, *beneath)
    give(reader.officer_id, manager)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=NOW)
    for record in beneath:
        assert queries.may_see(session, reader, *record, now=NOW)
        assert queries.roots_of(session, *record) == [A_CASE]
        assert queries.may_see_sensitive(session, reader, *record, now=NOW)


def test_what_two_roots_restrict_needs_a_grant_on_both(session: Session, reader: Actor, manager: Actor) -> None:
    note, incident = (Subject.NOTE, 5), (Subject.INCIDENT, 3)
    restrict(incident)
    restrict(incident, root=note)
    give(reader.officer_id, manager)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=NOW)
    assert not queries.may_see(session, reader, *incident, now=NOW)
    give(reader.officer_id, manager, subject=note[0], subject_id=note[1])
    open_root(note, "The hearing is tomorrow.", actor=reader, now=NOW)
    assert queries.may_see(session, reader, *incident, now=NOW)


def test_what_is_attached_later_inherits_and_is_lifted_with_its_root(session: Session, reader: Actor) -> None:
    restrict()
    with transaction() as step:
        service.inherit(step, Subject.INCIDENT, 3, A_CASE, actor=SERVICE, now=NOW)
        service.inherit(step, Subject.CALL, 9, (Subject.INCIDENT, 3), actor=SERVICE, now=NOW)
        service.inherit(step, Subject.CALL, 10, (Subject.INCIDENT, 4), actor=SERVICE, now=NOW)
    assert not queries.may_see(session, reader, Subject.CALL, 9, now=NOW)
    assert queries.may_see(session, reader, Subject.CALL, 10, now=NOW)
    with transaction() as step, pytest.raises(Conflict, match="sake of another"):
        service.lift(step, (Subject.CALL, 9), "The trial is over now.", actor=SERVICE, now=SOON)
    with transaction() as step:
        service.lift(step, A_CASE, "The trial is over now.", actor=SERVICE, now=SOON)
    assert queries.may_see(session, reader, Subject.CALL, 9, now=SOON)
    assert [entry.action for entry in trail.entries_about(session, "call", 9)] == ["restricted", "restriction lifted"]
    restrict()  # again, after the lift
    assert not queries.may_see(session, reader, *A_CASE, now=SOON)


def test_to_restrict_twice_changes_nothing(session: Session) -> None:
    restrict(A_CASE, A_CASE)
    assert len(session.scalars(select(Restriction)).all()) == 1
    assert [entry.action for entry in trail.entries_about(session, *A_CASE)] == ["restricted"]


def test_the_condition_for_lists_leaves_out_what_is_restricted(session: Session, reader: Actor, manager: Actor) -> None:
    for number in (1, 2):
        row = {"reference": f"R26-0000{number}-A", "category": "scam", "state": "triaged", "opened_at": NOW}
        session.add(Incident(id=number, **row))
    session.commit()
    restrict((Subject.INCIDENT, 2))

    def seen(actor: Actor) -> list[int]:
        condition = queries.visible(actor, Subject.INCIDENT, Incident.id, now=NOW)
        return list(session.scalars(select(Incident.id).where(condition).order_by(Incident.id)))

    assert seen(reader) == [1]
    assert seen(SERVICE) == [1, 2]
    of_all = select(Incident.id).where(queries.restricted(Subject.INCIDENT, Incident.id))
    assert session.scalars(of_all).all() == [2]
    give(reader.officer_id, manager)
    assert seen(reader) == [1, 2]
    assert seen(manager) == [1]


def test_officers_on_the_case_see_what_is_sensitive_and_nothing_restricted(
    session: Session, reader: Actor, officer: Callable[..., Actor]
) -> None:
    other = officer(RoleName.DUTY_OFFICER)
    for _ in range(2):
        with transaction() as step:
            service.put_on(step, A_CASE[1], reader.officer_id or 0, actor=SERVICE, now=NOW)
    assert queries.officers_on(session, A_CASE[1]) == [reader.officer_id]
    assert queries.may_see_sensitive(session, reader, *A_CASE, now=NOW + timedelta(days=1000))
    assert not queries.may_see_sensitive(session, other, *A_CASE, now=NOW)
    with pytest.raises(Withheld) as refused:
        queries.require_sensitive(session, other, *A_CASE, now=NOW)
    assert refused.value.tier == Tier.T3
    restrict()
    assert not queries.may_see_sensitive(session, reader, *A_CASE, now=NOW)


def test_who_is_taken_off_a_case_sees_nothing_sensitive_from_then_on(session: Session, reader: Actor) -> None:
    number = reader.officer_id or 0
    with transaction() as step:
        service.put_on(step, A_CASE[1], number, actor=SERVICE, now=NOW)
    with transaction() as step:
        service.take_off(step, A_CASE[1], number, actor=SERVICE, now=SOON)
    assert not queries.may_see_sensitive(session, reader, *A_CASE, now=SOON)
    with transaction() as step, pytest.raises(NotFound):
        service.take_off(step, A_CASE[1], number, actor=SERVICE, now=SOON)
    with transaction() as step:
        service.put_on(step, A_CASE[1], number, actor=SERVICE, now=SOON)
    assert queries.may_see_sensitive(session, reader, *A_CASE, now=SOON)


@pytest.mark.parametrize("role", [RoleName.MANAGER, RoleName.SAFEGUARDING_LEAD])
def test_managers_and_the_safeguarding_lead_see_what_is_sensitive(
    session: Session, officer: Callable[..., Actor], role: RoleName
) -> None:
    assert queries.may_see_sensitive(session, officer(role), *A_CASE, now=NOW)
    queries.require_sensitive(session, officer(role), *A_CASE, now=NOW)


def test_nobody_gives_access_to_themselves_or_for_too_long(session: Session, reader: Actor, manager: Actor) -> None:
    with pytest.raises(RuleViolation, match="to themselves"):
        give(manager.officer_id, manager)
    with pytest.raises(NotAllowed):
        give(manager.officer_id, reader)
    for expires_at, said in ((NOW, "later than now"), (NOW + LONGEST_GRANT + timedelta(seconds=1), "at most 90 days")):
        with pytest.raises(RuleViolation, match=said):
            give(reader.officer_id, manager, expires_at=expires_at)
    with pytest.raises(RuleViolation, match="at least 10"):
        give(reader.officer_id, manager, reason="because")
    with pytest.raises(NotFound):
        give(987_654, manager)
    assert give(reader.officer_id, manager, expires_at=NOW + LONGEST_GRANT)


def test_whoever_breaks_the_glass_is_in_at_once_and_for_four_hours(session: Session, reader: Actor) -> None:
    restrict()
    break_glass(A_CASE, Tier.T4, "She is at the door with him now.", actor=reader, now=NOW)
    assert queries.may_see(session, reader, *A_CASE, now=NOW)
    later = NOW + BREAK_GLASS_LASTS - timedelta(minutes=1)
    open_root(A_CASE, "He came back to the house.", actor=reader, now=later)
    assert queries.may_see(session, reader, *A_CASE, now=later)
    assert not queries.may_see(session, reader, *A_CASE, now=NOW + BREAK_GLASS_LASTS)
    with pytest.raises(NotAllowed):
        break_glass(A_CASE, Tier.T4, "A screen on the wall wants it.", actor=SERVICE, now=NOW)


def test_broken_glass_shows_what_is_sensitive_of_a_record_that_is_not_restricted(
    session: Session, reader: Actor
) -> None:
    break_glass(A_CASE, Tier.T3, "The ambulance asks for her illness.", actor=reader, now=NOW)
    assert queries.may_see_sensitive(session, reader, *A_CASE, now=NOW)
    assert session.scalars(select(Opening)).all() == []
    restrict()
    assert not queries.may_see_sensitive(session, reader, *A_CASE, now=NOW)


def test_every_step_of_access_stands_in_the_trail(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    grant_id = give(reader.officer_id, manager)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=NOW)
    granting.end(grant_id, actor=manager, now=NOW)
    break_glass(A_CASE, Tier.T4, "She is at the door with him now.", actor=reader, now=NOW)
    assert [entry.action for entry in trail.entries_about(session, *A_CASE)] == [
        "restricted",
        "access granted",
        "restricted record opened",
        "access ended",
        "glass broken",
        "restricted record opened",
    ]


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE access_grant SET expires_at = '2030-01-01'",
        "UPDATE access_grant SET granted_by = NULL",
        "DELETE FROM access_grant",
        "UPDATE restriction SET reason = 'another one'",
        "DELETE FROM restriction",
        "UPDATE opening SET until = '2030-01-01'",
        "DELETE FROM opening",
    ],
)
def test_the_database_refuses_to_change_what_was_granted_restricted_or_opened(
    session: Session, reader: Actor, manager: Actor, act: str
) -> None:
    restrict()
    give(reader.officer_id, manager)
    open_root(A_CASE, "The hearing is tomorrow.", actor=reader, now=NOW)
    with pytest.raises(DBAPIError, match="stays as it was"):
        session.execute(text(act))


def test_the_database_refuses_to_end_or_lift_a_second_time(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    granting.end(give(reader.officer_id, manager), actor=manager, now=NOW)
    with transaction() as step:
        service.lift(step, A_CASE, "The trial is over now.", actor=SERVICE, now=SOON)
    for act in ("UPDATE access_grant SET ended_at = NULL", "UPDATE restriction SET lift_reason = 'for another'"):
        with pytest.raises(DBAPIError, match="stays as it was"), session.begin_nested():
            session.execute(text(act))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("access_grant", "officer_id, subject, subject_id, tier, origin, granted_at"),
        ("restriction", "subject, subject_id, root_subject, root_id, reason, restricted_at"),
    ],
)
def test_no_fact_is_written_over_another(session: Session, reader: Actor, table: str, columns: str) -> None:
    if session.get_bind().dialect.name != "sqlite":
        return  # PostgreSQL has no such statement
    restrict()
    with transaction() as step:
        service.put_on(step, A_CASE[1], reader.officer_id or 0, actor=SERVICE, now=NOW)
    with pytest.raises(DBAPIError, match="stays as it was"):
        session.execute(text(f"INSERT OR REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table}"))


def test_a_reason_is_kept_without_needless_spaces() -> None:
    assert read_reason("  The  hearing\nis tomorrow. ") == "The hearing is tomorrow."
    with pytest.raises(RuleViolation, match="at most 1000"):
        read_reason("x" * 1001)


def test_grants_of_one_officer_are_nobody_elses(session: Session, reader: Actor, manager: Actor) -> None:
    restrict()
    give(reader.officer_id, manager)
    assert [grant.officer_id for grant in session.scalars(select(AccessGrant))] == [reader.officer_id]
    assert not queries.holds_grant(session, manager, A_CASE, now=NOW)
