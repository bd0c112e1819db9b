"""The shape of what messages hold: allow-lists, so that what a stranger adds is refused and not kept."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from tsalert.core.errors import RuleViolation
from tsalert.web.fields import Instant, Line, Paragraph, Strict, YesNo

_MOST_SECTIONS, _MOST_LINES, _MOST_FILES = 40, 500, 500
_TWO_TEXTS = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}
_SHA256 = validate.Regexp(r"^[0-9a-f]{64}\Z")


class SectionSchema(Strict):
    """One section of a pack: lines of what something is, and what it is said to be."""

    heading = Line(required=True)
    lines = fields.List(
        fields.Tuple((Line(longest=400), Paragraph(longest=20_000)), metadata=_TWO_TEXTS),
        required=True,
        validate=validate.Length(max=_MOST_LINES),
    )


class FileSchema(Strict):
    """A file of evidence that stays with the giver."""

    exhibit = Line(longest=50, load_default=None, allow_none=True)
    kind = Line(longest=50, required=True)
    size = fields.Integer(required=True, validate=validate.Range(min=1, max=2**62))
    sha256 = fields.String(required=True, validate=_SHA256)


class MatterSchema(Strict):
    """What a case is begun with; who the victim is only where the giver says so."""

    category = Line(longest=50, required=True)
    kind = Line(longest=50, load_default=None, allow_none=True)
    channel = Line(longest=50, load_default=None, allow_none=True)
    postcode = Line(longest=10, load_default=None, allow_none=True)
    victim_name = Line(load_default=None, allow_none=True)
    address = Line(longest=400, load_default=None, allow_none=True)
    chosen_for_vulnerability = YesNo(load_default=False)


class OfferSchema(Strict):
    """A handover that is offered."""

    reference = Line(longest=50, required=True)
    title = Line(required=True)
    facts = Paragraph(required=True)
    answer_by = Instant(required=True)
    digest = fields.String(required=True, validate=_SHA256)
    matter = fields.Nested(MatterSchema, required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True, validate=validate.Length(1, _MOST_SECTIONS))
    files = fields.List(fields.Nested(FileSchema), load_default=list, validate=validate.Length(max=_MOST_FILES))


class WithdrawalSchema(Strict):
    """An offer that is no longer one."""

    offer = Line(longest=64, required=True)
    because = fields.String(required=True, validate=validate.OneOf(["withdrawn", "lapsed", "settled"]))


class AnswerSchema(Strict):
    """What became of an offer on the other side."""

    offer = Line(longest=64, required=True)
    is_accepted = YesNo(required=True)
    by = Line(longest=400, required=True)
    reference = Line(longest=50, load_default=None, allow_none=True)
    reason = Line(longest=400, load_default=None, allow_none=True)


def read_content(schema: Schema, content: dict[str, Any]) -> dict[str, Any]:
    """Return what a message holds.

    :raises RuleViolation: a part is missing, too long or unknown.
    """
    try:
        loaded: dict[str, Any] = schema.load(content)
    except ValidationError as error:
        wrong = ", ".join(sorted(map(str, error.messages))) if isinstance(error.messages, dict) else "something"
        raise RuleViolation(f"Parts of this message are missing, too long or unknown to us: {wrong[:200]}.") from error
    return loaded
