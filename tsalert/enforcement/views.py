"""Pages of offences, actions, cancellations, and of what is still to be done in time."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.core import cursors
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.enforcement import court_queries, queries, service, vocabulary
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.schemas import (
    AheadAsked,
    NewActionSchema,
    NewCancellationSchema,
    NewOffenceSchema,
    TakingBackSchema,
)
from tsalert.keysets import PAGE
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("enforcement", __name__)


@bp.get("/cases/<int:case_id>/enforcement")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_enforcement(case_id: int) -> ResponseReturnValue:
    """Show the offences, actions, cancellations and prosecutions of a case."""
    session = db.session()
    case = cases.get_case(session, case_id)
    return render_template(
        "enforcement/show.html",
        case=case,
        is_closed=cases.is_read_only(case),
        found=queries.recorded(session, case_id),
        prosecutions=court_queries.read_prosecutions(session, case_id, reader=current_actor(), now=utc_now()),
        period_of=queries.period_of,
        law=OFFENCES,
        officers=staff.officer_names(session),
        today=london_date(utc_now()),
        words=vocabulary,
    )


@bp.get("/cases/<int:case_id>/offences")
@requires(Permission.WORK_CASE)
def new_offence(case_id: int) -> ResponseReturnValue:
    """Show the form for an offence."""
    return _form("enforcement/offence.html", case_id, law=OFFENCES)


@bp.post("/cases/<int:case_id>/offences")
@requires(Permission.WORK_CASE)
@redisplays(new_offence)
def record_offence(case_id: int) -> ResponseReturnValue:
    """Record an offence by the law of the days of the conduct."""
    service.record_offence(case_id, load_form(NewOffenceSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, "offences")


@bp.get("/cases/<int:case_id>/actions")
@requires(Permission.WORK_CASE)
def new_action(case_id: int) -> ResponseReturnValue:
    """Show the form for an action."""
    return _form("enforcement/action.html", case_id)


@bp.post("/cases/<int:case_id>/actions")
@requires(Permission.WORK_CASE)
@redisplays(new_action)
def record_action(case_id: int) -> ResponseReturnValue:
    """Record a step against a trader."""
    service.record_action(case_id, load_form(NewActionSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, "actions")


@bp.get("/cases/<int:case_id>/cancellations")
@requires(Permission.WORK_CASE)
def new_cancellation(case_id: int) -> ResponseReturnValue:
    """Show the form for a contract and its cancellation, filled in from the record whose place it takes."""
    number = request.values.get("supersedes")
    earlier = queries.get_cancellation(db.session(), case_id, read_id(number) or 0) if number else None
    return _form("enforcement/cancellation.html", case_id, earlier=earlier)


@bp.post("/cases/<int:case_id>/cancellations")
@requires(Permission.WORK_CASE)
@redisplays(new_cancellation)
def record_cancellation(case_id: int) -> ResponseReturnValue:
    """Record a contract; its last day to cancel is worked out."""
    service.record_cancellation(case_id, load_form(NewCancellationSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, "cancellations")


@bp.get("/cases/<int:case_id>/enforcement/taken-back")
@requires(Permission.WORK_CASE)
def confirm_taking_back(case_id: int) -> ResponseReturnValue:
    """Ask why a record is taken back."""
    asked = {name: request.values.get(name, "") for name in ("record", "record_id")}
    return _form("enforcement/take_back.html", case_id, asked=asked)


@bp.post("/cases/<int:case_id>/enforcement/taken-back")
@requires(Permission.WORK_CASE)
@redisplays(confirm_taking_back)
def take_back(case_id: int) -> ResponseReturnValue:
    """Take back a record that was wrong."""
    service.take_back(case_id, load_form(TakingBackSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, None)


@bp.get("/deadlines")
@requires(Permission.WORK_CASE)
def list_ahead() -> ResponseReturnValue:
    """Show the deadlines and hearings of one's own cases, or of everybody's."""
    asked, now = read_form(AheadAsked(), request.args), utc_now()
    return render_template(
        "enforcement/deadlines.html",
        asked=asked,
        everybody=asked["everybody"],
        officers=staff.officer_names(db.session()),
        today=london_date(now),
        **ahead_of(asked, now=now),
    )


def ahead_of(asked: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """Return what lies ahead in the cases that whoever asks may see: pages of deadlines and hearings, and contracts."""
    actor, session = current_actor(), db.session()
    whose = queries.Whose(now, None if asked["everybody"] else actor.officer_id, actor)
    with cursors.told_as("deadlines"):
        deadlines = queries.deadlines(session, whose, after=asked["deadlines"], size=PAGE)
    with cursors.told_as("hearings"):
        hearings = queries.hearings_ahead(session, whose, after=asked["hearings"], size=PAGE)
    return {"deadlines": deadlines, "contracts": queries.cancellable(session, whose), "hearings": hearings}


@bp.get("/offences")
@requires(Permission.READ_CASE)
def list_law() -> ResponseReturnValue:
    """Show every offence of the list, its dates, its source and the time to prosecute."""
    return render_template("enforcement/law.html", law=OFFENCES.values(), exclusions=vocabulary.Exclusion)


def _form(template: str, case_id: int, **shown: Any) -> str:
    return render_template(template, case=cases.get_case(db.session(), case_id), words=vocabulary, **shown)


def _shown(case_id: int, part: str | None) -> ResponseReturnValue:
    return redirect(url_for(".show_enforcement", case_id=case_id, _anchor=part), 303)
