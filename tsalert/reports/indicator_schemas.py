"""Shapes of indicators and their versions, for the pages and the API alike."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from tsalert.core.errors import RuleViolation
from tsalert.core.money import parse_pounds
from tsalert.reports.rag import DEFAULT_TOLERANCE, Rating
from tsalert.reports.setting import NewVersion
from tsalert.reports.vocabulary import Audience, Polarity, RagRule
from tsalert.web.fields import Day, Instant, Line, Paragraph, Strict, choice


class Plain(fields.Field[Decimal]):
    """A target or tolerance as a person types it, or as a JSON string; given out without needless noughts."""

    default_error_messages = {"invalid": "Enter a number, like 90 or 1,250.50; in JSON as a string."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        try:
            return parse_pounds(value.removesuffix("%")).normalize()
        except RuleViolation as error:
            raise ValidationError(self.error_messages["invalid"]) from error

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value.normalize():f}"


class NewIndicatorVersionSchema(Strict):
    """What an indicator is to be from a day on."""

    label = Line(longest=100, required=True, error_messages={"required": "Say what it is called."})
    definition = Paragraph(longest=1000, required=True, error_messages={"required": "Say what is counted."})
    polarity = choice(Polarity, required=True)
    rule = choice(RagRule, required=True)
    target = Plain(
        load_default=None,
        allow_none=True,
        metadata={"description": "A quarter's, in the indicator's own unit; a year's is four times it."},
    )
    tolerance = Plain(load_default=DEFAULT_TOLERANCE, metadata={"description": "In percent of the target."})
    audience = choice(Audience, required=True)
    holds_from = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "For periods that end on it or later; none means from the quarter that runs."},
    )
    reason = Line(longest=400, required=True, error_messages={"required": "Say why it changes."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewVersion:
        """Return the version."""
        rating = Rating(data["rule"], data["polarity"], data["target"], data["tolerance"])
        wording = (data["label"], data["definition"])
        return NewVersion(*wording, rating, data["audience"], data["reason"], data["holds_from"])


class IndicatorVersionSchema(Schema):
    """One version of an indicator."""

    id = fields.Integer()
    name = fields.String()
    group = fields.String(attribute="measure.group")
    unit = fields.String(attribute="measure.unit.value")
    label = fields.String()
    definition = fields.String()
    polarity = fields.String(attribute="rating.polarity.value")
    rule = fields.String(attribute="rating.rule.value")
    target = Plain(attribute="rating.target", allow_none=True)
    tolerance = Plain(attribute="rating.tolerance")
    audience = fields.String(attribute="audience.value")
    holds_from = fields.Date()
    reason = fields.String()
    set_at = Instant()


class IndicatorsSchema(Schema):
    """Every indicator as it holds now, or every version of one."""

    items = fields.List(fields.Nested(IndicatorVersionSchema))
