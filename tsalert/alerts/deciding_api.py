"""Operations that decide on alerts other than by approving them, and the one that checks a message for anybody."""

from typing import Any

from flask import current_app
from marshmallow import RAISE

from tsalert.alerts import public_queries, service
from tsalert.alerts.api import record_of
from tsalert.alerts.deciding_schemas import (
    AlertReasonSchema,
    CheckedMessageSchema,
    LoneReviewSchema,
    LoneSendingSchema,
    MessageToCheckSchema,
    SentAloneSchema,
)
from tsalert.alerts.lone_queries import SentAlone, sent_alone
from tsalert.alerts.pasted import leads_elsewhere, references_in
from tsalert.alerts.schemas import AlertSchema
from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.staff.presence import require_presence
from tsalert.web.access import current_actor, public, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

blp = api_blueprint("alert_decisions", "alerts", "Sending alerts back, refusing and sending them alone.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/return", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertReasonSchema)
@blp.response(200, AlertSchema)
def return_alert(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Send it back to be changed."""
    service.send_back(alert_id, told["reason"], actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/reject", methods=["POST"])
@requires(Permission.APPROVE_ALERT)
@blp.arguments(AlertReasonSchema)
@blp.response(200, AlertSchema)
def reject_alert(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Refuse it for good."""
    service.reject(alert_id, told["reason"], actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/<int:alert_id>/send-alone", methods=["POST"])
@requires(Permission.OVERRIDE_APPROVAL)
@blp.arguments(LoneSendingSchema)
@blp.response(200, AlertSchema)
def send_alone(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Send it, as its digest names it, without a second person; a manager reviews that the next day."""
    actor, now = current_actor(), utc_now()
    require_presence(actor, told["password"], now=now)
    service.send_alone(alert_id, told["digest"], told["reason"], readers=told["readers"], actor=actor, now=now)
    return record_of(alert_id)


@blp.route("/sent-alone")
@requires(Permission.REVIEW_OVERRIDE)
@blp.arguments(PageAsked, location="query", unknown=RAISE)
@blp.response(200, page_of(SentAloneSchema))
def list_reviews(asked: dict[str, Any]) -> Page[SentAlone]:
    """List the alerts that one officer sent: on the first page those to review, then the latest that were reviewed."""
    return sent_alone(db.session(), **asked)


@blp.route("/<int:alert_id>/review", methods=["POST"])
@requires(Permission.REVIEW_OVERRIDE)
@blp.arguments(LoneReviewSchema)
@blp.response(200, AlertSchema)
def review_alert(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Record what a manager thinks of a lone sending."""
    service.review(alert_id, told["verdict"], told["note"], actor=current_actor(), now=utc_now())
    return record_of(alert_id)


@blp.route("/checks", methods=["POST"])
@public
@blp.doc(security=[])
@blp.arguments(MessageToCheckSchema)
@blp.response(200, CheckedMessageSchema)
def check_message(told: dict[str, Any]) -> dict[str, Any]:
    """Say whether a message that somebody got names one of our alerts; it is read once and kept nowhere."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    alert = public_queries.find_first(db.session(), references_in(told["message"]))
    return {
        "reference": alert and alert.reference,
        "headline": alert and alert.headline,
        "published_at": alert and alert.published_at,
        "leads_elsewhere": leads_elsewhere(told["message"], settings.public_url),
    }
