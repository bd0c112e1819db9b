"""The shape of what is told of a sign-in."""

from marshmallow import Schema, fields

from tsalert.web.fields import Instant


class SignInSchema(Schema):
    """One browser in which an officer is signed in."""

    id = fields.Integer()
    way = fields.String(attribute="way.value", metadata={"description": "How they showed who they are."})
    second_step = fields.String(allow_none=True, metadata={"description": "What they showed besides, here."})
    network = fields.String(metadata={"description": "The network of the address; the address is not kept."})
    browser = fields.String()
    started_at = Instant()
    last_seen_at = Instant(metadata={"description": "To five minutes."})
    expires_at = Instant()


class SignInListSchema(Schema):
    """Every browser in which an officer is signed in."""

    items = fields.List(fields.Nested(SignInSchema))


class EndedCountSchema(Schema):
    """How many were ended."""

    ended = fields.Integer()
