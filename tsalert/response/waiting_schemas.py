"""The shape of calls that wait and of what the telephone network told of them, as the API gives them out."""

from marshmallow import Schema, fields

from tsalert.response.schemas import CallSchema
from tsalert.web.fields import Instant


class HappeningSchema(Schema):
    """One thing that happened in a call."""

    kind = fields.String(attribute="kind.value")
    at = Instant()
    officer_id = fields.Integer(allow_none=True)
    word = fields.String(allow_none=True)
    seconds = fields.Integer(allow_none=True)


class MessageSchema(Schema):
    """A message that a caller left; its sound can be had while ``is_kept``."""

    seconds = fields.Integer(allow_none=True)
    left_at = Instant()
    keep_until = Instant()
    is_kept = fields.Boolean()
    fault = fields.String(allow_none=True)
    sha256 = fields.String(allow_none=True)
    size = fields.Integer(allow_none=True)
    fetched_at = Instant(allow_none=True)
    removed_at_provider = Instant(allow_none=True)
    held_at = Instant(allow_none=True)
    held_reason = fields.String(allow_none=True)
    deleted_at = Instant(allow_none=True)


class StorySchema(Schema):
    """A call to the service's number from its first ring."""

    call_id = fields.Integer()
    provider_ref = fields.String()
    caller = fields.String()
    called = fields.String()
    rang_at = Instant()
    happenings = fields.List(fields.Nested(HappeningSchema))
    message = fields.Nested(MessageSchema, allow_none=True)


class WaitingCallSchema(Schema):
    """A call that waits to be written up; one that came in writing, or is restricted, has no ``telephone``."""

    call = fields.Nested(CallSchema)
    telephone = fields.Nested(StorySchema, attribute="story", allow_none=True)
    taken_by = fields.String(allow_none=True)
    missed_at = Instant(allow_none=True)
