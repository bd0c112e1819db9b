"""The shape of officers as the rota knows them."""

from marshmallow import Schema, fields

from tsalert.rota.schemas import LeaveShownSchema
from tsalert.web.fields import Instant


class OfficerReachSchema(Schema):
    """Whether an officer can be reached; ``silent_since`` is when STOP was texted from the mobile."""

    officer_id = fields.Integer()
    name = fields.String()
    mobile = fields.String(allow_none=True)
    silent_since = Instant(allow_none=True)


class OfficerReachListSchema(Schema):
    """The officers who can sign in, by name."""

    items = fields.List(fields.Nested(OfficerReachSchema))


class ComingShiftSchema(Schema):
    """A shift to come; not stood fully where leave or a missing mobile leaves a gap."""

    shift_id = fields.Integer(attribute="slot.shift_id")
    duty = fields.String(attribute="slot.duty.value")
    starts_at = Instant(attribute="slot.span.starts_at")
    ends_at = Instant(attribute="slot.span.ends_at")
    is_stood = fields.Boolean()


class OfficerDutySchema(OfficerReachSchema):
    """An officer's shifts to come and leave."""

    shifts = fields.List(fields.Nested(ComingShiftSchema))
    leave = fields.List(fields.Nested(LeaveShownSchema))


class OwnDutySchema(OfficerDutySchema):
    """One's own duty; ``waiting_for`` is the mobile whose code may still be entered."""

    waiting_for = fields.String(allow_none=True)
    calendar_since = Instant(allow_none=True)
