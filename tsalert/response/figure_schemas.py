"""The shape of a period's rapid-response figures, the same for the API and for the command."""

from datetime import date
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from tsalert.core.errors import RuleViolation
from tsalert.core.periods import Period, span_of_days
from tsalert.response.clock import ClockState
from tsalert.response.counting import By
from tsalert.response.figure_lists import Result, Wanted
from tsalert.web.fields import Day, Instant, ListPlace, SpanLabel, Strict, choice


class WantedPeriodSchema(Schema):
    """Which period to show: by its name, or by its first and last day."""

    class Meta:
        unknown = EXCLUDE

    period = SpanLabel(load_default=None)
    first_day = Day(load_default=None)
    last_day = Day(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Return the period, or None where none was named."""
        first, last = data["first_day"], data["last_day"]
        return data["period"] if first is None and last is None else _days(first, last)


class WantedFiguresSchema(Strict):
    """Which period's figures to give out."""

    period = SpanLabel(required=True, metadata={"example": "2022/23 Q1"})


class WantedListSchema(Schema):
    """Which incidents to list."""

    period = SpanLabel(required=True, metadata={"example": "2022/23 Q1"})
    result = choice(Result, load_default=Result.REPORTS)
    by = choice(By, load_default=None)
    key = fields.String(load_default="")
    after = ListPlace(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Wanted:
        """Return what is wanted."""
        return Wanted(**data)


def _days(first: date | None, last: date | None) -> Period:
    if first is None or last is None:
        raise ValidationError("Give the first day and the last.", "last_day" if last is None else "first_day")
    try:
        return span_of_days(first, last)
    except RuleViolation as error:
        raise ValidationError(error.message, error.field or "last_day") from error


def _state(state: ClockState) -> fields.Function:
    return fields.Function(lambda tally: tally.states[state], metadata={"type": "integer"})


class TallySchema(Schema):
    """How some reports and the clocks of the immediate ones came out; a percentage of fewer than five is null."""

    reports = fields.Integer()
    immediate = fields.Integer()
    met = _state(ClockState.MET)
    late = _state(ClockState.LATE)
    breached = _state(ClockState.OVERDUE)
    breached_then_ended = _state(ClockState.BREACHED_THEN_ENDED)
    not_applicable = _state(ClockState.NOT_APPLICABLE)
    running = _state(ClockState.RUNNING)
    counted = fields.Integer(metadata={"description": "met + late + breached + breached then ended"})
    met_percent = fields.Integer(allow_none=True)
    median_minutes = fields.Float(allow_none=True)
    p90_minutes = fields.Float(allow_none=True, metadata={"description": "By nearest rank."})
    met_after_breach = fields.Integer()
    stopped = fields.Integer()
    told_late = fields.Integer(metadata={"description": "Stopped, and told more than 15 minutes afterwards."})
    told_late_percent = fields.Integer(allow_none=True)


class GroupSchema(Schema):
    """The reports of one source, ward, hour, category or type."""

    key = fields.String()
    label = fields.String()
    tally = fields.Nested(TallySchema)


class CallCountSchema(Schema):
    """How many calls came on one line and came to one thing."""

    line = fields.String(attribute="line.value")
    disposition = fields.String(attribute="disposition.value")
    calls = fields.Integer()


class CountSchema(Schema):
    """How many there are of one thing."""

    label = fields.String()
    number = fields.Integer()


class EndedSchema(Schema):
    """How many clocks ended with nobody there, for one reason."""

    state = fields.String(attribute="state.value")
    reason = fields.String()
    label = fields.String()
    clocks = fields.Integer()


class LateToldSchema(Schema):
    """A clock that was met although its breach is on record, and whose arrival it was."""

    incident_id = fields.Integer()
    reference = fields.String()
    officer = fields.String()
    due_at = Instant()
    stopped_at = Instant()
    recorded_at = Instant()
    is_corrected = fields.Boolean(metadata={"description": "The arrival was told before with another time."})


class ResponseFiguresSchema(Schema):
    """A period's rapid-response figures."""

    period = SpanLabel()
    first_day = Day(attribute="period.first_day")
    last_day = Day(attribute="period.last_day")
    is_provisional = fields.Boolean()
    total = fields.Nested(TallySchema)
    groups = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(GroupSchema)))
    calls = fields.List(fields.Nested(CallCountSchema))
    outcomes = fields.List(fields.Nested(CountSchema))
    not_immediate = fields.List(fields.Nested(CountSchema))
    no_reports = fields.List(fields.Nested(CountSchema))
    ended = fields.List(fields.Nested(EndedSchema))
    met_after_breach = fields.List(fields.Nested(LateToldSchema))


class ListedSchema(Schema):
    """One incident behind a figure, with the clock that the figure counts."""

    incident_id = fields.Integer(attribute="incident.id")
    reference = fields.String(attribute="incident.reference")
    received_at = Instant(attribute="incident.received_at")
    category = fields.String(attribute="incident.category.value")
    grade = fields.String(attribute="incident.grade", allow_none=True)
    outcome = fields.String(attribute="incident.outcome", allow_none=True)
    state = fields.String(attribute="run.state", allow_none=True)
    started_at = Instant(attribute="run.clock.started_at", allow_none=True)
    stopped_at = Instant(attribute="run.clock.stopped_at", allow_none=True)
    ended_at = Instant(attribute="run.clock.ended_at", allow_none=True)
    end_reason = fields.String(attribute="run.end_reason", allow_none=True)
    has_breach = fields.Boolean(attribute="run.has_breach", allow_none=True)
