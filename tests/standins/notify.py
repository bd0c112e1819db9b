"""A stand-in for GOV.UK Notify: a real HTTP server that checks the token of each request and answers in Notify's JSON.

The first line of a message says how to misbehave: ``error:429:RateLimitError``, ``page:502``, ``drop``, ``silent``,
``taken-then-drop``, ``taken-then-error:500:Exception``. Everything else is taken.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from threading import Event
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import jwt
from msgspec import Struct, field

from tests.standins.serving import serving

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
API_KEY = f"our_key-{SERVICE}-{SECRET}"
EMAIL_TEMPLATE, SMS_TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a", "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
_SECONDS = 30
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIELDS = {"email": "email_address", "sms": "phone_number"}
_KNOWN_FIELDS = frozenset({"template_id", "personalisation", "reference", "one_click_unsubscribe_url"})


class Template(Struct):
    """What stands at Notify, with its places."""

    kind: str
    places: tuple[str, ...]


class Notify(Struct):
    """What was taken and asked, and what the next answers hold; ``is_down`` answers everything with 503.

    ``clock_ahead`` is how many seconds its clock is ahead of ours.
    """

    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    templates: dict[str, Template] = field(
        default_factory=lambda: {
            EMAIL_TEMPLATE: Template("email", ("subject", "body")),
            SMS_TEMPLATE: Template("sms", ("body",)),
        }
    )
    retry_after: str | None = None
    is_down: bool = False
    clock_ahead: float = 0.0
    url: str = ""
    over: Event = field(default_factory=Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, kind: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Take a message and return what Notify answers."""
        with self._lock:
            number = str(uuid4())
            created = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
            self.taken.append({"id": number, "type": kind, "created_at": created, "status": "created", **asked})
        content = {"body": asked["personalisation"]["body"]}
        return {"id": number, "reference": asked.get("reference"), "content": content, "uri": f"{self.url}/{number}"}


@contextmanager
def running(port: int = 0) -> Iterator[Notify]:
    """Run the stand-in in threads of this process."""
    notify = Notify()

    class Handler(_Handler):
        service = notify

    with serving(Handler, port) as notify.url:
        yield notify
        notify.over.set()


class _Handler(BaseHTTPRequestHandler):
    service: Notify
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        kind = urlsplit(self.path).path.removeprefix("/v2/notifications/")
        if self._may_enter() and self._is_valid(kind, asked):
            self._take(kind, asked, str(asked["personalisation"]["body"]).partition("\n")[0])

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if not self._may_enter():
            return
        self.service.asked.append(self.path)
        if parts.path.startswith("/v2/notifications/"):
            self._show(parts.path.removeprefix("/v2/notifications/"))
        elif parts.path == "/v2/notifications":
            self._find({name: values[0] for name, values in parse_qs(parts.query).items()})
        else:
            self._show_template(parts.path.removeprefix("/v2/template/"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _may_enter(self) -> bool:
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE, options={"verify_iat": False})
            off = abs(time() + self.service.clock_ahead - claims["iat"])
            known = scheme == "Bearer" and off <= _SECONDS
        except jwt.InvalidTokenError:
            known = False
        if not known:
            self._refuse(403, "AuthError", "Invalid token: API key not found")
        elif self.service.is_down:
            self._say(503, b"<h1>Service unavailable</h1>", "text/html")
        return known and not self.service.is_down

    def _is_valid(self, kind: str, asked: dict[str, Any]) -> bool:
        """Check a message as Notify does: its fields first, then the template and its places."""
        fault = self._fault_of_fields(kind, asked)
        template = self.service.templates.get(asked.get("template_id", ""))
        if fault:
            self._refuse(400, "ValidationError", fault)
        elif template is None or template.kind != kind:
            self._refuse(400, "BadRequestError", "Template not found")
        elif missing := set(template.places) - asked.get("personalisation", {}).keys():
            self._refuse(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        else:
            return True
        return False

    def _fault_of_fields(self, kind: str, asked: dict[str, Any]) -> str | None:
        name = _FIELDS.get(kind, "")
        address, unknown = str(asked.get(name, "")), asked.keys() - _KNOWN_FIELDS - {name}
        if unknown:
            return f"Additional properties are not allowed ({', '.join(unknown)} was unexpected)"
        if not asked.get("one_click_unsubscribe_url", "https://").startswith("https://"):
            return "one_click_unsubscribe_url is not a valid https url"
        is_address = not address.endswith(".invalid") if kind == "email" else address.startswith("+447")
        return None if is_address else f"{name} {address} is not valid"

    def _take(self, kind: str, asked: dict[str, Any], body: str) -> None:
        is_taken = body.startswith("taken-then-")
        order, _, detail = body.removeprefix("taken-then-").partition(":")
        kept = self.service.keep(kind, asked) if is_taken or order not in {"error", "page", "drop", "silent"} else {}
        if order == "error":
            status, _, name = detail.partition(":")
            self._refuse(int(status), name, "said")
        elif order == "page":
            self._say(int(detail), b"<h1>A gateway's page</h1>", "text/html")
        elif order == "silent":
            self.service.over.wait(30)
        elif order == "drop":
            self.close_connection = True
        else:
            self._answer(201, kept)

    def _find(self, query: dict[str, str]) -> None:
        found = [
            each
            for each in reversed(self.service.taken)
            if each["type"] == query.get("template_type") and each.get("reference") == query.get("reference")
        ]
        self._answer(200, {"notifications": found, "links": {"current": self.path}})

    def _show(self, number: str) -> None:
        found = next((each for each in self.service.taken if each["id"] == number), None)
        if found is not None:
            self._answer(200, found)
        elif _UUID.fullmatch(number):
            self._refuse(404, "NoResultFound", "No result found")
        else:
            self._refuse(400, "ValidationError", "notification_id is not a valid UUID")

    def _show_template(self, number: str) -> None:
        template = self.service.templates.get(number)
        if template is None:
            self._refuse(404, "NoResultFound", "No result found")
            return
        places = {place: {"required": True} for place in template.places}
        self._answer(200, {"id": number, "type": template.kind, "version": 1, "personalisation": places})

    def _refuse(self, status: int, kind: str, text: str) -> None:
        self._answer(status, {"status_code": status, "errors": [{"error": kind, "message": text}]})

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
