"""Pages of the board's priority actions: a quarter's list, each with all its updates, and the forms."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar, cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import Overtaken
from tsalert.core.periods import Period
from tsalert.db import db
from tsalert.quarterly.actions import holding, queries, setting, showing, statuses, updating
from tsalert.quarterly.actions.queries import ActionVersion
from tsalert.quarterly.actions.schemas import (
    BoardActionChangeSchema,
    NewActionUpdateSchema,
    NewBoardActionSchema,
    WantedActionsSchema,
)
from tsalert.quarterly.actions.setting import NewAction
from tsalert.quarterly.addresses import quarter_of_slug, slug_of
from tsalert.quarterly.writing.prose import html_of
from tsalert.response.refusals import current_refusal, keep_refusal
from tsalert.staff.queries import officer_names
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import Form, load_form, read_form, redisplays
from tsalert.web.once import leave_key

bp = Blueprint("board_actions", __name__, url_prefix="/board-actions")
bp.context_processor(lambda: {"html_of": html_of, "slug_of": slug_of, "begins": holding.begins})

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


@bp.get("")
@requires(Permission.READ_FIGURES)
def list_actions() -> ResponseReturnValue:
    """Show a quarter's actions, by default those of the quarter that is reported."""
    session, now = db.session(), utc_now()
    wanted = read_form(WantedActionsSchema(), request.args)
    quarter = wanted["quarter"] or showing.reported(session, now=now)
    return render_template(
        "quarterly/actions.html",
        found=showing.read_quarter(session, quarter, status=wanted["status"]),
        status=wanted["status"],
        quarters=showing.quarters(quarter, now=now),
        others=[each for each in showing.being_written(session, now=now) if each != quarter],
        has_report=showing.has_report(session, quarter),
        has_begun=quarter.first_day <= holding.running(now).first_day,
        officers=officer_names(session),
    )


@bp.get("/new")
@requires(Permission.MANAGE_INDICATORS)
def new_action() -> ResponseReturnValue:
    """Show the form for another action."""
    session, now = db.session(), utc_now()
    actions = queries.actions_on(queries.action_versions(session), holding.running(now).first_day)
    number = max((each.number for each in actions), default=0) + 1
    return render_template(
        "quarterly/action_form.html",
        present=None,
        number=number,
        after=None,
        running=holding.running(now),
        quarters=holding.choices(session, now=now),
    )


@bp.post("")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(new_action)
def add_action() -> ResponseReturnValue:
    """Add an action."""
    new: NewAction = load_form(NewBoardActionSchema())
    action_id = setting.add_action(new, actor=current_actor(), now=utc_now())
    flash("The action is added.", "success")
    return redirect(url_for(".show_action", action_id=action_id), 303)


@bp.get("/<int:action_id>")
@requires(Permission.READ_FIGURES)
def show_action(action_id: int) -> ResponseReturnValue:
    """Show an action with everything that was told of it, and its versions."""
    session, now = db.session(), utc_now()
    versions = queries.versions_of(session, action_id)
    updates = queries.updates_of(session, action_id)
    return render_template(
        "quarterly/action.html",
        versions=versions,
        present=queries.held(versions, holding.running(now)) or versions[-1],
        updates=updates,
        told={each.quarter for each in updates},
        being_written=[each for each in showing.being_written(session, now=now) if _stands(versions, each)],
        officers=officer_names(session),
    )


@bp.get("/<int:action_id>/change")
@requires(Permission.MANAGE_INDICATORS)
def edit_action(action_id: int) -> ResponseReturnValue:
    """Show the form for what an action is to say from a quarter on."""
    session, now = db.session(), utc_now()
    versions = queries.versions_of(session, action_id)
    return render_template(
        "quarterly/action_form.html",
        present=versions[0],
        number=versions[0].number,
        after=max(each.id for each in versions),
        running=holding.running(now),
        quarters=holding.choices(session, now=now),
    )


@bp.post("/<int:action_id>/change")
@requires(Permission.MANAGE_INDICATORS)
@redisplays(edit_action)
def change_action(action_id: int) -> ResponseReturnValue:
    """Give an action a further version, or retire it."""
    new, after = load_form(BoardActionChangeSchema())
    setting.change_action(action_id, new, after=after, actor=current_actor(), now=utc_now())
    flash("The action has a new version. Earlier quarters keep what they had.", "success")
    return redirect(url_for(".show_action", action_id=action_id), 303)


@bp.get("/<int:action_id>/updates/<quarter>")
@requires(Permission.WRITE_REPORT)
def edit_update(action_id: int, quarter: str) -> ResponseReturnValue:
    """Show the form for what is told of an action for a quarter."""
    session, period = db.session(), quarter_of_slug(quarter)
    standing = queries.find_update(session, action_id, period)
    words = statuses.words_on(statuses.status_versions(session), period.first_day)
    kept = {standing.status} if standing else set()
    return render_template(
        "quarterly/action_update.html",
        action=queries.get_action(session, action_id, period),
        period=period,
        standing=standing,
        options=[(each.name, each.word) for each in words.values() if not each.is_retired or each.name in kept],
        where=showing.where(session, period),
        refusal=current_refusal(),
        officers=officer_names(session),
    )


def _tells_both(view: View) -> View:
    """Answer a writer who was overtaken with the form again: what they wrote, and what stands now beside it."""

    @wraps(view)
    def answer(action_id: int, quarter: str) -> ResponseReturnValue:
        try:
            return view(action_id, quarter)
        except Overtaken as refusal:
            keep_refusal(refusal, lambda _seen: [])
            return cast(str, edit_update(action_id, quarter)), 409

    return cast(View, answer)


@bp.post("/<int:action_id>/updates/<quarter>")
@requires(Permission.WRITE_REPORT)
@redisplays(edit_update)
@_tells_both
def write_update(action_id: int, quarter: str) -> ResponseReturnValue:
    """Save what is told, or put what the records propose behind what was typed so far."""
    period = quarter_of_slug(quarter)
    if "fill" in request.form:
        return _fill(action_id, quarter)
    new = load_form(NewActionUpdateSchema())
    updating.write_update(action_id, period, new, actor=current_actor(), now=utc_now())
    flash(f"The update for {period.label} is saved. {showing.where(db.session(), period)}", "success")
    return redirect(url_for(".list_actions", quarter=period.label), 303)


def _stands(versions: Sequence[ActionVersion], quarter: Period) -> bool:
    held = queries.held(versions, quarter)
    return held is not None and not held.is_retired


def _fill(action_id: int, quarter: str) -> ResponseReturnValue:
    """Draw the form with the records' sentences in its box; nothing is saved."""
    leave_key()
    session, period = db.session(), quarter_of_slug(quarter)
    proposed = showing.proposal(session, queries.get_action(session, action_id, period), period)
    typed = request.form.copy()
    so_far = typed.get("text", "").strip()
    typed["text"] = so_far if proposed in so_far else "\n\n".join(part for part in (so_far, proposed) if part)
    g.form = Form(typed)
    return edit_update(action_id, quarter)
