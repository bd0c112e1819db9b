"""A stand-in for Twilio's REST interface: a real HTTP server that checks the account and answers in its JSON.

The body of a message says how to misbehave: ``code:21610``, ``status:503``, ``drop``, ``silent``,
``taken-then-drop``, ``page:502``. Everything else is taken.
"""

import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
DATED = "Wed, 10 Jun 2026 12:00:00 +0000"


@dataclass(slots=True)
class Twilio:
    """What was sent, and what the next answers hold."""

    taken: list[dict[str, str]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    retry_after: str | None = None
    url: str = ""
    over: Event = field(default_factory=Event)


@contextmanager
def running() -> Iterator[Twilio]:
    """Run the stand-in in threads of this process."""
    twilio = Twilio()

    class Handler(_Handler):
        service = twilio

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    twilio.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield twilio
    twilio.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


class _Handler(BaseHTTPRequestHandler):
    service: Twilio
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        message = {name: values[0] for name, values in form.items()}
        if self._may_enter():
            self._take(message, message.get("Body", ""))

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        if self._may_enter():
            self.service.asked.append(query)
            found = [each for each in self.service.taken if each["to"] == query.get("To")]
            self._answer(200, {"messages": found, "page": 0, "page_size": 20, "next_page_uri": None})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _may_enter(self) -> bool:
        kind, _, secret = self.headers.get("Authorization", "").partition(" ")
        known = kind == "Basic" and b64decode(secret).decode() == f"{ACCOUNT}:{TOKEN}"
        right = urlsplit(self.path).path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        if not known:
            self._refuse(401, 20003, "Authenticate")
        elif not right:
            self._refuse(404, 20404, "The requested resource was not found")
        return known and right

    def _take(self, message: dict[str, str], body: str) -> None:
        order, _, detail = body.partition(":")
        if order in {"code", "status"}:
            self._misbehave(order, int(detail))
        elif order == "page":
            self._say(int(detail), b"<h1>Bad gateway</h1>", "text/html")
        elif order == "silent":
            self.service.over.wait(30)
        elif order == "drop":
            self.close_connection = True
        else:
            kept = self._keep(message)
            if order == "taken-then-drop":
                self.close_connection = True
            else:
                self._answer(201, kept)

    def _misbehave(self, order: str, number: int) -> None:
        if order == "code":
            self._refuse(429 if number in {20429, 21611} else 400, number, "refused")
        else:
            self._refuse(number, None, "trouble")

    def _keep(self, message: dict[str, str]) -> dict[str, str]:
        sid = f"SM{len(self.service.taken):032x}"
        kept = {"sid": sid, "to": message["To"], "body": message["Body"], "status": "queued", "date_sent": DATED}
        kept |= {"account_sid": ACCOUNT, "callback": message.get("StatusCallback", "")}
        kept |= {"from": message.get("From", ""), "messaging_service_sid": message.get("MessagingServiceSid", "")}
        self.service.taken.append(kept)
        return kept

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
