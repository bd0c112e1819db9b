"""The shape of what is typed where a password is chosen."""

from marshmallow import fields

from tsalert.web.fields import Strict


class ChosenPasswordSchema(Strict):
    """A password for somebody who came by a link."""

    new_password = fields.String(required=True, error_messages={"required": "Enter a new password."})


class ChangedPasswordSchema(ChosenPasswordSchema):
    """A password in place of one's old one."""

    old_password = fields.String(required=True, error_messages={"required": "Enter your old password."})


class PasswordLinkSchema(Strict):
    """Where an officer sets a password; it is told this once."""

    link = fields.String()
