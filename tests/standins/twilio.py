"""A stand-in for Twilio's REST interface: a real HTTP server that checks the account and answers in its JSON.

The body of a message says how to misbehave: ``code:21610``, ``status:503``, ``drop``, ``silent``,
``taken-then-drop``, ``page:502``. Everything else is taken. A number's ``habits`` say the same for every message and
call to it, and what a telephone that is rung does (see ``called.py``).

``python -m tests.standins.twilio DELAY`` runs it as a process of its own, which prints its address.
"""

import json
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Event
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field

from tests.standins import called
from tests.standins.called import Call, Post, post_signed
from tests.standins.processes import eventually
from tests.standins.serving import serving

ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
DATED = "Wed, 10 Jun 2026 12:00:00 +0000"


def environment(url: str, *, sender: str = "+441632960000") -> dict[str, str]:
    """Return the settings with which a process of its own sends its texts to a stand-in at an address."""
    return {
        "TSALERT_SMS": "twilio",
        "TSALERT_TWILIO_ACCOUNT_SID": ACCOUNT,
        "TSALERT_TWILIO_AUTH_TOKEN": TOKEN,
        "TSALERT_TWILIO_FROM": sender,
        "TSALERT_TWILIO_API_URL": url,
    }


class Twilio(Struct):
    """What was sent and rung, and what the next answers hold.

    ``is_down`` answers everything with 503. ``delay`` seconds pass before each message is answered. ``post`` is how
    webhooks are reached, by default over HTTP.
    """

    taken: list[dict[str, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    habits: dict[str, str] = field(default_factory=dict)
    fates: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    retry_after: str | None = None
    is_down: bool = False
    texts_come_first: bool = False  # whoever is rung picks up once their text has come
    account_status: str = "active"
    delay: float = 0.0
    order: called.Order = called.Order.AS_THEY_COME
    post: Post = post_signed
    url: str = ""
    over: Event = field(default_factory=Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep_message(self, form: dict[str, str]) -> dict[str, str]:
        """Take a message."""
        with self._lock:
            kept = {"sid": f"SM{len(self.taken):032x}", "to": form["To"], "body": form["Body"], "status": "queued"}
            kept |= {"account_sid": ACCOUNT, "callback": form.get("StatusCallback", ""), "date_sent": DATED}
            kept |= {"from": form.get("From", ""), "messaging_service_sid": form.get("MessagingServiceSid", "")}
            self.taken.append(kept | {"at": str(time())})
        return kept

    def keep_call(self, form: dict[str, str]) -> Call:
        """Take a call; the telephone rings in a thread of its own."""
        with self._lock:
            sid = f"CA{len(self.calls):032x}"
            call = Call(sid, form["To"], form.get("From", ""), form["Url"], form.get("StatusCallback", ""), time())
            call.ordered = form
            call.detects_machines = "MachineDetection" in form
            self.calls.append(call)
        habit = self.habits.get(call.to, "nobody")
        threading.Thread(target=self._ring, args=(call, habit), daemon=True).start()
        return call

    def _ring(self, call: Call, habit: str) -> None:
        if self.texts_come_first:
            eventually(lambda: any(each["to"] == call.to for each in self.taken))
        called.play(call, habit, self.order, self.post)


@contextmanager
def running(port: int = 0) -> Iterator[Twilio]:
    """Run the stand-in in threads of this process."""
    twilio = Twilio()

    class Handler(_Handler):
        service = twilio

    with serving(Handler, port) as twilio.url:
        yield twilio
        twilio.over.set()


class _Handler(BaseHTTPRequestHandler):
    service: Twilio
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        message = {name: values[0] for name, values in form.items()}
        if self._may_enter():
            self._take(message, self.service.habits.get(message["To"], message.get("Body", "")))

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self._may_enter():
            self.service.asked.append(query)
            kind = self._kind()
            if kind == "account":
                self._answer(200, {"sid": ACCOUNT, "status": self.service.account_status})
                return
            if kind in {"message", "call"}:
                self._tell(kind)
                return
            kept = self.service.taken if kind == "messages" else [call.document() for call in self.service.calls]
            found = [each for each in kept if each["to"] == query.get("To")]
            self._answer(200, {kind: found, "page": 0, "page_size": 20, "next_page_uri": None})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _kind(self) -> str:
        place = urlsplit(self.path).path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}")
        lists = {"/Messages.json": "messages", "/Calls.json": "calls", ".json": "account"}
        one = {"/Messages/": "message", "/Calls/": "call"}.get(place[: place.rfind("/") + 1], "")
        return lists.get(place) or one

    def _tell(self, kind: str) -> None:
        """Say what became of one message or call, as a test has set it in ``fates``; Twilio knows no other."""
        sid = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".json")
        if sid not in self.service.fates:
            self._refuse(404, 20404, "The requested resource was not found")
            return
        word, code = self.service.fates[sid]
        told = {"status": word, **({"error_code": code} if kind == "message" else {})}
        self._answer(200, {"sid": sid, "account_sid": ACCOUNT, "date_sent": DATED, **told})

    def _may_enter(self) -> bool:
        kind, _, secret = self.headers.get("Authorization", "").partition(" ")
        known = kind == "Basic" and b64decode(secret).decode() == f"{ACCOUNT}:{TOKEN}"
        if not known:
            self._refuse(401, 20003, "Authenticate")
        elif not self._kind():
            self._refuse(404, 20404, "The requested resource was not found")
        elif self.service.is_down:
            self._refuse(503, None, "down")
        return known and bool(self._kind()) and not self.service.is_down

    def _take(self, form: dict[str, str], habit: str) -> None:
        order, _, detail = habit.partition(":")
        if order in {"code", "status"}:
            self._misbehave(order, int(detail))
        elif order == "page":
            self._say(int(detail), b"<h1>Bad gateway</h1>", "text/html")
        elif order == "silent":
            self.service.over.wait(30)
        elif order == "drop":
            self.close_connection = True
        else:
            self._keep(form, order)

    def _keep(self, form: dict[str, str], order: str) -> None:
        service, is_call = self.service, self._kind() == "calls"
        kept = service.keep_call(form).document() if is_call else service.keep_message(form)
        if order == "taken-then-drop":
            self.close_connection = True
        elif order == "taken-then-silent":
            self.service.over.wait(30)
        else:
            service.over.wait(service.delay)
            self._answer(201, kept)

    def _misbehave(self, order: str, number: int) -> None:
        if order == "code":
            self._refuse(429 if number in {20429, 21611} else 400, number, "refused")
        else:
            self._refuse(number, None, "trouble")

    def _refuse(self, status: int, code: int | None, text: str) -> None:
        self._answer(status, {"code": code, "message": text, "status": status, "more_info": ""})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        self._say(status, json.dumps(document).encode(), "application/json")

    def _say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.service.retry_after and status >= 400:
            self.send_header("Retry-After", self.service.retry_after)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    with running() as alone:
        alone.delay = float(sys.argv[1])
        sys.stdout.write(f"{alone.url}\n")
        sys.stdout.flush()
        alone.over.wait()
