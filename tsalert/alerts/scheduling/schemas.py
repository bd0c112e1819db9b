"""Shapes of approving for a moment to come."""

from marshmallow import Schema, fields

from tsalert.alerts.deciding_schemas import AlertReasonSchema
from tsalert.alerts.schemas import AlertApprovalSchema
from tsalert.web.fields import Instant


class NewScheduleSchema(AlertApprovalSchema):
    """An approval of exactly what was shown, for a moment to come."""

    starts_at = Instant(required=True, error_messages={"required": "Say when it goes out."})


class AlertCallOffSchema(AlertReasonSchema):
    """Why an approval for a moment to come is taken back."""


class AlertScheduleSchema(Schema):
    """The last approval of an alert for a moment to come, and what became of it.

    ``state`` is waiting, held (it did not start, because of ``held_because``, and a person decides), started or
    called_off. ``ended_by`` is empty where it started by itself.
    """

    alert_id = fields.Integer()
    starts_at = fields.AwareDateTime()
    state = fields.String()
    digest = fields.String()
    scheduled_by = fields.Integer()
    scheduled_at = fields.AwareDateTime()
    held_at = fields.AwareDateTime(allow_none=True)
    held_because = fields.String(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    ended_by = fields.Integer(allow_none=True)
    call_off_reason = fields.String(allow_none=True)


class ScheduledLineSchema(Schema):
    """One alert that goes out by itself, or that could not and waits for a person."""

    alert_id = fields.Integer()
    reference = fields.String()
    headline = fields.String()
    state = fields.String()
    starts_at = fields.AwareDateTime()
    scheduled_by = fields.String()
    held_because = fields.String(allow_none=True)


class ScheduledListSchema(Schema):
    """What waits for a person, then what goes out by itself in order of time."""

    items = fields.List(fields.Nested(ScheduledLineSchema))
