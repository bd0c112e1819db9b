"""Pages of a case's disclosure schedule."""

from collections.abc import Iterable

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases.gate import in_any_case
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.evidence import disclosure, queries, vocabulary
from tsalert.evidence.disclosure import Line
from tsalert.evidence.schemas import DisclosureDecisionSchema, SchedulePartSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.exports import Cell, csv_response
from tsalert.web.forms import load_form, read_form, redisplays
from tsalert.web.once import leave_key

bp = Blueprint("disclosure", __name__, url_prefix="/cases/<int:case_id>/disclosure")
_HEAD = ("item", "what", "description", "date", "place", "sensitive", "reason", "disclosed")


@bp.get("")
@requires(Permission.READ_CASE)
def show_schedule(case_id: int) -> ResponseReturnValue:
    """Show the schedule, or a part of it."""
    part = read_form(SchedulePartSchema(), request.args)["part"]
    lines = disclosure.read_schedule(case_id, part, actor=current_actor(), now=utc_now())
    case = queries.get_case(db.session(), case_id)
    return render_template("evidence/schedule.html", case=case, lines=lines, part=part, words=vocabulary)


@bp.get("/schedule.csv")
@requires(Permission.EXPORT)
def export_schedule(case_id: int) -> ResponseReturnValue:
    """Hand the schedule out as CSV."""
    part = read_form(SchedulePartSchema(), request.args)["part"]
    lines = disclosure.read_schedule(case_id, part, actor=current_actor(), now=utc_now())
    name = f"{queries.get_case(db.session(), case_id).reference}-disclosure-{part}.csv"
    return csv_response(name, _HEAD, _cells(lines))


@bp.get("/<int:number>")
@requires(Permission.WORK_CASE)
@in_any_case
def edit_line(case_id: int, number: int) -> ResponseReturnValue:
    """Show the form for a decision on one line."""
    leave_key()  # it stays for when the form is sent again
    line = disclosure.read_line(case_id, number, actor=current_actor(), now=utc_now())
    return render_template("evidence/decide.html", case=queries.get_case(db.session(), case_id), line=line)


@bp.post("/<int:number>")
@requires(Permission.WORK_CASE)
@redisplays(edit_line)
def decide(case_id: int, number: int) -> ResponseReturnValue:
    """Decide on one line."""
    disclosure.decide(case_id, number, load_form(DisclosureDecisionSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".show_schedule", case_id=case_id, _anchor=f"item-{number}"), 303)


def _cells(lines: Iterable[Line]) -> Iterable[list[Cell]]:
    for line in lines:
        sensitive, disclosed = _answer(said=line.is_sensitive), _answer(said=line.is_disclosed)
        yield [line.number, line.what, line.description, line.at, line.place, sensitive, line.reason, disclosed]


def _answer(*, said: bool | None) -> str:
    return "not decided" if said is None else "yes" if said else "no"
