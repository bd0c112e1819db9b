"""The shape of what is told of the rota; what must hold of it is in rules.py."""

from datetime import datetime, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load
from marshmallow.validate import Length, Range

from tsalert.core.clock import in_london
from tsalert.rota.occurrences import WeeklyPattern
from tsalert.rota.rules import MOST_WEEKS
from tsalert.rota.service import Gift, NewShift
from tsalert.rota.vocabulary import Duty
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.fields import Day, Instant, Line, RecordId, Strict, Typed, choice

_FIRST_YEAR, _LAST_YEAR = 2000, 2199


class WallTime(fields.Time):
    """A time of day on London's clocks, to the minute."""

    default_error_messages = {
        "required": "Enter a time, like 18:00.",
        "invalid": "Enter a time, like 18:00.",
        "format": "Enter a time, like 18:00.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> time:
        read = super()._deserialize(value, attr, data, **options)
        if not isinstance(read, time) or read.tzinfo is not None:
            raise self.make_error("invalid")
        return read.replace(second=0, microsecond=0)

    def _serialize(self, value: time | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else f"{value:%H:%M}"


def _is_in_living_memory(at: datetime) -> None:
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValidationError(f"Ask about a time between {_FIRST_YEAR} and {_LAST_YEAR}.")


class WhenSchema(Strict):
    """An instant to ask about; now where none is given."""

    at = Instant(load_default=None, validate=_is_in_living_memory)


class WeekSchema(Strict):
    """The week to show; this one where none is given."""

    day = Day(data_key="from", load_default=None)


class ShiftWishSchema(Strict):
    """With what the form of a single shift begins."""

    duty = choice(Duty, load_default=Duty.PRIMARY)
    starts_at = Instant(load_default=None, validate=_is_in_living_memory)
    ends_at = Instant(load_default=None, validate=_is_in_living_memory)


class SpanSchema(Strict):
    """A period to list, of two months at most."""

    since = Instant(required=True)
    until = Instant(required=True)
    officer_id = RecordId(load_default=None)


class OfficerField(RecordId):
    """The officer concerned."""

    default_error_messages = {"required": "Choose an officer.", "invalid": "Choose an officer from the list."}


class PatternSchema(Strict):
    """A weekly pattern."""

    duty = choice(Duty, required=True)
    officer_id = OfficerField(required=True)
    weekdays = fields.List(
        fields.Integer(validate=Range(0, 6, error="Choose days from the list.")),
        required=True,
        validate=Length(1, 7, error="Choose at least one day."),
        error_messages={"required": "Choose at least one day."},
        metadata={"description": "The days on which a shift begins, Monday being 0."},
    )
    starts = WallTime(required=True, metadata={"description": "London wall time."})
    ends = WallTime(required=True, metadata={"description": "London wall time; not after the start, the next day."})
    effective_from = Day(required=True, error_messages={"required": "Enter a date."})
    effective_until = Day(load_default=None)
    every_weeks = fields.Integer(
        load_default=1,
        validate=Range(1, MOST_WEEKS, error=f"Choose every 1 to {MOST_WEEKS} weeks."),
        error_messages={"invalid": f"Choose every 1 to {MOST_WEEKS} weeks."},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> WeeklyPattern:
        """Return the pattern."""
        days = tuple(sorted(set(data.pop("weekdays"))))
        return WeeklyPattern(weekdays=days, **data)


class LastDaySchema(Strict):
    """The last day on which a pattern's shift begins."""

    last_day = Day(required=True, error_messages={"required": "Enter a date."})


class NewShiftSchema(Typed):
    """A single shift."""

    value = NewShift
    duty = choice(Duty, required=True)
    officer_id = OfficerField(required=True)
    starts_at = Instant(load_default=None, metadata={"description": "Now where it is left out."})
    ends_at = Instant(required=True, error_messages={"required": "Enter when it ends."})
    note = Line(longest=200, load_default=None)


class GiftSchema(Typed):
    """Who takes a shift or part of it, and why."""

    value = Gift
    officer_id = OfficerField(required=True)
    starts_at = Instant(load_default=None)
    ends_at = Instant(load_default=None)
    reason = Line(longest=200, required=True, error_messages={"required": "Say why."})


class ReasonSchema(Strict):
    """Why a shift is cancelled."""

    reason = Line(longest=200, required=True, error_messages={"required": "Say why."})


class LeaveSchema(Strict):
    """Days of leave, both included."""

    officer_id = OfficerField(required=True)
    first_day = Day(required=True, error_messages={"required": "Enter a date."})
    last_day = Day(required=True, error_messages={"required": "Enter a date."})


class PhoneSchema(ConfirmedSchema):
    """A mobile to prove."""

    phone = Line(longest=40, required=True, error_messages={"required": "Enter a mobile number."})


class CodeSchema(Strict):
    """The code that was texted."""

    code = Line(longest=20, required=True, error_messages={"required": "Enter the six digits that we texted."})

    @post_load
    def close_up(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Let people type a code with spaces, as they read it."""
        return data | {"code": "".join(data["code"].split())}


class OnDutySchema(Schema):
    """One officer on duty; ``mobile`` only for those who may change the rota."""

    duty = fields.String(attribute="duty.value")
    officer_id = fields.Integer()
    name = fields.String()
    mobile = fields.String(allow_none=True)
    until = Instant(allow_none=True)


class OnDutyListSchema(Schema):
    """Who is on duty at an instant, and when that next changes."""

    at = Instant()
    items = fields.List(fields.Nested(OnDutySchema))
    next_change_at = Instant(allow_none=True)


class SilentSchema(Schema):
    """An officer whose mobile takes no texts, and since when."""

    officer_id = fields.Integer()
    name = fields.String()
    since = Instant()


class SilentListSchema(Schema):
    """The officers whose mobiles take no texts."""

    items = fields.List(fields.Nested(SilentSchema))


class ShiftSchema(Schema):
    """A shift as it stands in the rota."""

    id = fields.Integer()
    duty = fields.String()
    officer_id = fields.Integer()
    starts_at = Instant()
    ends_at = Instant()
    pattern_id = fields.Integer(allow_none=True)
    is_cancelled = fields.Function(lambda shift: shift.cancelled_at is not None, metadata={"type": "boolean"})
    is_swapped = fields.Function(lambda shift: shift.swapped_at is not None, metadata={"type": "boolean"})
    starts_in_london = fields.Function(
        lambda shift: f"{in_london(shift.starts_at):%Y-%m-%dT%H:%M}", metadata={"type": "string"}
    )


class ShiftListSchema(Schema):
    """The shifts of a period."""

    items = fields.List(fields.Nested(ShiftSchema))


class GapSchema(Schema):
    """A time in which nobody stands a duty."""

    duty = fields.String(attribute="duty.value")
    starts_at = Instant(attribute="span.starts_at")
    ends_at = Instant(attribute="span.ends_at")


class GapListSchema(Schema):
    """The gaps that begin within seven days."""

    items = fields.List(fields.Nested(GapSchema))


class PatternShownSchema(Schema):
    """A weekly pattern as it is kept."""

    id = fields.Integer()
    duty = fields.String()
    officer_id = fields.Integer()
    weekdays = fields.List(fields.Integer())
    starts = WallTime()
    ends = WallTime()
    effective_from = Day()
    effective_until = Day(allow_none=True)
    every_weeks = fields.Integer()


class PatternListSchema(Schema):
    """The patterns that have not ended."""

    items = fields.List(fields.Nested(PatternShownSchema))


class LeaveShownSchema(Schema):
    """Leave as it is kept."""

    id = fields.Integer()
    officer_id = fields.Integer()
    first_day = Day()
    last_day = Day()


class LeaveListSchema(Schema):
    """The leave that is not over."""

    items = fields.List(fields.Nested(LeaveShownSchema))


class CalendarSchema(Schema):
    """Since when a calendar has had its secret address."""

    since = Instant(allow_none=True)


class MadeCalendarSchema(CalendarSchema):
    """A calendar's new address; whoever knows it sees the shifts."""

    address = fields.String(metadata={"description": "Told this once."})
