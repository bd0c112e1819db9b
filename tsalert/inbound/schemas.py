"""The shape of what Twilio posts; it sends more, and adds to it without notice."""

import re
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from tsalert.core.clock import utc_now
from tsalert.delivery.rules import Channel
from tsalert.inbound.voice import Result, Ringing
from tsalert.web.fields import Instant, RecordId

_ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_RECORDING = re.compile(r"RE[0-9a-zA-Z]{1,64}")
# A voicemail, or a fax; Twilio has several words for how sure it is of the end of a greeting.
_MACHINES = ("machine", "fax")
_SID = validate.Regexp(r"^[A-Z]{2}[0-9a-zA-Z]{1,64}\Z")


class ReceiptSchema(Schema):
    """What became of a text (MessageSid) or a call (CallSid)."""

    MessageSid = fields.String(validate=_SID)
    MessageStatus = fields.String()
    CallSid = fields.String(validate=_SID)
    CallStatus = fields.String()
    ErrorCode = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over channel, reference, word and the code of a failure."""
        kind, channel = ("Message", Channel.SMS) if "MessageSid" in data else ("Call", Channel.VOICE)
        named = {"reference": data.get(f"{kind}Sid", ""), "word": data.get(f"{kind}Status", "")}
        return {"channel": channel, "code": data["ErrorCode"], **named}


class TextSchema(Schema):
    """A text message; it is taken as it comes, since nobody could mend it."""

    MessageSid = fields.String(required=True, validate=_SID)
    From = fields.String(required=True)
    Body = fields.String(load_default="")


class CallSchema(Schema):
    """What every request about a call to the service's number tells; ``rang`` is our own, from the first request."""

    CallSid = fields.String(required=True, validate=_SID)
    From = fields.String(load_default=None)
    To = fields.String(load_default="")
    rang = Instant(load_default=None)

    def ringing_of(self, data: dict[str, Any]) -> Ringing:
        """Return the call."""
        rang_at: datetime = data["rang"] or utc_now()
        return Ringing(data["CallSid"], data["From"], data["To"], rang_at)


class RingingSchema(CallSchema):
    """Somebody rings."""

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Ringing:
        """Return the call."""
        return self.ringing_of(data)


class LegQuery(Schema):
    """Which officer was rung for which call; our own words in our own address."""

    call = fields.String(required=True, validate=_SID)
    place = fields.Integer(required=True, validate=validate.Range(0, 99))
    officer = RecordId(required=True)


class KeySchema(LegQuery):
    """The key that an officer pressed."""

    Digits = fields.String(load_default="")


class ResultSchema(CallSchema):
    """How the ringing of one officer came out; a call that has ended is one whose caller rang off meanwhile."""

    place = fields.Integer(required=True, validate=validate.Range(0, 99))
    officer = RecordId(required=True)
    DialCallStatus = fields.String(load_default="")
    DialBridged = fields.String(load_default="")
    CallStatus = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Ringing, Result]:
        """Return the call and the result."""
        how = {"bridged": data["DialBridged"].lower() == "true", "is_over": data["CallStatus"] in _ENDS}
        return self.ringing_of(data), Result(data["place"], data["officer"], data["DialCallStatus"], **how)


class RecordingSchema(CallSchema):
    """A message that a caller left."""

    RecordingSid = fields.String(load_default="")
    RecordingStatus = fields.String(load_default="completed")
    RecordingDuration = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over the call, the recording and its length."""
        seconds = _seconds(data["RecordingDuration"])
        has_sound = data["RecordingStatus"] == "completed" and seconds != 0
        reference = data["RecordingSid"] if _RECORDING.fullmatch(data["RecordingSid"]) else ""
        told = {"recording_ref": reference, "seconds": seconds, "has_sound": has_sound}
        return {"ringing": self.ringing_of(data), **told}


class EndSchema(CallSchema):
    """The end of a call; ``word`` is None where it goes on."""

    CallStatus = fields.String(load_default="")
    CallDuration = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over the call, the word for its end, and its length."""
        word = data["CallStatus"] if data["CallStatus"] in _ENDS else None
        return {"ringing": self.ringing_of(data), "word": word, "seconds": _seconds(data["CallDuration"])}


class OurCallSchema(Schema):
    """A call of ours that was answered, by whom, and the key that was pressed if one was; ``heard`` is our own."""

    CallSid = fields.String(required=True, validate=_SID)
    Digits = fields.String(load_default="")
    AnsweredBy = fields.String(load_default="")
    heard = fields.Integer(load_default=1, validate=validate.Range(1, 9))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Hand over what a report is made of."""
        by_machine = data["AnsweredBy"].startswith(_MACHINES)
        return {
            "call_ref": data["CallSid"],
            "digits": data["Digits"],
            "by_machine": by_machine,
            "heard": data["heard"],
        }


class InboundTextSchema(Schema):
    """One text message as it came."""

    id = fields.Integer()
    received_at = Instant()
    sender = fields.String()
    body = fields.String()
    call_id = fields.Integer(allow_none=True)


def _seconds(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 6 else None
