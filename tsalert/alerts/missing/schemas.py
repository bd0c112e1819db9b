"""The shape of what is asked and told of those whom an alert did not reach."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate
from msgspec import Struct

from tsalert.alerts.missing.queries import SENT_AGAIN, Reason, Way
from tsalert.alerts.missing.service import Again
from tsalert.alerts.schemas import LONGEST_REASON
from tsalert.web.fields import Paragraph, RowNumber

_CHOOSE = "Choose who to send it to again."
_HOW = "Choose how to send it again."


class Asked(Struct, frozen=True):
    """For whom an alert is to be sent again, and the password where time has passed since its officer signed in."""

    again: Again
    password: str | None


class MissingAskedSchema(Schema):
    """Which page of those whom an alert did not reach is asked for; no reason means all of them."""

    class Meta:
        unknown = EXCLUDE

    reason = fields.Enum(Reason, by_value=True, load_default=None, allow_none=True)
    after = RowNumber(load_default=None)


class AlertResendSchema(Schema):
    """To whom an alert is sent again, and how."""

    reasons = fields.List(
        fields.Enum(Reason, by_value=True, validate=validate.OneOf(SENT_AGAIN, error=_CHOOSE)),
        required=True,
        validate=validate.Length(1, len(Reason), error=_CHOOSE),
        error_messages={"required": _CHOOSE},
    )
    way = fields.Enum(Way, by_value=True, required=True, error_messages={"required": _HOW})
    password = fields.String(load_default=None, allow_none=True)
    night_reason = Paragraph(longest=LONGEST_REASON, load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Asked:
        """Hand over typed values; the same reason twice counts once."""
        reasons = tuple(dict.fromkeys(data["reasons"]))
        return Asked(Again(reasons, data["way"], data["night_reason"]), data["password"])


class MissedSchema(Schema):
    """How many an alert did not reach for one reason; ``again`` could get it at the same address."""

    reason = fields.String()
    words = fields.String(attribute="reason.label")
    count = fields.Integer()
    again = fields.Integer()


class MissedMessageSchema(Schema):
    """One message that did not come; its address is masked."""

    id = fields.Integer()
    channel = fields.String()
    address = fields.String(attribute="masked")
    reason = fields.String()


class SentAgainSchema(Schema):
    """That an alert was sent again: which way, for which reasons, to how many, by whom."""

    round = fields.Integer()
    way = fields.String()
    reasons = fields.List(fields.String())
    size = fields.Integer()
    asked_by = fields.Integer()
    asked_at = fields.AwareDateTime()


class MissingSchema(Schema):
    """Whom an alert did not reach: by reason, one by one, how many have another address, and what was done so far."""

    reasons = fields.List(fields.Nested(MissedSchema))
    by_other_addresses = fields.Dict(keys=fields.String(), values=fields.Integer())
    items = fields.List(fields.Nested(MissedMessageSchema))
    next = fields.Integer(allow_none=True)
    resends = fields.List(fields.Nested(SentAgainSchema))
