"""The shape of places, exceptions and contacts, as forms and the API send them."""

from marshmallow import Schema, fields
from marshmallow.validate import Email, Regexp

from tsalert.places.borders import Contact
from tsalert.web.fields import Day, Instant, Line, Postcode, Strict, Typed, YesNo

_EMAIL = Email(error="Enter an email address, like ts@example.gov.uk.")


class SoughtPlaceSchema(Strict):
    """A postcode to look up, as of a day; today where none is given."""

    postcode = Postcode(required=True, error_messages={"required": "Enter a full postcode, like BR1 3UH."})
    on = Day(load_default=None)


class BorderExceptionSchema(Strict):
    """A postcode of which somebody asks the caller, and why."""

    postcode = Postcode(required=True, error_messages={"required": "Enter a full postcode, like BR1 3UH."})
    reason = Line(longest=400, required=True, error_messages={"required": "Say why the caller is asked."})


class NeighbourContactSchema(Typed):
    """How to reach another authority's trading standards."""

    value = Contact
    authority_code = Line(
        longest=9,
        required=True,
        validate=Regexp(r"[ENSW]\d{8}\Z", error="Enter the authority's code, like E09000011."),
        error_messages={"required": "Enter the authority's code, like E09000011."},
    )
    name = Line(required=True, error_messages={"required": "Say whose trading standards they are."})
    phone = Line(longest=40, load_default=None)
    email = Line(longest=254, load_default=None, validate=_EMAIL)
    hours = Line(longest=400, load_default=None)
    is_verified = YesNo(load_default=False)


class NearSchema(Schema):
    """Another authority's nearest centroid."""

    authority_code = fields.String(attribute="code")
    authority = fields.String(attribute="name", allow_none=True)
    metres = fields.Integer()


class StandingSchema(Schema):
    """Where a postcode is and how near our border that is; warnings forbid nothing."""

    postcode = fields.String()
    is_known = fields.Boolean()
    authority_code = fields.String(allow_none=True)
    authority = fields.String(allow_none=True)
    ward_code = fields.String(allow_none=True)
    ward = fields.String(allow_none=True)
    is_ours = fields.Boolean(allow_none=True, metadata={"description": "Null where our own code is not set."})
    ended_on = Day(allow_none=True)
    near = fields.List(fields.Nested(NearSchema))
    must_ask = fields.Boolean(metadata={"description": "Near the border or listed: check with the caller."})
    listed = fields.String(allow_none=True)
    warnings = fields.List(fields.String())


class BorderExceptionShownSchema(Schema):
    """An entry of the list of exceptions."""

    id = fields.Integer()
    postcode = fields.String()
    reason = fields.String()
    listed_by = fields.String(attribute="listed_name")
    listed_at = Instant()


class BorderExceptionListSchema(Schema):
    """The entries that stand."""

    items = fields.List(fields.Nested(BorderExceptionShownSchema))


class NeighbourSchema(Schema):
    """Another authority's trading standards."""

    id = fields.Integer()
    authority_code = fields.String()
    name = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    hours = fields.String(allow_none=True)
    verified_on = Day(allow_none=True)
    verified_by = fields.String(attribute="verified_name", allow_none=True)


class NeighbourListSchema(Schema):
    """Every neighbour."""

    items = fields.List(fields.Nested(NeighbourSchema))


class DirectoryImportSchema(Schema):
    """One import of an edition of the postcode directory."""

    name = fields.String()
    edition = Day()
    lines_done = fields.Integer()
    added = fields.Integer()
    moved = fields.Integer()
    changed = fields.Integer()
    bad = fields.Integer()
    started_at = Instant()
    finished_at = Instant(allow_none=True)


class DirectoryImportListSchema(Schema):
    """Every import, newest edition first."""

    items = fields.List(fields.Nested(DirectoryImportSchema))
