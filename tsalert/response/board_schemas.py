"""The shape of the live board."""

from marshmallow import Schema, fields

from tsalert.response.schemas import ClockSchema
from tsalert.web.fields import Instant


class PresentSchema(Schema):
    """An officer on the way or on scene."""

    name = fields.String()
    en_route_at = Instant(allow_none=True)
    on_scene_at = Instant(allow_none=True)


class BoardLineSchema(Schema):
    """An open incident as the board shows it."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String(attribute="category.value")
    grade = fields.String(allow_none=True)
    ward = fields.String(allow_none=True)
    state = fields.String(attribute="state.value")
    urgency = fields.String(
        attribute="reading.urgency", metadata={"description": "As clock.state; amber, red near its end."}
    )
    clock = fields.Nested(ClockSchema, attribute="reading")
    officers = fields.List(fields.Nested(PresentSchema))
    is_restricted = fields.Boolean(metadata={"description": "It opens only to those who were given access by name."})
    taken_by = fields.String(allow_none=True, metadata={"description": "Who answered its page and is not on the way."})


class BoardDutySchema(Schema):
    """An officer who stands on the rota now."""

    duty = fields.String(attribute="duty.value")
    name = fields.String()
    until = Instant(allow_none=True)


class BoardSchema(Schema):
    """The live board: those who wait first, by when they are due."""

    items = fields.List(fields.Nested(BoardLineSchema), attribute="lines")
    on_duty = fields.List(fields.Nested(BoardDutySchema))
