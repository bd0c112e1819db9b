"""How savings are asked for by managers, and the shape in which they are given out."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, quarter_of, rolling_year, span_of_days
from tsalert.savings.figures.comparing_tables import compare_rows
from tsalert.savings.figures.overview import By
from tsalert.savings.figures.schemas import CellSchema, LongPeriod, MethodSchema, SavingsTableSchema
from tsalert.web.fields import Day, Line, choice

ROLLING = "rolling"
_LONGEST_YEARS = 60


class AskedPeriod(LongPeriod):
    """A period, or ``rolling`` for the last four complete quarters, which only today tells."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return ROLLING if value == ROLLING else super()._deserialize(value, attr, data, **options)


class WantedSavingsSchema(MethodSchema):
    """Which savings to show: of a period, or everything since a day."""

    period = AskedPeriod(load_default=None, metadata={"example": "2022/23 Q1"})
    since = Day(load_default=None, allow_none=True)
    by = choice(By, unknown="Choose one of: {choices}.", load_default=By.TYPE)

    @validates_schema
    def check_one_period(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a period and a first day at once."""
        if data.get("period") and data.get("since"):
            raise ValidationError("Give a period or a first day, not both.", "since")


class WantedTrialSchema(MethodSchema):
    """Which draft to try, on which period; its basis is the set's own where none is named."""

    period = AskedPeriod(required=True, metadata={"example": "2022/23 Q1"})
    trial = Line(longest=80, required=True, error_messages={"required": "Choose the rates to try."})


def resolve(period: Period | str | None, since: date | None, today: date) -> Period:
    """Return the period that was asked for; by default the quarter that runs.

    :raises RuleViolation: the first day is in the future or too long ago.
    """
    if since is not None:
        if since > today:
            raise RuleViolation("The first day cannot be in the future.", field="since")
        return span_of_days(since, today, years=_LONGEST_YEARS)
    if isinstance(period, Period):
        return period
    return rolling_year(today) if period == ROLLING else quarter_of(today)


class ClaimSchema(Schema):
    """What others say of the savings, quoted with its source and in no figure."""

    words = fields.String()
    source = fields.String()


class OverviewSchema(Schema):
    """A table of savings, with the totals of its rows on every basis and the rates that it used."""

    by = fields.String()
    table = fields.Nested(SavingsTableSchema)
    bases = fields.Function(lambda shown: {basis: _totals(table) for basis, table in shown["bases"].items()})
    rate_sets = fields.Function(lambda shown: [each.slug for each in shown["sets"]])
    quoted_claim = fields.Nested(ClaimSchema, allow_none=True)


class TrialSchema(Schema):
    """A period as it stands and with a draft in the place of what stands."""

    standing = fields.Nested(SavingsTableSchema)
    tried = fields.Nested(SavingsTableSchema)
    differences = fields.Function(lambda shown: [_difference(row) for row in compare_rows(**_both(shown))])


def _both(shown: Any) -> dict[str, Any]:
    return {"standing": shown["standing"], "tried": shown["tried"]}


def _difference(row: Any) -> dict[str, Any]:
    return {"slug": row.standing.slug, "title": row.standing.title, "total": CellSchema().dump(row.difference)}


def _totals(table: Any) -> dict[str, Any]:
    return {row.slug: CellSchema().dump(row.total) for row in table.lines}
