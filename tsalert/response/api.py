"""Operations on calls and incidents."""

from typing import Any

from flask import current_app
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.response import dispatching, handing_over, kept, queries, service
from tsalert.response.api_versions import Shown, as_seen, shown, tells_state, with_seen
from tsalert.response.board import reading_of
from tsalert.response.correction_api import tagged
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.handing_over import Acceptance
from tsalert.response.models import Call
from tsalert.response.rules import GradeDecision, NewCall
from tsalert.response.schemas import (
    CallSchema,
    IncidentSchema,
    NewCallSchema,
    TimeToSaveSchema,
)
from tsalert.response.step_schemas import (
    GradeSchema,
    HandoverOfferSchema,
    HandoverRefusalSchema,
    HandOverSchema,
    MilestoneSchema,
    OutcomeSchema,
    RemoteResolutionSchema,
    ReopenSchema,
    StandDownSchema,
    StepSchema,
)
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import SizedPageAsked

calls = api_blueprint("calls", "calls", "Contacts as they were logged.")
incidents = api_blueprint("incidents", "incidents", "Incidents, their grades, clocks and attendances.")
blueprints = (calls, incidents)
Answer = tuple[Shown, dict[str, str]]


@calls.route("")
@requires(Permission.READ_CALL)
@reads("call")
@calls.arguments(SizedPageAsked, location="query", unknown=RAISE)
@calls.response(200, page_of(CallSchema))
def list_calls(asked: dict[str, Any]) -> Page[Call]:
    """List calls, newest first."""
    page = queries.list_calls(db.session(), **asked)
    found, bare = kept.for_reader(db.session(), current_actor(), page.items, now=utc_now())
    name_read(call.id for call in found if call.id not in bare)
    return Page(found, page.next)


@calls.route("", methods=["POST"])
@requires(Permission.LOG_CALL)
@calls.arguments(NewCallSchema)
@calls.response(201, CallSchema)
def log_call(new: NewCall) -> Call:
    """Log a call; a new incident and its clock come with it."""
    is_demo = current_app.config["TSALERT_DEMO"]
    logged = service.log_call(new, actor=current_actor(), now=utc_now(), is_demo=is_demo)
    return queries.get_call(db.session(), logged.call_id)


@calls.route("/time-to-save")
@requires(Permission.READ_FIGURES)
@calls.response(200, TimeToSaveSchema)
def get_time_to_save() -> queries.TimeToSave:
    """Return how long officers take from opening the form to saving a call."""
    found = queries.time_to_save(db.session())
    if found is None:
        raise NotFound("No call has been saved from the form yet.")
    return found


@calls.route("/<int:call_id>")
@requires(Permission.READ_CALL)
@reads("call", "call_id")
@calls.response(200, CallSchema)
def get_call(call_id: int) -> tuple[Call, dict[str, str]]:
    """Return one call; its version is the ETag, and goes up with each fact that is corrected."""
    return tagged(call_id)


@incidents.route("")
@requires(Permission.READ_CALL)
@reads("incident")
@incidents.arguments(SizedPageAsked, location="query", unknown=RAISE)
@incidents.response(200, page_of(IncidentSchema))
def list_incidents(asked: dict[str, Any]) -> Page[Shown]:
    """List incidents, newest first, the closed ones too."""
    page, now = queries.list_incidents(db.session(), **asked), utc_now()
    found, bare = kept.incidents_for(db.session(), current_actor(), page.items, now=now)
    name_read(record.id for record in found if record.id not in bare)
    return Page([Shown(record, reading_of(record, now)) for record in found], page.next)


@incidents.route("/<int:incident_id>")
@requires(Permission.READ_CALL)
@reads("incident", "incident_id")
@incidents.response(200, IncidentSchema)
def get_incident(incident_id: int) -> Answer:
    """Return one incident; its version is the ETag."""
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/grade", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(GradeSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def grade(decision: GradeDecision, incident_id: int) -> Answer:
    """Grade an incident, or grade it again."""
    service.grade_incident(incident_id, as_seen(decision), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/milestones", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(MilestoneSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def record_milestone(new: NewMilestone, incident_id: int) -> Answer:
    """Record that an officer set out, arrived or left."""
    dispatching.record_milestone(incident_id, new, actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/remote-resolution", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(RemoteResolutionSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def resolve_remotely(told: Resolution, incident_id: int) -> Answer:
    """Record that the harm was stopped without a visit."""
    dispatching.resolve_remotely(incident_id, as_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/stand-down", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(StandDownSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def stand_down(told: dict[str, Any], incident_id: int) -> Answer:
    """Record why nobody needs to go any more."""
    dispatching.stand_down(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/handover-offer", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(HandoverOfferSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def offer_handover(told: dict[str, Any], incident_id: int) -> Answer:
    """Record that another body was asked to take the incident over; it stays ours and the clock runs."""
    handing_over.offer_handover(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/handover", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(HandOverSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def hand_over(told: Acceptance, incident_id: int) -> Answer:
    """Record who took the incident over, which ends the clock."""
    handing_over.hand_over(incident_id, as_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/handover-refusal", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(HandoverRefusalSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def refuse_handover(told: dict[str, Any], incident_id: int) -> Answer:
    """Record why the body that was asked does not take the incident."""
    handing_over.refuse_handover(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/outcome", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(OutcomeSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def record_outcome(told: dict[str, Any], incident_id: int) -> Answer:
    """Record how the incident came out."""
    service.record_outcome(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/close", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(StepSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def close(told: dict[str, Any], incident_id: int) -> Answer:
    """Close an incident whose outcome is recorded."""
    service.close_incident(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incidents.route("/<int:incident_id>/reopen", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(ReopenSchema)
@incidents.response(200, IncidentSchema)
@tells_state
def reopen(told: dict[str, Any], incident_id: int) -> Answer:
    """Open an incident again; a second clock starts if its grade has a target."""
    service.reopen_incident(incident_id, **with_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


def _answer(incident_id: int) -> Answer:
    """Return an incident with its version as ETag."""
    incident = shown(incident_id)
    return incident, {"ETag": f'"{incident.record.version}"'}
