"""What Twilio posts of calls to the service's number; every answer is TwiML, and none may leave a caller in silence."""

import logging
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from tsalert.core.clock import utc_now
from tsalert.inbound import twiml, voice
from tsalert.inbound.schemas import EndSchema, KeySchema, LegQuery, RecordingSchema, ResultSchema, RingingSchema
from tsalert.inbound.twiml import Leg
from tsalert.inbound.views import from_twilio
from tsalert.inbound.voice import Ringing
from tsalert.telephone import wording
from tsalert.telephone.rules import Answer, AskForMessage, Reason
from tsalert.web.access import public

bp = Blueprint("voice", __name__, url_prefix="/webhooks/twilio/voice")
_log = logging.getLogger(__name__)


@bp.post("")
@public
@from_twilio
def take_call() -> ResponseReturnValue:
    """Answer a call: an officer is rung, or a message taken, whether or not anything can be written just now."""
    ringing = _load(RingingSchema)
    try:
        decided, rang_at = voice.take_ring(ringing, now=utc_now())
    except SQLAlchemyError:
        _log.exception("a call could not be written down; it is answered all the same: %s", ringing.provider_ref)
        decided, rang_at = _without_record(ringing), ringing.rang_at
    return _say(twiml.answer(replace(_leg(ringing), rang_at=rang_at), decided))


@bp.post("/next")
@public
@from_twilio
def take_result() -> ResponseReturnValue:
    """Go on after an officer was rung: the next one, a message, or the end of a call that was taken."""
    told = ResultSchema(unknown=EXCLUDE).load({**request.form, **request.args})
    ringing, result = told
    place = result.place + 1
    try:
        decided = voice.take_result(ringing, result, now=utc_now())
    except SQLAlchemyError:
        _log.exception("the result of a ring could not be written down: %s", ringing.provider_ref)
        return _say(twiml.hang_up() if result.bridged else twiml.ask_for_message(_leg(ringing)))
    return _say(twiml.answer(_leg(ringing), decided, place=place))


@bp.post("/whisper")
@public
@from_twilio
def whisper() -> ResponseReturnValue:
    """Ask whoever answers an officer's telephone for a key."""
    told = LegQuery(unknown=EXCLUDE).load(request.args)
    return _say(twiml.whisper(told["call"], told["place"], told["officer"]))


@bp.post("/key")
@public
@from_twilio
def take_key() -> ResponseReturnValue:
    """Connect the officer who pressed 1, and nobody else."""
    told = KeySchema(unknown=EXCLUDE).load({**request.form, **request.args})
    if told["Digits"] != "1":
        return _say(twiml.refuse(wording.NOT_TAKEN))
    try:
        has_it = voice.take_key(told["call"], told["place"], now=utc_now())
    except SQLAlchemyError:
        _log.exception("a key could not be written down; the two are connected all the same: %s", told["call"])
        has_it = True
    return _say(twiml.connect() if has_it else twiml.refuse(wording.TOO_LATE))


@bp.post("/recorded")
@public
@from_twilio
def take_message() -> ResponseReturnValue:
    """Thank for a message. Its sound is fetched later; what cannot be written down now, the callback tells again."""
    told = _load(RecordingSchema)
    try:
        _keep(told)
    except SQLAlchemyError:
        _log.exception("a message could not be written down; Twilio keeps it: %s", told["recording_ref"])
    return _say(twiml.thank())


@bp.post("/recording")
@public
@from_twilio
def take_recording() -> ResponseReturnValue:
    """Note that Twilio has the sound of a message; a message without any is none."""
    _keep(_load(RecordingSchema))
    return "", 204


@bp.post("/status")
@public
@from_twilio
def take_end() -> ResponseReturnValue:
    """Note the end of a call; words that are no end change nothing."""
    told = _load(EndSchema)
    if told["word"] is not None:
        voice.take_end(told["ringing"], word=told["word"], seconds=told["seconds"], now=utc_now())
    return "", 204


def _load(schema: Any) -> Any:
    return schema(unknown=EXCLUDE).load({**request.form, **request.args})


def _keep(told: dict[str, Any]) -> None:
    if told["recording_ref"] and told["has_sound"]:
        ringing: Ringing = told["ringing"]
        voice.take_recording(ringing, told["recording_ref"], seconds=told["seconds"], now=utc_now())


def _without_record(ringing: Ringing) -> Answer:
    try:
        return voice.plan_unrecorded(ringing, now=utc_now())
    except SQLAlchemyError:
        return AskForMessage(Reason.NOBODY_TO_RING)


def _leg(ringing: Ringing) -> Leg:
    return Leg(ringing.provider_ref, ringing.called, ringing.rang_at)


def _say(document: str) -> Response:
    return Response(document, mimetype="text/xml")
