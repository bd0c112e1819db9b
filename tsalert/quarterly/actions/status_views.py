"""Pages of the board's words for how far an action stands."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.quarterly.actions import holding, naming, statuses
from tsalert.quarterly.actions.schemas import BoardStatusChangeSchema, NewBoardStatusSchema, WantedStatusesSchema
from tsalert.quarterly.actions.statuses import StatusWord
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, read_form, redisplays

bp = Blueprint("board_statuses", __name__, url_prefix="/board-actions/statuses")
bp.context_processor(lambda: {"begins": holding.begins})
_SAVED = "The list of words has changed. Earlier quarters keep the words they had."


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_statuses() -> ResponseReturnValue:
    """Show the words of a quarter, by default the one that runs, and every version of each."""
    session = db.session()
    quarter = read_form(WantedStatusesSchema(), request.args)["quarter"] or holding.running(utc_now())
    versions = statuses.status_versions(session)
    return render_template(
        "quarterly/statuses.html",
        quarter=quarter,
        words=statuses.words_on(versions, quarter.first_day),
        versions=tuple(reversed(versions)),
        officers=officer_names(session),
    )


@bp.get("/new")
@requires(Permission.MANAGE_INDICATORS)
def new_status() -> ResponseReturnValue:
    """Show the form for another word."""
    return _form(None, None)


@bp.post("")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(new_status)
def add_status() -> ResponseReturnValue:
    """Add a word."""
    naming.add_status(load_form(NewBoardStatusSchema()), actor=current_actor(), now=utc_now())
    flash(_SAVED, "success")
    return redirect(url_for(".list_statuses"), 303)


@bp.get("/<name>/change")
@requires(Permission.MANAGE_INDICATORS)
def edit_status(name: str) -> ResponseReturnValue:
    """Show the form for what a word is to read from a quarter on."""
    versions = statuses.versions_of(db.session(), name)
    return _form(versions[0], max(each.id for each in versions))


@bp.post("/<name>/change")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(edit_status)
def change_status(name: str) -> ResponseReturnValue:
    """Give a word another reading or place, or retire it."""
    new, after = load_form(BoardStatusChangeSchema())
    naming.change_status(name, new, after=after, actor=current_actor(), now=utc_now())
    flash(_SAVED, "success")
    return redirect(url_for(".list_statuses"), 303)


def _form(present: StatusWord | None, after: int | None) -> str:
    now = utc_now()
    quarters = holding.choices(db.session(), now=now)
    told = {"present": present, "after": after, "running": holding.running(now), "quarters": quarters}
    return render_template("quarterly/status_form.html", **told)
