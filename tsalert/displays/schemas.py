"""The shape of what is told of a wall display."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.displays.service import NewDisplay
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.fields import Instant, Line


class NewDisplaySchema(ConfirmedSchema):
    """A wall display to make."""

    name = Line(longest=60, required=True, error_messages={"required": "Say where the screen is, like Duty office."})
    last_day = fields.Date(load_default=None, error_messages={"invalid": "Choose a day."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewDisplay:
        """Hand the service a typed value."""
        return NewDisplay(data["name"], data["last_day"])


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
