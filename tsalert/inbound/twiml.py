"""What Twilio is told to do with a call, in Twilio's own words (TwiML)."""

from datetime import datetime
from urllib.parse import urlencode

from flask import current_app
from msgspec import Struct
from twilio.twiml.voice_response import VoiceResponse

from tsalert.config import Settings
from tsalert.telephone import wording
from tsalert.telephone.rules import Answer, AskForMessage, Ring

_RING_SECONDS = 20
_KEY_SECONDS = 5
_LONGEST_MESSAGE_SECONDS = 180
_SILENCE_SECONDS = 6
# A forgotten line costs money by the minute.
_LONGEST_CALL_SECONDS = 2 * 60 * 60


class Leg(Struct, frozen=True):
    """One caller and when they rang; carried through Twilio's signed requests, so that nothing hangs on a record."""

    provider_ref: str
    called: str
    rang_at: datetime


def answer(leg: Leg, decided: Answer, *, place: int = 0) -> str:
    """Write what a caller gets."""
    if isinstance(decided, Ring):
        return ring(leg, decided, is_first=place == 0)
    return ask_for_message(leg) if isinstance(decided, AskForMessage) else hang_up()


def ring(leg: Leg, chosen: Ring, *, is_first: bool) -> str:
    """Ring an officer, who hears our whisper before the two are connected.

    They see the service's number, not the caller's, which has no place in a private telephone's list.
    """
    settings = _settings()
    response = VoiceResponse()
    if is_first:
        response.say(wording.greeting(settings.authority_name), language="en-GB")
    told = {"call": leg.provider_ref, "place": str(chosen.place), "officer": str(chosen.officer_id)}
    then = told | {"rang": leg.rang_at.isoformat()}
    dial = response.dial(
        action=_address("next", **then),
        timeout=_RING_SECONDS,
        time_limit=_LONGEST_CALL_SECONDS,
        **({"caller_id": leg.called} if leg.called.startswith("+") else {}),
    )
    dial.number(chosen.mobile, url=_address("whisper", **told))
    return str(response)


def whisper(call: str, place: int, officer: int) -> str:
    """Ask whoever answers for a key, twice; a voicemail presses none and is hung up on."""
    response = VoiceResponse()
    address = _address("key", call=call, place=str(place), officer=str(officer))
    for _ in range(2):
        gather = response.gather(action=address, num_digits=1, timeout=_KEY_SECONDS, input="dtmf")
        gather.say(wording.WHISPER, language="en-GB")
    response.hangup()
    return str(response)


def connect() -> str:
    """Let Twilio connect the two, which it does when the whisper ends without hanging up."""
    response = VoiceResponse()
    response.say(wording.TAKEN, language="en-GB")
    return str(response)


def ask_for_message(leg: Leg) -> str:
    """Ask the caller for a message; one who says nothing is told that the call was noted."""
    response = VoiceResponse()
    response.say(wording.message_request(_settings().authority_name), language="en-GB")
    response.record(
        action=_address("recorded", rang=leg.rang_at.isoformat()),
        recording_status_callback=_address("recording", rang=leg.rang_at.isoformat()),
        recording_status_callback_event="completed absent",
        max_length=_LONGEST_MESSAGE_SECONDS,
        timeout=_SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        trim="do-not-trim",
    )
    return _say_and_hang_up(response, wording.NOTHING_HEARD)


def thank() -> str:
    """Thank for the message."""
    return _say_and_hang_up(VoiceResponse(), wording.THANKS)


def refuse(words: str) -> str:
    """Tell an officer why they are not connected."""
    return _say_and_hang_up(VoiceResponse(), words)


def hang_up() -> str:
    """End the call."""
    response = VoiceResponse()
    response.hangup()
    return str(response)


def _say_and_hang_up(response: VoiceResponse, words: str) -> str:
    response.say(words, language="en-GB")
    response.hangup()
    return str(response)


def _address(door: str, **told: str) -> str:
    return f"{_settings().public_url}/webhooks/twilio/voice/{door}?{urlencode(told)}"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["tsalert_settings"]
    return settings
