"""A telephone that is rung by us: it asks for the words as Twilio does, and its owner presses a key, or does not.

A habit is ``presses:1``, ``presses:19`` (one key after the other), ``presses-twice:1``, ``voicemail`` (answers and
listens to the end), ``hangs-up``, ``busy`` or ``nobody``.
"""

from collections.abc import Callable
from contextlib import suppress
from enum import Enum, auto
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from xml.etree import ElementTree as ET

from msgspec import Struct, field
from twilio.request_validator import RequestValidator

TOKEN = "t" * 32
Post = Callable[[str, dict[str, str]], tuple[int, str]]
_UNANSWERED = {"nobody": "no-answer", "busy": "busy"}


class Order(Enum):
    """In which order Twilio's reports of a call arrive."""

    AS_THEY_COME = auto()
    BACKWARDS_AND_TWICE = auto()


class Call(Struct):
    """One call that was made, and what was heard in it.

    ``ordered`` is what Twilio was asked, ``documents`` what we told it to do, in its own words.
    """

    sid: str
    to: str
    sender: str
    words_url: str
    callback: str
    at: float
    detects_machines: bool = False
    heard: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    ordered: dict[str, str] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)
    is_over: bool = False

    def document(self) -> dict[str, str]:
        """The call as Twilio's interface shows it."""
        return {"sid": self.sid, "to": self.to, "from": self.sender, "status": "queued"}


def post_signed(url: str, form: dict[str, str]) -> tuple[int, str]:
    """Post over HTTP, signed as Twilio signs."""
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}
    request = Request(url, urlencode(form).encode(), headers)
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def play(call: Call, habit: str, order: Order, post: Post) -> None:
    """Ring, and do what the owner of the telephone does."""
    with suppress(URLError):  # the test may be over
        if order is Order.AS_THEY_COME:
            _report(call, post, "initiated", "ringing")
        ended = _UNANSWERED.get(habit)
        if ended is None:
            _listen(call, habit, post)
            ended = "completed"
        late = ["initiated", "ringing", "in-progress", ended]
        _report(call, post, *(late if order is Order.AS_THEY_COME else [*reversed(late), *late]))
        call.is_over = True


def _listen(call: Call, habit: str, post: Post) -> None:
    form = {"CallSid": call.sid, "CallStatus": "in-progress", "To": call.to}
    if call.detects_machines:
        form["AnsweredBy"] = "machine_end_beep" if habit == "voicemail" else "human"
    status, words = post(call.words_url, form)
    assert status == 200, status
    call.documents.append(words)
    act, _, key = habit.partition(":")
    for verb in ET.fromstring(words):
        call.heard += [said.text or "" for said in verb.iter("Say")]
        if verb.tag == "Hangup" or act == "hangs-up":
            return
        if verb.tag == "Gather" and act.startswith("presses"):
            _press(call, verb.attrib["action"], key, post, times=2 if act == "presses-twice" else 1)
            return


def _press(call: Call, action: str, keys: str, post: Post, *, times: int) -> None:
    """Press keys one after the other, each as soon as it is waited for; each is reported so many times."""
    for key in keys:
        for _ in range(times):
            status, words = post(action, {"CallSid": call.sid, "CallStatus": "in-progress", "Digits": key})
            assert status == 200, status
            call.documents.append(words)
            call.answers += [said.text or "" for said in ET.fromstring(words).iter("Say")]
        asked = ET.fromstring(words).find("Gather")
        if asked is None:
            return
        action = asked.attrib["action"]


def _report(call: Call, post: Post, *statuses: str) -> None:
    for status in statuses:
        post(call.callback, {"CallSid": call.sid, "CallStatus": status, "To": call.to})
