"""Shapes of the timetable."""

from marshmallow import Schema, fields

from tsalert.web.fields import Strict, YesNo


class SummaryChoiceSchema(Strict):
    """Whether a manager wants the monthly summary."""

    wanted = YesNo(required=True, metadata={"description": "False leaves the monthly summary."})


class PointSchema(Schema):
    """Something that comes on a working day at 8am in London."""

    kind = fields.String()
    label = fields.String(attribute="kind.label")
    period = fields.String(attribute="about.label", metadata={"description": "The quarter or month that it tells of."})
    due_on = fields.Date()


class ReminderSchema(Schema):
    """Something that came."""

    kind = fields.String()
    label = fields.String(attribute="kind.label")
    period = fields.String(attribute="about.label", metadata={"description": "The quarter or month that it told of."})
    meeting_on = fields.Date(allow_none=True, metadata={"description": "The meeting that it reminded of."})
    recipients = fields.Integer(metadata={"description": "0 where there was nothing to say."})
    sent_at = fields.AwareDateTime()


class OwedSchema(Schema):
    """A partner whose figures are missing."""

    partner = fields.String()
    period = fields.String(attribute="period.label")


class BoardTimetableSchema(Schema):
    """The timetable of the board's report: the next twelve months, and what was sent."""

    ahead = fields.List(fields.Nested(PointSchema))
    sent = fields.List(fields.Nested(ReminderSchema))
    missing_from_partners = fields.List(fields.Nested(OwedSchema))
    gets_summary = fields.Boolean(metadata={"description": "Whether you get the monthly summary."})
