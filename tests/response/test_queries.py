"""A quarter's reports and clocks, counted from calls and incidents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tsalert.core.actors import Actor
from tsalert.core.clock import london_midnight
from tsalert.core.periods import quarter
from tsalert.response import dispatching, queries, service
from tsalert.response.clock import ResponseFigures
from tsalert.response.dispatching import NewMilestone
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import Category, Disposition, GradeName, Line, StandDownReason, StartBasis

Q1 = quarter(2022, 1)
MAY = datetime(2022, 5, 3, 10, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def log(duty: Actor, at: datetime = MAY, **changes: Any) -> int:
    incident_id = service.log_call(roof_call(**changes), actor=duty, now=at).incident_id
    assert incident_id is not None
    return incident_id


def arrive(incident_id: int, duty: Actor, at: datetime) -> None:
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=duty, now=at)


def test_an_empty_quarter_counts_nothing(session: Session) -> None:
    assert queries.response_figures(session, Q1) == ResponseFigures(0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_a_quarter_counts_its_reports_and_how_their_clocks_came_out(session: Session, duty: Actor) -> None:
    prompt = NewIncident(Category.SCAM, None, GradeName.PROMPT, "Nobody is there now")
    log(duty, incident=prompt)
    met, late, gone, ended_late, _waiting, _also_waiting = (log(duty) for _ in range(6))
    arrive(met, duty, MAY + HOUR)
    arrive(late, duty, MAY + 3 * HOUR)
    dispatching.stand_down(gone, StandDownReason.WITHDRAWN, actor=duty, now=MAY + HOUR)
    dispatching.stand_down(ended_late, StandDownReason.WITHDRAWN, actor=duty, now=MAY + 3 * HOUR)
    service.record_breaches(MAY + 3 * HOUR)
    figures = queries.response_figures(session, Q1)
    assert (figures.reports, figures.immediate) == (7, 6)
    assert (figures.met, figures.late, figures.not_applicable, figures.breached_then_ended) == (1, 1, 1, 1)
    assert (figures.running, figures.overdue) == (0, 2)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"line": Line.OTHER}, id="came-in-another-way"),
        pytest.param({"incident": NewIncident(Category.OTHER, None, GradeName.IMMEDIATE)}, id="of-another-category"),
    ],
)
def test_what_is_no_report(session: Session, duty: Actor, changes: dict[str, Any]) -> None:
    log(duty, **changes)
    assert queries.response_figures(session, Q1).reports == 0


def test_a_duplicate_or_misdial_that_came_first_is_not_the_first_real_call(session: Session, duty: Actor) -> None:
    incident_id = log(duty, at=Q1.ends_at + HOUR)
    reference = queries.get_incident(session, incident_id).reference
    false_start = roof_call(disposition=Disposition.DUPLICATE, incident=None, incident_reference=reference)
    service.log_call(false_start, actor=duty, now=Q1.ends_at - HOUR)
    assert queries.response_figures(session, Q1).reports == 0
    assert queries.response_figures(session, quarter(2022, 2)).reports == 1


def test_only_the_first_real_call_decides_the_quarter_and_the_way_it_came(session: Session, duty: Actor) -> None:
    incident_id = log(duty, at=Q1.ends_at - HOUR, line=Line.OTHER)
    reference = queries.get_incident(session, incident_id).reference
    again = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=reference)
    service.log_call(again, actor=duty, now=Q1.ends_at + HOUR)
    assert queries.response_figures(session, Q1).reports == 0
    assert queries.response_figures(session, quarter(2022, 2)).reports == 0


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        pytest.param(Q1.starts_at - timedelta(seconds=1), False, id="the-second-before-london-midnight"),
        pytest.param(Q1.starts_at, True, id="london-midnight-which-is-eleven-at-night-in-utc"),
        pytest.param(london_midnight(Q1.last_day) + timedelta(hours=23, minutes=59), True, id="the-last-minute"),
        pytest.param(Q1.ends_at, False, id="the-next-quarter-begins"),
    ],
)
def test_a_quarter_is_of_london_days(session: Session, duty: Actor, at: datetime, inside: bool) -> None:  # noqa: FBT001
    log(duty, at=at)
    assert queries.response_figures(session, Q1).reports == int(inside)


def test_an_arrival_told_after_the_breach_is_counted_apart(session: Session, duty: Actor) -> None:
    incident_id = log(duty)
    service.record_breaches(MAY + 3 * HOUR)
    told = NewMilestone(Step.ON_SCENE, at=MAY + HOUR)
    dispatching.record_milestone(incident_id, told, actor=duty, now=MAY + 4 * HOUR)
    figures = queries.response_figures(session, Q1)
    assert (figures.met, figures.met_after_breach, figures.overdue) == (1, 1, 0)


def test_immediate_and_attended_needs_both(session: Session, duty: Actor) -> None:
    attended, lowered = log(duty), log(duty)
    log(duty)
    calm = log(duty, incident=NewIncident(Category.SCAM, None, GradeName.PROMPT, "Nobody is there now"))
    for incident_id in (attended, calm, lowered):
        arrive(incident_id, duty, MAY + HOUR)
    decision = GradeDecision(GradeName.PROMPT, "He left", StartBasis.WRONG_TRIAGE)
    service.grade_incident(lowered, decision, actor=duty, now=MAY + HOUR)
    assert set(queries.reports_of(session, Q1).attended) == {attended, lowered}


def test_incidents_and_calls_are_paged_newest_first(session: Session, duty: Actor) -> None:
    first, second, third = (log(duty, at=MAY + minutes * MINUTE) for minutes in range(3))
    assert [each.id for each in queries.list_incidents(session, limit=2).items] == [third, second]
    assert [each.id for each in queries.list_incidents(session, after=second).items] == [first]
    calls = queries.list_calls(session, limit=2)
    assert len(calls.items) == 2
    assert [each.id for each in queries.list_calls(session, after=calls.next).items] == [calls.next - 1]


def test_a_reference_is_found_however_it_is_typed(session: Session, duty: Actor) -> None:
    incident_id = log(duty)
    reference = queries.get_incident(session, incident_id).reference
    assert queries.find_incident_id(session, f" {reference.lower()} ") == incident_id
    assert queries.find_incident_id(session, reference[:-1]) is None
    call = queries.list_calls(session).items[0]
    assert queries.find_call_id(session, call.reference) == call.id
    assert queries.references(session, [incident_id]) == {incident_id: reference}
