"""The shape of case studies, as forms and the API send them and as the API gives them out."""

from typing import Any

from marshmallow import Schema, fields, post_load
from marshmallow.validate import Range

from tsalert.identifying.vocabulary import Check
from tsalert.quarterly.studies.rules import LONGEST_TEXT, LONGEST_TITLE, MOST, Beginning, Signing, Why, Writing
from tsalert.quarterly.studies.vocabulary import AgeBand, Item
from tsalert.web.fields import Instant, Line, Paragraph, PeriodLabel, PlaceAsked, Strict, Typed, YesNo, choice

_AGAIN = "Load the page again."


class CaseStudiesQuery(PlaceAsked):
    """Which studies a list shows."""

    quarter = PeriodLabel(load_default=None)


class NewCaseStudySchema(Typed):
    """A study to begin."""

    value = Beginning
    quarter = PeriodLabel(required=True)
    age_band = choice(AgeBand, load_default=AgeBand.NOT_SAID)


class CaseStudyWritingSchema(Strict):
    """The words of a study; ``after`` is the version that the writer saw."""

    title = Line(longest=LONGEST_TITLE, required=True, error_messages={"required": "Give the study a title."})
    text = Paragraph(longest=LONGEST_TEXT, required=True, error_messages={"required": "Write the study."})
    age_band = choice(AgeBand, load_default=AgeBand.NOT_SAID)
    is_board_only = YesNo(load_default=False)
    edition_reason = Line(longest=400, load_default=None)
    after = fields.Integer(
        required=True, error_messages={"required": _AGAIN}, validate=Range(1, 1_000_000, error=_AGAIN)
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Writing, int]:
        """Return the words, and the version before them."""
        after = data.pop("after")
        return Writing(**data), after


class CaseStudyReasonSchema(Strict):
    """Why something that a check found stays."""

    check = choice(Check, required=True)
    found = Paragraph(longest=LONGEST_TEXT, required=True, error_messages={"required": "Say what was found."})
    why = Line(longest=400, required=True, error_messages={"required": "Say why it stays."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Why:
        """Return the reason."""
        return Why(data["check"], data["found"], data["why"])


class CaseStudySigningSchema(Strict):
    """The checklist as somebody signs it, over the digest of the words that they read."""

    digest = Line(required=True, error_messages={"required": _AGAIN})
    items = fields.List(choice(Item), load_default=[])

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Signing:
        """Return what is signed."""
        return Signing(data["digest"], tuple(data["items"]))


class CaseStudyWithdrawalSchema(Strict):
    """Why a study is withdrawn."""

    reason = Line(longest=400, required=True, error_messages={"required": "Say why it is withdrawn."})


class CaseStudyPlaceSchema(Strict):
    """Where in its report a study stands."""

    place = fields.Integer(
        required=True,
        error_messages={"required": "Choose a place.", "invalid": "Choose a place."},
        validate=Range(1, MOST, error=f"A report has places 1 to {MOST}."),
    )


class CaseStudySignatureSchema(Schema):
    """Who signed which words, in what capacity."""

    role = fields.String()
    digest = fields.String()
    signed_by = fields.Integer()
    signed_at = Instant()


class CaseStudyFindingSchema(Schema):
    """Something that a check found; ``reason`` is why it stays."""

    check = fields.String(attribute="finding.check.value")
    found = fields.String(attribute="finding.found")
    before = fields.String(attribute="finding.before")
    after = fields.String(attribute="finding.after")
    advice = fields.String(attribute="finding.advice")
    may_stand = fields.Boolean()
    is_open = fields.Boolean()
    reason = fields.Function(lambda told: told.reason.reason if told.reason else None)


class CaseStudyRowSchema(Schema):
    """A study as lists give it out."""

    id = fields.Integer(attribute="row.id")
    case_id = fields.Integer(attribute="row.case_id")
    quarter = fields.String(attribute="row.quarter")
    place = fields.Integer(attribute="row.place", allow_none=True)
    state = fields.String(attribute="state.value")
    title = fields.String(attribute="text.title")
    version = fields.Integer(attribute="text.version")
    digest = fields.String(attribute="text.digest")
    withdraw_reason = fields.String(attribute="row.withdraw_reason", allow_none=True)


class BoardCaseStudySchema(CaseStudyRowSchema):
    """A study with its words, who signed them, and what is left to mend; ``money_lines`` are those it quotes."""

    text = fields.String(attribute="text.body")
    age_band = fields.String(attribute="age.value")
    is_board_only = fields.Boolean(attribute="text.is_board_only")
    edition_reason = fields.String(attribute="text.edition_reason", allow_none=True)
    money_lines = fields.Function(lambda study: [int(number) for number in study.text.money_lines.split()])
    signatures = fields.List(fields.Nested(CaseStudySignatureSchema))


class CaseStudyChecksSchema(Schema):
    """What a study's words and its case say against telling it; ``live`` is why the case is not over."""

    findings = fields.List(fields.Nested(CaseStudyFindingSchema), attribute="told")
    live = fields.List(fields.String())
    is_clear = fields.Boolean()
