"""The shape of what comes in through pages, the API and files; marshmallow refuses unknown fields by itself."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.alerts.rules import (
    LONGEST_ADVICE,
    LONGEST_BODY,
    LONGEST_HEADLINE,
    LONGEST_SMS,
    Channel,
    Draft,
    Urgency,
    Verdict,
)
from tsalert.web.fields import Instant, Line, Paragraph, RecordId

_LONGEST_REASON = 2000


class DraftSchema(Schema):
    """An alert as it is written. Empty ``sms`` means that texts carry the headline; no wards, the whole area."""

    headline = Line(required=True, longest=LONGEST_HEADLINE)
    body = Paragraph(required=True, longest=LONGEST_BODY)
    advice = Paragraph(longest=LONGEST_ADVICE, load_default="")
    sms = Paragraph(longest=LONGEST_SMS, load_default="")
    topic = Line(required=True)
    wards = fields.List(Line(), load_default=list, validate=validate.Length(max=200))
    channels = fields.List(
        fields.Enum(Channel, by_value=True),
        required=True,
        validate=validate.Length(1, 2, error="Choose email, text message or both."),
        error_messages={"required": "Choose email, text message or both."},
    )
    urgency = fields.Enum(Urgency, by_value=True, load_default=Urgency.ROUTINE)
    expires_at = Instant(required=True)
    case_id = RecordId(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Draft:
        """Hand the service a typed value; the same ward or channel twice counts once."""
        for name in ("wards", "channels"):
            data[name] = tuple(dict.fromkeys(data[name]))
        return Draft(**data)


class ReasonSchema(Schema):
    """Why an alert is returned or rejected."""

    reason = Paragraph(required=True, longest=_LONGEST_REASON)


class ApprovalSchema(Schema):
    """An approval of exactly what was shown."""

    digest = Line(required=True)


class LoneSendingSchema(ApprovalSchema, ReasonSchema):
    """Sending without a second person, and why."""


class ReviewSchema(Schema):
    """What a manager thinks of an alert that was sent alone."""

    verdict = fields.Enum(Verdict, by_value=True, required=True, error_messages={"required": "Choose one."})
    note = Paragraph(required=True, longest=_LONGEST_REASON)
