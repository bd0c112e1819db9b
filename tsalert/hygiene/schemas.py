"""The shape of what officers decide on the list's health, and of what they read, for pages and the API."""

from marshmallow import Schema, fields, validate

from tsalert.hygiene.rules import Kind, Verdict
from tsalert.web.fields import Instant, Line, PageAsked, Strict


class HeldDecisionSchema(Strict):
    """Whether an officer believes what was held."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(["believe", "dismiss"], error="Choose one of the two."),
        error_messages={"required": "Choose whether to believe it."},
    )


class VerdictSchema(Strict):
    """Whether two subscribers are one person."""

    verdict = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in Verdict], error="Choose one of the two."),
        error_messages={"required": "Choose whether they are the same."},
    )


class CanarySchema(Strict):
    """A test address."""

    contact = Line(
        longest=320, required=True, error_messages={"required": "Enter an email address or a telephone number."}
    )


class ReportsAsked(PageAsked):
    """Which page of the reports, and of which kind."""

    kind = fields.String(load_default=None, validate=validate.OneOf([each.value for each in Kind]))


class MaskedReaderSchema(Schema):
    """Somebody who reads an address."""

    id = fields.Function(lambda pair: pair[0])
    name = fields.Function(lambda pair: pair[1])


class MaskedEndSchema(Schema):
    """An address, masked, and how it stands."""

    id = fields.Integer()
    channel = fields.String()
    masked = fields.String()
    status = fields.String()


class AddressReportSchema(Schema):
    """One report of a message."""

    id = fields.Integer()
    end = fields.Nested(MaskedEndSchema)
    kind = fields.String()
    effect = fields.String()
    code = fields.String()
    at = Instant()
    seen_at = Instant(allow_none=True)
    readers = fields.List(fields.Nested(MaskedReaderSchema))
    phones = fields.List(fields.Nested(MaskedEndSchema))


class HeldReportsSchema(Schema):
    """The reports of one mailing that wait for a decision."""

    mailing_id = fields.Integer()
    subject = fields.String()
    number = fields.Integer()
    audience = fields.Integer()
    since = Instant()


class UnconfirmedSchema(Schema):
    """Wishes to join that nobody confirmed for a week."""

    number = fields.Integer()
    since = Instant(allow_none=True)


class ListHealthSchema(Schema):
    """How the list is."""

    held = fields.List(fields.Nested(HeldReportsSchema))
    unconfirmed = fields.Nested(UnconfirmedSchema)
    shared = fields.Integer()
    to_phone = fields.Integer()


class LikelyDoubleSchema(Schema):
    """Two subscribers who may be one."""

    id = fields.Integer()
    low_id = fields.Integer()
    low_name = fields.String(allow_none=True)
    high_id = fields.Integer()
    high_name = fields.String(allow_none=True)
    because = fields.String()


class SharedAddressSchema(Schema):
    """One address that several people read."""

    end = fields.Nested(MaskedEndSchema)
    readers = fields.List(fields.Nested(MaskedReaderSchema))


class CanariesSchema(Schema):
    """The test addresses."""

    items = fields.List(fields.Nested(MaskedEndSchema))
