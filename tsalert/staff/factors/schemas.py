"""The shape of what is typed for a second step."""

from typing import Any

from marshmallow import fields, post_load

from tsalert.staff.factors.service import Reset
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.fields import Line, RecordId, Strict


class CodeSchema(Strict):
    """A code of an authenticator app, or one for recovery."""

    code = Line(longest=100, required=True, error_messages={"required": "Enter a code."})


class AppSchema(CodeSchema, ConfirmedSchema):
    """The first code of a new authenticator app."""


class AnswerSchema(Strict):
    """What a browser answers for a passkey, as JSON."""

    credential = fields.String(
        required=True, error_messages={"required": "Your browser did not answer. Try the passkey again."}
    )


class NewPasskeySchema(AnswerSchema, ConfirmedSchema):
    """A passkey to keep, by a name of its officer's choice."""

    name = Line(longest=60, required=True, error_messages={"required": "Give the passkey a name."})


class ResetSchema(ConfirmedSchema):
    """Why somebody's second step is taken away, and who besides the administrator knows that it was lost."""

    witness_id = RecordId(required=True, error_messages={"required": "Choose a second person."})
    reason = Line(longest=500, required=True, error_messages={"required": "Say how you know that it was lost."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Reset:
        """Hand the service a typed value."""
        return Reset(data["witness_id"], data["reason"])


class SignInStandingSchema(Strict):
    """How one officer signs in."""

    id = fields.Integer(attribute="officer.id")
    name = fields.String(attribute="officer.name")
    email = fields.String(attribute="officer.email")
    has_password = fields.Boolean()
    has_second_step = fields.Boolean()
    needs_second_step = fields.Boolean()


class SignInStandingsSchema(Strict):
    """How every officer signs in."""

    items = fields.List(fields.Nested(SignInStandingSchema))


class FactorsSchema(Strict):
    """What an officer has for a second step; keys and codes are never told."""

    app_since = fields.AwareDateTime(allow_none=True)
    passkeys = fields.List(fields.String())
    recovery_codes_left = fields.Integer(attribute="codes_left")
    is_needed = fields.Boolean()
