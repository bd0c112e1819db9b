"""Operations with which an officer answers a page, and what paging did for an incident."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.paging import queries as paging
from tsalert.paging.schemas import PageRunListSchema
from tsalert.response import answering, queries
from tsalert.response.api_versions import Shown, shown, tells_state
from tsalert.response.schemas import IncidentSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

pages = api_blueprint("pages", "incidents", "Pages of an incident, and what officers answer to them.")
blueprints = (pages,)


@pages.route("/<int:incident_id>/pages")
@requires(Permission.READ_CALL)
@pages.response(200, PageRunListSchema)
def list_pages(incident_id: int) -> dict[str, Any]:
    """List an incident's runs of pages with every attempt, the newest run first."""
    queries.get_incident_row(db.session(), incident_id)
    return {"items": paging.runs_of(db.session(), incident_id, now=utc_now())}


@pages.route("/<int:incident_id>/take", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@tells_state
@pages.response(200, IncidentSchema)
def take(incident_id: int) -> Shown:
    """Take an incident; this stops its pages, not its clock."""
    answering.take_incident(incident_id, actor=current_actor(), now=utc_now())
    return shown(incident_id)


@pages.route("/<int:incident_id>/pass", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@tells_state
@pages.response(200, IncidentSchema)
def pass_on(incident_id: int) -> Shown:
    """Pass an incident on to the officer who is paged next, or give it back."""
    answering.pass_incident(incident_id, actor=current_actor(), now=utc_now())
    return shown(incident_id)


@pages.route("/<int:incident_id>/alarm", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@tells_state
@pages.response(200, IncidentSchema)
def take_alarm(incident_id: int) -> Shown:
    """Deal with an officer on scene who does not answer; nobody else is rung."""
    answering.take_alarm(incident_id, actor=current_actor(), now=utc_now())
    return shown(incident_id)


@pages.route("/<int:incident_id>/safe", methods=["POST"])
@requires(Permission.RUN_INCIDENT)
@tells_state
@pages.response(200, IncidentSchema)
def report_safe(incident_id: int) -> Shown:
    """Say that you are safe on scene."""
    answering.report_safe(incident_id, actor=current_actor(), now=utc_now())
    return shown(incident_id)
