"""What Twilio posts to us, and the page that shows what people texted."""

from functools import wraps
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse
from werkzeug.exceptions import Forbidden, NotFound

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound import our_calls, queries, service
from tsalert.inbound.doorstep import TWILIO_RECEIPT, is_signed
from tsalert.inbound.our_calls import Report
from tsalert.inbound.resident_calls import Said
from tsalert.inbound.schemas import OurCallSchema, TextSchema
from tsalert.web.access import View, current_actor, name_read, public, reads, requires
from tsalert.web.forms import load_page

bp = Blueprint("inbound", __name__)
_TIMES, _KEY_SECONDS = 3, 6


def from_twilio(view: View) -> View:
    """Let in only what Twilio signed for the address that it knows us by.

    That is the configured public address, never the one the request claims to be for.
    """

    @wraps(view)
    def guarded(**named: Any) -> ResponseReturnValue:
        settings: Settings = current_app.extensions["tsalert_settings"]
        if settings.twilio is None:
            raise NotFound
        query = request.query_string.decode(errors="replace")
        address = request.path + ("?" if query else "") + query
        if not is_signed(settings, address, request.form, request.headers.get("X-Twilio-Signature", "")):
            raise Forbidden("This was not signed by Twilio.")
        return view(**named)

    return guarded  # type: ignore[return-value]


@bp.post("/webhooks/twilio/status")
@public
@from_twilio
def take_receipt() -> ResponseReturnValue:
    """Note what became of a text or call; again changes nothing."""
    service.take_receipt(**TWILIO_RECEIPT.load(request.form.to_dict()), now=utc_now())
    return "", 204


@bp.post("/webhooks/twilio/message")
@public
@from_twilio
def take_message() -> ResponseReturnValue:
    """Take what somebody texted, and answer it."""
    text = TextSchema(unknown=EXCLUDE).load(request.form)
    answer = MessagingResponse()
    said = service.take_message(text["MessageSid"], text["From"], text["Body"], now=utc_now())
    if said:
        answer.message(said)
    return Response(str(answer), mimetype="text/xml")


@bp.post("/webhooks/twilio/call/<int:delivery_id>")
@public
@from_twilio
def answer_call(delivery_id: int) -> ResponseReturnValue:
    """Say what a call of ours is about."""
    return say(our_calls.answer_call(_report(delivery_id), now=utc_now()), delivery_id)


@bp.post("/webhooks/twilio/call/<int:delivery_id>/key")
@public
@from_twilio
def press_key(delivery_id: int) -> ResponseReturnValue:
    """Take the key that somebody pressed on a call of ours."""
    return say(our_calls.press_key(_report(delivery_id), now=utc_now()), delivery_id)


def say(said: Said, delivery_id: int) -> Response:
    """Answer with what to say: the whole of it in one verb if no key is wanted, else one verb for each time it waits.

    An officer hears the words three times. A resident hears them once, and the keys twice.
    """
    answer = VoiceResponse()
    rounds = [said.words] * _TIMES if not said.prompt else [f"{said.words} {said.prompt}".strip(), said.prompt]
    for words in rounds if said.wants_key else [said.words]:
        spoken: Any = answer
        if said.wants_key:
            path = url_for("inbound.press_key", delivery_id=delivery_id, heard=said.heard or None)
            spoken = answer.gather(num_digits=1, timeout=_KEY_SECONDS, action=f"{_public_url()}{path}")
        spoken.say(words, language="en-GB")
    answer.hangup()
    return Response(str(answer), mimetype="text/xml")


def _report(delivery_id: int) -> Report:
    told = OurCallSchema(unknown=EXCLUDE).load({**request.form, **request.args})
    return Report(delivery_id, **told)


def _public_url() -> str:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings.public_url


@bp.get("/messages")
@requires(Permission.READ_CALL)
@reads("message")
def list_messages() -> ResponseReturnValue:
    """Show what people texted that an officer has to read."""
    after = load_page()["after"]
    found = queries.messages(db.session(), after=after)
    messages = queries.seen_by(db.session(), current_actor(), found.items, now=utc_now())
    name_read(message.id for message in messages)
    return render_template("inbound/messages.html", messages=messages, is_first=after is None, older=found.next)
