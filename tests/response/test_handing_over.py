"""Giving an incident to another body: asking ends nothing, a no ends nothing, a yes ends our clock."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.response.conftest import NOON
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict
from tsalert.response import dispatching, handing_over, queries, service
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.handing_over import Acceptance
from tsalert.response.rules import GradeDecision
from tsalert.response.steps import IncidentState
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import GradeName, StandDownReason, StartBasis

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def clock_at(session: Session, incident_id: int, hours: int) -> ClockState:
    clock = queries.get_incident(session, incident_id).clock
    assert clock is not None
    return read_clock(clock, NOON + hours * HOUR).state


def test_an_offer_ends_nothing(session: Session, duty: Actor, incident_id: int) -> None:
    handing_over.offer_handover(incident_id, "Otherborough", actor=duty, now=NOON + MINUTE)
    incident = queries.get_incident(session, incident_id)
    assert (incident.offered_to, incident.state) == ("Otherborough", IncidentState.TRIAGED)
    assert clock_at(session, incident_id, 1) is ClockState.RUNNING
    assert clock_at(session, incident_id, 3) is ClockState.OVERDUE


def test_a_refusal_says_why_and_leaves_the_incident_ours(session: Session, duty: Actor, incident_id: int) -> None:
    handing_over.offer_handover(incident_id, "Otherborough", actor=duty, now=NOON + MINUTE)
    handing_over.refuse_handover(incident_id, "No officer free", actor=duty, now=NOON + 2 * MINUTE)
    assert queries.get_incident(session, incident_id).offered_to is None
    assert clock_at(session, incident_id, 3) is ClockState.OVERDUE
    told = [(event.what, event.note) for event in timeline(session, incident_id, now=NOON)]
    assert ("Offered to another body", "Otherborough") in told
    assert ("Not taken over", "Otherborough. No officer free") in told


@pytest.mark.parametrize(
    ("hours", "state"), [(1, ClockState.NOT_APPLICABLE), (3, ClockState.BREACHED_THEN_ENDED)], ids=["in-time", "late"]
)
def test_only_a_yes_ends_the_clock_and_it_keeps_a_name_and_a_reference(
    session: Session, duty: Actor, incident_id: int, hours: int, state: ClockState
) -> None:
    handing_over.offer_handover(incident_id, "Otherborough", actor=duty, now=NOON + MINUTE)
    yes = Acceptance("Otherborough, J Example", "T1")
    handing_over.hand_over(incident_id, yes, actor=duty, now=NOON + hours * HOUR)
    assert clock_at(session, incident_id, 9) is state
    assert queries.get_incident(session, incident_id).state is IncidentState.HANDED_OVER
    assert timeline(session, incident_id, now=NOON)[-1].note == "Otherborough, J Example. Their reference: T1"


def test_nobody_is_asked_while_another_has_not_answered(session: Session, duty: Actor, incident_id: int) -> None:
    handing_over.offer_handover(incident_id, "Otherborough", actor=duty, now=NOON)
    with pytest.raises(Conflict) as refusal:
        handing_over.offer_handover(incident_id, "The police", actor=duty, now=NOON)
    assert "Record that it was not taken" in refusal.value.legal


def test_what_was_not_offered_cannot_be_refused(session: Session, duty: Actor, incident_id: int) -> None:
    with pytest.raises(Conflict):
        handing_over.refuse_handover(incident_id, "No officer free", actor=duty, now=NOON)


def test_an_offer_falls_away_when_the_incident_ends_otherwise(session: Session, duty: Actor, incident_id: int) -> None:
    handing_over.offer_handover(incident_id, "Otherborough", actor=duty, now=NOON)
    dispatching.stand_down(incident_id, StandDownReason.WITHDRAWN, actor=duty, now=NOON + MINUTE)
    assert queries.get_incident(session, incident_id).offered_to is None


@pytest.mark.parametrize(
    ("hours", "state"), [(1, ClockState.NOT_APPLICABLE), (3, ClockState.BREACHED_THEN_ENDED)], ids=["in-time", "late"]
)
def test_an_appointment_agreed_ends_the_clock_and_a_breach_stays_one(
    session: Session, duty: Actor, incident_id: int, hours: int, state: ClockState
) -> None:
    agreed = GradeDecision(GradeName.APPOINTMENT, "He comes on Friday", StartBasis.WRONG_TRIAGE)
    service.grade_incident(incident_id, agreed, actor=duty, now=NOON + hours * HOUR)
    assert clock_at(session, incident_id, 9) is state
