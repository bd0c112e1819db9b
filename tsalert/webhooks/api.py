"""Operations on programs that are told of incidents and alerts."""

from typing import Any

from marshmallow import RAISE
from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
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
    """List every program that is told, those that have ended last."""
    return {"items": queries.list_webhooks(db.session())}


@webhooks.route("", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.arguments(NewWebhookSchema)
@webhooks.response(201, WebhookSecretSchema)
def register_webhook(new: NewWebhook) -> dict[str, Any]:
    """Register a program; the secret by which it knows our messages is told this once."""
    webhook_id, secret = service.register(new, actor=current_actor(), now=utc_now())
    return _with_secret(webhook_id, secret)


@webhooks.route("/<int:webhook_id>")
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(200, WebhookSchema)
def get_webhook(webhook_id: int) -> WebhookView:
    """Return one program."""
    return queries.get_webhook(db.session(), webhook_id)


@webhooks.route("/<int:webhook_id>", methods=["DELETE"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(204)
def end_webhook(webhook_id: int) -> None:
    """Tell a program nothing more; what it was told stays to be read."""
    service.end(webhook_id, actor=current_actor(), now=utc_now())


@webhooks.route("/<int:webhook_id>/secret", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(200, WebhookSecretSchema)
def renew_secret(webhook_id: int) -> dict[str, Any]:
    """Give a program another secret; the former one is worth nothing from now on."""
    return _with_secret(webhook_id, service.renew_secret(webhook_id, actor=current_actor(), now=utc_now()))


@webhooks.route("/<int:webhook_id>/tests", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(202, WebhookSchema)
def test_webhook(webhook_id: int) -> WebhookView:
    """Have a test sent; once it is taken, a program that was failing is told all that waits."""
    service.send_test(webhook_id, actor=current_actor(), now=utc_now())
    return queries.get_webhook(db.session(), webhook_id)


@webhooks.route("/<int:webhook_id>/deliveries")
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.arguments(PageAsked, location="query", unknown=RAISE)
@webhooks.response(200, page_of(WebhookDeliverySchema))
def list_deliveries(asked: dict[str, Any], webhook_id: int) -> Page[DeliveryView]:
    """List what a program was told in the last 30 days, or is to be told, the newest first."""
    hook = queries.get_webhook(db.session(), webhook_id)
    return queries.list_deliveries(db.session(), hook.id, **asked)


@webhooks.route("/<int:webhook_id>/deliveries/<int:delivery_id>/again", methods=["POST"])
@requires(Permission.CONNECT_PROGRAMS)
@webhooks.response(202, WebhookSchema)
def send_again(webhook_id: int, delivery_id: int) -> WebhookView:
    """Try to tell a program once more of something that was given up or taken."""
    service.send_again(webhook_id, delivery_id, actor=current_actor(), now=utc_now())
    return queries.get_webhook(db.session(), webhook_id)


def _with_secret(webhook_id: int, secret: str) -> dict[str, Any]:
    return {**asdict(queries.get_webhook(db.session(), webhook_id)), "secret": secret}
