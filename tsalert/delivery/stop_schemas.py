"""Shapes of stopping all sending, and of starting it again."""

from marshmallow import Schema, fields

from tsalert.delivery.stopping import LONGEST_REASON
from tsalert.web.fields import Paragraph


class SwitchSchema(Schema):
    """Why all sending is stopped, or started again."""

    reason = Paragraph(required=True, longest=LONGEST_REASON, error_messages={"required": "Give a reason."})


class SendingStopSchema(Schema):
    """One time in which nothing left for many; who did it, by name."""

    id = fields.Integer()
    stopped_at = fields.AwareDateTime()
    stopped_by = fields.String()
    stop_reason = fields.String()
    started_at = fields.AwareDateTime(allow_none=True)
    started_by = fields.String(allow_none=True)
    start_reason = fields.String(allow_none=True)


class SendingSchema(Schema):
    """Whether alerts and digests leave, how many messages of them wait, and the latest stops that ended."""

    is_stopped = fields.Boolean()
    stop = fields.Nested(SendingStopSchema, allow_none=True)
    waiting = fields.Integer()
    past = fields.List(fields.Nested(SendingStopSchema))
