"""The shapes of intelligence, for pages and JSON alike; what may be is decided in rules.py."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from tsalert.intelligence.rules import NewAbout, NewIntelligence, NewSharing
from tsalert.intelligence.vocabulary import About, Assessment, Handling, SourceEvaluation
from tsalert.web.fields import Day, Instant, Line, Paragraph, RecordId, Strict, Typed, YesNo, choice

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}
_MARKS = tuple(about for about in About if about is not About.PARTY)


class NewIntelligenceSchema(Strict):
    """A note to write; it is about each party, vehicle, number, address or website that is given."""

    source = choice(SourceEvaluation, required=True, missing="Choose how far the source is to be relied on.")
    assessment = choice(Assessment, required=True, missing="Choose how the information is known.")
    handling = choice(Handling, required=True, missing="Choose how it may be shared.")
    conditions = Paragraph(longest=1000, **_OPTIONAL)
    text = Paragraph(required=True, error_messages={"required": "Write what is known."})
    provenance = Paragraph(longest=1000, required=True, error_messages={"required": "Say where it comes from."})
    information_on = Day(required=True, error_messages={"required": "Enter the day on which this was so."})
    review_on = Day(required=True, error_messages={"required": "Choose when to review it."})
    expires_on = Day(**_OPTIONAL)
    restricted_because = Line(longest=1000, **_OPTIONAL)
    supersedes = RecordId(**_OPTIONAL)
    reason = Line(longest=400, **_OPTIONAL)
    party_id = RecordId(**_OPTIONAL)
    vehicle = Line(longest=20, **_OPTIONAL)
    phone = Line(longest=40, **_OPTIONAL)
    email = Line(**_OPTIONAL)
    website = Line(longest=300, **_OPTIONAL)
    address = Line(longest=300, **_OPTIONAL)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewIntelligence:
        """Return the note with what it is about."""
        party_id = data.pop("party_id")
        about = [NewAbout(About.PARTY, party_id=party_id)] if party_id else []
        written = {kind: data.pop(kind.value) for kind in _MARKS}
        about += [NewAbout(kind, text) for kind, text in written.items() if text]
        return NewIntelligence(**data, about=tuple(about))


class NewReviewSchema(Strict):
    """A note that was looked at again and still stands."""

    review_on = Day(required=True, error_messages={"required": "Choose when to review it again."})
    words = Line(longest=400, required=True, error_messages={"required": "Say why it still holds."})


class NewSharingSchema(Typed):
    """With whom a note was shared."""

    value = NewSharing
    to_whom = Line(required=True, error_messages={"required": "Say who it was shared with."})
    purpose = Line(longest=400, required=True, error_messages={"required": "Say what it was shared for."})
    shared_on = Day(**_OPTIONAL)
    conditions_told = YesNo(load_default=False)


class NotesAskedSchema(Strict):
    """Which part of the list to return; ``after`` is the ``next`` of the page before."""

    after = RecordId(load_default=None)
    party = RecordId(load_default=None, metadata={"description": "Those held of one party, all at once."})
    limit = fields.Integer(load_default=25, validate=Range(1, 100, error="Ask for 1 to 100 at a time."))


class FormAskedSchema(Strict):
    """Of whom a new note is, or in the place of which one it stands."""

    party = RecordId(load_default=None)
    supersedes = RecordId(load_default=None)


class HeldSchema(Schema):
    """A note that stands, as you may see it; of a restricted one only that it is there, and whom to ask."""

    id = fields.Integer()
    is_shown = fields.Boolean(metadata={"description": "False where it is restricted and you have not opened it."})
    words = fields.String()
    ask = fields.String()
    grade = fields.String(allow_none=True, metadata={"description": "3×5×2, such as 1BP."})
    grade_words = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    conditions = fields.String(allow_none=True)
    about = fields.List(fields.String())
    information_on = Day(allow_none=True)
    review_on = Day(allow_none=True)
    is_overdue = fields.Boolean()


class HeldListSchema(Schema):
    """One page of notes."""

    items = fields.List(fields.Nested(HeldSchema))
    next = fields.Integer(allow_none=True)


class NoteAboutSchema(Schema):
    """One thing that a note is about."""

    kind = fields.String()
    party_id = fields.Integer(allow_none=True)
    raw = fields.String()
    normal = fields.String()


class NoteReviewSchema(Schema):
    """How a note was looked at again."""

    review_on = Day()
    words = fields.String()
    reviewed_by = fields.Integer(allow_none=True)
    reviewed_at = Instant()


class NoteSharingSchema(Schema):
    """With whom a note was shared."""

    to_whom = fields.String()
    purpose = fields.String()
    shared_on = Day()
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class IntelligenceNoteSchema(Schema):
    """One note with all that belongs to it."""

    id = fields.Integer(attribute="note.id")
    grade = fields.String(attribute="held.grade")
    grade_words = fields.String(attribute="held.grade_words")
    text = fields.String(attribute="note.text")
    provenance = fields.String(attribute="note.provenance")
    conditions = fields.String(attribute="note.conditions", allow_none=True)
    information_on = Day(attribute="note.information_on")
    review_on = Day(attribute="held.review_on")
    expires_on = Day(attribute="note.expires_on", allow_none=True)
    is_restricted = fields.Boolean()
    supersedes = fields.Integer(attribute="note.supersedes_id", allow_none=True)
    reason = fields.String(attribute="note.reason", allow_none=True)
    superseded_by = fields.Integer(allow_none=True)
    written_by = fields.Integer(attribute="note.written_by", allow_none=True)
    written_at = Instant(attribute="note.written_at")
    about = fields.List(fields.Nested(NoteAboutSchema))
    reviews = fields.List(fields.Nested(NoteReviewSchema))
    sharings = fields.List(fields.Nested(NoteSharingSchema))
