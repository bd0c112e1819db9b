"""The shape of what a party is known by, as forms and the API send and show it."""

from marshmallow import Schema, fields

from tsalert.parties.known_by import NewKnown
from tsalert.parties.vocabulary import KnownBy
from tsalert.web.fields import Instant, Line, Strict, Typed, choice


class NewKnownSchema(Typed):
    """Something that a party is known by."""

    value = NewKnown
    kind = choice(KnownBy, required=True, missing="Choose what they are known by.")
    text = Line(longest=300, required=True, error_messages={"required": "Write what they are known by."})
    source = Line(required=True, error_messages={"required": "Say how we know."})
    reason = Line(longest=400, load_default=None)


class TakeBackSchema(Strict):
    """Why a party is not known by something any more."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it is taken back."})


class KnownThingSchema(Schema):
    """One thing that a party is known by now; ``source`` is null where a call told it."""

    id = fields.Integer()
    party_id = fields.Integer()
    kind = fields.String(attribute="kind.value")
    text = fields.String()
    source = fields.String(attribute="told.source", dump_default=None, allow_none=True)


class KnowledgeSchema(Schema):
    """One act of an officer: something that was added, or taken back."""

    party_id = fields.Integer()
    kind = fields.String()
    text = fields.String(attribute="raw")
    is_taken_back = fields.Boolean()
    source = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    told_by = fields.Integer(allow_none=True)
    told_at = Instant()


class KnownBySchema(Schema):
    """What a party and those held to be the same are known by, and how that came about."""

    items = fields.List(fields.Nested(KnownThingSchema))
    history = fields.List(fields.Nested(KnowledgeSchema))
