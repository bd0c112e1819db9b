"""Replaying one rapid response, from the call to the closed incident and its case, by the services officers use."""

from datetime import datetime, timedelta

from msgspec import Struct

from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.cases.vocabulary import Channel, Source
from tsalert.core.actors import Actor
from tsalert.demo.people import Household
from tsalert.response import dispatching, service
from tsalert.response.dispatching import NewMilestone
from tsalert.response.rules import NewCall, NewIncident
from tsalert.response.steps import Step
from tsalert.response.vocabulary import CallSource, Category, Disposition, GradeName, MoneyState, Outcome


class Visit(Struct, frozen=True, kw_only=True):
    """A call and what we did.

    :param arrives_after: how long after the call an officer was on the scene; None where nobody went.
    """

    at: datetime
    household: Household
    category: Category
    kind: str
    happening: str
    grade: GradeName
    source: CallSource = CallSource.RESIDENT
    arrives_after: timedelta | None = None
    outcome: Outcome = Outcome.ADVICE_GIVEN
    trader: str | None = None


def log(visit: Visit, actor: Actor) -> int:
    """Log the call and open its incident; returns the incident's id."""
    immediate = visit.grade is GradeName.IMMEDIATE
    kind = visit.kind.replace("_", " ")  # an incident has words that were typed, and no code of a list
    call = NewCall(
        disposition=Disposition.NEW_INCIDENT,
        opened_at=visit.at,
        source=visit.source,
        caller_name=visit.household.name,
        phone=visit.household.phone,
        is_safe_to_call_back=True,
        address=visit.household.address,
        postcode=visit.household.postcode,
        ward_code=visit.household.ward_code or None,  # of an address elsewhere, none of ours
        happening=visit.happening,
        trader=visit.trader,
        is_trader_on_site=immediate,
        is_work_in_progress=immediate,
        is_vulnerable=True,
        money_state=MoneyState.ASKED,
        incident=NewIncident(visit.category, kind, visit.grade, "Settled with the caller on the phone."),
    )
    typed = timedelta(seconds=25 + visit.at.minute % 30)
    logged = service.log_call(call, actor=actor, now=visit.at + typed, is_demo=True)
    assert logged.incident_id is not None  # a new incident was asked for
    return logged.incident_id


def attend(incident_id: int, visit: Visit, actor: Actor) -> None:
    """Set out ten minutes after the call and arrive when the visit says."""
    assert visit.arrives_after is not None  # callers ask only for visits on which somebody went
    setting_out = visit.at + min(timedelta(minutes=10), visit.arrives_after / 2)
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=actor, now=setting_out)
    arriving = visit.at + visit.arrives_after
    dispatching.record_milestone(incident_id, NewMilestone(Step.ON_SCENE), actor=actor, now=arriving)


def replay(visit: Visit, actor: Actor) -> int:
    """Carry a visit through to its end; returns the incident's id."""
    incident_id = log(visit, actor)
    leaving = visit.at + (visit.arrives_after or timedelta(0)) + timedelta(hours=1)
    if visit.arrives_after is not None:
        attend(incident_id, visit, actor)
        service.record_breaches(leaving)
        dispatching.record_milestone(incident_id, NewMilestone(Step.CLEARED), actor=actor, now=leaving)
    service.record_outcome(incident_id, visit.outcome, actor=actor, now=leaving)
    service.close_incident(incident_id, actor=actor, now=leaving)
    return incident_id


def open_case(visit: Visit, incident_id: int, actor: Actor, *, summary: str) -> int:
    """Open the case that grew out of a visit, an hour after the call; returns its id."""
    doorstep = visit.category is Category.DOORSTEP_CRIME
    new = NewCase(
        summary=summary,
        channel=Channel.DOORSTEP if doorstep else Channel.TELEPHONE,
        source=Source.RAPID_RESPONSE,
        victim_name=visit.household.name,
        chosen_for_vulnerability=True,
        incident_id=incident_id,
    )
    return cases.open_case(new, actor=actor, now=visit.at + timedelta(hours=1))
