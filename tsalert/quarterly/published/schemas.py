"""Shapes of what is published."""

from marshmallow import Schema, fields, validate

from tsalert.quarterly.published.files import GIVEN
from tsalert.quarterly.writing.formats import Format
from tsalert.web.fields import Strict

_LARGEST = 10_000


class WantedRevisionSchema(Strict):
    """Which revision of a quarter's report is wanted."""

    revision = fields.Integer(
        load_default=None,
        validate=validate.Range(1, _LARGEST),
        metadata={"description": "By default the newest that is published."},
    )


class WantedFileSchema(WantedRevisionSchema):
    """And as which kind of file."""

    kind = fields.Enum(
        Format,
        by_value=fields.String,
        data_key="format",
        load_default=Format.PDF,
        validate=validate.OneOf(GIVEN, error="Choose pdf, xlsx, html or json."),
        error_messages={"unknown": "Choose pdf, xlsx, html or json."},
    )


class PublicRevisionSchema(Schema):
    """One publication of a quarter's report."""

    revision = fields.Integer(attribute="number")
    reason = fields.String(metadata={"description": "Why the one before was revised; empty for the first."})
    published_at = fields.AwareDateTime()


class PublishedQuarterSchema(Schema):
    """A quarter with its publications, the newest first."""

    quarter = fields.String(attribute="quarter.label")
    slug = fields.String(metadata={"description": "How the quarter stands in an address."})
    first_day = fields.Date(attribute="quarter.first_day")
    last_day = fields.Date(attribute="quarter.last_day")
    revisions = fields.List(fields.Nested(PublicRevisionSchema))


class PublishedQuartersSchema(Schema):
    """Every quarter of which a report is published, the latest first."""

    items = fields.List(fields.Nested(PublishedQuarterSchema))
    next = fields.Constant(None)


class PublishedReportSchema(PublishedQuarterSchema):
    """The public edition of a report: its sections, with tables of figures that are numbers where they may be known."""

    revision = fields.Integer(attribute="shown.number")
    is_superseded = fields.Boolean()
    digest = fields.String(metadata={"description": "SHA-256 of `report` as its JSON file has it, in one line."})
    report = fields.Dict(keys=fields.String())
