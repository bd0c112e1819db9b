"""Another authority: its key, and what it publishes."""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import OKPKey
from msgspec import Struct, field
from sqlalchemy.orm import Session

from tests.standins.serving import serving
from tests.webhooks.conftest import LOCAL
from tsalert.core.actors import Actor
from tsalert.linked import rules
from tsalert.staff.rules import RoleName


class Authority(Struct):
    """Another authority with one key; ``pages`` are what it publishes, by path."""

    key: Any = field(default_factory=lambda: OKPKey.generate_key("Ed25519"))
    url: str = "https://alerts.otherborough.example"
    pages: dict[str, bytes] = field(default_factory=dict)

    @property
    def public(self) -> str:
        found: str = self.key.as_dict(private=False)["x"]
        return found

    @property
    def fingerprint(self) -> str:
        return rules.fingerprint_of(self.public)

    def sign(self, content: bytes) -> str:
        head = {"alg": "Ed25519", "kid": rules.name_of(self.public)}
        return jws.serialize_compact(head, content, self.key, algorithms=["Ed25519"])

    def publish(self, *, is_revoked: bool = False) -> None:
        keys = [rules.describe_key(self.public, is_revoked=is_revoked)]
        self.pages[rules.KEYS_PATH] = json.dumps({"keys": keys}).encode()


@pytest.fixture
def other() -> Authority:
    return Authority()


@pytest.fixture
def online(app: Flask, other: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """The other authority with a service on this machine, which may be called without TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = other.pages.get(self.path)
            self.send_response(200 if body is not None else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            pass

    monkeypatch.setitem(app.extensions, "tsalert_webhook_reach", LOCAL)
    with serving(Handler, 0) as url:
        other.url = url.rstrip("/")
        other.publish()
        yield other


@pytest.fixture
def administrator(session: Session, officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.ADMINISTRATOR)
