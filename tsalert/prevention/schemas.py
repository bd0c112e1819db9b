"""The shapes of units and of checks on them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from tsalert.prevention.queries import Showing, UnitFilter
from tsalert.prevention.rules import NewCheck, UnitKind
from tsalert.web.fields import Day, Instant, Line, Paragraph, RecordId, Typed, YesNo, choice


class UnitFilterSchema(Schema):
    """Which units a list shows."""

    class Meta:
        unknown = EXCLUDE

    show = choice(Showing, load_default=Showing.ACTIVE, attribute="showing")
    kind = choice(UnitKind)
    after = RecordId()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> UnitFilter:
        """Hand the query a typed value."""
        return UnitFilter(**data)


class NewUsageCheckSchema(Typed):
    """What somebody found who looked whether a unit is in use."""

    value = NewCheck
    on_date = Day(required=True)
    is_in_use = YesNo(required=True)
    who = Line(required=True, longest=100, error_messages={"required": "Say who looked, or who was asked."})
    note = Paragraph(load_default=None, allow_none=True, longest=1000)


class UnitSchema(Schema):
    """A unit; ``is_at_risk`` says that it goes dead with the landlines before its term is over, or may."""

    id = fields.Integer()
    kind = fields.String()
    serial = fields.String()
    household_key = fields.String(allow_none=True)
    intervention = fields.String(attribute="intervention_reference")
    installed_on = fields.Date(attribute="life.installed_on")
    term_ends_on = fields.Date(
        attribute="life.term_ends_on", allow_none=True, metadata={"description": "Null without an approved term."}
    )
    last_check_on = fields.Date(allow_none=True)
    was_in_use = fields.Boolean(
        allow_none=True, metadata={"description": "What the last check found; null before the first."}
    )
    check_due_on = fields.Date(allow_none=True)
    is_at_risk = fields.Boolean()
    ended_on = fields.Date(attribute="life.ended_on", allow_none=True)
    ended_how = fields.String(allow_none=True)
    end_reason = fields.String(allow_none=True)
    ended_by = fields.Integer(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class UsageCheckSchema(Schema):
    """One check on a unit."""

    on_date = fields.Date()
    is_in_use = fields.Boolean()
    who = fields.String()
    note = fields.String(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()


class UnitWithChecksSchema(UnitSchema):
    """A unit with every check on it, the newest first."""

    checks = fields.List(fields.Nested(UsageCheckSchema))


class UnitListSchema(Schema):
    """Some units."""

    items = fields.List(fields.Nested(UnitSchema))


class _SwitchOffSchema(Schema):
    on = fields.Date()
    source = fields.String()


class UnitPageSchema(UnitListSchema):
    """A page of units; ``next`` is the ``after`` of the following page."""

    switch_off = fields.Nested(_SwitchOffSchema)
    next = fields.Integer(allow_none=True)
