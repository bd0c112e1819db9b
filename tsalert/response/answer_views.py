"""The buttons with which an officer answers a page, and says that they are safe."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.response import answering
from tsalert.response.views import show_incident
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import redisplays

bp = Blueprint("answers", __name__, url_prefix="/incidents/<int:incident_id>")


@bp.post("/take")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_incident)
def take(incident_id: int) -> ResponseReturnValue:
    """Take the incident, which stops its pages."""
    answering.take_incident(incident_id, actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/pass")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_incident)
def pass_on(incident_id: int) -> ResponseReturnValue:
    """Pass the incident on to whoever is paged next."""
    was_paged = answering.pass_incident(incident_id, actor=current_actor(), now=utc_now())
    flash("Passed on: the next officer is being paged." if was_paged else "Passed on.")
    return _back(incident_id)


@bp.post("/safe")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_incident)
def report_safe(incident_id: int) -> ResponseReturnValue:
    """Say that one is safe on scene."""
    answering.report_safe(incident_id, actor=current_actor(), now=utc_now())
    flash("Recorded that you are safe.")
    return _back(incident_id)


@bp.post("/alarm")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_incident)
def take_alarm(incident_id: int) -> ResponseReturnValue:
    """Deal with an officer on scene who does not answer."""
    answering.take_alarm(incident_id, actor=current_actor(), now=utc_now())
    flash("You deal with it: nobody else is rung. The officer is asked again later.")
    return _back(incident_id)


def _back(incident_id: int) -> ResponseReturnValue:
    return redirect(url_for("response.show_incident", incident_id=incident_id), 303)
