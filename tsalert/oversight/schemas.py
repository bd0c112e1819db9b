"""The shape of weeks, lines and what is said of them, as pages and the API send and show it."""

from marshmallow import Schema, fields

from tsalert.web.fields import Day, Instant, Line, Paragraph, Postcode, Strict


class WeekSchema(Strict):
    """Which week; any day of it will do, and the last one that has ended is shown where none is given."""

    week = Day(load_default=None)


class NoteSchema(Strict):
    """What a manager found, as the page of the line sends it."""

    note = Paragraph(longest=2000, required=True, error_messages={"required": "Say what you found."})


class FindingSchema(NoteSchema):
    """What a manager found when they looked at a line."""

    week = Day(required=True)
    line = Line(longest=60, required=True, error_messages={"required": "Say which line."})


class HomeSchema(Strict):
    """The postcode in which an officer lives; left out, it is forgotten."""

    postcode = Postcode(load_default=None, allow_none=True)


class FindingShownSchema(Schema):
    """That somebody looked at a line."""

    looked_at = Instant()
    looked_at_by = fields.Integer()
    note = fields.String()


class OddityLineSchema(Schema):
    """One thing to look at; ``is_open`` until somebody has looked at its newest entry."""

    line = fields.String(attribute="line.key")
    kind = fields.String(attribute="line.kind.value")
    officer_id = fields.Integer(attribute="line.officer_id")
    since = Instant(attribute="line.since")
    records = fields.Integer(attribute="line.records")
    entries = fields.List(
        fields.Integer(), attribute="line.entries", metadata={"description": "Entries of the trail, oldest first."}
    )
    is_open = fields.Boolean()
    findings = fields.List(fields.Nested(FindingShownSchema), attribute="reviews")


class OddityWeekSchema(Schema):
    """What is odd in a week that begins on a Monday."""

    week = fields.Date()
    items = fields.List(fields.Nested(OddityLineSchema))


class OddityEntrySchema(Schema):
    """One entry of the trail behind a line."""

    id = fields.Integer()
    at = Instant()
    action = fields.String()
    via = fields.String()
    subject = fields.String()
    subject_id = fields.Integer(allow_none=True)


class HomeToldSchema(Schema):
    """Whether an officer said where they live; the postcode itself is not kept."""

    is_told = fields.Boolean()
