"""The shapes of evidence for pages and JSON alike; what may be is decided in rules.py."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from tsalert.evidence.rules import LARGEST_NUMBER, Decision, NewCustody, NewExhibit, NewFile
from tsalert.evidence.vocabulary import CustodyKind, Part
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, Typed, YesNo, choice

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}
_WHOLE: dict[str, Any] = {"invalid": "Enter a whole number."}


class NewExhibitSchema(Typed):
    """An exhibit to record."""

    value = NewExhibit
    description = Paragraph(required=True, longest=2000, error_messages={"required": "Say what it is."})
    initials = Line(longest=20, **_OPTIONAL)
    number = fields.Integer(metadata={"minimum": 1, "maximum": LARGEST_NUMBER}, error_messages=_WHOLE, **_OPTIONAL)
    found_at = Instant(**_OPTIONAL)
    found_where = Line(longest=500, **_OPTIONAL)
    found_by = Line(**_OPTIONAL)
    original = RecordId(**_OPTIONAL)
    file_id = RecordId(**_OPTIONAL)


class NewEvidenceFileSchema(Typed):
    """What is said of a file that comes with it."""

    value = NewFile
    note = Paragraph(longest=1000, **_OPTIONAL)
    exhibit = RecordId(**_OPTIONAL)


class UploadedFileSchema(Strict):
    """The file itself, as a part of a multipart body."""

    file = fields.Raw(
        required=True,
        metadata={"type": "string", "format": "binary"},
        error_messages={"required": "Choose a file."},
    )


class NewCustodySchema(Typed):
    """One link of the chain of who held an exhibit."""

    value = NewCustody
    kind = choice(CustodyKind, required=True, missing="Choose what happened to it.")
    occurred_at = Instant(**_OPTIONAL)
    person = Line(**_OPTIONAL)
    place = Line(longest=500, **_OPTIONAL)
    seal_number = Line(longest=100, **_OPTIONAL)
    note = Paragraph(longest=2000, **_OPTIONAL)
    supersedes = RecordId(**_OPTIONAL)


class DisclosureDecisionSchema(Typed):
    """What is decided on one line of the schedule."""

    value = Decision
    is_sensitive = YesNo(required=True)
    is_disclosed = YesNo(required=True)
    reason = Paragraph(longest=2000, **_OPTIONAL)
    description = Paragraph(longest=2000, **_OPTIONAL)


class SchedulePartSchema(Schema):
    """Which part of the schedule is wanted."""

    class Meta:
        unknown = EXCLUDE

    part = choice(Part, load_default=Part.ALL)


class EvidenceFileSchema(Schema):
    """A file as it is given out; its content has an address of its own."""

    id = fields.Integer()
    exhibit_id = fields.Integer(allow_none=True)
    name = fields.String()
    note = fields.String(allow_none=True)
    kind = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    uploaded_by = fields.Integer(allow_none=True)
    uploaded_at = Instant()
    cares = fields.List(fields.String(), attribute="care")


class CustodySchema(Schema):
    """One link of the chain; the one that names it in ``supersedes_id`` took its place."""

    id = fields.Integer()
    kind = fields.String()
    occurred_at = Instant()
    person = fields.String(allow_none=True)
    place = fields.String(allow_none=True)
    seal_number = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    supersedes_id = fields.Integer(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class ExhibitSchema(Schema):
    """An exhibit as it is given out, with its files and its chain."""

    id = fields.Integer(attribute="row.id")
    reference = fields.String(attribute="row.reference")
    description = fields.String(attribute="row.description")
    found_at = Instant(attribute="row.found_at", allow_none=True)
    found_where = fields.String(attribute="row.found_where", allow_none=True)
    found_by = fields.String(attribute="row.found_by")
    original_id = fields.Integer(attribute="row.original_id", allow_none=True)
    recorded_by = fields.Integer(attribute="row.recorded_by", allow_none=True)
    recorded_at = Instant(attribute="row.recorded_at")
    files = fields.List(fields.Nested(EvidenceFileSchema))
    custody = fields.List(fields.Nested(CustodySchema), attribute="chain")


class EvidenceSchema(Schema):
    """All evidence of a case."""

    exhibits = fields.List(fields.Nested(ExhibitSchema))
    attachments = fields.List(fields.Nested(EvidenceFileSchema))


class DisclosureLineSchema(Schema):
    """One line of the disclosure schedule; the decision is null where nobody has made one."""

    number = fields.Integer()
    what = fields.String()
    exhibit_id = fields.Integer(allow_none=True)
    description = fields.String()
    at = Instant(allow_none=True)
    place = fields.String(allow_none=True)
    is_sensitive = fields.Boolean(allow_none=True)
    reason = fields.String(allow_none=True)
    is_disclosed = fields.Boolean(allow_none=True)
    decided_at = Instant(allow_none=True)


class DisclosureScheduleSchema(Schema):
    """The lines of a disclosure schedule."""

    items = fields.List(fields.Nested(DisclosureLineSchema))
