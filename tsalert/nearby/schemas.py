"""The shape of alerts of linked authorities, as the API shows them."""

from marshmallow import Schema, fields

from tsalert.web.fields import Instant, ListPlace


class NearbyAlertSchema(Schema):
    """One alert of a linked authority; ``body`` and ``advice`` are Markdown."""

    id = fields.Integer(attribute="row.id")
    authority = fields.String()
    state = fields.String(attribute="state.value")
    reference = fields.String(attribute="row.reference", metadata={"description": "Theirs."})
    url = fields.String(attribute="row.url", allow_none=True)
    headline = fields.String(attribute="row.headline")
    body = fields.String(attribute="row.body")
    advice = fields.String(attribute="row.advice")
    topic = fields.String(attribute="row.topic", allow_none=True)
    urgency = fields.String(attribute="row.urgency")
    wards = fields.List(fields.String(), attribute="row.wards")
    withdrawn_because = fields.String(attribute="row.withdrawn_because", allow_none=True)
    published_at = Instant(attribute="row.published_at")
    expires_at = Instant(attribute="row.expires_at")
    used_at = Instant(attribute="row.used_at", allow_none=True)
    used_by = fields.String(allow_none=True)


class NearbyFeedSchema(Schema):
    """How far the feed of a linked authority was read."""

    authority = fields.String()
    read_at = Instant(allow_none=True)
    fault = fields.String(allow_none=True)


class NearbyAlertListSchema(Schema):
    """A page of alerts of linked authorities; ``next`` is the ``after`` of the page that follows."""

    items = fields.List(fields.Nested(NearbyAlertSchema))
    feeds = fields.List(fields.Nested(NearbyFeedSchema))
    next = ListPlace(allow_none=True)


class NearbyBegunSchema(Schema):
    """What an alert of ours begins with; ``copy`` names the officer's form on the page of a new alert."""

    copy = fields.String()
    authority = fields.String()
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), attribute="fields", data_key="fields")
