"""The shape of programs that are told, as forms and the API send and show them."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.fields import Instant, Line
from tsalert.webhooks.rules import LONGEST_URL, OFFERED
from tsalert.webhooks.service import NewWebhook

_NOTHING = "Choose what it is told of."


class NewWebhookSchema(ConfirmedSchema):
    """A program to tell."""

    name = Line(longest=60, required=True, error_messages={"required": "Say which program this is."})
    url = Line(
        longest=LONGEST_URL,
        required=True,
        error_messages={"required": "Enter the address at which it listens."},
        metadata={"examples": ["https://hooks.example.org/tsalert"]},
    )
    kinds = fields.List(
        fields.String(validate=validate.OneOf(OFFERED)),
        required=True,
        validate=validate.Length(min=1, max=len(OFFERED), error=_NOTHING),
        error_messages={"required": _NOTHING},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewWebhook:
        """Hand the service a typed value; what is named twice counts once."""
        wanted = data["kinds"]
        return NewWebhook(data["name"], data["url"], [kind for kind in OFFERED if kind.value in wanted])


class WebhookSchema(Schema):
    """A program that is told; ``waiting`` counts what it is still to be told."""

    id = fields.Integer()
    name = fields.String()
    url = fields.String()
    kinds = fields.List(fields.String())
    made_at = Instant()
    made_by = fields.String(allow_none=True)
    failing_since = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    waiting = fields.Integer()


class WebhookListSchema(Schema):
    """Every program that is or was told."""

    items = fields.List(fields.Nested(WebhookSchema))


class WebhookSecretSchema(WebhookSchema):
    """A program with the secret by which it knows our messages, which is told this once."""

    secret = fields.String()


class WebhookDeliverySchema(Schema):
    """How far telling a program of one thing has come."""

    id = fields.Integer()
    key = fields.String(metadata={"description": "The Webhook-Id of the message, the same at every try."})
    kind = fields.String(attribute="kind.value")
    reference = fields.String(allow_none=True)
    happened_at = Instant()
    state = fields.String(attribute="state.value")
    tries = fields.Integer()
    due_at = Instant(allow_none=True)
    status = fields.Integer(allow_none=True, metadata={"description": "The HTTP status of the last answer."})
    fault = fields.String(allow_none=True)
    settled_at = Instant(allow_none=True)
