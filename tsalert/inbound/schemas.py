"""The shape of what Twilio posts; it sends more, and adds to it without notice."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.delivery.rules import Channel
from tsalert.web.fields import RecordId

_SID = validate.Regexp(r"^[A-Z]{2}[0-9a-zA-Z]{1,64}\Z")


class ReceiptSchema(Schema):
    """What became of a text (MessageSid) or a call (CallSid)."""

    MessageSid = fields.String(validate=_SID)
    MessageStatus = fields.String()
    CallSid = fields.String(validate=_SID)
    CallStatus = fields.String()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over channel, reference and word."""
        kind, channel = ("Message", Channel.SMS) if "MessageSid" in data else ("Call", Channel.VOICE)
        return {"channel": channel, "reference": data.get(f"{kind}Sid", ""), "word": data.get(f"{kind}Status", "")}


class TextSchema(Schema):
    """A text message; it is taken as it comes, since nobody could mend it."""

    MessageSid = fields.String(required=True, validate=_SID)
    From = fields.String(required=True)
    Body = fields.String(load_default="")


class CallSchema(Schema):
    """A call of ours that was answered, and the key that was pressed if one was."""

    CallSid = fields.String(required=True, validate=_SID)
    Digits = fields.String(load_default="")


class PageQuery(Schema):
    """Where a page of the list begins."""

    before = RecordId(load_default=None)
