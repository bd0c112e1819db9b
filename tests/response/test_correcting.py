"""Facts of incidents and calls are corrected: what stands now is counted and shown, what stood before is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, roof_call
from tests.response.test_clock_facts import arrive, breaches, clocks, close, states
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, Overtaken, RuleViolation
from tsalert.core.periods import parse_period
from tsalert.paging.models import PageRun
from tsalert.parties.rules import Sought
from tsalert.places.models import Ward
from tsalert.response import (
    board,
    correcting,
    correcting_calls,
    corrections,
    dispatching,
    queries,
    service,
    timeline,
    waiting,
)
from tsalert.response.clock import ClockState
from tsalert.response.correction_models import ClockMove, FactChange
from tsalert.response.counting import By
from tsalert.response.dispatching import Resolution
from tsalert.response.facts import Correction, Fact
from tsalert.response.figures import response_period
from tsalert.response.matches import look_up
from tsalert.response.models import Call, CallParty
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, Line, RemoteResolution, StartBasis
from tsalert.response.waiting import Contact
from tsalert.staff.rules import RoleName

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LATER = NOON + 3 * HOUR
QUARTER = parse_period("2026/27 Q1")


@pytest.fixture(autouse=True)
def wards(session: Session) -> None:
    session.add_all([Ward(code="W1", name="Bickley"), Ward(code="W2", name="Hayes")])
    session.commit()


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident in Bickley whose call came at noon."""
    return service.log_call(roof_call(ward_code="W1"), actor=duty, now=NOON).incident_id or 0


def told(reason: str = "The caller gave the wrong road", seen: int | None = None, **facts: Any) -> Correction:
    return Correction({Fact.of(name): value for name, value in facts.items()}, reason, seen)


def call_of(session: Session, incident_id: int) -> Call:
    return session.scalars(select(Call).where(Call.incident_id == incident_id)).one()


def said(session: Session, incident_id: int) -> list[str]:
    return [f"{each.what}: {each.note}" for each in timeline.timeline(session, incident_id, now=LATER)]


def test_a_corrected_ward_and_kind_are_counted_and_what_stood_before_is_kept(
    session: Session, duty: Actor, incident_id: int
) -> None:
    correcting.correct_incident(incident_id, told(ward_code="W2", kind="paving"), actor=duty, now=LATER)
    found = response_period(session, QUARTER)
    assert [group.label for group in found.by(By.WARD)] == ["Hayes"]
    assert [group.label for group in found.by(By.TYPE)] == ["Doorstep crime: paving"]
    assert [line.ward for line in board.read_board(session, now=LATER).lines] == ["Hayes"]
    kept = [(each.fact, each.was, each.became) for each in corrections.changes_of_incident(session, incident_id)]
    assert kept == [("kind", "roofing", "paving"), ("ward_code", "W1", "W2")]
    assert "Corrected here: ward: It was “Bickley” and is now “Hayes”. The caller gave the wrong road" in said(
        session, incident_id
    )
    entry = session.scalars(select(AuditEvent).where(AuditEvent.action == "corrected")).one()
    assert entry.detail == {"facts": "kind, ward_code"}


def test_a_category_that_was_wrong_makes_it_no_report(session: Session, duty: Actor, incident_id: int) -> None:
    correcting.correct_incident(incident_id, told(category=Category.OTHER), actor=duty, now=LATER)
    assert queries.response_figures(session, QUARTER).reports == 0


def test_a_closed_incident_can_be_corrected_and_stays_closed(session: Session, duty: Actor, incident_id: int) -> None:
    arrive(incident_id, duty, at=NOON + HOUR)
    close(incident_id, duty, now=NOON + 2 * HOUR)
    correcting.correct_incident(incident_id, told(ward_code="W2"), actor=duty, now=LATER)
    incident = queries.get_incident(session, incident_id)
    assert (incident.ward, incident.state) == ("Hayes", "closed")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        pytest.param({"ward_code": "W1"}, "recorded already", id="nothing-differs"),
        pytest.param({"ward_code": "W9"}, "from the list", id="no-such-ward"),
        pytest.param({"category": None}, "Choose what it is", id="no-category"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(
    session: Session, duty: Actor, incident_id: int, facts: dict[str, Any], why: str
) -> None:
    with pytest.raises(RuleViolation, match=why):
        correcting.correct_incident(incident_id, told(**facts), actor=duty, now=LATER)
    assert queries.get_incident(session, incident_id).version == 1


def test_a_correction_on_an_older_version_is_refused(session: Session, duty: Actor, incident_id: int) -> None:
    correcting.correct_incident(incident_id, told(ward_code="W2", seen=1), actor=duty, now=LATER)
    with pytest.raises(Overtaken):
        correcting.correct_incident(incident_id, told(kind="paving", seen=1), actor=duty, now=LATER)
    call_id = call_of(session, incident_id).id
    correcting_calls.correct_call(call_id, told(is_safe_to_call_back=False, seen=1), actor=duty, now=LATER)
    with pytest.raises(Overtaken):
        correcting_calls.correct_call(call_id, told(is_safe_to_call_back=True, seen=1), actor=duty, now=LATER)


def test_what_a_caller_said_is_corrected_and_the_earlier_words_stay_on_the_timeline(
    session: Session, duty: Actor, incident_id: int
) -> None:
    call = call_of(session, incident_id)
    words = told("Misheard", happening="Men on the drive want £400", is_safe_to_call_back=False)
    correcting_calls.correct_call(call.id, words, actor=duty, now=LATER)
    assert (call.happening, call.is_safe_to_call_back) == ("Men on the drive want £400", False)
    lines = said(session, incident_id)
    assert any("It was “Men on the roof want £4,000 in cash”" in line for line in lines)
    assert "Corrected in a call: safe to call back: It was “not given” and is now “no”. Misheard" in lines
    assert queries.get_incident(session, incident_id).version == 2


def test_a_call_is_found_by_its_corrected_place_and_no_more_by_the_wrong_one(
    session: Session, duty: Actor, incident_id: int
) -> None:
    place = told(address="8 Sample Street")
    correcting_calls.correct_call(call_of(session, incident_id).id, place, actor=duty, now=LATER)
    found = [
        look_up(session, Sought(address=each), reader=SERVICE, is_demo=True, now=LATER).incidents for each in ADDRESSES
    ]
    assert [bool(each) for each in found] == [False, True]
    assert queries.get_incident(session, incident_id).household.address == "8 Sample Street"


def test_an_incident_that_is_held_to_be_elsewhere_does_not_follow_a_call(
    session: Session, duty: Actor, incident_id: int
) -> None:
    correcting.correct_incident(incident_id, told(ward_code="W2", address="2 Example Road"), actor=duty, now=LATER)
    place = told(address="8 Sample Street", ward_code=None)
    correcting_calls.correct_call(call_of(session, incident_id).id, place, actor=duty, now=LATER)
    household = queries.get_incident(session, incident_id).household
    assert (household.address, household.ward_code) == ("2 Example Road", "W2")


def test_a_neighbour_who_gives_the_right_address_finds_the_incident_whose_address_was_corrected(
    session: Session, duty: Actor, incident_id: int
) -> None:
    correcting.correct_incident(incident_id, told(address="8 Sample Street"), actor=duty, now=LATER)
    (found,) = look_up(session, Sought(address="8 Sample Street"), reader=SERVICE, is_demo=True, now=LATER).incidents
    assert found.id == incident_id


def test_pages_tell_the_target_that_stands_after_a_call_was_corrected(session: Session, duty: Actor) -> None:
    incident_id = service.log_call(roof_call(claimed_at=NOON), actor=duty, now=NOON + HOUR).incident_id or 0
    call = call_of(session, incident_id)
    correcting_calls.correct_call(call.id, told(claimed_at=NOON + 30 * MINUTE), actor=duty, now=NOON + HOUR)
    assert session.scalars(select(PageRun.due_at)).one() == NOON + 150 * MINUTE


def test_a_correction_can_be_emptied_of_what_it_tells_of_a_person_and_of_nothing_else(
    session: Session, duty: Actor, incident_id: int
) -> None:
    correcting.correct_incident(incident_id, told(address="8 Sample Street"), actor=duty, now=LATER)
    session.execute(text("UPDATE fact_change SET was = NULL, became = NULL, reason = ''"))
    with pytest.raises(DatabaseError, match="stays"), session.begin_nested():
        session.execute(text("UPDATE fact_change SET fact = 'kind'"))


ADDRESSES = ("1 Example Road", "8 Sample Street")


def test_a_corrected_time_of_a_backfilled_call_moves_its_clock_and_both_starts_are_kept(
    session: Session, duty: Actor
) -> None:
    backfilled = roof_call(claimed_at=NOON)
    incident_id = service.log_call(backfilled, actor=duty, now=NOON + HOUR).incident_id or 0
    call = call_of(session, incident_id)
    correcting_calls.correct_call(call.id, told(claimed_at=NOON + 30 * MINUTE), actor=duty, now=NOON + HOUR)
    (clock,) = clocks(session, incident_id)
    assert (clock.started_at, clock.due_at) == (NOON + 30 * MINUTE, NOON + 150 * MINUTE)
    assert (call.received_at, call.claimed_at) == (NOON + 30 * MINUTE, NOON + 30 * MINUTE)
    parts = session.scalars(select(CallParty.received_at).where(CallParty.call_id == call.id)).all()
    assert set(parts) == {NOON + 30 * MINUTE}
    move = session.scalars(select(ClockMove)).one()
    assert (move.was_started_at, move.started_at) == (NOON, NOON + 30 * MINUTE)


def test_an_earlier_call_may_miss_its_target_by_the_correction_and_a_later_one_keeps_the_breach(
    session: Session, duty: Actor
) -> None:
    incident_id = service.log_call(roof_call(claimed_at=NOON), actor=duty, now=NOON + MINUTE).incident_id or 0
    arrive(incident_id, duty, at=NOON + 110 * MINUTE)
    call_id = call_of(session, incident_id).id
    correcting_calls.correct_call(call_id, told(claimed_at=NOON - 20 * MINUTE), actor=duty, now=LATER)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.LATE], 1)
    correcting_calls.correct_call(call_id, told("No, that was right", claimed_at=NOON), actor=duty, now=LATER)
    assert (states(session, incident_id, LATER), breaches(session)) == ([ClockState.MET], 1)
    figures = response_period(session, QUARTER).total()
    assert (figures.states[ClockState.MET], figures.met_after_breach) == (1, 1)
    breach = next(line for line in said(session, incident_id) if line.startswith("Target passed"))
    assert "The call's time was corrected since" in breach
    assert "As it is now: met" in breach


@pytest.mark.parametrize(
    ("at", "why"),
    [
        pytest.param(NOON + 90 * MINUTE, "written down before", id="after-it-was-saved"),
        pytest.param(NOON - timedelta(days=400), "more than a year", id="long-before"),
        pytest.param(NOON + 50 * MINUTE, "on the way or there before", id="after-an-officer-was-there"),
    ],
)
def test_a_call_cannot_have_come_in_then(session: Session, duty: Actor, at: datetime, why: str) -> None:
    incident_id = service.log_call(roof_call(claimed_at=NOON), actor=duty, now=NOON + HOUR).incident_id or 0
    arrive(incident_id, duty, at=NOON + 40 * MINUTE, now=NOON + HOUR)
    with pytest.raises(RuleViolation, match=why):
        correcting_calls.correct_call(call_of(session, incident_id).id, told(claimed_at=at), actor=duty, now=LATER)


def test_a_call_that_came_another_way_is_no_report_and_its_source_is_counted_anew(
    session: Session, duty: Actor, incident_id: int, officer: Callable[..., Actor]
) -> None:
    call_id = call_of(session, incident_id).id
    correcting_calls.correct_call(call_id, told(source=CallSource.BANK), actor=officer(name="Another"), now=LATER)
    assert [each.key for each in response_period(session, QUARTER).by(By.SOURCE)] == ["bank"]
    other_way = told("She came to the desk", line=Line.OTHER)
    with pytest.raises(NotAllowed):
        correcting_calls.correct_call(call_id, other_way, actor=officer(name="Another"), now=LATER)
    correcting_calls.correct_call(call_id, other_way, actor=duty, now=LATER)
    assert queries.response_figures(session, QUARTER).reports == 0
    way = "It was “Rapid-response number, spoken to” and is now “Another way: office, email, in person”"
    assert any(way in each for each in said(session, incident_id))


def test_a_time_that_nobody_had_claimed_is_kept_as_it_was_held(session: Session, duty: Actor, incident_id: int) -> None:
    told_at = told(claimed_at=NOON - 10 * MINUTE)
    correcting_calls.correct_call(call_of(session, incident_id).id, told_at, actor=duty, now=LATER)
    assert any(
        "It was “10 June 2026 at 1:00pm” and is now “10 June 2026 at 12:50pm”" in each
        for each in said(session, incident_id)
    )


def test_only_whoever_logged_a_call_or_a_manager_corrects_its_time(
    session: Session, duty: Actor, incident_id: int, officer: Callable[..., Actor]
) -> None:
    call_id, time = call_of(session, incident_id).id, told(claimed_at=NOON - MINUTE)
    with pytest.raises(NotAllowed):
        correcting_calls.correct_call(call_id, time, actor=officer(name="Another"), now=LATER)
    correcting_calls.correct_call(call_id, time, actor=officer(RoleName.MANAGER), now=LATER)


def test_a_call_that_waits_is_written_up_and_not_corrected_and_its_ring_stays(session: Session, duty: Actor) -> None:
    call_id = waiting.open_waiting(session, Contact(Line.RAPID_VOICE, None, None, NOON), now=NOON)
    session.commit()
    with pytest.raises(Conflict, match="waits"):
        correcting_calls.correct_call(call_id, told(happening="Nothing"), actor=duty, now=LATER)
    new = roof_call(disposition=Disposition.ADVICE, incident=None)
    waiting.write_up(call_id, new, actor=duty, now=NOON + HOUR)
    for change in ({"claimed_at": NOON + MINUTE}, {"line": Line.OTHER}):
        with pytest.raises(RuleViolation, match="telephone network"):
            correcting_calls.correct_call(call_id, told(**change), actor=duty, now=LATER)


def test_a_grade_that_counts_from_new_facts_does_not_move_with_the_call(session: Session, duty: Actor) -> None:
    graded = roof_call(claimed_at=NOON, incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "He has gone"))
    incident_id = service.log_call(graded, actor=duty, now=NOON + MINUTE).incident_id or 0
    facts = GradeDecision(GradeName.IMMEDIATE, "He came back", StartBasis.NEW_FACTS, NOON + 20 * MINUTE)
    service.grade_incident(incident_id, facts, actor=duty, now=NOON + 20 * MINUTE)
    before = [each.started_at for each in clocks(session, incident_id)]
    call_id = call_of(session, incident_id).id
    correcting_calls.correct_call(call_id, told(claimed_at=NOON - 10 * MINUTE), actor=duty, now=LATER)
    after = [each.started_at for each in clocks(session, incident_id)]
    assert [now_is - was for was, now_is in zip(before, after, strict=True)][-1] == timedelta(0)


def test_the_clock_follows_the_call_that_led_to_its_grade_whatever_earlier_call_joined_since(
    session: Session, duty: Actor
) -> None:
    logged = service.log_call(roof_call(claimed_at=NOON), actor=duty, now=NOON + 5 * MINUTE)
    incident_id = logged.incident_id or 0
    reference = queries.get_incident(session, incident_id).reference
    earlier = roof_call(
        disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference,
        claimed_at=NOON - 30 * MINUTE,
    )  # fmt: skip
    joined = service.log_call(earlier, actor=duty, now=NOON + 10 * MINUTE).call_id
    correcting_calls.correct_call(logged.call_id, told(claimed_at=NOON - 10 * MINUTE), actor=duty, now=LATER)
    (clock,) = clocks(session, incident_id)
    assert clock.started_at == NOON - 10 * MINUTE
    correcting_calls.correct_call(joined, told(claimed_at=NOON - 40 * MINUTE), actor=duty, now=LATER)
    session.expire_all()
    assert clock.started_at == NOON - 10 * MINUTE


@pytest.mark.parametrize("deed", ["resolved", "facts"])
def test_a_call_cannot_have_come_in_after_what_followed_from_it(session: Session, duty: Actor, deed: str) -> None:
    graded = roof_call(claimed_at=NOON, incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "He has gone"))
    logged = service.log_call(graded, actor=duty, now=NOON + HOUR)
    incident_id, at = logged.incident_id or 0, NOON + 20 * MINUTE
    if deed == "resolved":
        how = Resolution(RemoteResolution.BANK_STOPPED_PAYMENT, at)
        dispatching.resolve_remotely(incident_id, how, actor=duty, now=NOON + HOUR)
    else:
        facts = GradeDecision(GradeName.IMMEDIATE, "He came back", StartBasis.NEW_FACTS, at)
        service.grade_incident(incident_id, facts, actor=duty, now=NOON + HOUR)
    with pytest.raises(RuleViolation, match="before that time"):
        correcting_calls.correct_call(logged.call_id, told(claimed_at=NOON + 30 * MINUTE), actor=duty, now=LATER)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE fact_change SET was = 'W3'", id="rewritten"),
        pytest.param("DELETE FROM fact_change", id="deleted"),
        pytest.param("UPDATE incident_clock SET started_at = due_at", id="clock-moved-without-a-correction"),
    ],
)
def test_the_database_itself_keeps_corrections(session: Session, duty: Actor, incident_id: int, statement: str) -> None:
    correcting.correct_incident(incident_id, told(ward_code="W2"), actor=duty, now=LATER)
    with pytest.raises(DatabaseError, match="correction"), session.begin_nested():
        session.execute(text(statement))
    assert session.scalars(select(FactChange.was)).one() == "W1"
