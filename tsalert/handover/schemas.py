"""The shape of handovers, as forms and the API send them; what must hold of them is in rules.py."""

from marshmallow import Schema, fields

from tsalert.handover.rules import NewHandover
from tsalert.response.handing_over import Acceptance
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, Typed, YesNo


class HandoverDraftSchema(Typed):
    """What is written for the other body."""

    value = NewHandover
    body = Line(required=True, error_messages={"required": "Say who is asked to take it over."})
    facts = Paragraph(required=True, error_messages={"required": "Say what has happened."})
    risk = Paragraph(load_default=None)
    actions = Paragraph(load_default=None)
    told = Paragraph(load_default=None)
    with_victim = YesNo(load_default=False)


class NewHandoverSchema(HandoverDraftSchema):
    """A handover to begin, of an incident or of a case."""

    incident_id = RecordId(load_default=None)
    case_id = RecordId(load_default=None)


class PackedOfferSchema(Strict):
    """When an offer lapses; left out, after the hours that the settings say."""

    answer_by = Instant(load_default=None)


class HandoverAcceptanceSchema(Typed):
    """Who took it."""

    value = Acceptance
    accepted_by = Line(required=True, error_messages={"required": "Say who accepted it: the body and the person."})
    their_reference = Line(load_default=None)


class HandoverReasonSchema(Strict):
    """Why it was not taken, or is taken back."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why."})


class SubjectSchema(Strict):
    """Of what a handover is begun."""

    incident = RecordId(load_default=None)
    case = RecordId(load_default=None)


class HandoverRowSchema(Schema):
    """A handover as lists give it out: nothing of the story."""

    id = fields.Integer(attribute="row.id")
    reference = fields.String(metadata={"description": "Of the incident or case that is handed over."})
    incident_id = fields.Integer(attribute="row.incident_id", allow_none=True)
    case_id = fields.Integer(attribute="row.case_id", allow_none=True)
    body = fields.String(attribute="row.body")
    state = fields.String(attribute="state.value")
    offered_at = Instant(attribute="row.offered_at", allow_none=True)
    answer_by = Instant(attribute="row.answer_by", allow_none=True)
    answered_at = Instant(attribute="row.answered_at", allow_none=True)
    accepted_by = fields.String(attribute="row.accepted_by", allow_none=True)
    their_reference = fields.String(attribute="row.their_reference", allow_none=True)
    reason = fields.String(attribute="row.reason", allow_none=True)
    legal_acts = fields.List(fields.String(), attribute="legal")


class HandoverSchema(HandoverRowSchema):
    """A handover with what was written for the other body."""

    facts = fields.String(attribute="row.facts")
    risk = fields.String(attribute="row.risk", allow_none=True)
    actions = fields.String(attribute="row.actions", allow_none=True)
    told = fields.String(attribute="row.told", allow_none=True)
    with_victim = fields.Boolean(attribute="row.with_victim")
    digest = fields.String(attribute="row.digest", allow_none=True)


class HandoverPackSchema(Schema):
    """The pack as plain text; ``digest`` of null means that it is a draft and may still change."""

    title = fields.String()
    text = fields.String()
    digest = fields.String(allow_none=True)
