"""The shape of a feed as linked authorities publish it; what is ours alone stands under ``_alert``."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from tsalert.alerts.rules import LONGEST_ADVICE, LONGEST_BODY
from tsalert.core.errors import RuleViolation
from tsalert.linked.rules import read_object
from tsalert.nearby.rules import MOST
from tsalert.web.fields import Instant, Line, Paragraph


class _Ward(Schema):
    class Meta:
        unknown = EXCLUDE

    name = Line(required=True)


class _Facts(Schema):
    class Meta:
        unknown = EXCLUDE

    reference = Line(longest=50, required=True)
    headline = Line(longest=400, required=True)
    body = Paragraph(longest=LONGEST_BODY, required=True)
    advice = Paragraph(longest=LONGEST_ADVICE, load_default="")
    state = fields.String(required=True, validate=validate.OneOf(["current", "ended", "withdrawn"]))
    withdrawn_because = Paragraph(load_default=None, allow_none=True)
    topic = Line(longest=50, load_default=None, allow_none=True)
    urgency = Line(longest=50, load_default="routine")
    wards = fields.List(fields.Nested(_Ward), load_default=list, validate=validate.Length(max=500))
    expires_at = Instant(required=True)


class _Item(Schema):
    class Meta:
        unknown = EXCLUDE

    id = Line(longest=500, required=True)
    url = Line(longest=500, load_default=None, allow_none=True)
    date_published = Instant(required=True)
    facts = fields.Nested(_Facts, data_key="_alert", required=True)


def read_feed(body: bytes) -> list[dict[str, Any]]:
    """Return the alerts of a feed; one that cannot be read does not keep the others away.

    :raises RuleViolation: it is no feed.
    """
    items = read_object(body).get("items")
    if not isinstance(items, list):
        raise RuleViolation("This is no feed of alerts.")
    found = []
    for each in items[:MOST]:
        try:
            found.append(_Item().load(each))
        except ValidationError:
            continue
    return found
