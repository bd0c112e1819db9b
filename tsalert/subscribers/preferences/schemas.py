"""The shape of the forms about preferences."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.rules import LANGUAGES, Pause, WhyLeft
from tsalert.subscribers.rules import Frequency
from tsalert.visitors.schemas import VisitorSchema
from tsalert.web.fields import Instant, Line, Postcode, RecordId, choice

_AGREED = "Read out what changes, and tick this if they agree."


class AskPreferencesSchema(VisitorSchema):
    """The address whose alerts somebody wants to see."""

    contact = Line(
        longest=320, required=True, error_messages={"required": "Enter an email address or a telephone number."}
    )


class PreferenceCodeSchema(Schema):
    """The code from the message."""

    code = fields.String(required=True, error_messages={"required": "Enter the code from the message."})


class ReaderSchema(Schema):
    """Who of the readers of an address looks."""

    reader = RecordId(required=True, error_messages={"required": "Choose who you are."})


class ChoicesSchema(Schema):
    """What somebody wants from now on."""

    topics = fields.List(Line(longest=50), load_default=list, validate=validate.Length(max=50))
    frequency = choice(Frequency, required=True)
    postcode = Postcode(load_default=None, allow_none=True)
    ward = Line(longest=100, load_default=None, allow_none=True)
    name = Line(load_default=None, allow_none=True)
    language = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf([code for code, _ in LANGUAGES])
    )
    large_print = fields.Boolean(load_default=False)
    further_wards = fields.List(Line(longest=100), load_default=list, validate=validate.Length(max=50))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Any:
        """Hand over the choices."""
        return Choices(**data | {name: tuple(data[name]) for name in ("topics", "further_wards")})


class PauseSchema(Schema):
    """For how long alerts stop."""

    span = choice(Pause, required=True, unknown="Choose for how long.")


class NewAddressSchema(Schema):
    """A new address."""

    contact = Line(longest=320, required=True, error_messages={"required": "Enter the new address."})


class WhyLeftSchema(Schema):
    """Why somebody left."""

    reason = choice(WhyLeft, required=True)


class AgreedSchema(Schema):
    """That somebody who rings agreed to what an officer does for them."""

    agreed = fields.String(
        required=True, validate=validate.Equal("yes", error=_AGREED), error_messages={"required": _AGREED}
    )


class OfficerChoicesSchema(ChoicesSchema, AgreedSchema):
    """What somebody who rings wants from now on."""

    @post_load
    def build(self, data: dict[str, Any], **options: Any) -> Any:
        """Hand over the choices; that they agreed is in the history of consent."""
        return super().build({name: value for name, value in data.items() if name != "agreed"}, **options)


class OfficerPauseSchema(PauseSchema, AgreedSchema):
    """For how long somebody who rings wants no alerts."""


class OfficerAddressSchema(NewAddressSchema, AgreedSchema):
    """The new address of somebody who rings; it comes on top unless it replaces one."""

    replaces = RecordId(load_default=None, allow_none=True)


class SubscriberChoicesSchema(Schema):
    """What a subscriber gets at one address; no ward stands for that of the postcode, and ``every`` for all of them."""

    topics = fields.List(fields.String())
    frequency = fields.String()
    name = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    ward = fields.String(allow_none=True)
    further_wards = fields.List(fields.String())
    large_print = fields.Boolean()
    paused_until = Instant(allow_none=True)
    status = fields.String()


class WhyLeftCountSchema(Schema):
    """How many gave one reason for leaving."""

    reason = fields.String()
    label = fields.String()
    count = fields.Integer()


class WhyLeftCountsSchema(Schema):
    """How many gave each reason for leaving."""

    items = fields.List(fields.Nested(WhyLeftCountSchema))
