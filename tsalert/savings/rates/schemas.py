"""The shapes of rates and rate sets: as read, as written by hand, and as files of JSON and CSV."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, fields, post_load
from msgspec.structs import replace

from tsalert.savings.rates.rules import BASES, NewRateSet
from tsalert.savings.rules import Span
from tsalert.savings.valuing.valuation import Rate, RateKind, ValueClass
from tsalert.web.fields import Day, Line, Paragraph, Strict, choice

_LONGEST_NUMBER = 40


class ExactNumber(fields.Field[Decimal]):
    """A number of any scale, as a string or typed by a person; given out digit for digit."""

    default_error_messages = {
        "required": "Enter a number, like 0.25 or 2417.52.",
        "invalid": "Enter a number, like 0.25 or 2417.52.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Decimal:
        if not isinstance(value, str) or len(value) > _LONGEST_NUMBER or not value.isascii():
            raise self.make_error("invalid")
        try:
            number = Decimal(value.strip().removeprefix("£").replace(",", ""))
        except InvalidOperation:
            raise self.make_error("invalid") from None
        if not number.is_finite():
            raise self.make_error("invalid")
        return number

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value:f}"


class Years(fields.Field[int]):
    """A number of years, as typed or as a JSON number."""

    default_error_messages = {"invalid": "Enter a number of years, like 5."}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:
        text = str(value).strip()
        is_typed_or_whole = isinstance(value, str | int) and not isinstance(value, bool)
        if not is_typed_or_whole or not text.isascii() or not text.isdigit() or len(text) > 3:
            raise self.make_error("invalid")
        return int(text)


class RateSchema(Strict):
    """One rate; pounds and shares as strings, digit for digit."""

    intervention_type = Line(required=True, longest=60, error_messages={"required": "Choose a type of intervention."})
    component = choice(ValueClass, required=True)
    kind = choice(RateKind, required=True)
    value = ExactNumber(required=True)
    low = ExactNumber(load_default=None, allow_none=True)
    high = ExactNumber(load_default=None, allow_none=True)
    unit = Line(required=True, longest=100, error_messages={"required": "Say what one unit is."})
    term_years = Years(load_default=None, allow_none=True)
    term_low = Years(load_default=None, allow_none=True)
    term_high = Years(load_default=None, allow_none=True)
    discount_rate = ExactNumber(load_default=None, allow_none=True)
    deadweight = ExactNumber(load_default=None, allow_none=True)
    repeat_risk = ExactNumber(load_default=None, allow_none=True)
    evidence_grade = Line(required=True, longest=1, error_messages={"required": "Choose how good the evidence is."})
    note = Line(load_default=None, allow_none=True, longest=400)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Rate:
        """Return the rate; the set that holds it is named by whoever puts it there."""
        return Rate(rate_set="", **data)


class UsedRateSchema(RateSchema):
    """A rate as a formula used it, with the set that it comes from."""

    rate_set = fields.String()


class RateSetHeadSchema(Strict):
    """What a rate set says of itself."""

    slug = Line(required=True, longest=60, error_messages={"required": "Enter a short name for the set."})
    title = Line(required=True, error_messages={"required": "Enter a title."})
    basis = Line(
        required=True, metadata={"enum": list(BASES)}, error_messages={"required": "Choose what the rates rest on."}
    )
    effective_from = Day(required=True)
    effective_to = Day(load_default=None, allow_none=True)
    price_year = Line(load_default=None, allow_none=True, longest=40)
    source = Line(required=True, longest=400, error_messages={"required": "Say where the rates come from."})
    evidence_note = Paragraph(required=True, error_messages={"required": "Say how good the evidence is."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewRateSet:
        """Return the set; each of its rates knows that it is one of them."""
        span = Span(data.pop("effective_from"), data.pop("effective_to"))
        rates = tuple(replace(rate, rate_set=data["slug"]) for rate in data.pop("rates", ()))
        return NewRateSet(span=span, rates=rates, **data)


class NewRateSetSchema(RateSetHeadSchema):
    """A rate set as it is written: the shape of an import, and of what an export gives."""

    rates = fields.List(fields.Nested(RateSchema), load_default=list)


class CopySchema(Strict):
    """The name under which a set is copied to a draft."""

    slug = Line(required=True, longest=60, error_messages={"required": "Enter a short name for the set."})


class PlaceSchema(Strict):
    """The type and class of a rate, as a page names its place: ``call_blocker:health_qol``."""

    place = Line(required=True, longest=120, error_messages={"required": "Choose a rate."})


class ApprovalSchema(Strict):
    """Which approved set a draft takes over from, where their dates overlap."""

    supersedes = Line(load_default=None, allow_none=True, longest=60)


class RateSetSchema(Schema):
    """A rate set with its rates."""

    slug = fields.String()
    title = fields.String()
    basis = fields.String()
    status = fields.String()
    effective_from = fields.Date(attribute="span.first_day")
    effective_to = fields.Date(attribute="span.last_day", allow_none=True)
    price_year = fields.String(allow_none=True)
    source = fields.String()
    evidence_note = fields.String()
    written_by = fields.Integer(allow_none=True)
    approved_by = fields.Integer(allow_none=True)
    approved_at = fields.DateTime(allow_none=True)
    rates = fields.List(fields.Nested(RateSchema))


class RateSetListSchema(Schema):
    """Every rate set."""

    items = fields.List(fields.Nested(RateSetSchema))


class ComparisonQuery(Strict):
    """The set to compare with."""

    other = Line(required=True, longest=60, error_messages={"required": "Name the set to compare with."})


class _DifferenceSchema(Schema):
    intervention_type = fields.String()
    component = fields.String()
    is_same = fields.Boolean()
    names = fields.List(fields.String(), metadata={"description": "The parts in which the two rates differ."})
    first = fields.Nested(RateSchema, allow_none=True)
    second = fields.Nested(RateSchema, allow_none=True)


class ComparisonSchema(Schema):
    """The rates of two sets, place by place."""

    items = fields.List(fields.Nested(_DifferenceSchema))
