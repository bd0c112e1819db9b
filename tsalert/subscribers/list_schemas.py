"""The shape of the subscriber list as programs read it."""

from marshmallow import Schema, fields

from tsalert.web.fields import Instant, Line, PageAsked


class SubscribersSoughtSchema(PageAsked):
    """A whole address, or a part of a name."""

    search = Line(longest=320, required=True, error_messages={"required": "Enter an address or a name."})


class SubscriberRowSchema(Schema):
    """One line of the list; addresses are masked."""

    id = fields.Integer()
    kind = fields.String()
    name = fields.String(allow_none=True)
    ward = fields.String(allow_none=True)
    addresses = fields.List(fields.String())


class SubscriberAddressSchema(Schema):
    """Where alerts go; empty once it is erased."""

    id = fields.Integer()
    channel = fields.String()
    address = fields.String()
    status = fields.String()


class SubscriptionShownSchema(Schema):
    """What somebody gets, or got until it ended."""

    id = fields.Integer()
    topic = fields.String()
    address = fields.String()
    frequency = fields.String()
    source = fields.String()
    started_at = Instant()
    ended_at = Instant(allow_none=True)
    ended_reason = fields.String(allow_none=True)


class ConsentShownSchema(Schema):
    """One act of consent, or its withdrawal, in the words that were shown or read out."""

    at = Instant()
    act = fields.String()
    method = fields.String()
    source = fields.String()
    wording = fields.String()
    recorded_by = fields.Integer(allow_none=True)


class SubscriberShownSchema(Schema):
    """One subscriber with all that is known; ``is_now`` is who they were found to be on the list."""

    id = fields.Integer(attribute="subscriber.id")
    kind = fields.String(attribute="subscriber.kind")
    name = fields.String(attribute="subscriber.name", allow_none=True)
    ward = fields.String(attribute="subscriber.ward", allow_none=True)
    further_wards = fields.List(fields.String())
    postcode = fields.String(attribute="subscriber.postcode", allow_none=True)
    created_at = Instant(attribute="subscriber.created_at")
    paused_until = Instant(attribute="subscriber.paused_until", allow_none=True)
    is_now = fields.Integer(allow_none=True)
    addresses = fields.List(fields.Nested(SubscriberAddressSchema))
    subscriptions = fields.List(fields.Nested(SubscriptionShownSchema))
    consents = fields.List(fields.Nested(ConsentShownSchema))


class AskedLandlineSchema(Schema):
    """One question to one landline; its number is masked."""

    id = fields.Integer()
    number = fields.String(attribute="masked")
    asked_at = Instant()
    source = fields.String()
    state = fields.String(attribute="state.value")
