"""The shapes of a timeline."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.chronology.queries import Asked
from tsalert.chronology.rules import EventKind
from tsalert.web.fields import Instant, ListPlace, PlaceAsked, choice


class AskedSchema(PlaceAsked):
    """Which part of a timeline is wanted."""

    kind = fields.List(choice(EventKind), load_default=list)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Asked:
        """Build what the query takes."""
        return Asked(tuple(data["kind"]), data["after"])


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
    """One page of a timeline; ``next`` is the ``after`` of the page that follows."""

    items = fields.List(fields.Nested(EventSchema))
    total = fields.Integer()
    next = ListPlace(allow_none=True)
