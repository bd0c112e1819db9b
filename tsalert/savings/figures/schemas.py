"""The shapes of savings tables and of their explanations, and how a figure is asked for; money is in strings."""

from typing import Any

from marshmallow import EXCLUDE, INCLUDE, Schema, ValidationError, fields, post_dump, post_load

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, parse_span
from tsalert.savings.figures.cells import SavingsRow
from tsalert.savings.figures.explaining import MOMENTS, Figure
from tsalert.savings.rates.schemas import UsedRateSchema
from tsalert.savings.valuing.methods import Basis, Method
from tsalert.savings.valuing.profiles import PUBLISHED, TOTAL, get_profile
from tsalert.savings.valuing.recognition import Recognition
from tsalert.web.fields import Line, ListPlace, PeriodLabel, Pounds, choice

_ASKED = "Choose one of: {choices}."
_LONGEST_YEARS = 60


class LongPeriod(PeriodLabel):
    """A financial year, quarter, month or run of days, however long ago it began."""

    default_error_messages = {"invalid": "Give a period like 2022/23 Q1, May 2022 or 2006-04-01 to 2022-06-30."}

    def _parse(self, text: str) -> Period:
        return parse_span(text, years=_LONGEST_YEARS)


class BasisField(fields.Enum[Any]):
    """A basis; ``prudent`` alone is its central one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        return super()._deserialize(Basis.PRUDENT_CENTRAL if value == "prudent" else value, attr, data, **options)


class MethodSchema(Schema):
    """How figures are to be worked out; by default as published."""

    class Meta:
        unknown = EXCLUDE

    profile = Line(longest=40, load_default=PUBLISHED)
    basis = BasisField(Basis, by_value=fields.String, error_messages={"unknown": _ASKED}, load_default=Basis.PUBLISHED)
    recognition = choice(Recognition, unknown=_ASKED, load_default=Recognition.WHOLE_TERM)
    trial = Line(longest=80, load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Put what says how to work figures out into one value."""
        try:
            profile = get_profile(data.pop("profile"))
        except RuleViolation as error:
            raise ValidationError(error.message, "profile") from error
        method = Method(profile, data.pop("basis"), data.pop("recognition"), data.pop("trial"))
        return self.finish(data | {"method": method})

    def finish(self, data: dict[str, Any]) -> Any:
        """Hand over what was asked for."""
        return data


class FigureSchema(MethodSchema):
    """Which figure to explain; by default the grand total."""

    period = LongPeriod(required=True)
    row = Line(longest=60, load_default=TOTAL)
    column = Line(longest=40, load_default=TOTAL)
    ward = Line(longest=20, load_default=None)
    after = ListPlace(load_default=None)

    def finish(self, data: dict[str, Any]) -> Any:
        """Hand over the figure and the page of its records."""
        after = data.pop("after")
        return {"figure": Figure(**data), "after": after}


class CellSchema(Schema):
    """One figure: exactly, and rounded half-up as it is printed."""

    exact = fields.String()
    shown = fields.String()
    is_incomplete = fields.Boolean()


class SavingsRowSchema(Schema):
    """One row, with a cell for each column of the profile; a column in which it has no figure is null."""

    class Meta:
        unknown = INCLUDE  # the description says that there is more: a profile has the columns that it has

    slug = fields.String()
    title = fields.String()
    number = fields.Integer(allow_none=True)
    cells = fields.Function(lambda row: {name: _cell(row, name) for name in row.cells})

    @post_dump
    def spread(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Put the cells beside the title, by the names of their columns."""
        cells: dict[str, Any] = data.pop("cells")
        return data | cells


def _cell(row: SavingsRow, name: str) -> dict[str, Any] | None:
    found = row.cell(name)
    return None if found is None else dict(CellSchema().dump(found))


class ApartSchema(Schema):
    """What was recorded and is no figure of the table, and why."""

    title = fields.String()
    records = fields.Integer()
    amount = Pounds(allow_none=True)
    reason = fields.String()


class SavingsTableSchema(Schema):
    """A savings table, with its notes."""

    period = fields.String(attribute="period.label")
    profile = fields.String(attribute="profile.slug")
    basis = fields.String(attribute="method.basis")
    recognition = fields.String(attribute="method.recognition")
    trial = fields.String(attribute="method.trial", allow_none=True)
    columns = fields.Function(lambda table: dict(table.columns))
    rows = fields.List(fields.Nested(SavingsRowSchema))
    column_totals = fields.Nested(SavingsRowSchema)
    notes = fields.List(fields.String())
    apart = fields.List(fields.Nested(ApartSchema))
    reconciliation = fields.Function(lambda table: [line.text for line in table.reconciliation])
    to_verify = fields.Integer()


class ContributionSchema(Schema):
    """Some pounds of one class, exactly and as shown, with their formula."""

    value_class = fields.String()
    exact = fields.String()
    shown = fields.String()
    formula = fields.String()
    rate = fields.Nested(UsedRateSchema, allow_none=True)


class _LineSchema(Schema):
    row = fields.String()
    records = fields.Integer()
    why = fields.Function(lambda line: MOMENTS[line.moment] or None)
    contribution = fields.Nested(ContributionSchema)
    rate_set = fields.String(attribute="rate_set.slug")
    source = fields.String(attribute="rate_set.source")
    price = fields.String(allow_none=True)


class _UnvaluedSchema(Schema):
    row = fields.String()
    units = fields.Integer()
    first_day = fields.Date()
    last_day = fields.Date()


class _RecordSchema(Schema):
    reference = fields.String(attribute="version.reference")
    version = fields.Integer(attribute="version.number")
    on_date = fields.Date(attribute="version.content.on_date")
    contributions = fields.List(fields.Nested(ContributionSchema))
    why_nothing = fields.Function(lambda record: None if record.contributions else record.why_nothing)


class ExplanationSchema(Schema):
    """Everything behind one figure; ``next`` is the ``after`` of the following page of records."""

    period = fields.String(attribute="figure.period.label")
    profile = fields.String(attribute="table.profile.slug")
    basis = fields.String(attribute="figure.method.basis")
    recognition = fields.String(attribute="figure.method.recognition")
    row = fields.String(attribute="figure.row")
    column = fields.String(attribute="figure.column")
    ward = fields.String(attribute="figure.ward", allow_none=True)
    title = fields.String()
    sum = fields.String()
    cell = fields.Nested(CellSchema)
    lines = fields.List(fields.Nested(_LineSchema))
    unvalued = fields.List(fields.Nested(_UnvaluedSchema))
    records = fields.List(fields.Nested(_RecordSchema))
    next = ListPlace(allow_none=True)
