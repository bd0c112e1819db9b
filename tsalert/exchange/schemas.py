"""The shape of handovers between authorities, as forms and the API send and show them."""

from marshmallow import Schema, fields

from tsalert.exchange.contents import FileSchema, SectionSchema
from tsalert.linked.rules import LONGEST_SIGNED
from tsalert.web.fields import Instant, Line, RecordId, Strict


class SendingAskedSchema(Strict):
    """To whom a handover is sent."""

    authority_id = RecordId(required=True, error_messages={"required": "Choose who it is sent to."})


class SignedTextSchema(Strict):
    """Something that a linked authority signed, as the file that it made has it."""

    signed = Line(
        longest=LONGEST_SIGNED, required=True, error_messages={"required": "Choose the file that they signed."}
    )


class PackReasonSchema(Strict):
    """Why a case is not taken over."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it is not taken over."})


class PackSendingSchema(Schema):
    """How far a message to another authority has come."""

    authority = fields.String()
    state = fields.String(attribute="state.value")
    made_at = Instant()
    made_by = fields.String(allow_none=True)
    tries = fields.Integer()
    due_at = Instant(allow_none=True)
    settled_at = Instant(allow_none=True)
    fault = fields.String(allow_none=True)
    is_answered = fields.Boolean()


class SignedFileSchema(Schema):
    """A message as it is signed: a JWS in its compact form."""

    signed = fields.String()


class ReceiptSchema(Schema):
    """What a message was taken as."""

    key = fields.String()
    kind = fields.String(attribute="kind.value")
    pack_id = fields.Integer(allow_none=True)
    handover_id = fields.Integer(allow_none=True)


class OfferedPackLineSchema(Schema):
    """A handover that is offered to us, as lists give it out: nothing of the story."""

    id = fields.Integer(attribute="row.id")
    authority = fields.String()
    reference = fields.String(attribute="row.reference", metadata={"description": "Theirs."})
    state = fields.String(attribute="state.value")
    offered_at = Instant(attribute="row.offered_at")
    answer_by = Instant(attribute="row.answer_by")
    answered_at = Instant(attribute="row.answered_at", allow_none=True)
    answered_by = fields.String(allow_none=True)
    case_id = fields.Integer(attribute="row.case_id", allow_none=True)
    reason = fields.String(attribute="row.reason", allow_none=True)
    too_late = fields.String(attribute="row.too_late", allow_none=True)
    revoked_at = Instant(
        allow_none=True, metadata={"description": "When the key that signed it was revoked, after it came in."}
    )


class OfferedContentSchema(Schema):
    """What a handover says."""

    title = fields.String()
    sections = fields.List(fields.Nested(SectionSchema))
    files = fields.List(fields.Nested(FileSchema))


class OfferedPackSchema(OfferedPackLineSchema):
    """A handover that is offered to us; ``content`` is null once it is settled that we do not take it."""

    digest = fields.String(attribute="row.digest", metadata={"description": "SHA-256 of what they signed."})
    content = fields.Nested(OfferedContentSchema, allow_none=True)
    answer = fields.Nested(PackSendingSchema, allow_none=True)
