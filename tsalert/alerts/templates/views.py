"""Pages of the templates of alerts."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tsalert.alerts.templates import queries, rules, service
from tsalert.alerts.templates.schemas import (
    AlertTemplateChangeSchema,
    AlertTemplateWithdrawalSchema,
    NewAlertTemplateSchema,
)
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.queries import officer_names
from tsalert.subscribers.queries import topics
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import load_form, redisplays
from tsalert.web.refusing import refuses_on

bp = Blueprint("alert_templates", __name__, url_prefix="/alerts/templates")


@bp.get("")
@requires(Permission.DRAFT_ALERT)
def list_templates() -> ResponseReturnValue:
    """List the templates, those that were withdrawn last."""
    found = queries.list_templates(db.session(), with_withdrawn=True)
    return render_template("alerts/templates/list.html", found=found, topics=dict(topics(db.session())))


@bp.get("/new")
@requires(Permission.MANAGE_TEMPLATES)
def new_template() -> ResponseReturnValue:
    """Show the form for a template of one's own."""
    return render_template("alerts/templates/form.html", template=None, **_choices())


@bp.post("")
@requires(Permission.MANAGE_TEMPLATES)
@redisplays(new_template)
def add_template() -> ResponseReturnValue:
    """Keep a template of one's own."""
    told = load_form(NewAlertTemplateSchema())
    name = service.add_template(told["words"], told["reason"], actor=current_actor(), now=utc_now())
    return _to(name, "Kept. Alerts can begin with it.")


@bp.get("/<name>")
@requires(Permission.DRAFT_ALERT)
def show_template(name: str) -> ResponseReturnValue:
    """Show a template as it reads, with the versions before it."""
    found = queries.get_template(db.session(), name)
    return render_template(
        "alerts/templates/show.html",
        template=found,
        placeholders=rules.placeholders_in(*found.words.texts.values()),
        versions=queries.versions(db.session(), name),
        names=officer_names(db.session()),
        **_choices(),
    )


@bp.get("/<name>/edit")
@requires(Permission.MANAGE_TEMPLATES)
def edit_template(name: str) -> ResponseReturnValue:
    """Show the form for a further version."""
    found = queries.get_template(db.session(), name)
    return render_template("alerts/templates/form.html", template=found, **_choices())


@bp.post("/<name>/edit")
@requires(Permission.MANAGE_TEMPLATES)
@redisplays(edit_template)
@refuses_on(edit_template)
def save_template(name: str) -> ResponseReturnValue:
    """Keep a further version."""
    told = load_form(AlertTemplateChangeSchema())
    words, reason = told["words"], told["reason"]
    service.save_template(name, words, reason, after=told["after"], actor=current_actor(), now=utc_now())
    return _to(name, "Kept as a new version.")


@bp.post("/<name>/withdraw")
@requires(Permission.MANAGE_TEMPLATES)
@redisplays(show_template)
@refuses_on(show_template)
def withdraw_template(name: str) -> ResponseReturnValue:
    """Offer a template no more."""
    told = load_form(AlertTemplateWithdrawalSchema())
    service.withdraw_template(name, told["reason"], after=told["after"], actor=current_actor(), now=utc_now())
    return _to(name, "Withdrawn. It is no longer offered; its versions stay.")


def _choices() -> dict[str, Any]:
    return {"topics": topics(db.session()), "known": rules.PLACEHOLDERS}


def _to(name: str, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for(".show_template", name=name), 303)
