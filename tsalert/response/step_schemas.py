"""The shape of an incident's steps, as forms and the API send them; what must hold of them is in steps.py."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import OneOf

from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.handing_over import Acceptance
from tsalert.response.rules import GradeDecision
from tsalert.response.steps import ATTENDING, Step
from tsalert.response.vocabulary import GradeName, Outcome, RemoteResolution, StandDownReason, StartBasis
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, choice


class StepSchema(Strict):
    """A step of an incident; ``version`` is the incident's as whoever decides saw it."""

    seen = RecordId(
        data_key="version",
        load_default=None,
        error_messages={"invalid": "The incident has no such version."},
        metadata={"description": "The incident's version on which the step was decided; a later one refuses it."},
    )


class GradeSchema(StepSchema):
    """A grade for an open incident."""

    grade = choice(GradeName, required=True, missing="Choose a grade.")
    grade_reason = Line(longest=400, load_default=None)
    basis = choice(StartBasis, load_default=None)
    facts_at = Instant(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> GradeDecision:
        """Return the decision."""
        return GradeDecision(data["grade"], data["grade_reason"], data["basis"], data["facts_at"], data["seen"])


class MilestoneSchema(StepSchema):
    """An officer set out, arrived or left; they themselves, and now, where nothing else is said.

    The version is taken and not held against it: what an officer did is true whatever others did meanwhile.
    """

    step = fields.Enum(
        Step,
        by_value=fields.String,
        required=True,
        validate=OneOf(ATTENDING, error="Say whether they set out, arrived or left."),
        metadata={"example": Step.ON_SCENE.value},
        error_messages={
            "required": "Say whether they set out, arrived or left.",
            "unknown": "Say whether they set out, arrived or left.",
        },
    )
    officer_id = RecordId(load_default=None)
    at = Instant(load_default=None)
    note = Line(longest=400, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> NewMilestone:
        """Return the milestone."""
        del data["seen"]
        return NewMilestone(**data)


class RemoteResolutionSchema(StepSchema):
    """What stopped the harm without a visit."""

    how = choice(RemoteResolution, required=True, missing="Choose what stopped it.")
    at = Instant(load_default=None)
    note = Line(longest=400, load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Resolution:
        """Return the resolution."""
        return Resolution(**data)


class StandDownSchema(StepSchema):
    """Why nobody needs to go any more."""

    reason = choice(StandDownReason, required=True, missing="Choose why nobody needs to go.")
    note = Line(longest=400, load_default=None)


class HandoverOfferSchema(StepSchema):
    """Which body was asked to take the incident over."""

    body = Line(required=True, error_messages={"required": "Say which body you asked."})


class HandOverSchema(StepSchema):
    """Who took the incident over."""

    accepted_by = Line(required=True, error_messages={"required": "Say who accepted it: the body and the person."})
    their_reference = Line(load_default=None)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Acceptance:
        """Return the acceptance."""
        return Acceptance(**data)


class HandoverRefusalSchema(StepSchema):
    """Why the body that was asked does not take it."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why they do not take it."})


class OutcomeSchema(StepSchema):
    """How the incident came out."""

    outcome = choice(Outcome, required=True, missing="Choose how it came out.")
    note = Paragraph(load_default=None)


class ReopenSchema(StepSchema):
    """Why the incident is opened again."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it is opened again."})


class ChangeSchema(Schema):
    """One thing that was done in an incident, as a refused step is told of it."""

    version = fields.Integer()
    what = fields.String()
    who = fields.String()
    note = fields.String()
    occurred_at = Instant()
    recorded_at = Instant()
