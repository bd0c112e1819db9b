"""The shape of restrictions, grants and openings."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from tsalert.core.reasons import LONGEST_REASON, SHORTEST_REASON
from tsalert.db import db
from tsalert.restricting.naming import Record, find_record
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.rules import Tier
from tsalert.tiers.vocabulary import Subject
from tsalert.web.fields import Instant, Line, RecordId, Strict, choice

_NO_REASON = f"Give the reason in at least {SHORTEST_REASON} characters."


def _reason() -> Line:
    return Line(longest=LONGEST_REASON, required=True, error_messages={"required": _NO_REASON})


class RecordReference(fields.Field[Record]):
    """A record by its reference, such as ``D26-00031-U``, or by its number, such as ``party 12``."""

    default_error_messages = {
        "required": "Enter the record's reference, like D26-00031-U.",
        "invalid": "There is no record with that reference.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Record:
        found = find_record(db.session(), value) if isinstance(value, str) else None
        if found is None:
            raise self.make_error("invalid")
        return found


class AccessReasonSchema(Strict):
    """Why a record is opened, or its restriction lifted."""

    reason = _reason()


class RestrictingSchema(Strict):
    """A record to restrict, and why."""

    record = RecordReference(required=True, metadata={"example": "C26-00417-W"})
    reason = _reason()


class GivingSchema(Strict):
    """Access to give by name."""

    officer_id = RecordId(required=True, error_messages={"required": "Choose an officer."})
    record = RecordReference(required=True, metadata={"example": "C26-00417-W"})
    tier = fields.Integer(load_default=int(Tier.T4))
    expires_at = Instant(required=True, error_messages={"required": "Say when the access ends."})
    reason = _reason()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewGrant:
        """Return the grant as the service takes it."""
        if data["tier"] not in {Tier.T3, Tier.T4}:
            raise ValidationError("Access is given to what is sensitive (3) or restricted (4).", "tier")
        subject, number = data.pop("record")
        return NewGrant(subject=subject, subject_id=number, **(data | {"tier": Tier(data["tier"])}))


class OpeningRequestSchema(Strict):
    """A record to open, or whose glass to break, and why."""

    subject = choice(Subject, required=True)
    id = RecordId(required=True)
    reason = _reason()


class CaseOfficerSchema(Strict):
    """An officer to put on a case."""

    officer_id = RecordId(required=True, error_messages={"required": "Choose an officer."})


class CaseOfficersSchema(Schema):
    """The officers on a case."""

    items = fields.List(fields.Integer())


class GrantedSchema(Schema):
    """A grant as it is given out."""

    id = fields.Integer()
    subject = fields.Function(lambda grant: grant.record[0])
    subject_id = fields.Function(lambda grant: grant.record[1])
    tier = fields.Integer()
    origin = fields.String(attribute="origin.value")
    officer_id = fields.Integer()
    reason = fields.String(allow_none=True)
    granted_by = fields.Integer(allow_none=True)
    granted_at = Instant()
    expires_at = Instant(allow_none=True)
    ended_at = Instant(allow_none=True)
    ended_by = fields.Integer(allow_none=True)


class RestrictedSchema(Schema):
    """A record that is restricted for its own sake."""

    subject = fields.Function(lambda row: row.record[0])
    subject_id = fields.Function(lambda row: row.record[1])
    reason = fields.String()
    restricted_by = fields.Integer(allow_none=True)
    restricted_at = Instant()


class OpenedSchema(Schema):
    """One opening of a restricted record."""

    subject = fields.Function(lambda row: row.record[0])
    subject_id = fields.Function(lambda row: row.record[1])
    officer_id = fields.Integer()
    reason = fields.String()
    at = Instant()
    until = Instant()


class AccessPagesSchema(Schema):
    """Which page of each list of the page of access is wanted."""

    class Meta:
        unknown = EXCLUDE

    restrictions = RecordId(load_default=None)
    grants = RecordId(load_default=None)
    broken = RecordId(load_default=None)
    openings = RecordId(load_default=None)
