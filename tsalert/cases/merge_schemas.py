"""The shapes of merges."""

from typing import Any

from marshmallow import fields, post_load
from marshmallow.validate import Length

from tsalert.cases.merging import NewMerge
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict


class NewMergeSchema(Strict):
    """In which case this one continues, why, and which of its money lines the other records too."""

    later = Line(required=True, longest=40, error_messages={"required": "Enter the reference of the other case."})
    reason = Paragraph(required=True, longest=1000, error_messages={"required": "Say why the two are the same matter."})
    repeats = fields.List(RecordId(), load_default=list, validate=Length(max=1000))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewMerge:
        """Return what was decided."""
        return NewMerge(data["later"], data["reason"], tuple(data["repeats"]))


class UndoMergeSchema(Strict):
    """Why two cases are not the same matter after all."""

    reason = Paragraph(
        required=True, longest=1000, error_messages={"required": "Say why they are not the same matter."}
    )


class MergeSchema(Strict):
    """One merge, standing or undone."""

    id = fields.Integer()
    earlier_id = fields.Integer()
    earlier = fields.String()
    later_id = fields.Integer()
    later = fields.String()
    reason = fields.String()
    merged_by = fields.Integer(allow_none=True)
    merged_at = Instant()
    undone_by = fields.Integer(allow_none=True)
    undone_at = Instant(allow_none=True)
    undo_reason = fields.String(allow_none=True)


class MergeListSchema(Strict):
    """The merges of a case, the latest first."""

    items = fields.List(fields.Nested(MergeSchema))
