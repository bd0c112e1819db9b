"""Shapes of the operations that put people on the list."""

from marshmallow import Schema, fields, validate

from tsalert.subscribers.rows import COLUMNS, OPTIONAL
from tsalert.subscribers.rules import LARGE_PRINT, OFFERED, Frequency
from tsalert.web.fields import Day, Line, Postcode, Strict

_MOST_FORMS = 100
_CONTACT = "Enter an email address or a telephone number."
_WHERE, _WHEN = "Say where the forms can be found again.", "Enter the day on which the forms were signed."
_HOW = "Say how they agree: given, ask by message, or ask by call."
_SOME = "Give at least one."
_MOST_ROWS = 1000


class _WishSchema(Strict):
    """What somebody, or everybody of a batch, wishes."""

    topics = fields.List(Line(longest=50), validate=validate.Length(max=50), load_default=list)
    frequency = fields.String(load_default=Frequency.IMMEDIATE.value, validate=validate.OneOf(OFFERED))
    partner = Line(longest=20, load_default=None)


class AddingSchema(_WishSchema):
    """Somebody for the list; ``consent`` says how they agree."""

    contact = Line(longest=320, required=True, error_messages={"required": _CONTACT})
    name = Line(load_default=None)
    postcode = Postcode(load_default=None)
    ward = Line(longest=100, load_default=None)
    formats = fields.List(fields.String(validate=validate.Equal(LARGE_PRINT)), load_default=list)
    consent = fields.String(
        required=True,
        validate=validate.OneOf(("given", "ask by message", "ask by call")),
        error_messages={"required": _HOW},
    )


class AddedSchema(Schema):
    """Who was added, or what was asked."""

    subscriber_id = fields.Integer()
    sign_up_id = fields.Integer()


class PaperFormSchema(Strict):
    """One signed form."""

    contact = Line(longest=320, required=True, error_messages={"required": _CONTACT})
    name = Line(load_default=None)
    postcode = Postcode(load_default=None)
    large_print = fields.Boolean(load_default=False)


class PaperFormsSchema(_WishSchema):
    """A pile of signed forms."""

    reference = Line(longest=100, required=True, error_messages={"required": _WHERE})
    signed_on = Day(required=True, error_messages={"required": _WHEN})
    forms = fields.List(
        fields.Nested(PaperFormSchema),
        required=True,
        validate=validate.Length(min=1, max=_MOST_FORMS),
        error_messages={"required": _SOME},
    )


class PaperFaultSchema(Schema):
    """A form that was not kept, by its place, and why."""

    form = fields.Integer()
    message = fields.String()


class PaperReportSchema(Schema):
    """What became of a pile."""

    added = fields.Integer()
    faults = fields.List(fields.Nested(PaperFaultSchema))


class ImportSchema(Strict):
    """Rows of the columns of an import file, each with those that it knows; ``ask`` the unconfirmed to confirm."""

    rows = fields.List(
        fields.Dict(keys=fields.String(validate=validate.OneOf(COLUMNS + OPTIONAL)), values=fields.String()),
        required=True,
        error_messages={"required": _SOME},
        validate=validate.Length(min=1, max=_MOST_ROWS),
    )
    ask = fields.Boolean(load_default=False)


class ImportFaultSchema(Schema):
    """A row that was not kept, by its place from 1, and why."""

    row = fields.Integer()
    message = fields.String()


class ImportReportSchema(Schema):
    """What became of a batch of rows."""

    added = fields.Integer()
    updated = fields.Integer()
    left = fields.Integer()
    unconfirmed = fields.Integer()
    asked = fields.Integer()
    bad = fields.Integer()
    faults = fields.List(fields.Nested(ImportFaultSchema))
