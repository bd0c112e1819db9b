"""The shape of what Notify posts; it may add to it without notice."""

from marshmallow import Schema, fields, validate

_UUID = validate.Regexp(r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")


class NotifyReceiptSchema(Schema):
    """What became of a message; ``reference`` is the name that we gave it."""

    reference = fields.String(load_default=None, allow_none=True)
    status = fields.String(required=True)
    notification_type = fields.String(required=True)


class NotifyTextSchema(Schema):
    """A text message that somebody sent."""

    id = fields.String(required=True, validate=_UUID)
    source_number = fields.String(required=True)
    message = fields.String(load_default="", allow_none=True)
