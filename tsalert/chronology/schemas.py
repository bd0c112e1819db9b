"""The shapes of a timeline."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from tsalert.chronology.queries import Asked
from tsalert.chronology.rules import LAST_PAGE, EventKind
from tsalert.web.fields import Instant, choice


class AskedSchema(Schema):
    """Which part of a timeline is wanted."""

    class Meta:
        unknown = EXCLUDE

    kind = fields.List(choice(EventKind), load_default=list)
    page = fields.Integer(
        load_default=1, validate=validate.Range(1, LAST_PAGE, error="There is no page with that number.")
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Asked:
        """Build what the query takes."""
        return Asked(tuple(data["kind"]), data["page"])


class EventSchema(Schema):
    """One thing that happened; ``on`` is the day where no time is known, ``gone`` why it no longer stands."""

    kind = fields.String()
    id = fields.Integer()
    at = Instant()
    on = fields.Date(allow_none=True)
    recorded_at = Instant()
    what = fields.String()
    text = fields.String()
    recorded_by = fields.Integer(attribute="who", allow_none=True)
    gone = fields.String(allow_none=True)


class TimelineSchema(Schema):
    """One page of a timeline; ``next`` is the ``page`` that follows."""

    items = fields.List(fields.Nested(EventSchema))
    total = fields.Integer()
    next = fields.Integer(allow_none=True)
