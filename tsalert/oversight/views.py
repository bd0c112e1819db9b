"""Pages of what is odd in the trail, for managers, and of an officer's own postcode."""

from datetime import date, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import london_date, utc_now
from tsalert.db import db
from tsalert.oversight import queries, rules, service
from tsalert.oversight.schemas import HomeSchema, NoteSchema, WeekSchema
from tsalert.oversight.vocabulary import MEANINGS, Kind
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.forms import load_form, load_page, redisplays

bp = Blueprint("oversight", __name__, url_prefix="/oddities")
_PAGES_OF = {"call": "calls.show_call", "incident": "response.show_incident", "case": "cases.show_case"}


def current_settings() -> Settings:
    """Return the program's settings."""
    found: Settings = current_app.extensions["tsalert_settings"]
    return found


@bp.get("")
@requires(Permission.REVIEW_ODDITIES)
def list_oddities() -> ResponseReturnValue:
    """List what is odd in a week, and who has looked at it."""
    now = utc_now()
    week = service.monday(WeekSchema().load(request.args)["week"], now=now)
    this_week = rules.week_of(london_date(now))
    return render_template(
        "oversight/list.html",
        week=week,
        last_day=week + timedelta(days=6),
        is_over=week < this_week,
        before=week - timedelta(days=7),
        after=week + timedelta(days=7) if week < this_week else None,
        oddities=queries.oddities(db.session(), week, current_settings()),
        kinds=Kind,
        meanings=MEANINGS,
        records_an_hour=current_settings().records_an_hour,
    )


def read_week(text: str) -> date:
    """Return the Monday of the week that an address names by any day of it.

    :raises ValidationError: it names none.
    :raises RuleViolation: that week has not begun.
    """
    return service.monday(WeekSchema().load({"week": text})["week"], now=utc_now())


def _draw(week: date, line: str) -> ResponseReturnValue:
    session = db.session()
    oddity = queries.get_oddity(session, week, line, current_settings())
    return render_template(
        "oversight/line.html",
        week=week,
        oddity=oddity,
        meaning=MEANINGS[oddity.line.kind],
        page=queries.entries_of(session, oddity, **load_page()),
        names=staff.officer_names(session),
        pages=_PAGES_OF,
    )


@bp.get("/<string:week>/<string:line>")
@requires(Permission.REVIEW_ODDITIES)
def show_oddity(week: str, line: str) -> ResponseReturnValue:
    """Show one line with the entries of the trail that it rests on."""
    return _draw(read_week(week), line)


@bp.post("/<string:week>/<string:line>")
@requires(Permission.REVIEW_ODDITIES)
@redisplays(show_oddity)
def note_looked_at(week: str, line: str) -> ResponseReturnValue:
    """Keep that somebody looked at a line, and what they found."""
    note = load_form(NoteSchema())["note"]
    service.note_looked_at(
        read_week(week), line, note, actor=current_actor(), settings=current_settings(), now=utc_now()
    )
    flash("Kept: this line was looked at.", "success")
    return redirect(url_for(".list_oddities", week=week), 303)


@bp.get("/own-postcode")
@signed_in
def show_home() -> ResponseReturnValue:
    """Show whether the reader has said where they live."""
    actor = current_actor()
    return render_template("oversight/home.html", is_told=service.has_told_home(db.session(), actor.officer_id or 0))


@bp.post("/own-postcode")
@signed_in
@redisplays(show_home)
def tell_home() -> ResponseReturnValue:
    """Keep where the reader lives, or forget it."""
    told = load_form(HomeSchema())
    service.tell_home(told["postcode"], actor=current_actor(), settings=current_settings(), now=utc_now())
    flash("Kept." if told["postcode"] else "Forgotten.", "success")
    return redirect(url_for(".show_home"), 303)
