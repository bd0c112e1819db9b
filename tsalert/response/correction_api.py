"""Operations that correct facts and times, and that list what was corrected."""

from typing import Any

from flask import current_app

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.response import correcting, correcting_calls, correcting_times, corrections, queries
from tsalert.response.api_versions import Shown, as_seen, shown, tells_state
from tsalert.response.correcting_times import NewTime
from tsalert.response.correction_models import FactChange
from tsalert.response.correction_schemas import (
    CallCorrectionSchema,
    FactChangeSchema,
    FactChangesSchema,
    IncidentCorrectionSchema,
    NewTimeSchema,
    ToldMilestonesSchema,
)
from tsalert.response.facts import Correction
from tsalert.response.models import Call
from tsalert.response.schemas import CallSchema, IncidentSchema
from tsalert.web.access import current_actor, note_shown, reads, requires
from tsalert.web.api import api_blueprint
from tsalert.web.errors import answer

incident_corrections = api_blueprint("corrections", "incidents", "Corrections of an incident's facts and times.")
call_corrections = api_blueprint("call_corrections", "calls", "Corrections of what a call told.")
blueprints = (incident_corrections, call_corrections)


@incident_corrections.route("/<int:incident_id>/corrections")
@requires(Permission.READ_CALL)
@reads("incident", "incident_id")
@incident_corrections.response(200, FactChangesSchema)
def list_corrections(incident_id: int) -> dict[str, Any]:
    """List the corrections of an incident and its calls, with what was there before."""
    queries.get_incident_row(db.session(), incident_id)
    return {"items": corrections.changes_of_incident(db.session(), incident_id)}


@incident_corrections.route("/<int:incident_id>/corrections", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incident_corrections.arguments(IncidentCorrectionSchema)
@incident_corrections.response(200, IncidentSchema)
@tells_state
def correct_incident(told: Correction, incident_id: int) -> tuple[Shown, dict[str, str]]:
    """Correct what an incident is, and where; the earlier version is kept."""
    correcting.correct_incident(incident_id, as_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@incident_corrections.route("/<int:incident_id>/milestones")
@requires(Permission.READ_CALL)
@reads("incident", "incident_id")
@incident_corrections.response(200, ToldMilestonesSchema)
def list_milestones(incident_id: int) -> dict[str, Any]:
    """List the steps of an incident as they were recorded, including those that were corrected."""
    queries.get_incident_row(db.session(), incident_id)
    return {"items": corrections.milestones_of(db.session(), incident_id)}


@incident_corrections.route("/<int:incident_id>/milestones/<int:milestone_id>/correction", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@incident_corrections.arguments(NewTimeSchema)
@incident_corrections.response(200, IncidentSchema)
@tells_state
def correct_time(told: NewTime, incident_id: int, milestone_id: int) -> tuple[Shown, dict[str, str]]:
    """Correct when a step happened; the clock is worked out again, a breach stays, and one that runs again pages."""
    correcting_times.correct_time(incident_id, milestone_id, as_seen(told), actor=current_actor(), now=utc_now())
    return _answer(incident_id)


@call_corrections.route("/<int:call_id>/corrections")
@requires(Permission.READ_CALL)
@reads("call", "call_id")
@call_corrections.response(200, FactChangesSchema)
def list_call_corrections(call_id: int) -> dict[str, Any]:
    """List the corrections of a call, with what was there before."""
    queries.get_call(db.session(), call_id)
    return {"items": corrections.changes_of_call(db.session(), call_id)}


@call_corrections.route("/<int:call_id>/corrections", methods=["POST"])
@requires(Permission.LOG_CALL)
@call_corrections.arguments(CallCorrectionSchema)
@call_corrections.response(200, CallSchema)
def correct_call(told: Correction, call_id: int) -> Any:
    """Correct the facts of a call; the earlier version is kept, and clock, figures and parties follow."""
    decided = as_seen(told)
    try:
        is_demo = current_app.config["TSALERT_DEMO"]
        correcting_calls.correct_call(call_id, decided, actor=current_actor(), now=utc_now(), is_demo=is_demo)
    except Conflict as refusal:
        note_shown("call", call_id)
        changes = corrections.changes_of_call(db.session(), call_id, seen=decided.seen or 1)
        return answer(409, refusal.message, _both_versions(call_id, changes if decided.seen else []))
    return tagged(call_id)


def tagged(call_id: int) -> tuple[Call, dict[str, str]]:
    """Return a call with its version as ETag."""
    call = queries.get_call(db.session(), call_id)
    return call, {"ETag": f'"{correcting_calls.version_of_call(db.session(), call_id)}"'}


def _both_versions(call_id: int, changes: list[FactChange] | Any) -> dict[str, Any]:
    call = queries.get_call(db.session(), call_id)
    told: list[Any] = FactChangeSchema().dump(changes, many=True)
    return {"legal": [], "current": CallSchema().dump(call), "changes": told}


def _answer(incident_id: int) -> tuple[Shown, dict[str, str]]:
    incident = shown(incident_id)
    return incident, {"ETag": f'"{incident.record.version}"'}
