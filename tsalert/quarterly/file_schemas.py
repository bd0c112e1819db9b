"""The shape of what is asked of a report's page and files."""

from marshmallow import EXCLUDE, Schema

from tsalert.quarterly.vocabulary import Edition
from tsalert.quarterly.writing.formats import Format
from tsalert.web.fields import RecordId, choice


class ReportReadingQuery(Schema):
    """Which edition and revision of a report; left out, the public one and the newest."""

    class Meta:
        unknown = EXCLUDE

    edition = choice(Edition, load_default=Edition.PUBLIC)
    revision = RecordId(load_default=None)


class ReportFileQuery(ReportReadingQuery):
    """And as which kind of file."""

    kind = choice(Format, data_key="format", load_default=Format.PDF)
