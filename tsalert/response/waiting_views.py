"""Pages of calls that wait to be written up, and of the messages that callers left; they stand among those of calls."""

from functools import wraps
from hashlib import sha256
from typing import Any, cast

from flask import current_app, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken
from tsalert.db import db
from tsalert.places import queries as places
from tsalert.response import correcting_calls, queries, rows, waiting
from tsalert.response.beside import WrittenUp, as_correction, beside
from tsalert.response.call_views import ask_whether_known, bp, carried_opening, lead_to, show_call
from tsalert.response.facts import TICKS
from tsalert.response.prompts import PROMPTS
from tsalert.response.schemas import HoldSchema, NewCallFormSchema
from tsalert.response.waiting import Waiting
from tsalert.staff import queries as staff
from tsalert.telephone import retention
from tsalert.web.access import current_actor, note_shown, reads, requires
from tsalert.web.forms import Form, View, load_form, redisplays
from tsalert.web.pages import Told, page_troubles

__all__ = ["bp"]


@bp.app_context_processor
def offer_count() -> dict[str, Any]:
    """Let the frame of every page say how many calls wait; asked only where somebody may know."""
    return {"calls_waiting": count_safely, "waiting_mark": mark_safely}


def count_safely() -> Waiting:
    """Count the calls that wait; none where the database does not answer, so that the page can say that."""
    try:
        return waiting.count_waiting(db.session())
    except SQLAlchemyError:
        return Waiting(0, 0)


def mark_safely(counted: Waiting) -> str:
    """Return the mark of what a page says; none where the database does not answer."""
    try:
        return mark_of(counted)
    except SQLAlchemyError:
        return ""


def mark_of(counted: Waiting) -> str:
    """Return what tells apart what a page says of calls that wait, and of pages that fail."""
    return "-".join([str(counted.total), str(counted.missed), *map(_mark_of_trouble, page_troubles())])


def _mark_of_trouble(told: Told) -> str:
    what = f"{told.incident_id}\n{told.reference}\n{told.text}"
    return sha256(what.encode()).hexdigest()[:16]


@bp.get("/waiting")
@requires(Permission.READ_CALL)
def show_waiting() -> ResponseReturnValue:
    """Tell an open page how many calls wait and which pages fail, if that has changed."""
    counted = waiting.count_waiting(db.session())
    if request.args.get("seen") == mark_of(counted):
        return "", 204
    return render_template("response/waiting_changed.html", waiting=counted)


def _shows_both(view: View) -> View:
    """Answer whoever comes second with what stands beside what they typed, and with the form that brings theirs in."""

    @wraps(view)
    def answer(call_id: int) -> ResponseReturnValue:
        try:
            return view(call_id)
        except Overtaken as refusal:
            db.session.rollback()
            return _draw_both(call_id, refusal.message), 409

    return cast(View, answer)


def _draw_both(call_id: int, message: str) -> str:
    session, typed = db.session(), request.form
    call = queries.get_call(session, call_id)
    incident = queries.get_incident(session, call.incident_id) if call.incident_id else None
    reason = rows.grade_reason(session, incident.id) if incident else None
    written = WrittenUp(call, incident, reason)
    note_shown("call", call_id)
    g.form = Form(as_correction(call, typed))
    return render_template(
        "response/written_up.html",
        call=call,
        incident=incident,
        message=message,
        is_typed=bool(typed),
        rows=beside(written, typed, wards=places.ward_names(session)),
        who=staff.officer_names(session).get(call.logged_by or 0, "The other"),
        version=correcting_calls.version_of_call(session, call_id),
        ticks={fact.value: fact.label for fact in TICKS},
        wards=places.ward_options(session),
    )


@reads("call", "call_id")
def draw_write_up(call_id: int) -> ResponseReturnValue:
    """Draw the form of a call with what is known of one that waits."""
    session = db.session()
    found = waiting.get_waiting(session, call_id)
    return render_template(
        "response/new_call.html",
        opened=carried_opening(),
        wards=places.ward_options(session),
        joins="",
        prompts=PROMPTS,
        waiting=found,
        earlier=waiting.earlier_calls(session, found.call, reader=current_actor(), now=utc_now()),
    )


@bp.get("/<int:call_id>/write-up")
@requires(Permission.LOG_CALL)
@_shows_both
@reads("call", "call_id")
def show_write_up(call_id: int) -> ResponseReturnValue:
    """Show the form of a call that waits; one that is written up already says by whom."""
    return draw_write_up(call_id)


@bp.post("/<int:call_id>/write-up")
@requires(Permission.LOG_CALL)
@_shows_both
@redisplays(draw_write_up)
def write_up(call_id: int) -> ResponseReturnValue:
    """Complete a call that waits, and show what came of it."""
    new, is_demo = load_form(NewCallFormSchema()), current_app.config["TSALERT_DEMO"]
    ask_whether_known(new)
    return lead_to(waiting.write_up(call_id, new, actor=current_actor(), now=utc_now(), is_demo=is_demo))


@bp.get("/<int:call_id>/recording")
@requires(Permission.READ_CALL)
def hear(call_id: int) -> ResponseReturnValue:
    """Hand over the message that a caller left."""
    reference = queries.get_call(db.session(), call_id).reference
    sound = retention.open_recording(call_id, actor=current_actor(), now=utc_now())
    return send_file(sound, mimetype="audio/wav", as_attachment=True, download_name=f"{reference}.wav")


@bp.post("/<int:call_id>/recording/hold")
@requires(Permission.RUN_INCIDENT)
@redisplays(show_call)
def hold(call_id: int) -> ResponseReturnValue:
    """Keep the message as evidence, beyond its time."""
    retention.hold_recording(call_id, load_form(HoldSchema())["reason"], actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_call", call_id=call_id), 303)


@bp.post("/<int:call_id>/recording/release")
@requires(Permission.RUN_INCIDENT)
def release(call_id: int) -> ResponseReturnValue:
    """Let the message go after its time again."""
    retention.release_recording(call_id, actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_call", call_id=call_id), 303)
