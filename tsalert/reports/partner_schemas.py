"""Shapes of partners' figures, for the pages and the API alike."""

from collections.abc import Callable
from typing import Any, TypeVar

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load
from msgspec import Struct

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period
from tsalert.reports.partner_files import (
    LONGEST_NAME,
    LONGEST_SOURCE,
    NewFigure,
    read_count,
    read_percent,
    read_period,
)
from tsalert.web.fields import Instant, Line, Paragraph, Strict

Found = TypeVar("Found")
_LONGEST_FILE = 400_000


class PartnerPeriod(fields.Field[Period]):
    """A period as partners write it."""

    default_error_messages = {"required": "Give a period, like year to January 2022.", "invalid": "Give a period."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Period:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return _read(read_period, value)

    def _serialize(self, value: Period | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.label


class Count(fields.Field[int]):
    """A count as a person types it, with or without commas, or as a JSON number."""

    default_error_messages = {"required": "Give the count.", "invalid": "Give the count as a whole number."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.make_error("invalid")
        return _read(read_count, str(value))


class PrintedPercent(fields.Field[int | None]):
    """A printed change as a person types it, such as ``+14%``, or as a JSON number."""

    default_error_messages = {"invalid": "Give the printed change as a whole percentage, like +14%."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int | None:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise self.make_error("invalid")
        return _read(read_percent, str(value))


class WantedPartnerFiguresSchema(Schema):
    """Which period's figures to show; none shows each partner's latest."""

    class Meta:
        unknown = EXCLUDE

    period = PartnerPeriod(load_default=None, metadata={"example": "2021-02-01 to 2022-01-31"})


class NewPartnerFigureSchema(Strict):
    """A partner's figure to enter."""

    partner = Line(longest=LONGEST_NAME, required=True, error_messages={"required": "Say whose figure it is."})
    category = Line(longest=LONGEST_NAME, required=True, error_messages={"required": "Say what was counted."})
    period = PartnerPeriod(required=True, metadata={"example": "year to January 2022"})
    count = Count(required=True, metadata={"type": "integer"})
    printed_percent = PrintedPercent(load_default=None, allow_none=True, metadata={"type": ["integer", "null"]})
    source = Line(longest=LONGEST_SOURCE, load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewFigure:
        """Return the figure."""
        what = (data["partner"], data["category"], data["period"], data["count"])
        return NewFigure(*what, data["printed_percent"], data["source"])


class Correction(Struct, frozen=True):
    """What a figure should have been, and why."""

    number: int
    printed_percent: int | None
    reason: str


class PartnerCorrectionSchema(Strict):
    """What a partner's figure should have been, and why."""

    count = Count(required=True, metadata={"type": "integer"})
    printed_percent = PrintedPercent(load_default=None, allow_none=True, metadata={"type": ["integer", "null"]})
    reason = Line(longest=400, required=True, error_messages={"required": "Say why it changes."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Correction:
        """Return the correction."""
        return Correction(data["count"], data["printed_percent"], data["reason"])


class PartnerReasonSchema(Strict):
    """What goes with a file: why figures that stand are corrected, if they are to be."""

    reason = Line(longest=400, load_default=None)


class PartnerImportSchema(PartnerReasonSchema):
    """A CSV file of partners' figures, as text."""

    csv = Paragraph(longest=_LONGEST_FILE, required=True, error_messages={"required": "Send the file's text."})


class PartnerFigureSchema(Schema):
    """One figure of a partner's."""

    id = fields.Integer()
    partner = fields.String()
    category = fields.String()
    period = fields.String(attribute="period.label")
    count = fields.Integer(attribute="number")
    printed_percent = fields.Integer(allow_none=True)
    source = fields.String(allow_none=True)
    supersedes_id = fields.Integer(allow_none=True)
    reason = fields.String(allow_none=True)
    entered_at = Instant()


class PartnerTableRowSchema(Schema):
    """One category of a partner's, with the same days a year before and the change that the counts make."""

    category = fields.String()
    before = fields.Integer(attribute="before.number", dump_default=None, allow_none=True)
    current = fields.Integer(attribute="current.number")
    change = fields.String(attribute="change.text")
    percent = fields.Integer(attribute="change.percent", allow_none=True)
    printed_percent = fields.Integer(attribute="current.printed_percent", allow_none=True)
    is_misprinted = fields.Boolean()
    figure_id = fields.Integer(attribute="current.id")


class PartnerTableSchema(Schema):
    """A partner's figures of one period."""

    partner = fields.String()
    period = fields.String(attribute="period.label")
    before = fields.String(attribute="before.label")
    rows = fields.List(fields.Nested(PartnerTableRowSchema))


class PartnerTablesSchema(Schema):
    """Every partner's table."""

    items = fields.List(fields.Nested(PartnerTableSchema))


class RefusedRowSchema(Schema):
    """A row of a file that was not taken in."""

    line = fields.Integer()
    why = fields.String()


class PartnerImportReportSchema(Schema):
    """What became of a file."""

    entered = fields.Integer()
    corrected = fields.Integer()
    known = fields.Integer()
    refusals = fields.List(fields.Nested(RefusedRowSchema))


def _read(read: Callable[[str], Found], text: str) -> Found:
    try:
        return read(text)
    except RuleViolation as error:
        raise ValidationError(error.message) from error
