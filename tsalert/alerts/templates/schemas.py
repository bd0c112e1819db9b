"""The shape of templates of alerts, as forms and the API send and get them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from tsalert.alerts.rules import LONGEST_ADVICE, LONGEST_BODY, LONGEST_HEADLINE, LONGEST_SMS, LONGEST_VOICE
from tsalert.alerts.templates.rules import LONGEST_NAME, Words
from tsalert.web.fields import Line, Paragraph, RecordId, Strict

_AGAIN = "Load the page again."


class NewAlertTemplateSchema(Strict):
    """A template to write, and why; each text may hold placeholders such as {ward}."""

    title = Line(longest=LONGEST_NAME, required=True, error_messages={"required": "Give it a title."})
    topic = Line(required=True, error_messages={"required": "Choose a topic."})
    headline = Line(required=True, longest=LONGEST_HEADLINE, error_messages={"required": "Enter a headline."})
    body = Paragraph(required=True, longest=LONGEST_BODY, error_messages={"required": "Say what is happening."})
    advice = Paragraph(longest=LONGEST_ADVICE, load_default="")
    sms = Paragraph(longest=LONGEST_SMS, load_default="")
    voice = Paragraph(longest=LONGEST_VOICE, load_default="")
    reason = Line(longest=400, required=True, error_messages={"required": "Say why the words change."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over the words as a typed value, beside what is said of them."""
        told = {name: data.pop(name) for name in ("reason", "after") if name in data}
        return told | {"words": Words(**data)}


class AlertTemplateChangeSchema(NewAlertTemplateSchema):
    """A further version of a template; ``after`` is the version that the writer saw."""

    after = fields.Integer(
        required=True, error_messages={"required": _AGAIN}, validate=Range(0, 1_000_000, error=_AGAIN)
    )


class AlertTemplateWithdrawalSchema(Strict):
    """Why a template is offered no more; ``after`` is the version that was seen."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why."})
    after = fields.Integer(
        required=True, error_messages={"required": _AGAIN}, validate=Range(0, 1_000_000, error=_AGAIN)
    )


class AlertTemplateSchema(Schema):
    """The words of a template that are in use; version 0 is what came with the program."""

    name = fields.String()
    version = fields.Integer()
    is_withdrawn = fields.Boolean()
    title = fields.String(attribute="words.title")
    topic = fields.String(attribute="words.topic")
    headline = fields.String(attribute="words.headline")
    body = fields.String(attribute="words.body")
    advice = fields.String(attribute="words.advice")
    sms = fields.String(attribute="words.sms")
    voice = fields.String(attribute="words.voice")


class AlertBeginningAskedSchema(Strict):
    """What an alert is to begin with: a case, a template, or both."""

    case_id = RecordId(load_default=None)
    template = Line(longest=LONGEST_NAME, load_default=None)


class AlertPartySchema(Schema):
    """A body that knows of a case already, and how."""

    name = fields.String()
    part = fields.String()


class AlertBeginningSchema(Schema):
    """Words that an alert may begin with; ``unfilled`` names the placeholders that must be written over.

    ``parties`` know of the case already, and so know from the alert whom it is about.
    """

    headline = fields.String()
    body = fields.String()
    advice = fields.String()
    sms = fields.String()
    voice = fields.String()
    topic = fields.String()
    wards = fields.List(fields.String())
    case_id = fields.Integer(allow_none=True)
    proposed = fields.String(allow_none=True, metadata={"description": "The template that suits the case."})
    unfilled = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    parties = fields.List(fields.Nested(AlertPartySchema))
