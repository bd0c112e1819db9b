"""The shape of concerns, as forms and the API send them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import Schema, fields, post_load

from tsalert.safeguarding.rules import NewConcern, NewStep
from tsalert.safeguarding.vocabulary import Act, Answer, Consent, Means, Outcome, Override
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, Typed, choice


class NewConcernSchema(Typed):
    """A concern to raise, about a person of a case or of an incident."""

    value = NewConcern
    case_id = RecordId(load_default=None)
    incident_id = RecordId(load_default=None)
    person = Line(required=True, error_messages={"required": "Say who the concern is about."})
    needs = choice(Answer, required=True, missing="Say whether they need care and support.")
    needs_words = Paragraph(load_default=None)
    harm = choice(Answer, required=True, missing="Say whether they are being abused or neglected, or at risk of it.")
    harm_words = Paragraph(load_default=None)
    unable = choice(Answer, required=True, missing="Say whether they are unable to protect themselves.")
    unable_words = Paragraph(load_default=None)
    wishes = Paragraph(load_default=None)
    consent = choice(Consent, required=True, missing="Say whether they agree to a referral.")
    consent_words = Paragraph(load_default=None)


class ConcernStepPartsSchema(Strict):
    """What is told of a step; which parts it needs depends on the act."""

    occurred_at = Instant(load_default=None)
    words = Paragraph(load_default=None)
    override = choice(Override, load_default=None)
    who = Line(load_default=None)
    means = choice(Means, load_default=None)
    their_reference = Line(load_default=None)
    outcome = choice(Outcome, load_default=None)


class NewConcernStepSchema(ConcernStepPartsSchema):
    """A step to record."""

    act = choice(Act, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewStep:
        """Return the step."""
        return NewStep(**data)


class ConcernSubjectSchema(Strict):
    """Of what a concern is raised."""

    case = RecordId(load_default=None)
    incident = RecordId(load_default=None)


class ConcernRowSchema(Schema):
    """A concern as lists give it out: nothing of the person."""

    id = fields.Integer(attribute="row.id")
    reference = fields.String(metadata={"description": "Of its case or incident."})
    case_id = fields.Integer(attribute="row.case_id", allow_none=True)
    incident_id = fields.Integer(attribute="row.incident_id", allow_none=True)
    raised_at = Instant(attribute="row.raised_at")
    state = fields.String(attribute="state.value")
    due_on = fields.Date(attribute="standing.due_on", allow_none=True)
    legal_acts = fields.List(fields.String(), attribute="standing.legal")


class ConcernStepSchema(Schema):
    """One step as it was recorded."""

    act = fields.String()
    occurred_at = Instant()
    recorded_at = Instant()
    words = fields.String(allow_none=True)
    override = fields.String(allow_none=True)
    who = fields.String(allow_none=True)
    means = fields.String(allow_none=True)
    their_reference = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)


class ConcernSchema(ConcernRowSchema):
    """A concern with all that was said and done."""

    person = fields.String(attribute="row.person")
    needs = fields.String(attribute="row.needs")
    needs_words = fields.String(attribute="row.needs_words", allow_none=True)
    harm = fields.String(attribute="row.harm")
    harm_words = fields.String(attribute="row.harm_words", allow_none=True)
    unable = fields.String(attribute="row.unable")
    unable_words = fields.String(attribute="row.unable_words", allow_none=True)
    wishes = fields.String(attribute="row.wishes", allow_none=True)
    consent = fields.String(attribute="row.consent")
    consent_words = fields.String(attribute="row.consent_words", allow_none=True)
    steps = fields.List(fields.Nested(ConcernStepSchema))
