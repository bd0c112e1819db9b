"""The shapes of interventions as they are recorded and corrected, and of the limit for second officers."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from tsalert.savings.recording.share_fields import PartnerSchema, Share
from tsalert.savings.rules import (
    WHOLE,
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
)
from tsalert.savings.schemas import told_choice
from tsalert.savings.valuing.valuation import ValueClass
from tsalert.web.fields import Count, Day, Line, Paragraph, Pounds, RecordId, Strict, YesNo

MONEY = {"prevented": "prevented", "recovered": "recovered", "future_financial": "future", "memo": "memo"}


def _known_money(name: str) -> None:
    if name not in MONEY:
        raise ValidationError(f"Choose one of: {', '.join(MONEY)}.")


class NewInterventionSchema(Strict):
    """An intervention as recorded. It checks shape only; what may be recorded is decided in rules.py."""

    type = told_choice(InterventionType, required=True)
    on_date = Day(required=True)
    units = Count(load_default=None, allow_none=True)
    refreshers = Count(load_default=0)
    amount = Pounds(load_default=None, allow_none=True)
    money = fields.String(load_default=None, allow_none=True, validate=_known_money)
    outcome = told_choice(EnforcementOutcome, load_default=None, allow_none=True)
    money_line_id = RecordId(load_default=None, allow_none=True)
    other_money = Line(load_default=None, allow_none=True, longest=500)
    share: fields.Field[Any] = Share(load_default=WHOLE)
    partners: fields.Field[Any] = fields.List(fields.Nested(PartnerSchema), load_default=list)
    evidence = told_choice(Evidence, load_default=None, allow_none=True)
    case_id = RecordId(load_default=None, allow_none=True)
    incident_id = RecordId(load_default=None, allow_none=True)
    household_key = Line(load_default=None, allow_none=True, longest=100)
    is_rapid_response = YesNo(load_default=False)
    beneficiary = told_choice(Beneficiary, load_default=Beneficiary.RESIDENT)
    ward_code = Line(load_default=None, allow_none=True, longest=20)
    note = Paragraph(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Hand the service a typed value; the amount goes to the one class named."""
        return build_intervention(data)


def build_intervention(data: dict[str, Any]) -> NewIntervention:
    """Put the amount into the class of money that was named; one record of an event is one unit.

    Where no class was named an outcome of enforcement decides it, and other money is prevented.
    """
    if data["units"] is None and data["type"].unit and not data["refreshers"]:
        raise ValidationError(f"Enter how many {data['type'].unit}.", "units")
    if data["units"] is None:
        data["units"] = 0 if data["refreshers"] else 1
    decided = data["outcome"].value_class if data["outcome"] else ValueClass.PREVENTED
    amount, money = data.pop("amount"), data.pop("money") or decided
    data[MONEY[money]] = amount or Decimal(0)
    return NewIntervention(**data | {"partners": tuple(data["partners"])})


class CorrectionSchema(NewInterventionSchema):
    """A corrected intervention, the version it corrects, and why."""

    of_version = Count(required=True, error_messages={"required": "Name the version that you saw."})
    reason = Line(required=True, longest=500, error_messages={"required": "Say why it is corrected."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Keep what the service takes beside the intervention."""
        of_version, reason = data.pop("of_version"), data.pop("reason")
        return {"corrected": build_intervention(data), "of_version": of_version, "reason": reason}


class TypeSchema(Schema):
    """A type of intervention and what a record of it may hold."""

    type = fields.String(attribute="value")
    label = fields.String()
    money = fields.Function(lambda kind: sorted(kind.shape.money))
    is_money_optional = fields.Boolean()
    unit = fields.String(allow_none=True)
    most_units = fields.Integer(attribute="shape.most_units")
    may_be_rapid = fields.Boolean()
    has_outcome = fields.Boolean(attribute="shape.has_outcome")
    has_refreshers = fields.Boolean(attribute="shape.has_refreshers")


class LimitSchema(Strict):
    """The amount above which a record needs a second officer, and why."""

    above = Pounds(required=True)
    reason = Line(required=True, longest=500, error_messages={"required": "Say why the limit changes."})


class SetLimitSchema(LimitSchema):
    """A limit that was set."""

    set_by = fields.Integer(allow_none=True)
    set_at = fields.DateTime()


class LimitsSchema(Schema):
    """The limit for records made now, and every one that was set, the newest first."""

    above = Pounds()
    limits = fields.List(fields.Nested(SetLimitSchema))
