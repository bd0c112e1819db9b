"""The shape of letters and templates, as forms and the API send them; what must hold of them is in rules.py."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from tsalert.letters.rules import NewLetter, NewSending, NewTemplate
from tsalert.letters.vocabulary import LetterKind, Means
from tsalert.web.fields import Instant, Line, Paragraph, RecordId, Strict, Typed, choice

_LONGEST = 20_000


class LetterChoiceSchema(Strict):
    """Which letter to begin; ``of`` is the contract, concern or referral that it is about."""

    kind = choice(LetterKind, required=True)
    of = RecordId(load_default=None)


class NewLetterSchema(Typed):
    """A letter to issue."""

    value = NewLetter
    kind = choice(LetterKind, required=True)
    recipient = Paragraph(longest=500, required=True, error_messages={"required": "Say who it goes to, and where."})
    title = Line(longest=120, required=True, error_messages={"required": "Give the letter a title."})
    body = Paragraph(longest=_LONGEST, required=True, error_messages={"required": "Write the letter."})
    template_version = fields.Integer(load_default=0, validate=Range(0, 1_000_000, error="Load the page again."))


class NewLetterSendingSchema(Typed):
    """How a letter was sent."""

    value = NewSending
    means = choice(Means, required=True, missing="Choose how it was sent.")
    sent_to = Line(required=True, error_messages={"required": "Say to which address or person."})
    sent_at = Instant(load_default=None)


class NewLetterTemplateSchema(Strict):
    """A further version of a template; ``after`` is the version that the writer saw."""

    title = Line(longest=120, required=True, error_messages={"required": "Give the letter a title."})
    body = Paragraph(longest=_LONGEST, required=True, error_messages={"required": "Write the letter."})
    reason = Line(longest=400, required=True, error_messages={"required": "Say why the words change."})
    after = fields.Integer(
        required=True,
        error_messages={"required": "Load the page again."},
        validate=Range(0, 1_000_000, error="Load the page again."),
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[NewTemplate, int]:
        """Return the version, and the one before it."""
        return NewTemplate(data["title"], data["body"], data["reason"]), data["after"]


class LetterTemplateSchema(Schema):
    """The words of a kind of letter that are in use, and the placeholders that it may have."""

    kind = fields.String(attribute="kind.value")
    version = fields.Integer()
    title = fields.String()
    body = fields.String()


class LetterBeginningSchema(Schema):
    """A letter as its template begins it."""

    kind = fields.String(attribute="kind.value")
    recipient = fields.String()
    title = fields.String()
    body = fields.String()
    template_version = fields.Integer()


class LetterSendingSchema(Schema):
    """How a letter was sent."""

    means = fields.String()
    sent_to = fields.String()
    sent_at = Instant()


class LetterRowSchema(Schema):
    """A letter as lists give it out: nothing of what it says."""

    id = fields.Integer(attribute="row.id")
    kind = fields.String(attribute="row.kind")
    title = fields.String(attribute="row.title")
    template_version = fields.Integer(attribute="row.template_version")
    digest = fields.String(attribute="row.digest")
    issued_at = Instant(attribute="row.issued_at")
    sendings = fields.List(fields.Nested(LetterSendingSchema))


class LetterSchema(LetterRowSchema):
    """A letter with its document as it was issued, as JSON."""

    content = fields.String(attribute="row.content")


class CheckedLetterSchema(Schema):
    """A letter as it would go out, as JSON, and the characters in it that no font prints."""

    content = fields.String()
    unprintable = fields.List(fields.String())
