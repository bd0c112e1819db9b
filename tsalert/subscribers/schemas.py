"""The shape of the forms about subscribers."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from tsalert.core.errors import RuleViolation
from tsalert.subscribers.contacts import read_contact
from tsalert.subscribers.joining import Wish
from tsalert.subscribers.rules import MANNERS, OFFERED, Frequency
from tsalert.visitors.schemas import VisitorSchema
from tsalert.web.fields import Line, PageAsked, Postcode

_HOW_THEY_AGREE = "Say whether they agreed to the words that you read out, or are to be asked by a message."
_CONTACT = "Enter an email address or a telephone number."
_HOW_THEY_COME = "Choose how your alerts should come."
_HOW_OFTEN = "Choose at once, daily or weekly."


class Contact(Line):
    """An email address or a telephone number, as it was typed; what is neither is told with other faults."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        typed = super()._deserialize(value, attr, data, **options)
        try:
            read_contact(typed)
        except RuleViolation as error:
            raise ValidationError(error.message) from error
        return typed


class JoinSchema(VisitorSchema):
    """What a resident types to join."""

    contact = Contact(longest=320, required=True, error_messages={"required": _CONTACT})
    postcode = Postcode()
    topics = fields.List(Line(longest=50), validate=validate.Length(max=50))
    manner = fields.String(load_default=None, validate=validate.OneOf(MANNERS, error=_HOW_THEY_COME))
    partner = fields.String()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over the contact, the wish and the marks."""
        frequency, formats = MANNERS.get(data["manner"], (None, ()))
        wish = Wish(
            tuple(data.get("topics", ())),
            data.get("postcode"),
            frequency=frequency,
            formats=formats,
            partner_code=data.get("partner"),
        )
        return {"contact": data["contact"], "wish": wish, "leave_empty": data["leave_empty"], "drawn": data["drawn"]}


class JoinCodeSchema(Schema):
    """The code from the message."""

    code = Line(longest=50, required=True, error_messages={"required": "Enter the code from the message."})


class PhonedSchema(Schema):
    """What an officer types for somebody who rings to join; ``consent`` says how they agree."""

    contact = Contact(longest=320, required=True, error_messages={"required": "Enter where their alerts should go."})
    name = Line()
    postcode = Postcode()
    ward = Line(longest=100)
    topics = fields.List(Line(longest=50), validate=validate.Length(max=50))
    frequency = fields.String(
        load_default=Frequency.IMMEDIATE.value, validate=validate.OneOf(OFFERED, error=_HOW_OFTEN)
    )
    formats = fields.List(fields.String(validate=validate.Equal("large_print")), validate=validate.Length(max=1))
    partner = Line(longest=20)
    consent = fields.String(
        required=True,
        validate=validate.OneOf(("yes", "ask"), error=_HOW_THEY_AGREE),
        error_messages={"required": _HOW_THEY_AGREE},
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, Wish, bool]:
        """Hand over the contact, the wish, and whether they agreed to what was read out."""
        wish = Wish(
            tuple(data.get("topics", ())),
            data.get("postcode"),
            data.get("ward"),
            name=data.get("name"),
            frequency=data.get("frequency"),
            formats=tuple(data.get("formats", ())),
            partner_code=data.get("partner"),
        )
        return data["contact"], wish, data["consent"] == "yes"


class LandlineSchema(Schema):
    """A landline that is to be asked by a call."""

    contact = Line(longest=320, required=True, error_messages={"required": "Enter the number of the landline."})
    postcode = Postcode()
    ward = Line(longest=100)
    topics = fields.List(Line(longest=50), validate=validate.Length(max=50))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[str, Wish]:
        """Hand over the number and the wish."""
        return data["contact"], Wish(tuple(data.get("topics", ())), data.get("postcode"), data.get("ward"))


class CsvSchema(Schema):
    """What goes with a file of subscribers."""

    file = fields.Raw()
    ask = fields.String(load_default="", validate=validate.OneOf(("", "yes")))


class SoughtSchema(PageAsked):
    """What the list is narrowed to; nothing shows all of it."""

    search = Line(longest=320, load_default="")
