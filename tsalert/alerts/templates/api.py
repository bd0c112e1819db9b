"""Operations on the templates of alerts."""

from typing import Any

from marshmallow import RAISE

from tsalert.alerts.audience.parties import parties_of
from tsalert.alerts.templates import filling, queries, rules, service
from tsalert.alerts.templates.queries import Template
from tsalert.alerts.templates.schemas import (
    AlertBeginningAskedSchema,
    AlertBeginningSchema,
    AlertTemplateChangeSchema,
    AlertTemplateSchema,
    AlertTemplateWithdrawalSchema,
    NewAlertTemplateSchema,
)
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("alert_templates", "alert-templates", "Words that alerts begin with, version by version.")
blueprints = (blp,)


@blp.route("")
@requires(Permission.DRAFT_ALERT)
@blp.response(200, AlertTemplateSchema(many=True))
def list_templates() -> list[Template]:
    """List the templates, those that were withdrawn last."""
    return queries.list_templates(db.session(), with_withdrawn=True)


@blp.route("", methods=["POST"])
@requires(Permission.MANAGE_TEMPLATES)
@blp.arguments(NewAlertTemplateSchema)
@blp.response(201, AlertTemplateSchema)
def add_template(told: dict[str, Any]) -> Template:
    """Add a template."""
    name = service.add_template(told["words"], told["reason"], actor=current_actor(), now=utc_now())
    return queries.get_template(db.session(), name)


@blp.route("/beginning")
@requires(Permission.DRAFT_ALERT)
@blp.arguments(AlertBeginningAskedSchema, location="query", unknown=RAISE)
@blp.response(200, AlertBeginningSchema)
def begin_alert(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what an alert begins with; of a case it takes its category, type, ward, first contact and time of day."""
    session, actor, now = db.session(), current_actor(), utc_now()
    begun = filling.begin(session, **asked, actor=actor, now=now)
    known = parties_of(session, asked["case_id"], actor=actor, now=now) if asked["case_id"] else []
    texts = {name: begun.get(name, "") for name in rules.LIMITS}
    found = {"unfilled": rules.unfilled(texts), "parties": known}
    return {"case_id": None, "wards": [], "topic": ""} | begun | texts | found


@blp.route("/<name>")
@requires(Permission.DRAFT_ALERT)
@blp.response(200, AlertTemplateSchema)
def get_template(name: str) -> Template:
    """Return one template as it stands."""
    return queries.get_template(db.session(), name)


@blp.route("/<name>", methods=["PUT"])
@requires(Permission.MANAGE_TEMPLATES)
@blp.arguments(AlertTemplateChangeSchema)
@blp.response(200, AlertTemplateSchema)
def save_template(told: dict[str, Any], name: str) -> Template:
    """Add a version."""
    words, reason = told["words"], told["reason"]
    service.save_template(name, words, reason, after=told["after"], actor=current_actor(), now=utc_now())
    return queries.get_template(db.session(), name)


@blp.route("/<name>/withdraw", methods=["POST"])
@requires(Permission.MANAGE_TEMPLATES)
@blp.arguments(AlertTemplateWithdrawalSchema)
@blp.response(200, AlertTemplateSchema)
def withdraw_template(told: dict[str, Any], name: str) -> Template:
    """Withdraw a template, so that it is no longer offered."""
    service.withdraw_template(name, told["reason"], after=told["after"], actor=current_actor(), now=utc_now())
    return queries.get_template(db.session(), name)
