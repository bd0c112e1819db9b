"""Forms that correct the facts of an incident or a call, and the time of an officer's step."""

from functools import wraps
from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.response import correcting, correcting_calls, correcting_times, queries, vocabulary
from tsalert.response.correcting_calls import Corrected
from tsalert.response.correction_schemas import (
    CallCorrectionFormSchema,
    IncidentCorrectionFormSchema,
    NewTimeSchema,
)
from tsalert.response.facts import TICKS
from tsalert.response.refusals import current_refusal, explains, keep_refusal
from tsalert.response.standing import Aftermath
from tsalert.response.steps import Step
from tsalert.response.timeline import BACKFILLED_AFTER, corrections_of_call
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import View, load_form, redisplays

bp = Blueprint("corrections", __name__)
bp.context_processor(lambda: {"vocabulary": vocabulary})
_KEPT = "Corrected. What was recorded before is kept, and is on the timeline."


@bp.get("/incidents/<int:incident_id>/correction")
@requires(Permission.RUN_INCIDENT)
@reads("incident", "incident_id")
def show_incident_form(incident_id: int) -> ResponseReturnValue:
    """Show what an incident is held to be, and where, for correction."""
    session = db.session()
    return render_template(
        "response/steps/correction.html",
        incident=queries.get_incident(session, incident_id),
        wards=places.ward_options(session),
        refusal=current_refusal(),
    )


@bp.post("/incidents/<int:incident_id>/correction")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_incident_form)
@explains(show_incident_form)
def correct_incident(incident_id: int) -> ResponseReturnValue:
    """Correct what an incident is, or where."""
    told = load_form(IncidentCorrectionFormSchema())
    correcting.correct_incident(incident_id, told, actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.get("/incidents/<int:incident_id>/milestones/<int:milestone_id>/correction")
@requires(Permission.RUN_INCIDENT)
@reads("incident", "incident_id")
def show_time_form(incident_id: int, milestone_id: int) -> ResponseReturnValue:
    """Show when a step is held to have happened, for correction."""
    session = db.session()
    incident = queries.get_incident(session, incident_id)
    milestone, visit = correcting_times.find_step(session, incident_id, milestone_id)
    whose = correcting_times.whose(milestone, visit)
    return render_template(
        "response/steps/time.html",
        incident=incident,
        milestone=milestone,
        step=Step.of(milestone.step),
        officer=staff.officer_names(session).get(whose or 0, "the service"),
        is_visit=visit is not None,
        may_correct=correcting_times.may_correct(whose, current_actor()),
        refusal=current_refusal(),
    )


@bp.post("/incidents/<int:incident_id>/milestones/<int:milestone_id>/correction")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_time_form)
@explains(show_time_form)
def correct_time(incident_id: int, milestone_id: int) -> ResponseReturnValue:
    """Correct when a step happened."""
    new, now = load_form(NewTimeSchema()), utc_now()
    _tell_of_clock(correcting_times.correct_time(incident_id, milestone_id, new, actor=current_actor(), now=now))
    if now - new.at > BACKFILLED_AFTER:
        flash("Told more than 15 minutes afterwards: the time will be listed as filled in later.")
    return _back(incident_id)


@bp.get("/calls/<int:call_id>/correction")
@requires(Permission.LOG_CALL)
@reads("call", "call_id")
def show_call_form(call_id: int) -> ResponseReturnValue:
    """Show what a call told, for correction."""
    session = db.session()
    return render_template(
        "response/correct_call.html",
        call=queries.get_call(session, call_id),
        version=correcting_calls.version_of_call(session, call_id),
        ticks={fact.value: fact.label for fact in TICKS},
        wards=places.ward_options(session),
        refusal=current_refusal(),
    )


def _explains_call(view: View) -> View:
    """Answer a correction on an older version of a call with its form again, and with what was corrected since."""

    @wraps(view)
    def answer(call_id: int) -> ResponseReturnValue:
        try:
            return view(call_id)
        except Overtaken as refusal:
            keep_refusal(refusal, lambda seen: corrections_of_call(db.session(), call_id, seen=seen))
            return cast(str, show_call_form(call_id)), 409

    return cast(View, answer)


@bp.post("/calls/<int:call_id>/correction")
@requires(Permission.LOG_CALL)
@redisplays(show_call_form)
@_explains_call
def correct_call(call_id: int) -> ResponseReturnValue:
    """Correct what a call told."""
    told = load_form(CallCorrectionFormSchema())
    is_demo = current_app.config["TSALERT_DEMO"]
    done = correcting_calls.correct_call(call_id, told, actor=current_actor(), now=utc_now(), is_demo=is_demo)
    _tell_of_figures(done)
    if done.proposes:
        proposed = done.proposes.label.lower()
        flash(f"On what is recorded now, the answers propose “{proposed}”. No grade changes by itself.")
    _tell_of_clock(done.aftermath)
    flash(_KEPT, "success")
    return redirect(url_for("calls.show_call", call_id=call_id), 303)


def _tell_of_figures(done: Corrected) -> None:
    """Say that what is counted has changed, where it has."""
    if done.counts:
        flash("This call may be counted as a report now. The figures follow.")
    elif done.counts is False:
        last = " Its incident has no report left: stand it down if nobody need go." if done.is_last else ""
        flash("This call no longer counts as a report. The figures follow." + last)


def _tell_of_clock(aftermath: Aftermath) -> None:
    """Say who knows of a clock that runs again, and loudly where nobody does."""
    if aftermath is not Aftermath.NOTHING:
        flash(aftermath.label, "warning" if aftermath is Aftermath.UNPAGED else "message")


def _back(incident_id: int) -> ResponseReturnValue:
    flash(_KEPT, "success")
    return redirect(url_for("response.show_incident", incident_id=incident_id), 303)
