"""The shape of decisions on alerts other than approvals, and of a message that somebody wants checked."""

from marshmallow import Schema, fields

from tsalert.alerts.rules import LONGEST_MESSAGE, Verdict
from tsalert.alerts.schemas import LONGEST_REASON, AlertApprovalSchema
from tsalert.web.fields import Paragraph


class AlertReasonSchema(Schema):
    """Why an alert is returned or rejected."""

    reason = Paragraph(required=True, longest=LONGEST_REASON, error_messages={"required": "Give a reason."})


class LoneSendingSchema(AlertApprovalSchema, AlertReasonSchema):
    """Sending without a second person, and why."""


class LoneReviewSchema(Schema):
    """What a manager thinks of an alert that was sent alone."""

    verdict = fields.Enum(Verdict, by_value=True, required=True, error_messages={"required": "Choose one."})
    note = Paragraph(required=True, longest=LONGEST_REASON, error_messages={"required": "Say why."})


class MessageToCheckSchema(Schema):
    """A message that somebody got and wants to have checked."""

    message = Paragraph(
        longest=LONGEST_MESSAGE, required=True, error_messages={"required": "Paste the message that you got."}
    )


class SentAloneSchema(Schema):
    """An alert that one officer sent, and what a manager thought of it, once one has looked."""

    id = fields.Integer(attribute="alert.id")
    reference = fields.String(attribute="alert.reference")
    headline = fields.String(attribute="alert.headline")
    sent_at = fields.AwareDateTime(attribute="alert.approved_at")
    sender = fields.String()
    reason = fields.String(attribute="alert.override_reason")
    verdict = fields.String(attribute="review.verdict", dump_default=None, allow_none=True)
    note = fields.String(attribute="review.note", dump_default=None, allow_none=True)
    reviewer = fields.String()
    reviewed_at = fields.AwareDateTime(attribute="review.reviewed_at", dump_default=None, allow_none=True)


class CheckedMessageSchema(Schema):
    """The alert that a message names; ``reference`` is null where it names none of ours.

    ``leads_elsewhere`` warns that the message leads to a site that is not ours, as no alert of ours does.
    """

    reference = fields.String(allow_none=True)
    headline = fields.String(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)
    leads_elsewhere = fields.Boolean()
