"""Pages of the live board, of incidents, and of each step that is taken in one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.paging import queries as paging
from tsalert.response import (
    correcting_times,
    dispatching,
    grade_versions,
    handing_over,
    held,
    kept,
    overlapping,
    queries,
    rows,
    service,
    vocabulary,
)
from tsalert.response.board import reading_of
from tsalert.response.board_drawing import draw_board, draw_line
from tsalert.response.live_board import SCREEN_LAG, Drawing, LiveBoard, live_board
from tsalert.response.refusals import current_refusal, explains
from tsalert.response.schemas import PageSchema
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
from tsalert.response.steps import ATTENDING, LEGAL_FOR_OFFICER, Presence, Step, next_step, presence
from tsalert.response.timeline import BACKFILLED_AFTER, timeline
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, for_walls, reads, requires
from tsalert.web.forms import View, load_form, redisplays

bp = Blueprint("response", __name__)
bp.context_processor(lambda: {"vocabulary": vocabulary})
_FORMS = {
    "grade": (Step.GRADED,),
    "milestones": ATTENDING,
    "remote-resolution": (Step.RESOLVED_REMOTELY,),
    "stand-down": (Step.STOOD_DOWN,),
    "handover-offer": (Step.HANDOVER_OFFERED,),
    "handover": (Step.HANDED_OVER,),
    "handover-refusal": (Step.HANDOVER_REFUSED,),
    "outcome": (Step.OUTCOME_RECORDED,),
    "reopen": (Step.REOPENED,),
}
_NAMES = ", ".join(repr(name) for name in _FORMS)


@bp.record_once
def keep_board(state: BlueprintSetupState) -> None:
    """Give each web process a board of its own to keep, which the cover of a desk shows too."""
    state.app.extensions["tsalert_board"] = LiveBoard(draw_board, draw_line)
    state.app.jinja_env.globals["board_lines"] = board_lines


@bp.get("/board")
@requires(Permission.SEE_BOARD)
@for_walls
def board() -> ResponseReturnValue:
    """Show who waits, for how long, and who attends."""
    return render_template("response/board.html", lines=board_lines())


@bp.get("/board/lines")
@requires(Permission.SEE_BOARD)
@for_walls
def show_board_lines() -> ResponseReturnValue:
    """Answer a board that asks for what is new: 304 where nothing is."""
    now = utc_now()
    drawing = _drawn(now, lag=SCREEN_LAG)
    unchanged = request.if_none_match.contains(drawing.mark)
    answer = Response(status=304) if unchanged else Response(drawing.at(now))
    answer.set_etag(drawing.mark)
    return answer


@bp.get("/incidents")
@requires(Permission.READ_CALL)
def list_incidents() -> ResponseReturnValue:
    """List incidents, newest first, the closed ones too."""
    asked, now = PageSchema().load(request.args), utc_now()
    listed = queries.list_incidents(db.session(), after=asked["after"])
    incidents, bare = kept.incidents_for(db.session(), current_actor(), listed.items, now=now)
    return render_template(
        "response/incidents.html",
        incidents=[(incident, reading_of(incident, now)) for incident in incidents],
        bare=bare,
        older=listed.next,
        is_first=asked["after"] is None,
    )


@bp.get("/incidents/<int:incident_id>")
@requires(Permission.READ_CALL)
@reads("incident", "incident_id")
def show_incident(incident_id: int) -> ResponseReturnValue:
    """Show one incident: its clock, who attends, what may be done, and all that happened."""
    session, actor, now = db.session(), current_actor(), utc_now()
    incident, was = queries.get_incident(session, incident_id), _presence(incident_id)
    proposed = rows.proposed_grade(session, incident_id)
    return render_template(
        "response/incident.html",
        incident=incident,
        reading=reading_of(incident, now),
        calls=rows.calls_of(session, incident_id),
        attendances=rows.attendances_of(session, incident_id),
        names=staff.officer_names(session),
        events=timeline(session, incident_id, now=now),
        correctable=correcting_times.correctable_by(session, incident_id, actor),
        own_steps=[step for step in ATTENDING if step in LEGAL_FOR_OFFICER[was]],
        next_step=next_step(incident.situation, was, needs_visit=incident.grade in vocabulary.VISITED_TODAY),
        proposed=proposed,
        overlaps=overlapping.overlaps_of(session, incident_id),
        is_proposed_anew=rows.is_proposed_anew(session, incident_id, proposed),
        pages=paging.standing(session, incident_id, actor.officer_id, now=now),
        warnings=held.warnings_of_incident(session, incident_id, actor=actor, now=now),
        held=held.read_of_incident(session, incident_id, actor=actor, now=now),
    )


@bp.get(f"/incidents/<int:incident_id>/<any({_NAMES}):form_name>")
@requires(Permission.RUN_INCIDENT)
def show_step(incident_id: int, form_name: str) -> ResponseReturnValue:
    """Show the form of one step, or say what may be done instead."""
    session = db.session()
    incident, later_calls = queries.get_incident(session, incident_id), rows.calls_of(session, incident_id)[1:]
    if not set(_FORMS[form_name]) & set(incident.situation.legal):
        incident.situation.require(_FORMS[form_name][0])
    return render_template(
        f"response/steps/{form_name}.html",
        incident=incident,
        first_call_at=rows.first_call_at(session, incident_id),
        later_call_at=later_calls[-1].received_at if later_calls else None,
        proposed=rows.proposed_grade(session, incident_id),
        officers=staff.active_officers(session),
        refusal=current_refusal(),
        resolutions=_resolutions(incident_id),
    )


def _form_of(name: str) -> Callable[[View], View]:
    """Answer a step that is refused with its form again: what to mend, or what was done meanwhile."""

    def page(incident_id: int) -> ResponseReturnValue:
        return show_step(incident_id, name)

    def decorate(view: View) -> View:
        return redisplays(page)(explains(page)(view))

    return decorate


@bp.post("/incidents/<int:incident_id>/grade")
@requires(Permission.RUN_INCIDENT)
@_form_of("grade")
def grade(incident_id: int) -> ResponseReturnValue:
    """Grade an incident, or grade it again."""
    service.grade_incident(incident_id, load_form(GradeSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/milestones")
@requires(Permission.RUN_INCIDENT)
@_form_of("milestones")
def record_milestone(incident_id: int) -> ResponseReturnValue:
    """Record that an officer set out, arrived or left."""
    new, now = load_form(MilestoneSchema()), utc_now()
    dispatching.record_milestone(incident_id, new, actor=current_actor(), now=now)
    if new.at and now - new.at > BACKFILLED_AFTER:
        flash("Recorded more than 15 minutes afterwards: the time will be listed as filled in later.")
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/remote-resolution")
@requires(Permission.RUN_INCIDENT)
@_form_of("remote-resolution")
def resolve_remotely(incident_id: int) -> ResponseReturnValue:
    """Record that the harm was stopped without a visit."""
    told = load_form(RemoteResolutionSchema())
    if dispatching.resolve_remotely(incident_id, told, actor=current_actor(), now=utc_now()):
        flash("Recorded. This does not stop the clock of its grade: somebody still has to go.")
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/stand-down")
@requires(Permission.RUN_INCIDENT)
@_form_of("stand-down")
def stand_down(incident_id: int) -> ResponseReturnValue:
    """Record why nobody needs to go."""
    dispatching.stand_down(incident_id, **load_form(StandDownSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/handover-offer")
@requires(Permission.RUN_INCIDENT)
@_form_of("handover-offer")
def offer_handover(incident_id: int) -> ResponseReturnValue:
    """Record that another body was asked to take the incident over."""
    handing_over.offer_handover(incident_id, **load_form(HandoverOfferSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/handover")
@requires(Permission.RUN_INCIDENT)
@_form_of("handover")
def hand_over(incident_id: int) -> ResponseReturnValue:
    """Record who took the incident over."""
    handing_over.hand_over(incident_id, load_form(HandOverSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/handover-refusal")
@requires(Permission.RUN_INCIDENT)
@_form_of("handover-refusal")
def refuse_handover(incident_id: int) -> ResponseReturnValue:
    """Record why the body that was asked does not take the incident."""
    told = load_form(HandoverRefusalSchema())
    handing_over.refuse_handover(incident_id, **told, actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/outcome")
@requires(Permission.RUN_INCIDENT)
@_form_of("outcome")
def record_outcome(incident_id: int) -> ResponseReturnValue:
    """Record how the incident came out."""
    service.record_outcome(incident_id, **load_form(OutcomeSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/close")
@requires(Permission.RUN_INCIDENT)
@explains()
def close(incident_id: int) -> ResponseReturnValue:
    """Close the incident."""
    service.close_incident(incident_id, **load_form(StepSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


@bp.post("/incidents/<int:incident_id>/reopen")
@requires(Permission.RUN_INCIDENT)
@_form_of("reopen")
def reopen(incident_id: int) -> ResponseReturnValue:
    """Open the incident again."""
    service.reopen_incident(incident_id, **load_form(ReopenSchema()), actor=current_actor(), now=utc_now())
    return _back(incident_id)


def board_lines() -> Markup:
    """Return the board as it is now, with links for those who may follow them."""
    now = utc_now()
    return Markup(_drawn(now).at(now))  # noqa: S704 - from a template


def _drawn(now: datetime, *, lag: timedelta = timedelta(0)) -> Drawing:
    with_links = current_actor().may(Permission.READ_CALL)
    return live_board().drawn(db.session(), now=now, with_links=with_links, lag=lag)


def _resolutions(incident_id: int) -> list[tuple[str, str, str]]:
    """Return the ways of resolving it without a visit; each says whether it stops the clock that runs."""
    stops = grade_versions.stops_of_running_clock(db.session(), incident_id)
    stopping, not_stopping = "This stops the clock.", "The clock keeps running: somebody still has to go."
    return [
        (how.value, how.label, "" if stops is None else stopping if how in stops else not_stopping)
        for how in vocabulary.RemoteResolution
    ]


def _presence(incident_id: int) -> Presence:
    """Return where the reader is, as far as this incident goes."""
    own = current_actor().officer_id
    mine = [each for each in rows.attendances_of(db.session(), incident_id) if each.officer_id == own]
    there = [each for each in mine if each.cleared_at is None]
    return presence(en_route_at=there[0].en_route_at, on_scene_at=there[0].on_scene_at) if there else Presence.AWAY


def _back(incident_id: int) -> ResponseReturnValue:
    return redirect(url_for(".show_incident", incident_id=incident_id), 303)
