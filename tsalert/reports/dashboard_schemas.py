"""Which dashboard is asked for, and its shape in the API; money is in strings."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from tsalert.circulation.schemas import CirculationFiguresSchema
from tsalert.core.periods import Period, quarter_of, rolling_year
from tsalert.reports.partner_schemas import PartnerTableSchema
from tsalert.reports.schemas import written
from tsalert.savings.figures.schemas import SavingsTableSchema
from tsalert.web.fields import Instant, Line, PeriodLabel, Pounds

ROLLING = "rolling"


class BoardPeriod(PeriodLabel):
    """A quarter or year, or ``rolling`` for the last four complete quarters, which only today tells."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return ROLLING if value == ROLLING else super()._deserialize(value, attr, data, **options)


class WantedDashboardSchema(Schema):
    """Which dashboard to show."""

    class Meta:
        unknown = EXCLUDE

    period = BoardPeriod(load_default=None, metadata={"example": "2022/23 Q1"})
    ward = Line(longest=20, load_default=None, metadata={"description": "The code of one ward."})


def resolve(wanted: Period | str | None, today: date) -> Period:
    """Return the period that was asked for; by default the quarter that runs."""
    if isinstance(wanted, Period):
        return wanted
    return rolling_year(today) if wanted == ROLLING else quarter_of(today)


class ChangeSchema(Schema):
    """How a figure moved; ``percent`` is in points for a share, and null where none can be told."""

    move = fields.String(attribute="move.value")
    text = fields.String()
    percent = fields.Integer(allow_none=True)
    is_low = fields.Boolean()
    is_rebased = fields.Boolean()


def _figure(name: str) -> fields.Field[Any]:
    return fields.Function(
        lambda row: written(getattr(row, name)),
        metadata={"description": "A number, pounds in a string, or part and whole."},
    )


class GlanceRowSchema(Schema):
    """One indicator: this period, the one before, the same last year, the last four quarters, target and rating."""

    name = fields.String(attribute="indicator.name")
    label = fields.String(attribute="indicator.label")
    current = _figure("current")
    before = _figure("before")
    last_year = _figure("last_year")
    rolling = _figure("rolling")
    change = fields.Nested(ChangeSchema)
    rolling_change = fields.Nested(ChangeSchema)
    target = fields.String()
    rag = fields.String(attribute="judgement.rag.value")
    why = fields.String(attribute="judgement.why")
    direction = fields.String()


class LossSummarySchema(Schema):
    """The losses of one kind of case; mean and median are of those that tell one."""

    label = fields.String()
    cases = fields.Integer()
    number = fields.Integer()
    total = Pounds()
    mean = Pounds(allow_none=True)
    median = Pounds(allow_none=True)


class WardFiguresSchema(Schema):
    """One ward in the period."""

    code = fields.String()
    name = fields.String()
    reports = fields.Integer()
    immediate = fields.Integer()
    savings = fields.Function(lambda row: str(row.savings.shown), metadata={"type": "string"})


class DashboardSchema(Schema):
    """The dashboard of a period."""

    period = fields.String(attribute="period.label")
    is_provisional = fields.Boolean(attribute="glance.is_provisional")
    before = fields.String(attribute="glance.compared.before.label")
    last_year = fields.String(attribute="glance.compared.last_year.label")
    rolling = fields.String(attribute="glance.compared.rolling.label")
    read_at = Instant(attribute="glance.read_at")
    records_begin_on = fields.Date(attribute="glance.begins_on", allow_none=True)
    indicators = fields.List(fields.Nested(GlanceRowSchema), attribute="glance.rows")
    losses = fields.List(fields.Nested(LossSummarySchema), attribute="losses.by_category")
    losses_by_channel = fields.List(fields.Nested(LossSummarySchema), attribute="losses.by_channel")
    savings = fields.Nested(SavingsTableSchema, attribute="glance.figures.savings")
    wards = fields.List(fields.Nested(WardFiguresSchema))
    partners = fields.List(fields.Nested(PartnerTableSchema))
    listed = fields.Integer(attribute="circulation.subscribers", metadata={"description": "On the alert list now."})
    listed_partners = fields.Integer(attribute="circulation.partners")
    circulation = fields.Nested(CirculationFiguresSchema, attribute="passed_on")
