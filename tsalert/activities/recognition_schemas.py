"""The shapes of recognitions as forms and the API send them; what must hold of them is in recognition_rules.py."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from tsalert.activities.recognition_queries import RecognitionFilter, RecognitionShowing
from tsalert.activities.recognition_rules import Consent, NewRecognition, Presentation
from tsalert.activities.schemas import VersionFields
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.web.fields import Day, Instant, Line, Paragraph, RecordId, Typed, YesNo, choice


class NewRecognitionSchema(Typed):
    """Thanks that were decided; without a name they go under that of the party."""

    value = NewRecognition
    name = Line(load_default="", longest=120)
    kind = choice(RecognitionKind, required=True, unknown="Choose one of: {choices}.")
    words = Paragraph(required=True, longest=600, error_messages={"required": "Say what they are thanked for."})
    decided_on = Day(required=True)
    decided_by = RecordId(required=True, error_messages={"required": "Choose the officer who decided it."})
    incident_id = RecordId(load_default=None, allow_none=True)
    case_id = RecordId(load_default=None, allow_none=True)
    party_id = RecordId(load_default=None, allow_none=True)
    may_be_named = YesNo(load_default=False)
    consent_on = Day(load_default=None, allow_none=True)


class PresentationSchema(VersionFields):
    """When and where it was handed over."""

    on_date = Day(required=True)
    where = Line(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the presentation."""
        return {"of_version": data["of_version"], "told": Presentation(data["on_date"], data["where"] or None)}


class NamingConsentSchema(VersionFields):
    """Whether somebody may be named in public, and since when they say so."""

    may_be_named = YesNo(required=True)
    on_date = Day(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the consent."""
        consent = Consent(may_be_named=data["may_be_named"], on_date=data["on_date"])
        return {"of_version": data["of_version"], "told": consent}


class RecognitionWithdrawalSchema(VersionFields):
    """Why thanks are taken back."""

    reason = Line(required=True, longest=400, error_messages={"required": "Say why."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Keep the version beside the reason."""
        return {"of_version": data["of_version"], "told": data["reason"]}


class RecognisedForSchema(Schema):
    """For what somebody is to be thanked."""

    class Meta:
        unknown = EXCLUDE

    incident = RecordId(load_default=None)
    case = RecordId(load_default=None)


class RecognitionFilterSchema(Schema):
    """Which recognitions a list shows."""

    class Meta:
        unknown = EXCLUDE

    show = choice(RecognitionShowing, load_default=RecognitionShowing.TO_PRESENT, attribute="showing")
    incident = RecordId(attribute="incident_id")
    case = RecordId(attribute="case_id")
    after = RecordId()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> RecognitionFilter:
        """Hand the query a typed value."""
        return RecognitionFilter(**data)


class RecognitionSchema(Schema):
    """A recognition with the references of what it is for."""

    id = fields.Integer(attribute="row.id")
    version = fields.Integer(attribute="row.version")
    name = fields.String(attribute="row.name")
    kind = fields.String()
    words = fields.String(attribute="row.words")
    incident_id = fields.Integer(attribute="row.incident_id", allow_none=True)
    incident = fields.String(allow_none=True)
    case_id = fields.Integer(attribute="row.case_id", allow_none=True)
    case = fields.String(allow_none=True)
    party_id = fields.Integer(attribute="row.party_id", allow_none=True)
    decided_by = fields.Integer(attribute="row.decided_by", allow_none=True)
    decided_on = fields.Date(attribute="row.decided_on")
    presented_on = fields.Date(attribute="row.presented_on", allow_none=True)
    presented_where = fields.String(attribute="row.presented_where", allow_none=True)
    may_be_named = fields.Boolean(attribute="row.may_be_named")
    consent_on = fields.Date(attribute="row.consent_on", allow_none=True)
    withdrawn_at = Instant(attribute="row.withdrawn_at", allow_none=True)
    withdrawn_reason = fields.String(attribute="row.withdrawn_reason", allow_none=True)
