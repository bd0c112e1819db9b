"""The shapes of interventions, explanations and rate sets, for pages and JSON alike."""

from decimal import Decimal
from functools import partial
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_load

from tsalert.savings.figure_schemas import ContributionSchema
from tsalert.savings.queries import Filter
from tsalert.savings.rules import Beneficiary, Evidence, InterventionType, NewIntervention
from tsalert.web.fields import Day, Line, Paragraph, PeriodLabel, Pounds, RecordId, YesNo, choice

MONEY = {"prevented": "prevented", "recovered": "recovered", "future_financial": "future"}
_MOST = 10**9


class Count(fields.Field[int]):
    """A whole number as a person types it, or as a JSON number."""

    default_error_messages = {"required": "Enter a whole number, like 3.", "invalid": "Enter a whole number, like 3."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip()[:12])
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
            raise self.make_error("invalid")
        return value


# Whoever writes against the API learns from the answer what may be chosen.
_choice = partial(choice, unknown="Choose one of: {choices}.")


def _known_money(name: str) -> None:
    if name not in MONEY:
        raise ValidationError(f"Choose one of: {', '.join(MONEY)}.")


class NewInterventionSchema(Schema):
    """An intervention as recorded. It checks shape only; what may be recorded is decided in rules.py."""

    class Meta:
        unknown = RAISE

    type = _choice(InterventionType, required=True)
    on_date = Day(required=True)
    units = Count(load_default=None, allow_none=True)
    amount = Pounds(load_default=None, allow_none=True)
    money = fields.String(load_default="prevented", validate=_known_money)
    evidence = _choice(Evidence, load_default=None, allow_none=True)
    case_id = RecordId(load_default=None, allow_none=True)
    incident_id = RecordId(load_default=None, allow_none=True)
    household_key = Line(load_default=None, allow_none=True, longest=100)
    is_rapid_response = YesNo(load_default=False)
    beneficiary = _choice(Beneficiary, load_default=Beneficiary.RESIDENT)
    ward_code = Line(load_default=None, allow_none=True, longest=20)
    note = Paragraph(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Hand the service a typed value; the amount goes to the one class named."""
        return build_intervention(data)


def build_intervention(data: dict[str, Any]) -> NewIntervention:
    """Put the amount into the class of money that was named; one record of an event is one unit."""
    if data["units"] is None and data["type"].unit:
        raise ValidationError(f"Enter how many {data['type'].unit}.", "units")
    data["units"] = 1 if data["units"] is None else data["units"]
    amount, money = data.pop("amount"), data.pop("money")
    data[MONEY[money]] = amount or Decimal(0)
    return NewIntervention(**data)


class CorrectionSchema(NewInterventionSchema):
    """A corrected intervention, the version it corrects, and why."""

    of_version = Count(required=True, error_messages={"required": "Name the version that you saw."})
    reason = Line(required=True, longest=500, error_messages={"required": "Say why it is corrected."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Keep what the service takes beside the intervention."""
        of_version, reason = data.pop("of_version"), data.pop("reason")
        return {"corrected": build_intervention(data), "of_version": of_version, "reason": reason}


class SeenVersionSchema(Schema):
    """The version of an intervention that an officer saw."""

    class Meta:
        unknown = RAISE

    of_version = Count(required=True, error_messages={"required": "Name the version that you saw."})


class WithdrawalSchema(SeenVersionSchema):
    """Why an intervention is taken out of the figures."""

    reason = Line(required=True, longest=500, error_messages={"required": "Say why it is taken out."})


class ContinuationSchema(Schema):
    """The dates for which approved rates are approved again."""

    class Meta:
        unknown = RAISE

    effective_from = Day(required=True)
    effective_to = Day(load_default=None, allow_none=True)


class FilterSchema(Schema):
    """What a list of interventions is narrowed to."""

    class Meta:
        unknown = EXCLUDE

    case = RecordId(attribute="case_id")
    incident = RecordId(attribute="incident_id")
    type = _choice(InterventionType)
    period = PeriodLabel()
    after = Line(longest=40)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Filter:
        """Hand the query a typed value."""
        return Filter(**data)


class InterventionSchema(Schema):
    """One version of an intervention."""

    reference = fields.String()
    version = fields.Integer(attribute="number")
    type = fields.String(attribute="content.type")
    on_date = fields.Date(attribute="content.on_date")
    units = fields.Integer(attribute="content.units")
    amount = Pounds(attribute="content.amount")
    money = fields.String(attribute="content.money", allow_none=True)
    evidence = fields.String(attribute="content.evidence", allow_none=True)
    case_id = fields.Integer(attribute="content.case_id", allow_none=True)
    incident_id = fields.Integer(attribute="content.incident_id", allow_none=True)
    household_key = fields.String(attribute="content.household_key", allow_none=True)
    is_rapid_response = fields.Boolean(attribute="content.is_rapid_response")
    beneficiary = fields.String(attribute="content.beneficiary")
    ward_code = fields.String(attribute="content.ward_code", allow_none=True)
    note = fields.String(attribute="content.note", allow_none=True)
    is_withdrawn = fields.Boolean()
    reason = fields.String(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = fields.DateTime()
    awaits_verifying = fields.Boolean()
    verified_by = fields.Integer(allow_none=True)
    verified_at = fields.DateTime(allow_none=True)


class ValuedInterventionSchema(InterventionSchema):
    """An intervention with what it is worth; ``rate_set`` is null where no approved rate stands on its date."""

    rate_set = fields.String(allow_none=True)
    contributions = fields.List(fields.Nested(ContributionSchema))


class InterventionPageSchema(Schema):
    """A page of interventions, newest date first; ``next`` is the ``after`` of the following page."""

    items = fields.List(fields.Nested(InterventionSchema))
    next = fields.String(allow_none=True)
