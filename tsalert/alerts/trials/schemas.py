"""The shape of a test of an alert."""

from marshmallow import Schema, fields

from tsalert.alerts.rules import Channel, Edition
from tsalert.web.fields import Strict

_WAYS = "Choose email, sms or voice."


class NewAlertTrialSchema(Strict):
    """A test of an alert to oneself; only mail has editions."""

    channel = fields.Enum(Channel, by_value=True, required=True, error_messages={"required": _WAYS, "unknown": _WAYS})
    edition = fields.Enum(Edition, by_value=True, load_default=Edition.ORDINARY)


class AlertTrialSchema(Schema):
    """A test that was sent, and by which way; its address is the officer's own."""

    channel = fields.String()
    officer_id = fields.Integer()
    sent_at = fields.AwareDateTime()
