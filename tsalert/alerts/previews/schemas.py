"""The shape in which is told how an alert reads."""

from marshmallow import Schema, fields


class HardSentenceSchema(Schema):
    """A sentence that many would have to read twice."""

    text = fields.String()
    why = fields.String()


class AlertReadingSchema(Schema):
    """How easily an alert reads, by the Automated Readability Index; ``age`` is null where there are no words."""

    age = fields.Integer(allow_none=True)
    words = fields.Integer()
    sentences = fields.Integer()
    is_plain = fields.Boolean()
    hard = fields.List(fields.Nested(HardSentenceSchema))
    unfilled = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
