"""The shape of what is told of a wall display."""

from marshmallow import Schema, fields

from tsalert.displays.service import NewDisplay
from tsalert.web.fields import Instant, Line, Typed


class NewDisplaySchema(Typed):
    """A wall display to make."""

    value = NewDisplay
    name = Line(longest=60, required=True, error_messages={"required": "Say where the screen is, like Duty office."})
    last_day = fields.Date(load_default=None, error_messages={"invalid": "Choose a day."})


class DisplaySchema(Schema):
    """A wall display."""

    id = fields.Integer()
    name = fields.String()
    standing = fields.String(attribute="standing.value")
    made_at = Instant()
    made_by = fields.String(allow_none=True)
    expires_at = Instant(allow_none=True)
    revoked_at = Instant(allow_none=True)
    last_seen_at = Instant(allow_none=True, metadata={"description": "When it last asked for the board, to a minute."})


class MadeDisplaySchema(DisplaySchema):
    """A wall display just made, with the link that is told this once."""

    link = fields.String()


class DisplayPageSchema(Schema):
    """Every wall display."""

    items = fields.List(fields.Nested(DisplaySchema))
