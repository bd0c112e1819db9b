"""What counts of the records of a household, kept true by everything that changes it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from subprocess import CompletedProcess

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tests.response.test_concurrency import at_once
from tests.response.test_concurrency import dee as dee  # noqa: PLC0414 - a fixture that both tests share
from tests.response.test_concurrency import sam as sam  # noqa: PLC0414 - as above
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.prevention import queries as units
from tsalert.prevention.rules import Ending, NewEnding
from tsalert.response import service as response
from tsalert.response.vocabulary import CallSource, Category
from tsalert.savings import queries, service
from tsalert.savings.counting import equipment, household_counts, recounting
from tsalert.savings.figures.scopes import COUNTED
from tsalert.savings.models import Intervention
from tsalert.savings.rates.approving import continue_rate_set
from tsalert.savings.rules import Evidence, InterventionType, NewIntervention
from tsalert.staff.rules import RoleName

HOME, ELSEWHERE = "BR1 3UH 12", "BR2 1AA 1"
BLOCKER = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=date(2022, 5, 3), household_key=HOME)
VISIT = NewIntervention(
    type=InterventionType.SCAM_VICTIM,
    on_date=date(2022, 5, 3),
    prevented=Decimal(600),
    evidence=Evidence.BANK,
    household_key=HOME,
)


def counted(session: Session, reference: str) -> tuple[int, str | None, str | None]:
    row = queries.get_current_row(session, reference)
    over = session.get(Intervention, row.overlaps_id) if row.overlaps_id else None
    assert over is None or over.is_current
    return row.counted_units, row.not_counted_reason, over.reference if over else None


def require_true(session: Session) -> None:
    """Hold every stored count against one worked out afresh."""
    rows = {row.reference: row for row in session.scalars(select(Intervention).where(*COUNTED))}
    keys = {row.household_key for row in rows.values() if row.household_key}
    for assessed in household_counts.assess_households(session, keys).values():
        for reference, assessment in assessed.items():
            reason = assessment.reasons[0].kind if assessment.reasons else None
            assert counted(session, reference) == (assessment.counted_units, reason, assessment.overlaps)
    assert all(row.counted_units == row.units for row in rows.values() if not row.household_key)


def test_a_second_blocker_counts_nothing_and_ending_the_first_makes_room(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    first = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    (unit,) = equipment.add_units(first, ["AB-1"], actor=actor, now=NOW)
    second = service.record_intervention(replace(BLOCKER, on_date=date(2023, 1, 9)), actor=actor, now=NOW)
    assert counted(session, second) == (0, "in_place", None)
    ending = NewEnding(Ending.FAULTY, date(2023, 1, 9), "Dead")
    equipment.end_unit(unit, ending, actor=actor, now=NOW)
    assert counted(session, second) == (1, None, None)
    versions = queries.list_versions(session, second)
    assert [version.reason for version in versions] == [f"Counted anew: a unit of {first} ended.", None]
    assert versions[0].recorded_by == actor.officer_id
    assert [entry.action for entry in audit.entries_about(session, "intervention", versions[0].id)] == ["counted anew"]
    require_true(session)


def test_where_nobody_told_a_home_the_victim_is_the_household(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer(RoleName.MANAGER)
    case_id = cases.open_case(NewCase("Sold a boiler", category=Category.DOORSTEP_CRIME), actor=actor, now=NOW)
    of_case = replace(BLOCKER, household_key=None, case_id=case_id)
    first, second = (service.record_intervention(of_case, actor=actor, now=NOW) for _ in range(2))
    assert [counted(session, each)[:2] for each in (first, second)] == [(1, None), (0, "in_place")]
    rang = roof_call(address=None, postcode=None, source=CallSource.RESIDENT)
    incidents = [response.log_call(rang, actor=actor, now=NOW).incident_id for _ in range(2)]
    of_calls = [replace(BLOCKER, household_key=None, incident_id=each) for each in incidents]
    third, fourth = (service.record_intervention(each, actor=actor, now=NOW) for each in of_calls)
    assert [counted(session, each)[:2] for each in (third, fourth)] == [(1, None), (0, "in_place")]
    victim = queries.get_current_row(session, third).household_key or ""
    assert victim.startswith("PERSON ")
    assert queries.get_current_row(session, first).household_key == f"CASE {case_id}"
    told_at_home = replace(BLOCKER, household_key=f" {victim.lower()}")
    assert counted(session, service.record_intervention(told_at_home, actor=actor, now=NOW))[:2] == (0, "in_place")
    require_true(session)


def test_an_earlier_record_that_comes_late_takes_the_count_over(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    later = service.record_intervention(replace(BLOCKER, on_date=date(2022, 9, 1)), actor=actor, now=NOW)
    before = queries.get_current_row(session, later).id
    visit = service.record_intervention(VISIT, actor=actor, now=NOW)
    assert counted(session, later) == (1, "overlap", visit)
    first = service.record_intervention(replace(BLOCKER, on_date=date(2022, 5, 2)), actor=actor, now=NOW)
    assert counted(session, later) == (0, "in_place", None)
    assert counted(session, visit) == (1, "overlap", first)
    old = session.get(Intervention, before)
    assert old is not None
    assert (old.counted_units, old.overlaps_id, old.is_current) == (1, None, False)
    require_true(session)


def test_correcting_the_earlier_record_keeps_the_later_one_pointing_at_what_stands(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    visit = service.record_intervention(VISIT, actor=actor, now=NOW)
    later = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    corrected = replace(VISIT, prevented=Decimal(700))
    service.correct_intervention(visit, corrected, of_version=1, reason="Letter", actor=actor, now=NOW)
    assert counted(session, later) == (1, "overlap", visit)
    service.withdraw_intervention(visit, of_version=2, reason="Twice", actor=actor, now=NOW)
    assert counted(session, later) == (1, None, None)
    require_true(session)


def test_a_record_that_moves_house_leaves_both_households_right(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    first = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    equipment.add_units(first, ["AB-1"], actor=actor, now=NOW)
    second = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    other = service.record_intervention(replace(BLOCKER, household_key=ELSEWHERE), actor=actor, now=NOW)
    moved = replace(BLOCKER, household_key=ELSEWHERE, on_date=date(2022, 5, 2))
    service.correct_intervention(first, moved, of_version=1, reason="Typed wrong", actor=actor, now=NOW)
    assert [counted(session, each)[0] for each in (first, second, other)] == [1, 1, 0]
    (unit,) = units.units_of(session, [first])
    assert (unit.household_key, unit.life.installed_on) == (ELSEWHERE, date(2022, 5, 2))
    assert unit.life.term_ends_on == date(2027, 5, 1)
    require_true(session)


def test_a_verified_record_that_is_counted_anew_stays_verified(session: Session, officer: Callable[..., Actor]) -> None:
    actor, second = officer(), officer()
    large = replace(VISIT, prevented=Decimal(20_000), on_date=date(2022, 9, 1))
    visit = service.record_intervention(large, actor=actor, now=NOW)
    service.verify_intervention(visit, of_version=1, actor=second, now=NOW)
    service.record_intervention(BLOCKER, actor=actor, now=NOW)
    version = queries.get_current(session, visit)
    assert (version.number, version.verified_by, version.recorded_by) == (2, second.officer_id, actor.officer_id)


def test_units_without_an_installation_are_refused(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    visit = service.record_intervention(VISIT, actor=actor, now=NOW)
    gone = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    service.withdraw_intervention(gone, of_version=1, reason="Twice", actor=actor, now=NOW)
    for reference, said in [
        (None, "without an installation cannot be counted"),
        ("S22-99999-X", "no intervention S22-99999-X"),
        (visit, "installed no units"),
        (gone, "was withdrawn"),
    ]:
        with pytest.raises(RuleViolation, match=said) as refused:
            equipment.add_units(reference, ["AB-1"], actor=actor, now=NOW)
        assert refused.value.field == "intervention"


def test_no_more_units_are_known_than_were_recorded(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    reference = service.record_intervention(replace(BLOCKER, units=2), actor=actor, now=NOW)
    equipment.add_units(reference, ["AB-1", "AB-2"], actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="3 would be known"):
        equipment.add_units(reference, ["AB-3"], actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match="Put the number right"):
        service.correct_intervention(reference, BLOCKER, of_version=1, reason="One", actor=actor, now=NOW)
    with pytest.raises(RuleViolation) as refused:
        service.correct_intervention(reference, VISIT, of_version=1, reason="Kind", actor=actor, now=NOW)
    assert refused.value.field == "type"
    elsewhere = service.record_intervention(replace(BLOCKER, household_key=ELSEWHERE), actor=actor, now=NOW)
    with pytest.raises(RuleViolation, match=f"AB-1 is in place since {reference}"):
        equipment.add_units(elsewhere, ["AB-1"], actor=actor, now=NOW)


def test_withdrawing_an_intervention_takes_its_units_for_never_fitted(
    session: Session, officer: Callable[..., Actor]
) -> None:
    actor = officer()
    reference = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    (unit_id,) = equipment.add_units(reference, ["AB-1"], actor=actor, now=NOW)
    service.withdraw_intervention(reference, of_version=1, reason="Twice", actor=actor, now=NOW)
    assert units.get_unit(session, unit_id).ended_how is Ending.MISTAKE
    assert units.units_of(session, [reference]) == []


def test_a_unit_ends_once_and_not_before_it_was_fitted(session: Session, officer: Callable[..., Actor]) -> None:
    actor = officer()
    reference = service.record_intervention(BLOCKER, actor=actor, now=NOW)
    (unit_id,) = equipment.add_units(reference, ["AB-1"], actor=actor, now=NOW)
    early = NewEnding(Ending.RETURNED, date(2022, 5, 2), "Moved")
    with pytest.raises(RuleViolation, match="not fitted yet"):
        equipment.end_unit(unit_id, early, actor=actor, now=NOW)
    equipment.end_unit(unit_id, NewEnding(Ending.RETURNED, date(2022, 5, 3), "Moved"), actor=actor, now=NOW)
    with pytest.raises(Conflict, match="ended already"):
        equipment.end_unit(unit_id, NewEnding(Ending.FAULTY, date(2022, 5, 4), "Dead"), actor=actor, now=NOW)
    late = replace(BLOCKER, on_date=date(2022, 5, 4))
    with pytest.raises(RuleViolation, match="ended before"):
        service.correct_intervention(reference, late, of_version=1, reason="Day", actor=actor, now=NOW)
    with pytest.raises(NotFound):
        equipment.end_unit(999_999, early, actor=actor, now=NOW)


def test_a_term_approved_later_makes_room_after_it(session: Session, officer: Callable[..., Actor]) -> None:
    manager = officer(RoleName.MANAGER)
    first = service.record_intervention(replace(BLOCKER, on_date=date(2010, 1, 1)), actor=manager, now=NOW)
    (unit_id,) = equipment.add_units(first, ["AB-1"], actor=manager, now=NOW)
    second = service.record_intervention(BLOCKER, actor=manager, now=NOW)
    assert counted(session, second)[0] == 0
    assert units.get_unit(session, unit_id).life.term_ends_on is None
    published = "nts-observed-2021-22"
    continue_rate_set(published, date(2010, 1, 1), date(2021, 3, 31), actor=manager, now=NOW)
    assert counted(session, second)[0] == 1
    assert units.get_unit(session, unit_id).life.term_ends_on == date(2014, 12, 31)
    require_true(session)


def test_counting_everything_anew_changes_nothing_that_was_true(
    session: Session, officer: Callable[..., Actor]
) -> None:
    manager = officer(RoleName.MANAGER)
    for _ in range(3):
        service.record_intervention(BLOCKER, actor=manager, now=NOW)
    assert recounting.recount_households(actor=manager, now=NOW) == 0


EXAMPLES = count()
HOMES = st.sampled_from([HOME, ELSEWHERE, None])
DAYS = st.integers(0, 2500).map(lambda days: date(2018, 4, 1) + timedelta(days=days))
ACTS = st.one_of(
    st.tuples(st.just("blocker"), HOMES, DAYS, st.integers(1, 2)),
    st.tuples(st.just("visit"), HOMES, DAYS, st.integers(1, 20_000)),
    st.tuples(st.just("correct"), HOMES, DAYS, st.integers(0, 9)),
    st.tuples(st.just("withdraw"), HOMES, DAYS, st.integers(0, 9)),
    st.tuples(st.just("unit"), HOMES, DAYS, st.integers(0, 9)),
    st.tuples(st.just("end"), HOMES, DAYS, st.integers(0, 9)),
)


class Desk:
    """An officer who does what is drawn, as far as the rules let them."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor = session, actor
        self.references: list[str] = []
        self.units: list[int] = []

    def do(self, act: str, home: str | None, day: date, number: int) -> None:
        try:
            getattr(self, act)(home, day, number)
        except (Conflict, RuleViolation, IndexError):
            self.session.rollback()

    def blocker(self, home: str | None, day: date, number: int) -> None:
        self.record(replace(BLOCKER, household_key=home, on_date=day, units=number))

    def visit(self, home: str | None, day: date, number: int) -> None:
        self.record(replace(VISIT, household_key=home, on_date=day, prevented=Decimal(number)))

    def record(self, new: NewIntervention) -> None:
        self.references.append(service.record_intervention(new, actor=self.actor, now=NOW))

    def correct(self, home: str | None, day: date, number: int) -> None:
        version = queries.get_current(self.session, self.references[number])
        corrected = replace(version.content, household_key=home, on_date=day)
        service.correct_intervention(
            version.reference, corrected, of_version=version.number, reason="Wrong", actor=self.actor, now=NOW
        )

    def withdraw(self, home: str | None, day: date, number: int) -> None:
        version = queries.get_current(self.session, self.references[number])
        service.withdraw_intervention(
            version.reference, of_version=version.number, reason="Twice", actor=self.actor, now=NOW
        )

    def unit(self, home: str | None, day: date, number: int) -> None:
        serial = f"AB-{self.references[number]}-{len(self.units)}"
        self.units += equipment.add_units(self.references[number], [serial], actor=self.actor, now=NOW)

    def end(self, home: str | None, day: date, number: int) -> None:
        equipment.end_unit(self.units[number % 4], NewEnding(Ending.FAULTY, day, "Dead"), actor=self.actor, now=NOW)


@limits(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=st.lists(ACTS, max_size=12))
def test_whatever_is_done_in_whatever_order_every_count_is_what_it_would_be_afresh(
    session: Session, officer: Callable[..., Actor], acts: list[tuple[str, str | None, date, int]]
) -> None:
    desk, example = Desk(session, officer()), next(EXAMPLES)
    for act, home, day, number in acts:
        desk.do(act, home and f"{home}{example}", day, number)
        require_true(session)


def test_two_officers_who_record_for_one_household_at_once_count_one_blocker(
    fresh_app: Flask, dee: Actor, sam: Actor
) -> None:
    actors = iter([dee, sam] * 4)
    outcomes = at_once(fresh_app, 8, lambda: service.record_intervention(BLOCKER, actor=next(actors), now=NOW))
    assert len(set(outcomes)) == 8
    with fresh_app.app_context():
        session = db.session()
        assert session.scalar(select(func.sum(Intervention.counted_units)).where(*COUNTED)) == 1
        require_true(session)
        assert audit.verify_chain(session).is_whole
        db.session.remove()


def test_recording_correcting_and_ending_at_once_never_wait_for_each_other_and_leave_the_count_true(
    fresh_app: Flask, dee: Actor
) -> None:
    with fresh_app.app_context():
        first = service.record_intervention(BLOCKER, actor=dee, now=NOW)
        (unit_id,) = equipment.add_units(first, ["AB-1"], actor=dee, now=NOW)
        other = service.record_intervention(replace(BLOCKER, household_key=ELSEWHERE), actor=dee, now=NOW)
        db.session.remove()
    here, there = replace(BLOCKER, on_date=date(2023, 1, 1)), replace(BLOCKER, household_key=ELSEWHERE)
    moved = {"of_version": 1, "reason": "Moved", "actor": dee, "now": NOW}
    acts: list[Callable[[], object]] = [
        lambda: service.record_intervention(here, actor=dee, now=NOW),
        lambda: service.correct_intervention(first, there, **moved),  # type: ignore[arg-type]
        lambda: service.correct_intervention(other, BLOCKER, **moved),  # type: ignore[arg-type]
        lambda: equipment.end_unit(unit_id, NewEnding(Ending.FAULTY, date(2023, 1, 1), "Dead"), actor=dee, now=NOW),
        lambda: service.record_intervention(there, actor=dee, now=NOW),
        lambda: service.record_intervention(replace(VISIT, on_date=date(2022, 6, 1)), actor=dee, now=NOW),
    ]
    waiting = iter(acts)

    def act() -> object:
        return next(waiting)()

    at_once(fresh_app, len(acts), act)
    with fresh_app.app_context():
        require_true(db.session())
        db.session.remove()


def test_of_two_corrections_at_once_the_second_is_told_so(fresh_app: Flask, dee: Actor) -> None:
    without_household = replace(BLOCKER, household_key=None)
    with fresh_app.app_context():
        reference = service.record_intervention(without_household, actor=dee, now=NOW)
        db.session.remove()
    moved = {"of_version": 1, "reason": "Moved", "actor": dee, "now": NOW}
    outcomes = at_once(
        fresh_app,
        4,
        lambda: service.correct_intervention(reference, without_household, **moved),  # type: ignore[arg-type]
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3


def test_officers_who_work_on_different_cases_of_one_household_never_wait_for_each_other_in_a_ring(
    fresh_app: Flask, dee: Actor
) -> None:
    with fresh_app.app_context():
        ids = [cases.open_case(NewCase("Two", category=Category.SCAM), actor=dee, now=NOW) for _ in range(4)]
        db.session.remove()
    days = count()

    def record_ever_earlier() -> None:
        case_id = ids.pop()
        for _ in range(5):
            day = date(2022, 5, 3) - timedelta(days=next(days))
            service.record_intervention(replace(BLOCKER, case_id=case_id, on_date=day), actor=dee, now=NOW)

    at_once(fresh_app, 4, record_ever_earlier)
    with fresh_app.app_context():
        require_true(db.session())
        db.session.remove()


def test_the_operator_counts_an_old_database_again(
    fresh_app: Flask, dee: Actor, run_command: Callable[..., CompletedProcess[str]]
) -> None:
    with fresh_app.app_context():
        references = [service.record_intervention(BLOCKER, actor=dee, now=NOW) for _ in range(2)]
        with transaction() as session:
            session.execute(update(Intervention).values(counted_units=1, not_counted_reason=None))
        db.session.remove()
    assert run_command("savings", "recount").stdout == "1 record counts otherwise than before.\n"
    assert run_command("savings", "recount").stdout == "0 records count otherwise than before.\n"
    with fresh_app.app_context():
        assert [counted(db.session(), each)[0] for each in references] == [1, 0]
        db.session.remove()
