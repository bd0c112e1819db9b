"""Calls to residents: an alert, its test, or the question whether they want alerts; and what keys do. Steps.

The words of the call stand in its mailing. A machine that answers gets them once and is offered no keys.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.delivery.fates import OurCall
from tsalert.delivery.rules import Lane
from tsalert.subscribers import service as subscribers

MOST_HEARD = 3
_AGAIN, _YES, _STOP = "1", "1", "9"
_KEYS_OF_ALERT = "To hear this again, press 1. To stop these calls, press 9."
_KEYS_OF_QUESTION = (
    "If you want these calls, press 1. If you want us never to ring this number again, press 9. "
    "If you press nothing, you will get no alerts."
)
_STOPPED = "We will not ring this number with alerts again. Goodbye."
_JOINED = "Thank you. We will ring this number when there is an alert. You can press 9 in any call to stop. Goodbye."
_TOO_LATE = "There is nothing left to confirm. To get our alerts, sign up again or ring us. Goodbye."
_GOODBYE = "Goodbye."
_STOPS_NOTHING = "In an alert this key stops the calls. This was a test, so nothing has changed. Goodbye."


class Said(Struct, frozen=True):
    """What a call says, and whether it waits for a key.

    :param prompt: said after the words to a resident, who may press a key at any time.
    :param heard: how often the resident has heard something in this call.
    """

    words: str
    wants_key: bool = False
    prompt: str = ""
    heard: int = 0


def begin(call: OurCall, *, by_machine: bool) -> Said:
    """Return what a call to a resident begins with."""
    return Said(call.words) if by_machine else _offer(call, heard=1)


def press(session: Session, call: OurCall, key: str, *, heard: int, now: datetime) -> Said:
    """Act on a resident's key and return what to say; a repeated report is answered alike and changes nothing more."""
    if key == _STOP:
        subscribers.stop_calls(session, call.endpoint_id, now=now)
        return Said(_STOPPED)
    if call.lane is Lane.TRANSACTIONAL and key == _YES:
        return Said(_JOINED if subscribers.confirm_by_key(session, call.endpoint_id, now=now) else _TOO_LATE)
    return _hear_again(call, key, heard=heard)


def press_on_test(call: OurCall, key: str, *, heard: int) -> Said:
    """Return what a test of an alert says to its officer's key: as the alert would, but it stops no calls."""
    return Said(_STOPS_NOTHING) if key == _STOP else _hear_again(call, key, heard=heard)


def _hear_again(call: OurCall, key: str, *, heard: int) -> Said:
    if heard >= MOST_HEARD:
        return Said(_GOODBYE)
    return _offer(call, heard=heard + 1, words=call.words if key == _AGAIN else "")


def _offer(call: OurCall, *, heard: int, words: str | None = None) -> Said:
    prompt = _KEYS_OF_QUESTION if call.lane is Lane.TRANSACTIONAL else _KEYS_OF_ALERT
    return Said(call.words if words is None else words, wants_key=True, prompt=prompt, heard=heard)
