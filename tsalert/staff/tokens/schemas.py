"""The shape of tokens and of accounts of programs."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.staff.schemas import ConfirmedSchema
from tsalert.staff.tokens.rules import USUAL_LIFE_DAYS, Scope
from tsalert.staff.tokens.service import NewToken
from tsalert.web.fields import Count, Instant, Line, Paragraph, Strict, choice

_NOTHING = "Choose what it is good for."


class NewTokenSchema(ConfirmedSchema):
    """A token to give."""

    name = Line(longest=60, required=True, error_messages={"required": "Say what the token is for."})
    scopes = fields.List(
        choice(Scope),
        required=True,
        validate=validate.Length(min=1, max=len(Scope), error=_NOTHING),
        error_messages={"required": _NOTHING},
    )
    days = Count(load_default=USUAL_LIFE_DAYS)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewToken:
        """Hand the service a typed value; what is named twice counts once."""
        return NewToken(data["name"], tuple(dict.fromkeys(data["scopes"])), data["days"])


class NewServiceAccountSchema(Strict):
    """An account for a program."""

    name = Line(longest=60, required=True, error_messages={"required": "Say which program it is."})
    purpose = Paragraph(longest=1000, required=True, error_messages={"required": "Say what the program does with it."})


class TokenSchema(Schema):
    """A token; ``scopes`` is null where it is good for everything that its owner may do."""

    id = fields.Integer()
    name = fields.String()
    officer_id = fields.Integer()
    owner = fields.String()
    is_program = fields.Boolean()
    scopes = fields.List(fields.String(), allow_none=True)
    created_at = Instant()
    expires_at = Instant()
    revoked_at = Instant(allow_none=True)
    last_used_on = fields.Date(allow_none=True)
    is_good = fields.Boolean()


class TokenListSchema(Schema):
    """Tokens, the newest first."""

    items = fields.List(fields.Nested(TokenSchema))


class MadeTokenSchema(TokenSchema):
    """A token just given, as its user sends it; it is told this once."""

    token = fields.String()


class ServiceAccountSchema(Schema):
    """An account by which a program acts."""

    id = fields.Integer()
    name = fields.String()
    purpose = fields.String()
    made_at = Instant()
    made_by = fields.String(allow_none=True)
    ended_at = Instant(allow_none=True)


class ServiceAccountListSchema(Schema):
    """The accounts of programs."""

    items = fields.List(fields.Nested(ServiceAccountSchema))
