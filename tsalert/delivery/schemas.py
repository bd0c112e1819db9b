"""Shapes of what delivery's pages are asked."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, pre_load, validate

from tsalert.delivery.rules import Channel
from tsalert.web.fields import RecordId, RowNumber


class OutboxSchema(Schema):
    """Which recorded messages to show; an empty choice means all."""

    class Meta:
        unknown = EXCLUDE

    mailing = RecordId(load_default=None)
    channel = fields.String(load_default=None, validate=validate.OneOf(list(Channel), error="Choose a channel."))
    after = RowNumber(load_default=None)

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Take an empty field of the form for one that was not given."""
        return {name: value for name, value in data.items() if value}

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Name the filters as the query does."""
        channel = Channel(data["channel"]) if data["channel"] else None
        return {"mailing_id": data["mailing"], "channel": channel, "after": data["after"]}
