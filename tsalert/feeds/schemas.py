"""What a feed is narrowed to."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.feeds.rules import LONGEST_EMBED, SHORTEST_EMBED, Narrowing
from tsalert.web.fields import Line


class NarrowingSchema(Schema):
    """A topic and a ward; without them every alert."""

    topic = Line(longest=50, load_default="")
    ward = Line(longest=100, load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over what is wanted, and the rest as it is."""
        return data | {"wanted": Narrowing(data["topic"] or None, data["ward"] or None)}


class EmbedSchema(NarrowingSchema):
    """What a page within another site shows."""

    limit = fields.Integer(load_default=5, validate=validate.Range(SHORTEST_EMBED, LONGEST_EMBED))
