"""The shape of a period's figures, the same for the API and for commands; money is in strings."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from tsalert.reports.change import Share, Value
from tsalert.reports.measures import MEASURES
from tsalert.reports.queries import PeriodFigures
from tsalert.savings.figures.schemas import SavingsTableSchema
from tsalert.web.fields import PeriodLabel, Pounds


class WantedSchema(Schema):
    """Which period to show."""

    class Meta:
        unknown = EXCLUDE

    period = PeriodLabel(load_default=None)


class WantedFiguresSchema(Schema):
    """Which period's figures to give out."""

    period = PeriodLabel(required=True, metadata={"example": "2022/23 Q1"})


class SingleSavingSchema(Schema):
    """One large saving."""

    reference = fields.String()
    on_date = fields.Date()
    type = fields.String()
    amount = Pounds()
    money = fields.String(allow_none=True)
    is_rapid_response = fields.Boolean()
    is_verified = fields.Boolean()


class MeanLossSchema(Schema):
    """The losses told for one kind of complaint."""

    label = fields.String()
    number = fields.Integer()
    total = Pounds()
    mean = Pounds()


class HelplineSchema(Schema):
    """What the consumer helpline received."""

    complaints = fields.Integer()
    transferred = fields.Integer()
    scam_or_doorstep = fields.Integer()
    scams = fields.Integer()
    investment_frauds = fields.Integer()
    mean_losses = fields.List(fields.Nested(MeanLossSchema))


def _indicators(figures: PeriodFigures) -> dict[str, Any]:
    return {measure.name: written(measure.read(figures)) for measure in MEASURES}


def written(value: Value | None) -> int | str | dict[str, int] | None:
    """Return a figure as JSON: counts as numbers, pounds in strings, a share as so many out of so many."""
    if isinstance(value, Share):
        return {"part": value.part, "whole": value.whole}
    return value if value is None or isinstance(value, int) else str(value)


class PeriodFiguresSchema(Schema):
    """The figures of a quarter or year."""

    period = fields.String(attribute="period.label")
    first_day = fields.Date(attribute="period.first_day")
    last_day = fields.Date(attribute="period.last_day")
    is_provisional = fields.Boolean()
    figures = fields.Function(_indicators)
    savings = fields.Nested(SavingsTableSchema)
    single_savings = fields.List(fields.Nested(SingleSavingSchema))
    helpline = fields.Nested(HelplineSchema, allow_none=True)
