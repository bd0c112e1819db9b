"""A stand-in for a provider of identities: OpenID Connect over real HTTP, with real keys, that misbehaves on demand.

Whoever is sent to it is taken for ``person`` at once. What its tokens say is changed by ``twist``, and how they are
signed by ``signed_by``: ``own``, ``foreign`` (another's key under its own name) or ``nobody`` (``alg: none``). It
answers nothing but 503 while it ``is_down``, and gives out no token while it ``is_silent``.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from secrets import token_urlsafe
from threading import Lock
from time import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from msgspec import Struct, field

from tests.standins.serving import serving

CLIENT, SECRET = "tsalert-of-testshire", "a secret of the client's own"


def key(name: str) -> RSAKey:
    """Return a key, made once: it takes a while, and the provider answers several at a time."""
    with _making:
        return _made(name)


@cache
def _made(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


_making = Lock()


class Identity(Struct):
    """What the provider knows, does wrong, and was asked."""

    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "4711", "email": "Kim@Example.org", "email_verified": True, "name": "Kim Example",
            "sid": "session-1",
        }
    )  # fmt: skip
    twist: dict[str, Any] = field(default_factory=dict)
    signed_by: str = "own"
    key_name: str = "first"
    said: dict[str, Any] = field(default_factory=dict)
    denies: bool = False
    is_down: bool = False
    is_silent: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    url: str = ""

    def describe(self) -> dict[str, Any]:
        """Return the discovery document."""
        places = {"authorization": "authorize", "token": "token", "end_session": "sign-out"}
        endpoints = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in places.items()}
        signing = {"id_token_signing_alg_values_supported": ["RS256", "none", "HS256"]}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **endpoints, **signing, **self.said}

    def write_token(self, nonce: str) -> str:
        """Return the ID token of whoever signed in."""
        now = int(time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now, "nonce": nonce}
        told = {name: value for name, value in (claims | self.person | self.twist).items() if value is not None}
        if self.signed_by == "nobody":
            return f"{_packed({'alg': 'none'})}.{_packed(told)}."
        used = key("another's") if self.signed_by == "foreign" else key(self.key_name)
        token: str = jwt.encode({"alg": "RS256", "kid": self.key_name}, told, used)
        return token


@contextmanager
def running() -> Iterator[Identity]:
    """Run the stand-in in threads of this process."""
    identity = Identity()

    class Handler(_Handler):
        service = identity

    with serving(Handler, 0) as identity.url:
        yield identity


class _Handler(BaseHTTPRequestHandler):
    service: Identity
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.service.looked_up.append(parts.path)
        if self.service.is_down:
            self._answer(503, {})
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, self.service.describe())
        elif parts.path == "/keys":
            self._answer(200, dict(KeySet([key(self.service.key_name)]).as_dict(private=False)))
        elif parts.path == "/authorize":
            self._authorize(asked)
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        form = {name: values[0] for name, values in sent.items()}
        request = self.service.codes.pop(form.get("code", ""), None)  # a code is good once
        if self.service.is_down or self.service.is_silent:
            self._answer(503, {})
        elif not self._is_client():
            self._answer(401, {"error": "invalid_client"})
        elif request is None or not _is_proven(request, form):
            self._answer(400, {"error": "invalid_grant"})
        else:
            token = self.service.write_token(request["nonce"])
            self._answer(200, {"access_token": token_urlsafe(), "token_type": "Bearer", "id_token": token})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass

    def _authorize(self, asked: dict[str, str]) -> None:
        self.service.asked.append(asked)
        code = token_urlsafe()
        self.service.codes[code] = asked
        told = {"error": "access_denied"} if self.service.denies else {"code": code}
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(told | {'state': asked['state']})}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _is_client(self) -> bool:
        told = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        return [unquote(part) for part in told.split(":", 1)] == [CLIENT, SECRET]

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _is_proven(request: dict[str, str], form: dict[str, str]) -> bool:
    """Tell whether whoever brings a code is who asked for it (RFC 7636), and comes back where they said."""
    proof = base64.urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
    is_asked_for = request["code_challenge_method"] == "S256" and request["code_challenge"] == proof
    return is_asked_for and form.get("redirect_uri") == request["redirect_uri"]


def _packed(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
