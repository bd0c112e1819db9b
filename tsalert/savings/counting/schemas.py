"""The shapes of what does not count, of units as savings writes them down, and of a checked case study."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from tsalert.prevention.rules import Ending, NewEnding
from tsalert.web.fields import Day, Line, ListPlace, Paragraph, PeriodLabel, Pounds, Strict, Typed, choice

_MOST_SERIALS = 1000
_LONGEST_SERIAL = 60


class Serials(fields.Field[list[str]]):
    """Serial numbers: a JSON list of strings, or on a page one a line."""

    default_error_messages = {
        "required": "Enter at least one serial number.",
        "invalid": "Enter serial numbers, one on each line.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> list[str]:
        found = value.splitlines() if isinstance(value, str) else value
        if not isinstance(found, list) or len(found) > _MOST_SERIALS:
            raise self.make_error("invalid")
        line = Line(longest=_LONGEST_SERIAL)
        read = [line.deserialize(each) for each in found]
        return [serial for serial in read if serial]


class NewUnitsSchema(Strict):
    """Units that an intervention installed."""

    intervention = Line(longest=40, load_default=None, allow_none=True)
    serials = Serials(required=True)


class SerialsSchema(Strict):
    """The serial numbers of units that an intervention installed."""

    serials = Serials(required=True)


class UnitEndingSchema(Typed):
    """How and when a unit's time ended."""

    value = NewEnding
    how = choice(Ending, required=True, missing="Choose how its time ended.")
    on_date = Day(required=True)
    reason = Line(required=True, longest=500, error_messages={"required": "Say why it ended."})


class NotCountedQuery(Schema):
    """For which period to say what does not count."""

    class Meta:
        unknown = EXCLUDE

    period = PeriodLabel(required=True)
    after = ListPlace(load_default=None)


class UncountedSchema(Schema):
    """Why some of a record counts nowhere, by which rule of the method."""

    rule = fields.Integer(attribute="kind.rule")
    kind = fields.String()
    what = fields.String()
    text = fields.String()
    other = fields.String(allow_none=True, metadata={"description": "The record that it gives way to."})


class _NotCountedRecordSchema(Schema):
    reference = fields.String(attribute="version.reference")
    version = fields.Integer(attribute="version.number")
    type = fields.String(attribute="version.content.type")
    on_date = fields.Date(attribute="version.content.on_date")
    units = fields.Integer(attribute="version.content.units")
    counted_units = fields.Integer(attribute="version.counted_units")
    reasons = fields.List(fields.Nested(UncountedSchema))


class NotCountedPageSchema(Schema):
    """A page of a period's records of which something does not count, by date."""

    period = PeriodLabel()
    items = fields.List(fields.Nested(_NotCountedRecordSchema))
    without_household = fields.Integer(
        metadata={"description": "Records of call blockers that name no household, so that none could be compared."}
    )
    next = ListPlace(allow_none=True)


class CaseStudySchema(Strict):
    """The text of a case study."""

    text = Paragraph(required=True, longest=20_000, error_messages={"required": "Paste the text of the case study."})


class QuotedSchema(Schema):
    """An amount as a text writes it; ``amount`` is null where it cannot be read."""

    written = fields.String()
    amount = Pounds(allow_none=True)


class _RoundedSchema(QuotedSchema):
    rounded_from = Pounds()


class CheckedSchema(Schema):
    """What a case study quotes, and what of it the ledger of its case does not hold."""

    quoted = fields.List(fields.Nested(QuotedSchema))
    unledgered = fields.List(fields.Nested(QuotedSchema))
    rounded = fields.Method("_rounded")

    def _rounded(self, checked: Any) -> list[Any]:
        pairs = [{"written": q.written, "amount": q.amount, "rounded_from": of} for q, of in checked.rounded]
        return [_RoundedSchema().dump(pair) for pair in pairs]
