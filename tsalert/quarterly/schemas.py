"""The shapes of the board's reports, their texts, signatures and revisions, for pages and JSON alike."""

from marshmallow import EXCLUDE, Schema, fields, validate

from tsalert.core.periods import Period, parse_quarter, quarter_of
from tsalert.quarterly.addresses import slug_of
from tsalert.quarterly.life import Details
from tsalert.quarterly.vocabulary import Edition, Ground, SignatureRole
from tsalert.quarterly.writing.markdown import LONGEST
from tsalert.web.fields import Count, Day, Line, Paragraph, PeriodLabel, RecordId, Strict, Typed, choice

LONGEST_REASON = 1000
_ROOM = 1000  # what is only a little too long is told by how much
_TOO_LONG = {"too_long": f"Use {LONGEST:,} characters or fewer."}


class QuarterLabel(PeriodLabel):
    """A quarter, such as ``2022/23 Q1``."""

    default_error_messages = {
        "required": "Choose a quarter, like 2022/23 Q1.",
        "invalid": "Give a quarter like 2022/23 Q1.",
    }

    def _parse(self, text: str) -> Period:
        return parse_quarter(text)


class NewReportSchema(Strict):
    """The quarter of a new report, and the meeting that it is for."""

    quarter = QuarterLabel(required=True)
    meeting_on = Day(load_default=None, allow_none=True)


class ReportDetailsSchema(Typed):
    """What stands at the head of a report and is not worked out."""

    value = Details
    board = Line(required=True, error_messages={"required": "Name the board."})
    author_id = RecordId(load_default=None, allow_none=True)
    meeting_on = Day(load_default=None, allow_none=True)


class ReportReasonSchema(Strict):
    """Why figures are unlocked."""

    reason = Paragraph(required=True, longest=LONGEST_REASON, error_messages={"required": "Say why."})


class ReportRevisionSchema(ReportReasonSchema):
    """Why a report is revised, for the board in words and for the public as one of the grounds."""

    ground = choice(Ground, required=True, missing="Choose what the public is told.")


class ReportWithdrawalSchema(ReportReasonSchema):
    """Which revision is taken off the public pages, and why."""

    revision = RecordId(required=True)


class NewReportSignatureSchema(Strict):
    """In what capacity somebody signs, and the digest of what they read."""

    role = choice(SignatureRole, required=True)
    digest = Line(required=True, longest=64, error_messages={"required": "Read the report first."})


class ReportTextFormSchema(Strict):
    """What is saved of a text, on which version, or is only to be shown."""

    body = Paragraph(load_default="", longest=LONGEST + _ROOM, error_messages=_TOO_LONG)
    version = Count(required=True)
    act = Line(load_default="save", validate=validate.OneOf(["save", "preview"]))


class NewReportTextSchema(Strict):
    """What is saved of a text; the version that its writer saw comes here or as If-Match."""

    body = Paragraph(
        required=True,
        longest=LONGEST + _ROOM,
        error_messages={"required": "Send the text; an empty one too.", **_TOO_LONG},
    )
    version = Count(load_default=None, allow_none=True)


class ReportEditionQuery(Schema):
    """Which revision of a report; the newest by default."""

    class Meta:
        unknown = EXCLUDE

    revision = RecordId(load_default=None)


class ReportComparisonQuery(Schema):
    """Which two revisions are compared; without ``to`` the first is compared with what the records have now."""

    class Meta:
        unknown = EXCLUDE

    edition = choice(Edition, load_default=Edition.BOARD)
    first = RecordId(data_key="from", load_default=None)
    second = RecordId(data_key="to", load_default=None)


class BoardReportSchema(Schema):
    """A revision of a report as it is kept; ``slug`` stands for the quarter in addresses."""

    quarter = fields.String()
    slug = fields.Function(lambda row: slug_of(quarter_of(row.first_day)))
    first_day = fields.Date()
    last_day = fields.Date()
    revision = fields.Integer()
    reason = fields.String(allow_none=True, metadata={"description": "Why it is revised, as the board reads it."})
    public_reason = fields.String(allow_none=True, metadata={"description": "Why, as everybody reads it."})
    status = fields.String()
    board = fields.String()
    meeting_on = fields.Date(allow_none=True)
    author_id = fields.Integer(allow_none=True)
    opened_at = fields.DateTime()
    locked_by = fields.Integer(allow_none=True)
    locked_at = fields.DateTime(allow_none=True)
    published_by = fields.Integer(allow_none=True)
    published_at = fields.DateTime(allow_none=True)
    digest = fields.String(allow_none=True)


class ReportSignatureSchema(Schema):
    """Who signed; ``holds`` while the report is as it was seen."""

    role = fields.String()
    by = fields.Integer()
    at = fields.DateTime()
    digest = fields.String()
    holds = fields.Boolean()


class ReportTaskSchema(Schema):
    """A step of a report's life: whether it is done, and what is missing."""

    title = fields.String()
    is_done = fields.Boolean()
    missing = fields.List(fields.String())


class ReportStandingSchema(Schema):
    """A report and how far it really is; ``digest`` is what a signature stands for now, none in a draft."""

    report = fields.Nested(BoardReportSchema, attribute="row")
    status = fields.String()
    digest = fields.String(allow_none=True)
    signatures = fields.List(fields.Nested(ReportSignatureSchema))
    tasks = fields.List(fields.Nested(ReportTaskSchema))
    revisions = fields.Function(lambda found: [row.revision for row in found.revisions])
    public_revisions = fields.List(
        fields.Integer(), metadata={"description": "Those that are published and were not taken off the public pages."}
    )


class ReportTextSchema(Schema):
    """A text of a report; its version is the ETag, 0 where nobody has saved it."""

    section = fields.String(attribute="place.name")
    title = fields.String(attribute="place.title")
    is_exempt = fields.Boolean(attribute="place.is_exempt")
    body = fields.String()
    version = fields.Integer()
    saved_by = fields.Integer(allow_none=True)
    saved_at = fields.DateTime(allow_none=True)


class RestatedCellSchema(Schema):
    """A cell that is shown otherwise; none where it was not, or is no longer, shown."""

    table = fields.String()
    row = fields.String()
    column = fields.String()
    titles = fields.List(fields.String())
    before = fields.String(allow_none=True)
    now = fields.String(allow_none=True)
