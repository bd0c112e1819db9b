"""The shapes of what partners pass to us."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from tsalert.cases.partners import NewReferral, PartnerFilter
from tsalert.cases.vocabulary import PartnerBody
from tsalert.web.fields import Day, Instant, Line, ListPlace, Paragraph, PeriodLabel, Strict, Typed, YesNo, choice

_OPTIONAL: dict[str, Any] = {"load_default": None, "allow_none": True}


class NewReferralSchema(Typed):
    """What a partner passed to us."""

    value = NewReferral
    body = choice(PartnerBody, required=True, missing="Choose who passed it to us.")
    body_name = Line(**_OPTIONAL)
    their_reference = Line(longest=100, **_OPTIONAL)
    received_on = Day(required=True)
    is_banking_protocol = YesNo(load_default=False)
    note = Paragraph(longest=1000, **_OPTIONAL)


class ReferralTakenBackSchema(Strict):
    """Why a referral was recorded wrongly."""

    reason = Paragraph(required=True, longest=1000, error_messages={"required": "Say why it is taken back."})


class PartnerListSchema(Schema):
    """Which referrals a list shows, and where its page begins."""

    class Meta:
        unknown = EXCLUDE

    body = choice(PartnerBody, load_default=None)
    period = PeriodLabel(load_default=None)
    is_banking_protocol = YesNo(load_default=None)
    after = ListPlace(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[PartnerFilter, str | None]:
        """Return the filter and where the page begins."""
        after = data.pop("after")
        return PartnerFilter(**data), after


class CaseReferralSchema(Strict):
    """One referral as its case tells it."""

    id = fields.Integer()
    case_id = fields.Integer()
    body = fields.String()
    body_name = fields.String(allow_none=True)
    their_reference = fields.String(allow_none=True)
    received_on = fields.Date()
    is_banking_protocol = fields.Boolean()
    note = fields.String(allow_none=True)
    recorded_by = fields.Integer(allow_none=True)
    recorded_at = Instant()
    taken_back_at = Instant(allow_none=True)
    take_back_reason = fields.String(allow_none=True)


class CaseReferralListSchema(Strict):
    """What partners passed to us of one case."""

    items = fields.List(fields.Nested(CaseReferralSchema))


class PartnerRowSchema(Strict):
    """One referral as a list tells it: nothing of the victim."""

    id = fields.Integer(attribute="row.id")
    case_id = fields.Integer()
    case = fields.String()
    body = fields.String(attribute="row.body")
    their_reference = fields.String(attribute="row.their_reference", allow_none=True)
    received_on = fields.Date(attribute="row.received_on")
    is_banking_protocol = fields.Boolean(attribute="row.is_banking_protocol")
    category = fields.String()
    status = fields.String()


class PartnerCountSchema(Strict):
    """How many referrals of one body came."""

    body = fields.String()
    referrals = fields.Integer()
    protocol = fields.Integer()


class PartnerQuarterSchema(Strict):
    """The referrals of a quarter, body by body."""

    period = PeriodLabel()
    counts = fields.List(fields.Nested(PartnerCountSchema))


class PartnerQuartersSchema(Strict):
    """The referrals of the latest quarters, the latest first."""

    items = fields.List(fields.Nested(PartnerQuarterSchema))
