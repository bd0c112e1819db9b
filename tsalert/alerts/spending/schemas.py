"""Shapes of what alerts cost, and of leave to cost more."""

from marshmallow import Schema, fields

from tsalert.alerts.deciding_schemas import AlertReasonSchema
from tsalert.web.fields import Line, Pounds


class SpendingLeaveSchema(AlertReasonSchema):
    """Leave for an alert, as its digest names it, to cost more than is left."""

    digest = Line(required=True, error_messages={"required": "Name the digest of what may cost more."})


class PurseSchema(Schema):
    """What may be spent in this hour or month; ``limit`` and ``left`` are empty where no limit is set."""

    span = fields.String()
    limit = Pounds(allow_none=True)
    left = Pounds(allow_none=True)


class BudgetSchema(Schema):
    """What the texts and calls of an alert would cost now, against what is left; once it is sent, what was set aside.

    What they cost in the end, those alone that a provider took, stands among the alert's figures.

    ``too_dear`` says why it would be refused without leave.
    """

    cost = fields.Decimal(as_string=True)
    purses = fields.List(fields.Nested(PurseSchema))
    too_dear = fields.String(allow_none=True)
    may_cost_more = fields.Boolean()


class NearAlertSchema(Schema):
    """Another alert that this one would all but repeat."""

    alert_id = fields.Integer()
    reference = fields.String()
    same_case = fields.Boolean()
    same_headline = fields.Boolean()
    published_at = fields.AwareDateTime(allow_none=True)


class NearAlertListSchema(Schema):
    """The alerts that one would all but repeat, the latest first."""

    items = fields.List(fields.Nested(NearAlertSchema))
