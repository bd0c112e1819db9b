"""Operations on calls and incidents."""

from typing import Any, NamedTuple

from flask import current_app
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response import dispatching, queries, service
from tsalert.response.board import reading_of
from tsalert.response.clock import Reading
from tsalert.response.dispatching import NewMilestone
from tsalert.response.models import Call
from tsalert.response.queries import IncidentRecord
from tsalert.response.rules import GradeDecision, NewCall
from tsalert.response.schemas import (
    CallPageSchema,
    CallSchema,
    GradeSchema,
    HandOverSchema,
    IncidentPageSchema,
    IncidentSchema,
    ListSchema,
    MilestoneSchema,
    NewCallSchema,
    OutcomeSchema,
    RemoteResolutionSchema,
    ReopenSchema,
    StandDownSchema,
)
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

calls = api_blueprint("calls", "calls", "Contacts as they were logged.")
incidents = api_blueprint("incidents", "incidents", "Incidents, their grades, clocks and attendances.")
blueprints = (calls, incidents)


class Shown(NamedTuple):
    """An incident with its clock as it stands now."""

    record: IncidentRecord
    reading: Reading


@calls.route("")
@requires(Permission.READ_CALL)
@calls.arguments(ListSchema, location="query", unknown=RAISE)
@calls.response(200, CallPageSchema)
def list_calls(asked: dict[str, Any]) -> dict[str, Any]:
    """List calls, newest first."""
    found = queries.list_calls(db.session(), **asked)
    return {"items": found, "next": found[-1].id if len(found) == asked["limit"] else None}


@calls.route("", methods=["POST"])
@requires(Permission.LOG_CALL)
@calls.arguments(NewCallSchema)
@calls.response(201, CallSchema)
def log_call(new: NewCall) -> Call:
    """Log a call; a new incident and its clock come with it."""
    is_demo = current_app.config["TSALERT_DEMO"]
    logged = service.log_call(new, actor=current_actor(), now=utc_now(), is_demo=is_demo)
    return queries.get_call(db.session(), logged.call_id)


@calls.route("/<int:call_id>")
@requires(Permission.READ_CALL)
@calls.response(200, CallSchema)
def get_call(call_id: int) -> Call:
    """Return one call."""
    return queries.get_call(db.session(), call_id)


@incidents.route("")
@requires(Permission.READ_CALL)
@incidents.arguments(ListSchema, location="query", unknown=RAISE)
@incidents.response(200, IncidentPageSchema)
def list_incidents(asked: dict[str, Any]) -> dict[str, Any]:
    """List incidents, newest first, the closed ones too."""
    found, now = queries.list_incidents(db.session(), **asked), utc_now()
    items = [Shown(record, reading_of(record, now)) for record in found]
    return {"items": items, "next": found[-1].id if len(found) == asked["limit"] else None}


@incidents.route("/<int:incident_id>")
@requires(Permission.READ_CALL)
@incidents.response(200, IncidentSchema)
def get_incident(incident_id: int) -> Shown:
    """Return one incident."""
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/grade", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(GradeSchema)
@incidents.response(200, IncidentSchema)
def grade(decision: GradeDecision, incident_id: int) -> Shown:
    """Grade an incident, or grade it again."""
    service.grade_incident(incident_id, decision, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/milestones", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(MilestoneSchema)
@incidents.response(200, IncidentSchema)
def record_milestone(new: NewMilestone, incident_id: int) -> Shown:
    """Record that an officer set out, arrived or left."""
    dispatching.record_milestone(incident_id, new, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/remote-resolution", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(RemoteResolutionSchema)
@incidents.response(200, IncidentSchema)
def resolve_remotely(told: dict[str, Any], incident_id: int) -> Shown:
    """Record that the harm was stopped without a visit."""
    dispatching.resolve_remotely(incident_id, **told, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/stand-down", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(StandDownSchema)
@incidents.response(200, IncidentSchema)
def stand_down(told: dict[str, Any], incident_id: int) -> Shown:
    """Record why nobody needs to go."""
    dispatching.stand_down(incident_id, **told, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/handover", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(HandOverSchema)
@incidents.response(200, IncidentSchema)
def hand_over(told: dict[str, Any], incident_id: int) -> Shown:
    """Record who took the incident over."""
    dispatching.hand_over(incident_id, **told, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/outcome", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(OutcomeSchema)
@incidents.response(200, IncidentSchema)
def record_outcome(told: dict[str, Any], incident_id: int) -> Shown:
    """Record how the incident came out."""
    service.record_outcome(incident_id, **told, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/close", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.response(200, IncidentSchema)
def close(incident_id: int) -> Shown:
    """Close an incident whose outcome is recorded."""
    service.close_incident(incident_id, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


@incidents.route("/<int:incident_id>/reopen", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incidents.arguments(ReopenSchema)
@incidents.response(200, IncidentSchema)
def reopen(told: dict[str, Any], incident_id: int) -> Shown:
    """Open an incident again; a second clock starts if its grade has a target."""
    service.reopen_incident(incident_id, **told, actor=current_actor(), now=utc_now())
    return _shown(incident_id)


def _shown(incident_id: int) -> Shown:
    record = queries.get_incident(db.session(), incident_id)
    return Shown(record, reading_of(record, utc_now()))
