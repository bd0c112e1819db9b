"""The shape of what is told of an officer."""

from marshmallow import EXCLUDE, Schema, fields

from tsalert.staff.rules import RoleName
from tsalert.web.fields import Line, Strict


class NewOfficerSchema(Schema):
    """An account to make; what a password and an address must be is decided by the service."""

    email = Line(longest=320, required=True, error_messages={"required": "Enter an email address."})
    name = Line(required=True, error_messages={"required": "Enter a name."})
    roles = fields.List(
        fields.Enum(RoleName, by_value=True), required=True, error_messages={"required": "Choose at least one role."}
    )
    password = fields.String(load_default=None, allow_none=True)


class ConfirmedSchema(Strict):
    """The password of whoever signed in, or was given their token, more than five minutes ago (presence.py)."""

    password = fields.String(load_default=None, allow_none=True)


class SignInSchema(Schema):
    """What is typed to sign in; which of it is wrong is told to nobody."""

    email = fields.String(required=True, error_messages={"required": "Enter your email address."})
    password = fields.String(required=True, error_messages={"required": "Enter your password."})

    class Meta:
        unknown = EXCLUDE


class ChosenShortcutSchema(Schema):
    """The key that opens the form for a call: one letter or digit, or nothing, which switches it off."""

    key = fields.String(required=True, error_messages={"required": "Give one letter or digit, or an empty text."})


class OwnAccountSchema(Schema):
    """An officer's own account; ``permissions`` are what this token may do."""

    id = fields.Integer()
    name = fields.String()
    email = fields.String()
    roles = fields.List(fields.String())
    permissions = fields.List(fields.String())
    shortcut = fields.String()


class ShortcutSchema(Schema):
    """The key that an officer chose; none switches the shortcut off."""

    key = fields.String(load_default="")
