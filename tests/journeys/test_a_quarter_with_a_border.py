"""A quarter told again from its calls: 34 reports, 5 of them immediate, one of them across the border."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from tests.reports.conftest import Quarter
from tsalert.audit.queries import verify_chain
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.periods import parse_period
from tsalert.reports.queries import period_figures
from tsalert.response import dispatching, handing_over, queries, service
from tsalert.response.clock import ClockState, read_clock
from tsalert.response.dispatching import NewMilestone
from tsalert.response.handing_over import Acceptance
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.timeline import timeline
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, MoneyState, Outcome
from tsalert.savings import queries as savings
from tsalert.savings.rules import InterventionType

Q2 = parse_period("2022/23 Q2")
AFTERWARDS = datetime(2023, 5, 1, 9, 0, tzinfo=UTC)
THE_BANK_RANG = datetime(2022, 7, 12, 10, 15, tzinfo=UTC)
THE_TREE_OFFICER_RANG = datetime(2022, 8, 23, 13, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(officer: Callable[..., Actor]) -> Actor:
    """Whoever is on duty in that quarter."""
    return officer(name="Dee Example")


def test_the_quarter_counts_every_call_and_who_was_given_one_of_them(session: Session, desk: Actor) -> None:
    Quarter(Q2, desk).log_reports(32, immediate=3, intervened=0)
    the_bank_stops_a_payment(desk)
    the_tree_officer_rings(session, desk)
    figures = period_figures(session, Q2, AFTERWARDS)
    response = figures.response
    assert (response.reports, response.immediate, figures.rapid_response_interventions) == (34, 5, 1)
    assert (response.met, response.not_applicable, response.late, response.overdue) == (4, 1, 0, 0)
    assert (response.breached_then_ended, response.running, response.met_after_breach) == (0, 0, 0)
    assert [saving.amount for saving in savings.single_savings(session, Q2, Decimal(1))] == [Decimal(4000)]
    assert verify_chain(session).is_whole


def the_bank_stops_a_payment(desk: Actor) -> None:
    """£30 of gutters became £4,000 of roof; somebody is there in 35 minutes and the bank keeps the money."""
    call = told(
        "A customer wants £4,000 for a roof that began as £30 of gutters.",
        CallSource.BANK,
        "roofing",
        "4 Example Lane",
    )
    incident_id = log(call, desk, THE_BANK_RANG)
    for minutes, step in ((10, Step.EN_ROUTE), (35, Step.ON_SCENE), (80, Step.CLEARED)):
        dispatching.record_milestone(incident_id, NewMilestone(step), actor=desk, now=THE_BANK_RANG + minutes * MINUTE)
    afterwards = THE_BANK_RANG + 90 * MINUTE
    service.record_outcome(incident_id, Outcome.PAYMENT_STOPPED, actor=desk, now=afterwards)
    service.close_incident(incident_id, actor=desk, now=afterwards)
    Quarter(Q2, desk).record(
        InterventionType.DOORSTEP_CRIME, london_date(THE_BANK_RANG), "4000", incident_id=incident_id
    )


def the_tree_officer_rings(session: Session, desk: Actor) -> None:
    """The street lies in Greenwich: asking them ends nothing, their yes ends our clock within the two hours."""
    call = told(
        "Tree surgeons are felling a neighbour's oak and want cash.",
        CallSource.TREE_OFFICER,
        "gardening",
        "2 Example Hill, Greenwich",
    )
    incident_id = log(call, desk, THE_TREE_OFFICER_RANG)
    asked, said_yes = THE_TREE_OFFICER_RANG + 12 * MINUTE, THE_TREE_OFFICER_RANG + 31 * MINUTE
    handing_over.offer_handover(incident_id, "Greenwich Trading Standards", actor=desk, now=asked)
    assert clock_of(session, incident_id, said_yes) is ClockState.RUNNING
    yes = Acceptance("Greenwich Trading Standards, J Example", "G-0117")
    handing_over.hand_over(incident_id, yes, actor=desk, now=said_yes)
    assert clock_of(session, incident_id, AFTERWARDS) is ClockState.NOT_APPLICABLE
    incident = queries.get_incident(session, incident_id)
    assert (incident.state, incident.offered_to) == (IncidentState.HANDED_OVER, None)
    assert [(event.what, event.occurred_at, event.note) for event in timeline(session, incident_id, now=utc_now())][
        -2:
    ] == [
        ("Offered to another body", asked, "Greenwich Trading Standards"),
        ("Handed over", said_yes, "Greenwich Trading Standards, J Example. Their reference: G-0117"),
    ]


def told(happening: str, source: CallSource, kind: str, address: str) -> NewCall:
    """Return a call that proposes an immediate visit."""
    return NewCall(
        disposition=Disposition.NEW_INCIDENT,
        happening=happening,
        source=source,
        address=address,
        is_trader_on_site=True,
        money_state=MoneyState.AGREED,
        is_vulnerable=True,
        incident=NewIncident(Category.DOORSTEP_CRIME, kind, GradeName.IMMEDIATE),
    )


def log(call: NewCall, desk: Actor, at: datetime) -> int:
    """Log a call and return its incident."""
    incident_id = service.log_call(call, actor=desk, now=at).incident_id
    assert incident_id is not None
    return incident_id


def clock_of(session: Session, incident_id: int, at: datetime) -> ClockState:
    """Read an incident's clock at an instant."""
    clock = queries.get_incident(session, incident_id).clock
    assert clock is not None
    return read_clock(clock, at).state
