"""The shapes of interventions, explanations and rate sets, for pages and JSON alike."""

from functools import partial
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from tsalert.savings.counting.schemas import UncountedSchema
from tsalert.savings.figures.schemas import ContributionSchema
from tsalert.savings.queries import Attention, Filter
from tsalert.savings.recording.share_fields import PartnerSchema, Share
from tsalert.savings.rules import InterventionType
from tsalert.web.fields import Count, Day, Line, ListPlace, PeriodLabel, Pounds, RecordId, Strict, choice

# Whoever writes against the API learns from the answer what may be chosen.
told_choice = partial(choice, unknown="Choose one of: {choices}.")


class SeenVersionSchema(Strict):
    """The version of an intervention that an officer saw."""

    of_version = Count(required=True, error_messages={"required": "Name the version that you saw."})


class WithdrawalSchema(SeenVersionSchema):
    """Why an intervention is taken out of the figures."""

    reason = Line(required=True, longest=500, error_messages={"required": "Say why it is taken out."})


class ContinuationSchema(Strict):
    """The dates for which approved rates are approved again."""

    effective_from = Day(required=True)
    effective_to = Day(load_default=None, allow_none=True)


class FilterSchema(Schema):
    """What a list of interventions is narrowed to."""

    class Meta:
        unknown = EXCLUDE

    case = RecordId(attribute="case_id")
    incident = RecordId(attribute="incident_id")
    type = told_choice(InterventionType)
    period = PeriodLabel()
    attention = told_choice(Attention)
    after = ListPlace()

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
    refreshers = fields.Integer(attribute="content.refreshers")
    amount = Pounds(attribute="content.money_amount")
    money = fields.String(attribute="content.money", allow_none=True)
    outcome = fields.String(attribute="content.outcome", allow_none=True)
    money_line_id = fields.Integer(attribute="content.money_line_id", allow_none=True)
    other_money = fields.String(attribute="content.other_money", allow_none=True)
    share = Share(attribute="content.share")
    partners = fields.List(fields.Nested(PartnerSchema), attribute="content.partners")
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
    counted_units = fields.Integer()
    needs_verifying = fields.Boolean()
    awaits_verifying = fields.Boolean()
    verified_by = fields.Integer(allow_none=True)
    verified_at = fields.DateTime(allow_none=True)


class ValuedInterventionSchema(InterventionSchema):
    """An intervention with what it is worth; ``rate_set`` is null where no approved rate stands on its date.

    ``alerts_quoted`` are the alerts that the callers of its incident named. ``is_money_line_corrected`` says that the
    case's line was corrected since: the record is to be looked at.
    """

    alerts_quoted = fields.List(fields.String())
    activity = fields.String(allow_none=True, metadata={"description": "The activity that it comes from, if one."})
    is_money_line_corrected = fields.Boolean()
    rate_set = fields.String(allow_none=True)
    contributions = fields.List(fields.Nested(ContributionSchema))
    not_counted = fields.List(fields.Nested(UncountedSchema))
