"""Operations on programs that are told of incidents and alerts."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.staff.presence import asks_presence
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked
from tsalert.webhooks import queries, service
from tsalert.webhooks.queries import DeliveryView, WebhookView
from tsalert.webhooks.schemas import (
    NewWebhookSchema,
    WebhookDeliverySchema,
    WebhookListSchema,
    WebhookSchema,
    WebhookSecretSchema,
)
from tsalert.webhooks.service import NewWebhook

webhooks = api_blueprint("webhooks", "webhooks", "Programs that are told of incidents, missed targets and alerts.")
blueprints = (webhooks,)


@webhooks.route("")
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(200, WebhookListSchema)
def list_webhooks() -> dict[str, Any]:
    """List every webhook, those that have ended last."""
    return {"items": queries.list_webhooks(db.session())}


@webhooks.route("", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.arguments(NewWebhookSchema)
@webhooks.response(201, WebhookSecretSchema)
@asks_presence
def register_webhook(new: NewWebhook) -> dict[str, Any]:
    """Register a webhook; the secret that signs its messages is shown only once."""
    webhook_id, secret = service.register(new, actor=current_actor(), now=utc_now())
    return _with_secret(webhook_id, secret)


@webhooks.route("/<int:webhook_id>")
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(200, WebhookSchema)
def get_webhook(webhook_id: int) -> WebhookView:
    """Return one webhook."""
    return queries.get_webhook(db.session(), webhook_id)


@webhooks.route("/<int:webhook_id>", methods=["DELETE"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(204)
def end_webhook(webhook_id: int) -> None:
    """End a webhook; its past messages can still be read."""
    service.end(webhook_id, actor=current_actor(), now=utc_now())


@webhooks.route("/<int:webhook_id>/secret", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.arguments(ConfirmedSchema)
@webhooks.response(200, WebhookSecretSchema)
@asks_presence
def renew_secret(_confirmed: dict[str, Any], webhook_id: int) -> dict[str, Any]:
    """Give a program another secret; the former one is worth nothing from now on."""
    return _with_secret(webhook_id, service.renew_secret(webhook_id, actor=current_actor(), now=utc_now()))


@webhooks.route("/<int:webhook_id>/tests", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(202, WebhookSchema)
def test_webhook(webhook_id: int) -> WebhookView:
    """Send a test; once it is accepted, a failing webhook gets everything that waits."""
    service.send_test(webhook_id, actor=current_actor(), now=utc_now())
    return queries.get_webhook(db.session(), webhook_id)


@webhooks.route("/<int:webhook_id>/deliveries")
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.arguments(PageAsked, location="query", unknown=RAISE)
@webhooks.response(200, page_of(WebhookDeliverySchema))
def list_deliveries(asked: dict[str, Any], webhook_id: int) -> Page[DeliveryView]:
    """List a webhook's messages of the last 30 days and those that wait, the newest first."""
    hook = queries.get_webhook(db.session(), webhook_id)
    return queries.list_deliveries(db.session(), hook.id, **asked)


@webhooks.route("/<int:webhook_id>/deliveries/<int:delivery_id>/again", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(202, WebhookSchema)
def send_again(webhook_id: int, delivery_id: int) -> WebhookView:
    """Send a message once more that was given up or accepted."""
    service.send_again(webhook_id, delivery_id, actor=current_actor(), now=utc_now())
    return queries.get_webhook(db.session(), webhook_id)


def _with_secret(webhook_id: int, secret: str) -> dict[str, Any]:
    return {**asdict(queries.get_webhook(db.session(), webhook_id)), "secret": secret}
