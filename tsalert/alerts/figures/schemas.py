"""The shape of an alert in figures, and of a call that is linked to it."""

from marshmallow import Schema, fields

from tsalert.web.fields import Line, ListPlace


class QuotedBySchema(Schema):
    """A call that quotes an alert, by its reference."""

    call = Line(required=True, error_messages={"required": "Enter the reference of a call."})


class AlertWardLineSchema(Schema):
    """Messages to one ward (none where the reader's is not known) on one channel; what came back counts as sent too."""

    ward = fields.String()
    name = fields.String()
    channel = fields.String()
    messages = fields.Integer()
    sent = fields.Integer()
    delivered = fields.Integer()
    failed = fields.Integer()


class AlertSpentSchema(Schema):
    """What the messages of one round on one channel cost that a provider took, at the prices of the day."""

    channel = fields.String()
    round = fields.Integer()
    sent = fields.Integer()
    units = fields.Integer()
    unit = fields.String()
    pence_each = fields.Decimal(as_string=True)
    pounds = fields.Decimal(as_string=True)


class QuotingCallSchema(Schema):
    """A call that quotes an alert; ``linked_by`` is the officer who said so, where its words do not."""

    id = fields.Integer()
    reference = fields.String()
    received_at = fields.AwareDateTime()
    linked_by = fields.Integer(allow_none=True)


class AlertFiguresSchema(Schema):
    """An alert in figures; ``calls`` are a page of those that the caller may see, ``quoted_by`` counts all.

    ``pounds`` is what the messages cost that providers took, ``set_aside`` what all of them would have cost, which
    counts against the limits. Both are before tax.
    """

    wards = fields.List(fields.Nested(AlertWardLineSchema))
    counted_at = fields.AwareDateTime(allow_none=True)
    spent = fields.List(fields.Nested(AlertSpentSchema))
    pounds = fields.Decimal(as_string=True)
    set_aside = fields.Decimal(as_string=True)
    quoted_by = fields.Integer()
    calls = fields.List(fields.Nested(QuotingCallSchema))
    next = ListPlace(allow_none=True)
