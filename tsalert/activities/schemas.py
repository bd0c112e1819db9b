"""The shapes of activities as forms, files and the API send them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from tsalert.activities.queries import ActivityFilter
from tsalert.activities.rules import Plan, Reach, Result
from tsalert.activities.vocabulary import ActivityKind, Audience, Channel, State
from tsalert.web.fields import (
    Count,
    Day,
    Instant,
    Line,
    ListPlace,
    Paragraph,
    RecordId,
    SpanLabel,
    Strict,
    Typed,
    YesNo,
    choice,
)

_TOLD = "Choose one of: {choices}."
_VERSION: dict[str, Any] = {"required": "Name the version that you saw."}


class PlanFields(Strict):
    """What is known of an activity before it takes place; without a last day it lasts one."""

    kind = choice(ActivityKind, required=True, unknown=_TOLD)
    title = Line(required=True, longest=200, error_messages={"required": "Give it a title, like: Lunch club talk."})
    first_day = Day(required=True)
    last_day = Day(load_default=None, allow_none=True)
    ward_codes = fields.List(Line(longest=20), load_default=list)
    officer_ids = fields.List(RecordId(), load_default=list)
    channels = fields.List(choice(Channel, unknown=_TOLD), load_default=list)
    place = Line(load_default=None, allow_none=True)
    audience = choice(Audience, load_default=None, allow_none=True, unknown=_TOLD)
    host = Line(load_default=None, allow_none=True)
    topic = Line(load_default=None, allow_none=True)
    given_by = Line(load_default=None, allow_none=True)
    partners = Line(load_default=None, allow_none=True, longest=500)
    materials = Line(load_default=None, allow_none=True, longest=500)
    note = Paragraph(load_default=None, allow_none=True)


class ReachSchema(Typed):
    """How many people a channel reached, and how that was estimated."""

    value = Reach
    channel = choice(Channel, required=True, unknown=_TOLD)
    people = Count(required=True)
    how = Line(required=True, longest=300, error_messages={"required": "Say how this was estimated."})


class NumberFields(Strict):
    """What came of an activity, but for its reach; a number that its kind does not have is left out."""

    present = Count(load_default=None, allow_none=True)
    trained = Count(load_default=None, allow_none=True)
    refreshers = Count(load_default=None, allow_none=True)
    champions = Count(load_default=None, allow_none=True)
    leaflets = Count(load_default=None, allow_none=True)
    outcome = Paragraph(load_default=None, allow_none=True)


class ResultFields(NumberFields):
    """What came of an activity, with its reach by channel."""

    reach = fields.List(fields.Nested(ReachSchema), load_default=list)


class ResultFormFields(NumberFields):
    """What came of an activity as its page sends it: two fields for each channel."""

    class Meta(Strict.Meta):
        include = {
            name: field
            for channel in Channel
            for name, field in (
                (f"reach_{channel}", Count(load_default=None)),
                (f"how_{channel}", Line(load_default=None, longest=300)),
            )
        }


class VersionFields(Strict):
    """The version of the record that somebody saw."""

    of_version = Count(required=True, error_messages=_VERSION)


class PlanSchema(PlanFields):
    """An activity to be written down."""

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Plan:
        """Hand the service a typed value."""
        return plan_of(data)


class PlanChangeSchema(PlanFields, VersionFields):
    """A plan written anew, and the version that it takes the place of."""

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the plan."""
        return {"of_version": data.pop("of_version"), "plan": plan_of(data)}


class ActivityCancellationSchema(VersionFields):
    """Why an activity does not take place."""

    reason = Line(required=True, longest=400, error_messages={"required": "Say why it does not take place."})


class ImportedActivitySchema(PlanFields, NumberFields):
    """One row of a file of activities that were held."""

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Plan, Result]:
        """Hand the service typed values."""
        result = result_of(data)
        return plan_of(data), result


class ActivityFilterSchema(Schema):
    """Which activities a list shows."""

    class Meta:
        unknown = EXCLUDE

    kind = choice(ActivityKind)
    state = choice(State)
    ward = Line(longest=20)
    period = SpanLabel()
    without_saving = YesNo()
    after = ListPlace()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> ActivityFilter:
        """Hand the query a typed value."""
        return ActivityFilter(**data)


class ActivityPeriodSchema(Schema):
    """A period to be counted."""

    class Meta:
        unknown = EXCLUDE

    period = SpanLabel(required=True)


def plan_of(data: dict[str, Any]) -> Plan:
    """Take a plan out of what was loaded; an empty text is none."""
    kept = {name: data.pop(name) for name in Plan.__struct_fields__}
    for name, value in kept.items():
        kept[name] = tuple(value) if isinstance(value, list) else value if value != "" else None
    kept["last_day"] = kept["last_day"] or kept["first_day"]
    return Plan(**kept)


def result_of(data: dict[str, Any]) -> Result:
    """Take what came of an activity out of what was loaded, by its page or by the API."""
    reach = data.pop("reach", None)
    if reach is None:
        reach = [found for channel in Channel if (found := _typed_reach(channel, data))]
    kept = {name: data.pop(name) for name in Result.__struct_fields__ if name != "reach"}
    kept["outcome"] = kept["outcome"] or None
    return Result(reach=tuple(reach), **kept)


def _typed_reach(channel: Channel, data: dict[str, Any]) -> Reach | None:
    people, how = data.pop(f"reach_{channel}", None), data.pop(f"how_{channel}", None)
    if people is None and how:
        raise ValidationError("Enter how many people it reached.", f"reach_{channel}")
    return None if people is None else Reach(channel, people, how or "")


class _PlanViewSchema(Schema):
    kind = fields.String()
    title = fields.String()
    first_day = fields.Date()
    last_day = fields.Date()
    ward_codes = fields.List(fields.String())
    officer_ids = fields.List(fields.Integer())
    channels = fields.List(fields.String())
    place = fields.String(allow_none=True)
    audience = fields.String(allow_none=True)
    host = fields.String(allow_none=True)
    topic = fields.String(allow_none=True)
    given_by = fields.String(allow_none=True)
    partners = fields.String(allow_none=True)
    materials = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class _ReachViewSchema(Schema):
    channel = fields.String()
    people = fields.Integer()
    how = fields.String()


class _ResultViewSchema(Schema):
    present = fields.Integer(allow_none=True)
    trained = fields.Integer(allow_none=True)
    refreshers = fields.Integer(allow_none=True)
    champions = fields.Integer(allow_none=True)
    leaflets = fields.Integer(allow_none=True)
    reach = fields.List(fields.Nested(_ReachViewSchema))
    outcome = fields.String(allow_none=True)


class ActivitySchema(Schema):
    """An activity; ``result`` is null until it was held, ``saving`` until one was recorded from it."""

    id = fields.Integer()
    reference = fields.String()
    version = fields.Integer()
    state = fields.String()
    plan = fields.Nested(_PlanViewSchema)
    result = fields.Nested(_ResultViewSchema, allow_none=True)
    cancelled_reason = fields.String(allow_none=True)
    saving = fields.String(attribute="intervention_reference", allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class ActivityCorrectionViewSchema(Schema):
    """What an activity said before it was corrected."""

    version = fields.Integer()
    before = fields.Dict()
    reason = fields.String()
    corrected_by = fields.Integer(allow_none=True)
    corrected_at = Instant()


class WholeActivitySchema(ActivitySchema):
    """An activity with what it said before each correction, the newest first."""

    corrections = fields.List(fields.Nested(ActivityCorrectionViewSchema))


class ActivityTotalSchema(Schema):
    """One total of a period."""

    group = fields.String()
    what = fields.String()
    number = fields.Integer()


class ActivityTotalsSchema(Schema):
    """The activities of a period in numbers."""

    period = SpanLabel()
    sessions = fields.Integer()
    friends_trained = fields.Integer()
    practitioners_trained = fields.Integer()
    zones_in_force = fields.Integer()
    totals = fields.List(fields.Nested(ActivityTotalSchema))
