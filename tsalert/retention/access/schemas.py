"""The shapes of requests for what is held on somebody, for pages and JSON alike."""

from marshmallow import Schema, fields

from tsalert.retention.access.requests import NewRequest
from tsalert.retention.access.rules import Answer
from tsalert.web.fields import Day, Instant, Line, Paragraph, RecordId, Strict, Typed, choice


class NewAccessRequestSchema(Typed):
    """Who asks, when it came, and who they are taken to be."""

    value = NewRequest
    name = Line(required=True, error_messages={"required": "Give the name of the person asking."})
    contact = Line(load_default=None, allow_none=True)
    received_on = Day(required=True)
    party_id = RecordId(load_default=None, allow_none=True)
    subscriber_id = RecordId(load_default=None, allow_none=True)


class AccessExtensionSchema(Strict):
    """Why two months more are taken."""

    reason = Paragraph(required=True, longest=1000, error_messages={"required": "Say why."})


class AccessReviewSchema(Strict):
    """Places that were looked at, those of them that are withheld, and why."""

    place = fields.List(Line(longest=200), required=True, error_messages={"required": "Nothing was looked at."})
    withhold = fields.List(Line(longest=200), load_default=list)
    reason = Paragraph(load_default=None, allow_none=True, longest=1000)


class AccessAnswerSchema(Strict):
    """What becomes of a request, and why."""

    answer = choice(Answer, required=True)
    reason = Paragraph(load_default=None, allow_none=True, longest=1000)


class PersonSearchSchema(Strict):
    """An address or name of a subscriber."""

    who = Line(required=True, error_messages={"required": "Enter an email address, a mobile number or a name."})


class PersonFoundSchema(Schema):
    """A subscriber who was found."""

    id = fields.Integer()
    name = fields.String()


class PeopleFoundSchema(Schema):
    """The subscribers who were found."""

    items = fields.List(fields.Nested(PersonFoundSchema))


class AccessRequestSchema(Schema):
    """One request, when its answer is due, and what became of it."""

    id = fields.Integer()
    reference = fields.String()
    name = fields.String()
    contact = fields.String(allow_none=True)
    party_id = fields.Integer(allow_none=True)
    subscriber_id = fields.Integer(allow_none=True)
    received_on = Day()
    due_on = Day()
    identity_checked_on = Day(allow_none=True)
    extended_on = Day(allow_none=True)
    extension_reason = fields.String(allow_none=True)
    decision = fields.String(allow_none=True)
    decision_reason = fields.String(allow_none=True)
    release_digest = fields.String(allow_none=True)
    answered_by = fields.Integer(allow_none=True)
    answered_at = Instant(allow_none=True)
    recorded_at = Instant()


class AccessParticularSchema(Schema):
    """One column of one row; ``is_to_review`` where it may tell of somebody else."""

    place = fields.String()
    column = fields.String()
    value = fields.String()
    is_to_review = fields.Boolean()


class AccessRowSchema(Schema):
    """One row of a table."""

    table = fields.String()
    key = fields.String()
    particulars = fields.List(fields.Nested(AccessParticularSchema))


class AccessHeldSchema(Schema):
    """Everything that is held on whoever asks, what nobody has looked at yet, and what is withheld."""

    rows = fields.List(fields.Nested(AccessRowSchema))
    to_review = fields.List(fields.String())
    withheld = fields.Dict(keys=fields.String(), values=fields.String())
    digest = fields.String()
