"""The shape of referrals and bodies, as forms and the API send them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Email

from tsalert.cases.sharing import Part
from tsalert.referrals.rules import Acknowledgement, NewBody, NewReferral, Sending
from tsalert.referrals.vocabulary import BodyKind, LawfulReason, Means
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, Typed, choice


class OutgoingReferralDraftSchema(Strict):
    """What is passed on; ``contact`` is a body from the lists, ``partner:3`` or ``neighbour:5``."""

    contact = Line(longest=40, load_default=None)
    body = Line(load_default=None)
    kind = choice(BodyKind, load_default=None)
    message = Paragraph(required=True, error_messages={"required": "Say what they should know or do."})
    shared = fields.List(choice(Part), load_default=list)
    lawful_reason = choice(LawfulReason, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewReferral:
        """Return what was written."""
        shared = tuple(part.value for part in Part if part in data["shared"])
        return NewReferral(**data | {"shared": shared})


class NewOutgoingReferralSchema(OutgoingReferralDraftSchema):
    """A referral to begin, of a case or an incident."""

    case_id = RecordId(load_default=None)
    incident_id = RecordId(load_default=None)


class OutgoingReferralSendingSchema(Typed):
    """How it was sent."""

    value = Sending
    means = choice(Means, required=True, missing="Choose how it was sent.")
    sent_to = Line(required=True, error_messages={"required": "Say to which address, number or person."})
    sent_at = Instant(load_default=None)


class OutgoingReferralAcknowledgementSchema(Typed):
    """Who has it."""

    value = Acknowledgement
    acknowledged_by = Line(required=True, error_messages={"required": "Say who acknowledged it."})
    their_reference = Line(load_default=None)


class OutgoingReferralOutcomeSchema(Strict):
    """What came of it."""

    outcome = Paragraph(longest=1000, required=True, error_messages={"required": "Say what they did."})


class OutgoingReferralReasonSchema(Strict):
    """Why a draft is withdrawn."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why."})


class OutgoingReferralSubjectSchema(Strict):
    """Of what a referral is begun."""

    incident = RecordId(load_default=None)
    case = RecordId(load_default=None)


class NewBodySchema(Typed):
    """A body outside this service."""

    value = NewBody
    kind = choice(BodyKind, required=True, missing="Choose what sort of body it is.")
    name = Line(required=True, error_messages={"required": "Give its name."})
    phone = Line(longest=40, load_default=None)
    email = Line(load_default=None, validate=Email(error="Enter an email address."))
    note = Line(longest=400, load_default=None)


class PartnerBodySchema(Schema):
    """A body with the day on which somebody last saw that its contacts are right."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    verified_on = fields.Date(allow_none=True)


class OutgoingReferralRowSchema(Schema):
    """A referral as lists give it out: nothing of what it says."""

    id = fields.Integer(attribute="row.id")
    reference = fields.String(metadata={"description": "Of its case or incident."})
    case_id = fields.Integer(attribute="row.case_id", allow_none=True)
    incident_id = fields.Integer(attribute="row.incident_id", allow_none=True)
    kind = fields.String(attribute="row.kind")
    body = fields.String(attribute="row.body")
    state = fields.String(attribute="state.value")
    with_victim = fields.Boolean(attribute="row.with_victim")
    sent_at = Instant(attribute="row.sent_at", allow_none=True)
    acknowledged_at = Instant(attribute="row.acknowledged_at", allow_none=True)
    their_reference = fields.String(attribute="row.their_reference", allow_none=True)
    legal_acts = fields.List(fields.String(), attribute="legal")


class OutgoingReferralSchema(OutgoingReferralRowSchema):
    """A referral with what it says."""

    message = fields.String(attribute="row.message")
    shared = fields.List(fields.String(), attribute="row.shared")
    lawful_reason = fields.String(attribute="row.lawful_reason", allow_none=True)
    means = fields.String(attribute="row.means", allow_none=True)
    sent_to = fields.String(attribute="row.sent_to", allow_none=True)
    acknowledged_by = fields.String(attribute="row.acknowledged_by", allow_none=True)
    outcome = fields.String(attribute="row.outcome", allow_none=True)
    reason = fields.String(attribute="row.reason", allow_none=True)
    digest = fields.String(attribute="row.digest", allow_none=True)


class OutgoingReferralPackSchema(Schema):
    """What is sent as plain text; ``digest`` of null means that it is a draft and may still change."""

    title = fields.String()
    text = fields.String()
    digest = fields.String(allow_none=True)
