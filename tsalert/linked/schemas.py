"""The shape of linked authorities and keys, as forms and the API send and show them."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.linked.rules import NewAuthority
from tsalert.staff.schemas import ConfirmedSchema
from tsalert.web.fields import Instant, Line, Strict
from tsalert.webhooks.rules import LONGEST_URL


class ComparedKeySchema(ConfirmedSchema):
    """A key whose fingerprint was read out; without ``key`` the keys that the authority publishes are looked at."""

    key = Line(longest=100, load_default=None)
    fingerprint = Line(
        longest=100,
        required=True,
        error_messages={"required": "Ring them, and enter the fingerprint that they read out."},
        metadata={"examples": ["3f2a 91bc 0d4e 7788 a1b2 c3d4 e5f6 0718"]},
    )


class NewLinkedAuthoritySchema(ComparedKeySchema):
    """An authority to link."""

    name = Line(longest=100, required=True, error_messages={"required": "Say which authority this is."})
    url = Line(
        longest=LONGEST_URL,
        required=True,
        error_messages={"required": "Enter the address of their service."},
        metadata={"examples": ["https://alerts.example.org"]},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewAuthority:
        """Hand the service a typed value."""
        return NewAuthority(data["name"], data["url"], data["fingerprint"], data["key"])


class RevocationReasonSchema(Strict):
    """Why a key is trusted no more, or a link ends."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why."})


class LinkedKeySchema(Schema):
    """A key of another authority."""

    id = fields.Integer()
    fingerprint = fields.String()
    public = fields.String(metadata={"description": "The key itself (x of RFC 8037)."})
    trusted_at = Instant()
    revoked_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)


class LinkedAuthoritySchema(Schema):
    """A linked authority; ``fault`` says why its keys or alerts could not be read when they were last looked at."""

    id = fields.Integer()
    name = fields.String()
    url = fields.String()
    made_at = Instant()
    looked_at = Instant(allow_none=True)
    fault = fields.String(allow_none=True)
    ended_at = Instant(allow_none=True)
    end_reason = fields.String(allow_none=True)
    keys = fields.List(fields.Nested(LinkedKeySchema))


class LinkedAuthorityListSchema(Schema):
    """Every authority that is or was linked."""

    items = fields.List(fields.Nested(LinkedAuthoritySchema))


class SigningKeySchema(Schema):
    """One of our own keys."""

    id = fields.Integer()
    public = fields.String()
    fingerprint = fields.String()
    standing = fields.String(attribute="standing.value")
    made_at = Instant()
    ended_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)


class SigningKeyListSchema(Schema):
    """Our keys, the newest first."""

    items = fields.List(fields.Nested(SigningKeySchema))
