"""The shape of what the API says of daily and weekly mails."""

from marshmallow import Schema, fields

from tsalert.subscribers.rules import Frequency
from tsalert.web.fields import RecordId


class DigestProgressSchema(Schema):
    """How far a digest's messages have come."""

    total = fields.Integer()
    pending = fields.Integer()
    sent = fields.Integer()
    failed = fields.Integer()


class DigestSchema(Schema):
    """One digest that was made; no progress where nobody had anything to hear of."""

    id = RecordId()
    frequency = fields.Enum(Frequency, by_value=True)
    day = fields.Date()
    made_at = fields.AwareDateTime()
    references = fields.List(fields.String())
    progress = fields.Nested(DigestProgressSchema, allow_none=True)


class NextDigestSchema(Schema):
    """A digest still to come, as it would be made of what is known now."""

    frequency = fields.Enum(Frequency, by_value=True)
    leaves_at = fields.AwareDateTime()
    references = fields.List(fields.String())
    readers = fields.Integer()


class AlertInDigestsSchema(Schema):
    """How many the mails of one frequency told of an alert and of its withdrawal, and how many the next would."""

    frequency = fields.Enum(Frequency, by_value=True)
    told = fields.Integer()
    told_withdrawn = fields.Integer()
    leaves_at = fields.AwareDateTime()
    waiting = fields.Integer()


class DigestListSchema(Schema):
    """The next digests and a page of those that were made, newest first."""

    coming = fields.List(fields.Nested(NextDigestSchema))
    items = fields.List(fields.Nested(DigestSchema))
    next = RecordId(allow_none=True)
