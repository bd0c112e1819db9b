"""A stand-in for Twilio's side of a telephone call to the service's number.

``Exchange`` plays one caller: it posts the first request, does what the TwiML of each answer says, rings the numbers,
and posts what Twilio posts, each request signed as Twilio signs. TwiML that Twilio would refuse fails the test.
``recordings`` is an HTTP server that serves and deletes what callers said.
"""

import json
import math
import struct
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from msgspec import Struct, field
from twilio.request_validator import RequestValidator

from tests.standins.twilio import ACCOUNT, TOKEN

OUR_NUMBER = "+441632960000"
_ATTRIBUTES = {
    "Response": set[str](),
    "Say": {"language", "voice", "loop"},
    "Pause": {"length"},
    "Hangup": set[str](),
    "Dial": {"action", "method", "timeout", "timeLimit", "callerId", "answerOnBridge"},
    "Number": {"url", "method"},
    "Gather": {"action", "method", "numDigits", "timeout", "input", "language"},
    "Record": {
        "action", "method", "maxLength", "timeout", "finishOnKey", "playBeep", "trim",
        "recordingStatusCallback", "recordingStatusCallbackEvent",
    },
}  # fmt: skip
_NESTED = {"Response": {"Say", "Pause", "Hangup", "Dial", "Gather", "Record"}, "Dial": {"Number"}, "Gather": {"Say"}}

Post = Callable[[str, dict[str, str], str], tuple[int, str]]


class Phone(StrEnum):
    """What happens at a telephone that rings."""

    TAKES = "answered, and 1 pressed"
    REFUSES = "answered, and 2 pressed"
    VOICEMAIL = "answered by a voicemail"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    UNREACHABLE = "failed"


class Stage(StrEnum):
    """Where a caller may ring off."""

    GREETING = "while the greeting is said"
    RINGING = "while an officer's telephone rings"
    WHISPER = "while the officer hears the whisper"
    TALKING = "while they talk"
    ASKED = "while the message is asked for"
    RECORDING = "while the message is recorded"


class RangOff(Exception):
    """The caller is gone, and with them whatever the TwiML said next."""


class Exchange(Struct):
    """One call from its first ring to its end.

    :param post: carries a request: path with query, form, signature; returns status and body.
    :param phones: what happens at each number; one that is not there does not answer.
    :param says: seconds of the caller's message; 0 for silence.
    """

    post: Post
    public_url: str
    phones: dict[str, Phone] = field(default_factory=dict)
    caller: str = "+447700900123"
    rings_off: Stage | None = None
    says: int = 12
    repeats: int = 1
    sid: str = ""
    rang: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    callbacks: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    answers: list[tuple[str, int, str]] = field(default_factory=list)
    posted: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    was_connected: bool = False
    _numbers: Iterator[int] = field(default_factory=count)

    def ring(self) -> "Exchange":
        """Play the call through; its callbacks wait."""
        return self.go_on(self._request(f"{self.public_url}/webhooks/twilio/voice", CallStatus="ringing"))

    def go_on(self, document: str) -> "Exchange":
        """Play the call through from an answer that it got."""
        status = "completed"
        try:
            self._follow(document)
        except RangOff:
            status = "completed" if self.heard else "no-answer"
        self.callbacks.append((f"{self.public_url}/webhooks/twilio/voice/status", self._end(status)))
        return self

    def call_back(self, order: Sequence[int] | None = None) -> None:
        """Post the callbacks that wait, in any order, each as often as told."""
        waiting = list(self.callbacks)
        for position in order if order is not None else range(len(waiting)):
            url, form = waiting[position]
            for _ in range(self.repeats):
                assert self.send(url, form)[0] == 204
        self.callbacks.clear()

    def _follow(self, document: str) -> None:
        response = parse(document)
        for verb in response:
            getattr(self, f"_do_{verb.tag.lower()}")(verb)
        # A document that ends hangs up.

    def _do_say(self, verb: ET.Element) -> None:
        self.heard.append(verb.text or "")
        self._may_ring_off(Stage.ASKED if "tone" in (verb.text or "") else Stage.GREETING)

    def _do_hangup(self, _verb: ET.Element) -> None:
        raise RangOff

    def _do_dial(self, verb: ET.Element) -> None:
        (number,) = verb
        self.rang.append(number.text or "")
        child = self._child()
        self._may_ring_off(Stage.RINGING, verb, child, "no-answer")
        phone = self.phones.get(number.text or "", Phone.NO_ANSWER)
        words = {Phone.BUSY: "busy", Phone.NO_ANSWER: "no-answer", Phone.UNREACHABLE: "failed"}
        if phone in words:
            self._result(verb, child, words[phone], bridged=False)
        bridged = self._whisper(verb, number, child, phone)
        if bridged:
            self.was_connected = True
            self._may_ring_off(Stage.TALKING, verb, child, "completed", bridged=True)
        self._result(verb, child, "completed" if bridged else "no-answer", bridged=bridged)

    def _whisper(self, dial: ET.Element, number: ET.Element, child: str, phone: Phone) -> bool:
        """Play the whisper to whoever answered; it bridges only where it ends without hanging up."""
        leg = {"CallSid": child, "ParentCallSid": self.sid, "To": number.text or "", "From": OUR_NUMBER}
        document = self._request(number.attrib["url"], **leg, CallStatus="in-progress", Direction="outbound-dial")
        self._may_ring_off(Stage.WHISPER, dial, child, "no-answer")
        keys = {Phone.TAKES: "1", Phone.REFUSES: "2"}
        for verb in parse(document):
            if verb.tag == "Hangup":
                return False
            if verb.tag == "Gather" and phone in keys:
                told = self._request(verb.attrib["action"], **leg, Digits=keys[phone])
                return all(each.tag != "Hangup" for each in parse(told))
        return True

    def _result(self, dial: ET.Element, child: str, status: str, *, bridged: bool) -> None:
        told = {"DialCallSid": child, "DialCallStatus": status, "DialBridged": str(bridged).lower()}
        if bridged:
            told["DialCallDuration"] = "61"
        self._follow(self._request(dial.attrib["action"], **told, CallStatus="in-progress"))
        raise RangOff

    def _do_record(self, verb: ET.Element) -> None:
        self._may_ring_off(Stage.RECORDING, verb)
        if self.says:
            told = self._recorded(verb, digits="#")
            self._follow(self._request(verb.attrib["action"], **told, CallStatus="in-progress"))
            raise RangOff

    def _recorded(self, verb: ET.Element, *, digits: str) -> dict[str, str]:
        sid = f"RE{self._next():032x}"
        told = {
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}",
            "RecordingDuration": str(self.says),
        }
        own = {"AccountSid": ACCOUNT, "CallSid": self.sid, "RecordingStatus": "completed"}
        self.callbacks.append((verb.attrib["recordingStatusCallback"], told | own))
        return told | {"Digits": digits}

    def _may_ring_off(
        self, stage: Stage, verb: ET.Element | None = None, child: str = "", status: str = "", *, bridged: bool = False
    ) -> None:
        """Ring off, if it is time; Twilio still posts to the action of what was going on."""
        if self.rings_off is not stage:
            return
        if verb is not None and verb.tag == "Dial":
            told = {"DialCallSid": child, "DialCallStatus": status, "DialBridged": str(bridged).lower()}
            self._request(verb.attrib["action"], **told, CallStatus="completed")
        if verb is not None and verb.tag == "Record" and self.says:
            self._request(verb.attrib["action"], **self._recorded(verb, digits="hangup"), CallStatus="completed")
        raise RangOff

    def _request(self, url: str, **told: str) -> str:
        """Post as Twilio does, each request as often as told, and return the last answer: they must be the same."""
        form = {"AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "Direction": "inbound"}
        form |= {"CallSid": self.sid, "From": self.caller, "To": OUR_NUMBER} | told
        bodies = set()
        for _ in range(self.repeats):
            status, body = self.send(url, form)
            assert status == 200, (url, status, body)
            bodies.add(body)
        assert len(bodies) == 1, bodies
        return bodies.pop()

    def send(self, url: str, form: dict[str, str]) -> tuple[int, str]:
        """Post one signed request."""
        assert url.startswith(self.public_url), url
        signature = RequestValidator(TOKEN).compute_signature(url, form)
        status, body = self.post(url.removeprefix(self.public_url), form, signature)
        self.answers.append((url, status, body))
        self.posted.append((url, form))
        return status, body

    def _end(self, status: str) -> dict[str, str]:
        told = {"AccountSid": ACCOUNT, "CallSid": self.sid, "From": self.caller, "To": OUR_NUMBER}
        return told | {"Direction": "inbound", "CallStatus": status, "CallDuration": "75"}

    def _child(self) -> str:
        return f"CA{self.sid[-16:]}{self._next():016x}"

    def _next(self) -> int:
        return int(self.sid[-8:], 16) * 1000 + next(self._numbers)


def past_call(sid: str, caller: str, *, called: str = OUR_NUMBER, **changes: str) -> dict[str, Any]:
    """Return a call as Twilio remembers it."""
    told = {"sid": sid, "from": caller, "to": called, "direction": "inbound", "status": "completed", "duration": "40"}
    return told | {"start_time": "Wed, 10 Jun 2026 11:30:00 +0000"} | changes


def parse(document: str) -> ET.Element:
    """Read TwiML as strictly as Twilio does: verbs, what they may hold, and their attributes."""
    root = ET.fromstring(document)
    assert root.tag == "Response", document
    _check(root)
    return root


def _check(element: ET.Element) -> None:
    unknown = set(element.attrib) - _ATTRIBUTES[element.tag]
    assert not unknown, f"{element.tag} has no {unknown}"
    for name in ("action", "url", "recordingStatusCallback"):
        assert element.get(name, "https://").startswith("https://"), element.attrib
    for child in element:
        assert child.tag in _NESTED.get(element.tag, set()), f"{child.tag} in {element.tag}"
        _check(child)


def tone(seconds: float = 1.0) -> bytes:
    """Return a sound file: a tone, as a caller's message would come from Twilio (WAV, 8 kHz, 16 bits, one channel)."""
    samples = int(8000 * seconds)
    sound = b"".join(struct.pack("<h", int(8000 * math.sin(index * 440 * math.tau / 8000))) for index in range(samples))
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16,
                       b"data", len(sound))  # fmt: skip
    return head + sound


class Recordings(Struct):
    """What the server holds, how it misbehaves, and what was asked of it.

    ``trouble`` by recording: ``404``, ``500``, ``slow`` (stops half-way until let on), ``cut`` (ends half-way).
    """

    sounds: dict[str, bytes] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    of_call: dict[str, str] = field(default_factory=dict)
    trouble: dict[str, str] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    url: str = ""
    half_way: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)


@contextmanager
def recordings() -> Iterator[Recordings]:
    """Run the server of recordings in threads of this process."""
    service = Recordings()

    class Handler(_Handler):
        held = service

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield service
    service.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of those who went away, as tests make them do."""


class _Handler(BaseHTTPRequestHandler):
    held: Recordings
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path.partition("?")[0].endswith(("/Calls.json", "/Recordings.json")):
            self._list()
            return
        sid = self._known(".wav")
        if sid is None:
            return
        self.held.fetched.append(sid)
        trouble, sound = self.held.trouble.get(sid, ""), self.held.sounds[sid]
        if trouble.isdecimal():
            self._say(int(trouble), b"{}", "application/json")
            return
        self._head(200, len(sound), "audio/x-wav")
        half = len(sound) // 2
        self._write(sound[:half])
        if trouble == "slow":
            self.held.half_way.set()
            self.held.go_on.wait(60)
        if trouble == "cut":
            self.close_connection = True
            return
        self._write(sound[half:])

    def do_DELETE(self) -> None:
        sid = self._known(".json")
        if sid is None:
            return
        if self.held.trouble.get(sid, "").startswith("keep"):
            self._say(500, b'{"code": 20500, "message": "trouble", "status": 500}', "application/json")
            return
        del self.held.sounds[sid]
        self.held.deleted.append(sid)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _list(self) -> None:
        """List calls to one number, or what callers said, as Twilio does."""
        if not self._may_enter():
            return
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query)
        if "list" in self.held.trouble:
            self._say(int(self.held.trouble["list"]), b"{}", "application/json")
            return
        if parts.path.endswith("/Calls.json"):
            assert "StartTime>" in asked
            name, found = "calls", [call for call in self.held.calls if call["to"] == asked["To"][0]]
        else:
            assert "DateCreated>" in asked
            told = {"status": "completed", "duration": "12"}
            name, found = "recordings", [{"sid": sid, "call_sid": self.held.of_call.get(sid, "CA0"), **told}
                                         for sid in self.held.sounds]  # fmt: skip
        page = {name: found, "page": 0, "page_size": 50, "next_page_uri": None}
        self._say(200, json.dumps(page).encode(), "application/json")

    def _may_enter(self) -> bool:
        kind, _, secret = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic" and b64decode(secret).decode() == f"{ACCOUNT}:{TOKEN}":
            return True
        self._say(401, b'{"code": 20003, "message": "Authenticate", "status": 401}', "application/json")
        return False

    def _known(self, ending: str) -> str | None:
        if not self._may_enter():
            return None
        path = urlsplit(self.path).path
        start = f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/"
        sid = path.removeprefix(start).removesuffix(ending)
        if not path.startswith(start) or not path.endswith(ending) or sid not in self.held.sounds:
            self._say(404, b'{"code": 20404, "message": "not found", "status": 404}', "application/json")
            return None
        return sid

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self._head(status, len(body), kind)
        self._write(body)

    def _head(self, status: int, length: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _write(self, body: bytes) -> None:
        try:
            self.wfile.write(body)
            self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
