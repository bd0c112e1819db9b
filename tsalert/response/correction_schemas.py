"""The shape of corrections, as forms and the API send and show them; what must hold of them is in facts.py."""

from typing import Any

from marshmallow import Schema, fields, post_load, pre_load

from tsalert.response.correcting_times import NewTime
from tsalert.response.facts import Correction, Fact
from tsalert.response.step_schemas import StepSchema
from tsalert.response.vocabulary import CallSource, Category, Disposition, MoneyState
from tsalert.response.vocabulary import Line as CallLine
from tsalert.web.fields import Instant, Line, Paragraph, Postcode, Pounds, RecordId, Strict, YesNo, choice

_WHY = {"required": "Say why it is corrected."}
_TEXTS = (
    "kind", "source", "address", "postcode", "ward_code", "happening", "phone", "caller_name", "trader", "money_amount",
)  # fmt: skip


class _FactsSchema(Strict):
    """Facts as somebody says they are; those that are left out stay, and an empty one takes back what was held."""

    reason = Line(longest=400, required=True, error_messages=_WHY)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Correction:
        """Return the correction."""
        reason, seen = data.pop("reason"), data.pop("seen")
        return Correction({Fact.of(name): value for name, value in data.items()}, reason, seen)


class IncidentCorrectionSchema(_FactsSchema, StepSchema):
    """What an incident is and where, told otherwise."""

    category = choice(Category)
    kind = Line(allow_none=True)
    address = Line(longest=300, allow_none=True)
    postcode = Postcode(allow_none=True)
    ward_code = Line(longest=20, allow_none=True)


class CallCorrectionSchema(_FactsSchema):
    """What a call told, told otherwise; ``version`` is the call's as whoever decides saw it."""

    seen = RecordId(
        data_key="version",
        load_default=None,
        error_messages={"invalid": "The call has no such version."},
        metadata={"description": "The call's version, as its ETag has it; a later one refuses the correction."},
    )
    claimed_at = Instant(metadata={"description": "Only the officer who logged the call, or a manager, corrects it."})
    line = choice(CallLine)
    source = choice(CallSource, allow_none=True)
    is_safe_to_call_back = YesNo()
    happening = Paragraph(allow_none=True)
    address = Line(longest=300, allow_none=True)
    postcode = Postcode(allow_none=True)
    ward_code = Line(longest=20, allow_none=True)
    phone = Line(longest=40, allow_none=True)
    caller_name = Line(allow_none=True)
    trader = Line(longest=400, allow_none=True)
    money_state = choice(MoneyState)
    money_amount = Pounds(allow_none=True)
    is_trader_on_site = YesNo()
    is_vulnerable = YesNo()
    has_threat = YesNo()
    is_work_in_progress = YesNo()
    disposition = choice(
        Disposition,
        metadata={"description": "Only whoever logged the call, or a manager. The figures follow it."},
    )


class _WholeFormSchema(Schema):
    """A page sends every text that it shows, so that one which is missing was emptied."""

    @pre_load
    def fill_in(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take a text that is not there for one that was taken out."""
        return {name: None for name in _TEXTS if name in self.fields} | data


class IncidentCorrectionFormSchema(_WholeFormSchema, IncidentCorrectionSchema):
    """What an incident is and where, as the page sends it."""


class CallCorrectionFormSchema(_WholeFormSchema, CallCorrectionSchema):
    """What a call told, as the page sends it."""


class NewTimeSchema(StepSchema):
    """When a step happened in truth."""

    at = Instant(required=True)
    reason = Line(longest=400, required=True, error_messages=_WHY)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewTime:
        """Return the time."""
        return NewTime(**data)


class FactChangeSchema(Schema):
    """One fact as it was and as it became."""

    id = fields.Integer()
    incident_id = fields.Integer(allow_none=True)
    call_id = fields.Integer(allow_none=True)
    fact = fields.String()
    was = fields.String(allow_none=True)
    became = fields.String(allow_none=True)
    reason = fields.String()
    recorded_at = Instant()
    recorded_by = fields.Integer(allow_none=True)
    source = fields.String()


class FactChangesSchema(Schema):
    """What was corrected, in the order in which it was."""

    items = fields.List(fields.Nested(FactChangeSchema))


class ToldMilestoneSchema(Schema):
    """One step of an incident; ``corrects_id`` is the earlier telling whose time it corrects."""

    id = fields.Integer()
    step = fields.String()
    attendance_id = fields.Integer(allow_none=True)
    occurred_at = Instant()
    recorded_at = Instant()
    recorded_by = fields.Integer(allow_none=True)
    source = fields.String()
    note = fields.String(allow_none=True)
    corrects_id = fields.Integer(allow_none=True)


class ToldMilestonesSchema(Schema):
    """The steps of an incident in the order in which they were told."""

    items = fields.List(fields.Nested(ToldMilestoneSchema))
