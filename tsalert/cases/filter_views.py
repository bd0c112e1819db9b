"""Filters of the list of cases that officers keep; they stand among the pages of cases."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.cases import saved_filters
from tsalert.cases.filter_schemas import NewFilterSchema, WordsSchema
from tsalert.cases.narrowing import choices, list_cases, showing
from tsalert.cases.views import bp
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.keys import read_id
from tsalert.db import db
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays

__all__ = ["bp"]


@bp.post("/cases/narrowed")
@requires(Permission.READ_CASE)
@redisplays(list_cases)
def narrow() -> ResponseReturnValue:
    """Narrow the list, by words too, which are kept under a number so that no address holds them."""
    wanted, _ = load_form(WordsSchema())
    if not wanted.text:
        return redirect(url_for(".list_cases", **wanted.as_data()), 303)
    number = saved_filters.look_for_words(wanted, actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_cases", saved=number), 303)


@bp.get("/cases/filters")
@requires(Permission.READ_CASE)
def list_filters() -> ResponseReturnValue:
    """List the filters that this officer may use."""
    found = saved_filters.saved_filters(db.session(), current_actor())
    return render_template("cases/filters.html", found=found, told=showing(db.session()))


@bp.get("/cases/filters/new")
@requires(Permission.READ_CASE)
def new_filter() -> ResponseReturnValue:
    """Show the form that keeps a filter, filled in with the one that was just used."""
    number = read_id(request.args.get("saved", ""))
    known = saved_filters.get_filter(db.session(), number, current_actor()).wanted if number else None
    return render_template("cases/filter.html", filter=None, known=known or request.args, **choices(db.session()))


@bp.post("/cases/filters")
@requires(Permission.WORK_CASE)
@redisplays(new_filter)
def save_filter() -> ResponseReturnValue:
    """Keep a filter."""
    number = saved_filters.save(load_form(NewFilterSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_cases", saved=number), 303)


@bp.get("/cases/filters/<int:filter_id>")
@requires(Permission.READ_CASE)
def edit_filter(filter_id: int) -> ResponseReturnValue:
    """Show the forms that change or delete a filter."""
    found = saved_filters.get_filter(db.session(), filter_id, current_actor())
    return render_template("cases/filter.html", filter=found, known=found.wanted, **choices(db.session()))


@bp.post("/cases/filters/<int:filter_id>")
@requires(Permission.WORK_CASE)
@redisplays(edit_filter)
def change_filter(filter_id: int) -> ResponseReturnValue:
    """Change a filter."""
    saved_filters.change(filter_id, load_form(NewFilterSchema()), actor=current_actor(), now=utc_now())
    return redirect(url_for(".list_cases", saved=filter_id), 303)


@bp.post("/cases/filters/<int:filter_id>/delete")
@requires(Permission.WORK_CASE)
def delete_filter(filter_id: int) -> ResponseReturnValue:
    """Delete a filter."""
    saved_filters.delete(filter_id, actor=current_actor(), now=utc_now())
    flash("The filter is deleted.", "success")
    return redirect(url_for(".list_filters"), 303)
