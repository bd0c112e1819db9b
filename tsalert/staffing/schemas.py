"""The shape of what is told of the staff: accounts, what changes them, and what a leaver hands on."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.core.reasons import LONGEST_REASON
from tsalert.staff.access import Given
from tsalert.staff.rules import RoleName
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.staff.service import NewOfficer
from tsalert.staff.sign_ins.schemas import SignInSchema
from tsalert.web.fields import Day, Instant, Line, Strict, choice

_REASON: dict[str, Any] = {
    "longest": LONGEST_REASON, "required": True, "error_messages": {"required": "Say why, in at least 10 characters."}
}  # fmt: skip


class ChangeReasonSchema(Strict):
    """Why access changes."""

    reason = Line(**_REASON)


class ConfirmedReasonSchema(ChangeReasonSchema, ConfirmedSchema):
    """Why somebody is let in, by an administrator who sits there."""


class InvitationSchema(ConfirmedReasonSchema):
    """An officer to invite."""

    email = Line(longest=320, required=True, error_messages={"required": "Enter an email address."})
    name = Line(required=True, error_messages={"required": "Enter a name."})
    roles = fields.List(choice(RoleName), required=True, error_messages={"required": "Choose at least one role."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[NewOfficer, str]:
        """Hand the service a typed value, and why."""
        return NewOfficer(data["email"], data["name"], data["roles"]), data["reason"]


class GivenRoleSchema(ConfirmedReasonSchema):
    """A role to give, for good or until a day."""

    role = choice(RoleName, required=True)
    last_day = Day(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Given, str]:
        """Hand the service a typed value, and why."""
        return Given(data["role"], data["last_day"]), data["reason"]


class TakenRoleSchema(ChangeReasonSchema):
    """A role to take."""

    role = choice(RoleName, required=True)


class HeldRoleSchema(Schema):
    """A role that somebody holds."""

    role = fields.String(attribute="role.value")
    until = Instant(allow_none=True, metadata={"description": "When it runs out; null where it does not."})


class AccountSchema(Schema):
    """One account."""

    id = fields.Integer()
    name = fields.String()
    email = fields.String()
    standing = fields.String(attribute="standing.value")
    roles = fields.List(fields.Nested(HeldRoleSchema))
    created_at = Instant()
    left_at = Instant(allow_none=True)
    has_password = fields.Boolean()
    linked_at = Instant(allow_none=True, metadata={"description": "Since when single sign-on knows them."})
    last_signed_in_at = Instant(allow_none=True)


class AccountListSchema(Schema):
    """Every account, those that can sign in first."""

    items = fields.List(fields.Nested(AccountSchema))


class AccessChangeSchema(Schema):
    """One change of somebody's access."""

    what = fields.String()
    role = fields.String(attribute="role.value", dump_default=None, allow_none=True)
    until = Instant(allow_none=True)
    reason = fields.String(allow_none=True)
    at = Instant()
    by = fields.String()


class HeldShiftSchema(Schema):
    """A shift that is to be given to somebody else."""

    id = fields.Integer(attribute="shift_id")
    duty = fields.String(attribute="duty.value")
    starts_at = Instant(attribute="span.starts_at")
    ends_at = Instant(attribute="span.ends_at")


class HoldingsSchema(Schema):
    """What somebody holds that is to be handed on; cases and incidents by their references."""

    incidents = fields.Function(lambda held: [reference for _, reference in held.incidents])
    cases = fields.Function(lambda held: [reference for _, reference in held.cases])
    shifts = fields.List(fields.Nested(HeldShiftSchema))
    patterns = fields.Function(lambda held: [each.id for each in held.patterns])


class OfficerSchema(Schema):
    """One officer as administrators see them."""

    account = fields.Nested(AccountSchema)
    changes = fields.List(fields.Nested(AccessChangeSchema))
    sign_ins = fields.List(fields.Nested(SignInSchema))
    tokens = fields.Integer(metadata={"description": "How many of their tokens for this interface are good."})
    calendar_since = Instant(allow_none=True)
    holdings = fields.Nested(HoldingsSchema)


class LeaverSchema(Schema):
    """Somebody who cannot sign in and still holds something."""

    id = fields.Integer()
    name = fields.String()
    standing = fields.String()
    holdings = fields.Nested(HoldingsSchema)


class LeaverListSchema(Schema):
    """Everybody who cannot sign in and still holds something."""

    items = fields.List(fields.Nested(LeaverSchema))
