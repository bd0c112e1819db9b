"""Pages of prosecutions."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import queries as cases
from tsalert.cases.vocabulary import Method
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.enforcement import court, court_queries, queries, vocabulary
from tsalert.enforcement.law import OFFENCES
from tsalert.enforcement.models import CaseOffence
from tsalert.enforcement.schemas import (
    HearingOutcomeSchema,
    NewCourtDecisionSchema,
    NewDefendantSchema,
    NewHearingSchema,
    NewPaymentSchema,
    NewProsecutionSchema,
)
from tsalert.enforcement.suspects import traders_of_case
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.forms import load_form, redisplays

bp = Blueprint("prosecutions", __name__, url_prefix="/cases/<int:case_id>/prosecutions")


@bp.get("")
@requires(Permission.WORK_CASE)
def new_prosecution(case_id: int) -> ResponseReturnValue:
    """Show the form for proceedings that were begun."""
    case = cases.get_case(db.session(), case_id)
    return render_template("enforcement/new_prosecution.html", case=case, words=vocabulary)


@bp.post("")
@requires(Permission.WORK_CASE)
@redisplays(new_prosecution)
def begin_prosecution(case_id: int) -> ResponseReturnValue:
    """Record that proceedings were begun, and show them."""
    new = load_form(NewProsecutionSchema())
    return _shown(case_id, court.begin_prosecution(case_id, new, actor=current_actor(), now=utc_now()))


@bp.get("/<int:prosecution_id>")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
def show_prosecution(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Show one prosecution: defendants, charges, hearings, decisions, what was paid."""
    return _page("prosecution", case_id, prosecution_id, officers=staff.officer_names(db.session()))


@bp.get("/<int:prosecution_id>/defendants")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_defendant(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Show the form for somebody who is charged."""
    session = db.session()
    cases.get_case(session, case_id)
    offences = [(each.id, _offence(each)) for each in queries.recorded(session, case_id).standing_offences]
    known = traders_of_case(session, case_id, reader=current_actor(), now=utc_now())
    return _page("defendant", case_id, prosecution_id, offences=offences, known=known)


@bp.post("/<int:prosecution_id>/defendants")
@requires(Permission.WORK_CASE)
@redisplays(new_defendant)
def add_defendant(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Charge somebody with offences of the case."""
    new = load_form(NewDefendantSchema())
    court.add_defendant(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())
    return _shown(case_id, prosecution_id)


@bp.get("/<int:prosecution_id>/hearings")
@requires(Permission.WORK_CASE)
def new_hearing(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Show the form for a day in court."""
    return _page("hearing", case_id, prosecution_id)


@bp.post("/<int:prosecution_id>/hearings")
@requires(Permission.WORK_CASE)
@redisplays(new_hearing)
def list_hearing(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Record a day in court."""
    court.list_hearing(case_id, prosecution_id, load_form(NewHearingSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, prosecution_id, "hearings")


@bp.get("/<int:prosecution_id>/hearings/<int:hearing_id>/outcome")
@requires(Permission.WORK_CASE)
def new_outcome(case_id: int, prosecution_id: int, hearing_id: int) -> ResponseReturnValue:
    """Ask how a hearing ended."""
    found = court_queries.get_prosecution(db.session(), case_id, prosecution_id)
    return _page("outcome", case_id, prosecution_id, hearing=court_queries.get_hearing(found, hearing_id))


@bp.post("/<int:prosecution_id>/hearings/<int:hearing_id>/outcome")
@requires(Permission.WORK_CASE)
@redisplays(new_outcome)
def record_outcome(case_id: int, prosecution_id: int, hearing_id: int) -> ResponseReturnValue:
    """Record how a hearing ended."""
    outcome = load_form(HearingOutcomeSchema())
    court.record_outcome(case_id, prosecution_id, hearing_id, outcome, actor=current_actor(), now=utc_now())
    return _shown(case_id, prosecution_id, "hearings")


@bp.get("/<int:prosecution_id>/decisions")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_decision(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Show the form for a plea, verdict, sentence or order."""
    return _page("decision", case_id, prosecution_id)


@bp.post("/<int:prosecution_id>/decisions")
@requires(Permission.WORK_CASE)
@redisplays(new_decision)
def record_decision(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Record a plea, verdict, sentence or order."""
    new = load_form(NewCourtDecisionSchema())
    court.record_decision(case_id, prosecution_id, new, actor=current_actor(), now=utc_now())
    return _shown(case_id, prosecution_id, "decisions")


@bp.get("/<int:prosecution_id>/payments")
@requires(Permission.WORK_CASE)
@reads("case", "case_id")
def new_payment(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Show the form for compensation that was paid."""
    return _page("payment", case_id, prosecution_id, methods=Method.options())


@bp.post("/<int:prosecution_id>/payments")
@requires(Permission.WORK_CASE)
@redisplays(new_payment)
def record_payment(case_id: int, prosecution_id: int) -> ResponseReturnValue:
    """Record that compensation reached the victim."""
    court.record_payment(case_id, prosecution_id, load_form(NewPaymentSchema()), actor=current_actor(), now=utc_now())
    return _shown(case_id, prosecution_id, "payments")


def _page(name: str, case_id: int, prosecution_id: int, **shown: Any) -> str:
    session = db.session()
    case = cases.get_case(session, case_id)
    one = court_queries.get_prosecution(session, case_id, prosecution_id)
    (found,) = court_queries.as_read(session, [one], reader=current_actor(), now=utc_now())
    return render_template(
        f"enforcement/{name}.html",
        case=case,
        found=found,
        names={each.id: each.name for each in found.defendants},
        is_closed=cases.is_read_only(case),
        words=vocabulary,
        **shown,
    )


def _shown(case_id: int, prosecution_id: int, part: str | None = None) -> ResponseReturnValue:
    place = url_for(".show_prosecution", case_id=case_id, prosecution_id=prosecution_id, _anchor=part)
    return redirect(place, 303)


def _offence(row: CaseOffence) -> str:
    return f"{OFFENCES[row.offence].label} ({row.conduct_from:%d/%m/%Y} to {row.conduct_to:%d/%m/%Y})"
