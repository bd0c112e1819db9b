"""The shape of what comes in through pages, the API and files; marshmallow refuses unknown fields by itself."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from tsalert.alerts.audience.choosing import LISTS
from tsalert.alerts.audience.schemas import AlertChoiceSchema, KeptChoiceSchema
from tsalert.alerts.pointing import MayStay
from tsalert.alerts.public_queries import Wanted
from tsalert.alerts.rules import (
    LONGEST_ADVICE,
    LONGEST_BODY,
    LONGEST_HEADLINE,
    LONGEST_SMS,
    LONGEST_VOICE,
    Channel,
    Draft,
    FollowUp,
    Kind,
    Urgency,
)
from tsalert.delivery.doubts import Decision
from tsalert.web.fields import Count, Instant, Line, Paragraph, RecordId

LONGEST_REASON = 2000
_NO_CHANNEL = "Choose at least one way to send it."


class AlertDraftSchema(AlertChoiceSchema):
    """An alert as it is written; no wards means the whole area.

    Empty ``sms`` means that texts carry the headline; empty ``voice``, that calls say headline and advice.
    """

    headline = Line(required=True, longest=LONGEST_HEADLINE, error_messages={"required": "Enter a headline."})
    body = Paragraph(required=True, longest=LONGEST_BODY, error_messages={"required": "Say what is happening."})
    advice = Paragraph(longest=LONGEST_ADVICE, load_default="")
    sms = Paragraph(longest=LONGEST_SMS, load_default="")
    voice = Paragraph(longest=LONGEST_VOICE, load_default="")
    topic = Line(required=True, error_messages={"required": "Choose a topic."})
    wards = fields.List(Line(), load_default=list, validate=validate.Length(max=200))
    channels = fields.List(
        fields.Enum(Channel, by_value=True),
        required=True,
        validate=validate.Length(1, len(Channel), error=_NO_CHANNEL),
        error_messages={"required": _NO_CHANNEL},
    )
    urgency = fields.Enum(Urgency, by_value=True, load_default=Urgency.ROUTINE)
    expires_at = Instant(required=True, error_messages={"required": "Say until when it applies."})
    case_id = RecordId(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Draft:
        """Hand the service a typed value; the same ward or channel twice counts once."""
        for name in ("wards", "channels", *LISTS):
            data[name] = tuple(dict.fromkeys(data[name]))
        return Draft(**data)


class FollowUpSchema(Schema):
    """An update or an all-clear as it is written; it goes to exactly those who got the alert."""

    kind = fields.Enum(
        Kind,
        by_value=True,
        required=True,
        validate=validate.OneOf([Kind.UPDATE, Kind.ALL_CLEAR], error="Choose an update or an all-clear."),
        metadata={"example": Kind.UPDATE.value},
        error_messages={"required": "Choose an update or an all-clear."},
    )
    headline = Line(required=True, longest=LONGEST_HEADLINE, error_messages={"required": "Enter a headline."})
    body = Paragraph(required=True, longest=LONGEST_BODY, error_messages={"required": "Say what is new."})
    advice = Paragraph(longest=LONGEST_ADVICE, load_default="")
    sms = Paragraph(longest=LONGEST_SMS, load_default="")
    voice = Paragraph(longest=LONGEST_VOICE, load_default="")
    urgency = fields.Enum(Urgency, by_value=True, load_default=Urgency.ROUTINE)
    expires_at = Instant(required=True, error_messages={"required": "Say until when it applies."})

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> FollowUp:
        """Hand the service a typed value."""
        return FollowUp(**data)


class AlertApprovalSchema(Schema):
    """An approval of exactly what was shown, with what is asked if they are many, it is night, or time has passed."""

    digest = Line(required=True, error_messages={"required": "Name the digest of what you approve."})
    password = fields.String(load_default=None, allow_none=True)
    night_reason = Paragraph(longest=LONGEST_REASON, load_default=None, allow_none=True)
    readers = Count(load_default=None, allow_none=True)
    counted = Count(load_default=None, allow_none=True)


class DoubtDecisionSchema(Schema):
    """What an officer decides about a message in doubt."""

    decision = fields.Enum(Decision, by_value=True, required=True, error_messages={"required": "Choose one."})


class PublishedSearchSchema(Schema):
    """What somebody looks for among the alerts that were sent; ``after`` is the page's own."""

    class Meta:
        unknown = EXCLUDE

    q = Line(longest=100, load_default="")
    ward = Line(longest=100, load_default="")
    topic = Line(longest=50, load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Wanted:
        """Hand over a typed value."""
        return Wanted(data["q"], data["ward"], data["topic"])


class AlertLineSchema(Schema):
    """One alert in a list."""

    id = fields.Integer()
    reference = fields.String()
    headline = fields.String()
    status = fields.String()
    is_urgent = fields.Boolean()
    author = fields.String()
    changed_at = fields.AwareDateTime()


class AlertEditionSchema(Schema):
    """An alert as mail to those who get it in another form than most."""

    edition = fields.String()
    subject = fields.String()
    text = fields.String()
    html = fields.String()


class AlertCostSchema(Schema):
    """What one channel would cost: units (segments or minutes) for each recipient, at pence for each unit."""

    channel = fields.String()
    recipients = fields.Integer()
    units = fields.Integer()
    unit = fields.String()
    pence_each = fields.Decimal(as_string=True)
    pence = fields.Decimal(as_string=True)


class AlertPreviewSchema(Schema):
    """An alert as it goes out, and how many would get it if it were approved now.

    ``reach`` counts by channel who gets it at once, ``later`` who gets it with the next daily and the next weekly mail;
    ``counted_at`` is empty where they were counted just now.
    """

    subject = fields.String()
    text = fields.String()
    html = fields.String()
    sms = fields.String()
    sms_encoding = fields.String()
    sms_segments = fields.Integer()
    voice = fields.String()
    voice_seconds = fields.Integer()
    costs = fields.List(fields.Nested(AlertCostSchema), allow_none=True)
    waits_until = fields.AwareDateTime(allow_none=True)
    reach = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    later = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    counted_at = fields.AwareDateTime(allow_none=True)
    editions = fields.List(fields.Nested(AlertEditionSchema))


class AlertMarkSchema(Schema):
    """Something in an alert that may point to a person; ``why`` it may stay is empty until somebody has said."""

    key = fields.String()
    check = fields.String()
    text = fields.String()
    stands_in = fields.List(fields.String())
    around = fields.String()
    why = fields.String(allow_none=True)
    answered_by = fields.Integer(allow_none=True)


class AlertAnswersSchema(Schema):
    """What may stay in an alert although it may point to a person, and why."""

    marks = fields.List(
        fields.String(validate=validate.Length(equal=64)),
        required=True,
        validate=validate.Length(min=1, max=500, error="Choose what may stay."),
        error_messages={"required": "Choose what may stay."},
    )
    why = fields.Enum(MayStay, by_value=True, required=True, error_messages={"required": "Say why it may stay."})


class AlertSchema(KeptChoiceSchema):
    """One alert. ``digest`` stands for everything that an approval binds to; ``steps`` may be taken now.

    ``correction_id`` is the alert that tells those who got this one that it was withdrawn.
    """

    id = fields.Integer()
    reference = fields.String()
    kind = fields.String()
    in_reply_to = fields.Integer(allow_none=True)
    status = fields.String()
    steps = fields.List(fields.String())
    headline = fields.String()
    body = fields.String()
    advice = fields.String()
    sms = fields.String()
    voice = fields.String()
    topic = fields.String()
    wards = fields.List(fields.String())
    channels = fields.List(fields.String())
    urgency = fields.String()
    expires_at = fields.AwareDateTime()
    case_id = fields.Integer(allow_none=True)
    author_id = fields.Integer()
    submitted_at = fields.AwareDateTime(allow_none=True)
    approved_by = fields.Integer(allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    sent_alone = fields.Boolean()
    remark = fields.String(allow_none=True)
    marks = fields.List(fields.Nested(AlertMarkSchema))
    withdrawn_because = fields.String(allow_none=True)
    correction_id = fields.Integer(allow_none=True)
    digest = fields.String()
    preview = fields.Nested(AlertPreviewSchema)


class AlertProgressSchema(Schema):
    """How far the messages of an alert have come; ``channels`` holds counts by state."""

    status = fields.String()
    total = fields.Integer()
    pending = fields.Integer()
    sent = fields.Integer()
    failed = fields.Integer()
    paused_because = fields.String(allow_none=True)
    completed_at = fields.AwareDateTime(allow_none=True)
    channels = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.Integer()))
    in_doubt = fields.Integer()


class DoubtSchema(Schema):
    """A message of which nobody knows whether it was sent; its address is masked."""

    id = fields.Integer()
    channel = fields.String()
    address = fields.String(attribute="masked")
    since = fields.AwareDateTime(attribute="settled_at")
