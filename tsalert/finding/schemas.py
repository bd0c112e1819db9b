"""The shapes of a search and of what it finds."""

from marshmallow import fields

from tsalert.finding.rules import LONGEST
from tsalert.fulltext.vocabulary import Found
from tsalert.web.fields import Instant, Line, Strict, choice


class SearchedSchema(Strict):
    """What to look for, in words, numbers or a reference; ``kind`` asks for more of one kind."""

    q = Line(
        required=True,
        longest=LONGEST,
        error_messages={"required": "Type a word, a name, a number or a reference."},
    )
    kind = choice(Found, load_default=None)


class FoundRecordSchema(Strict):
    """One call, incident or case."""

    id = fields.Integer()
    reference = fields.String()
    category = fields.String(allow_none=True)
    at = Instant()
    ward = fields.String(allow_none=True)
    why = fields.String()
    continued_in = fields.String(allow_none=True)


class PerhapsMeantSchema(FoundRecordSchema):
    """The record of a reference that was typed without its check letter."""

    kind = fields.String(attribute="found")


class FoundGroupSchema(Strict):
    """What was found of one kind, newest first."""

    kind = fields.String(attribute="found")
    items = fields.List(fields.Nested(FoundRecordSchema), attribute="hits")
    has_more = fields.Boolean()


class FoundPartySchema(Strict):
    """A person or trader who may be meant."""

    id = fields.Integer()
    name = fields.String(allow_none=True)
    kind = fields.String()
    why = fields.String()


class LeadsToSchema(Strict):
    """The record that a reference names."""

    kind = fields.String()
    id = fields.Raw()


class SearchAnswerSchema(Strict):
    """All that was found; a reference leads to its record, and nothing else is looked for."""

    leads_to = fields.Nested(LeadsToSchema, allow_none=True)
    perhaps = fields.Nested(PerhapsMeantSchema, allow_none=True)
    groups = fields.List(fields.Nested(FoundGroupSchema))
    people = fields.List(fields.Nested(FoundPartySchema))
    traders = fields.List(fields.Nested(FoundPartySchema))
