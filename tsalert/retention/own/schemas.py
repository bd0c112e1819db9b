"""The shape of the forms that erase."""

from marshmallow import Schema

from tsalert.subscribers.preferences.schemas import AgreedSchema
from tsalert.web.fields import Line


class EraseSchema(Schema):
    """The word that says it is meant."""

    typed = Line(longest=50, load_default="")


class OfficerEraseSchema(EraseSchema, AgreedSchema):
    """The same, from an officer to whom somebody said so."""
