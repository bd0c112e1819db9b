"""What other programs are told of, how a message is signed, and when it is tried again. Pure.

The signature follows the Standard Webhooks specification (https://www.standardwebhooks.com), for which receivers
find libraries in most languages.
"""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from msgspec import Struct

from tsalert.core.clock import as_utc
from tsalert.core.errors import RuleViolation
from tsalert.core.words import Word

LONGEST_URL = 2000
# What is tried in vain for that long will not mend itself: 8 tries over 18 hours.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600))
KEPT_FOR = timedelta(days=30)
_SECRET_MARK = "whsec_"  # noqa: S105 - how the specification begins every secret
_GONE = 410
_WRITTEN = re.compile(r"[\x21-\x7e]+")


class EventKind(Word):
    """What a program can be told of."""

    INCIDENT_OPENED = "incident.opened", "A new incident"
    INCIDENT_TARGET_MISSED = "incident.target_missed", "A missed target"
    ALERT_PUBLISHED = "alert.published", "An alert that is sent"
    TEST = "test", "A test"


OFFERED = (EventKind.INCIDENT_OPENED, EventKind.INCIDENT_TARGET_MISSED, EventKind.ALERT_PUBLISHED)


class State(Word):
    """How far telling one program of one thing has come."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Taken"
    GIVEN_UP = "given_up", "Given up"


class Answer(Struct, frozen=True):
    """What came of one call: the HTTP status of the answer, or what went wrong before there was one."""

    status: int | None = None
    fault: str | None = None

    @property
    def is_taken(self) -> bool:
        """True where the program said that it has the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """True where the program wants to be told nothing more."""
        return self.status == _GONE


class Target(Struct, frozen=True):
    """An address to call, taken apart; ``path`` has its query with it."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str) -> Target:
    """Return an address taken apart.

    :raises RuleViolation: it is none that a program can be called at; the field is ``url``.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise RuleViolation("This is no web address.", field="url") from error
    if parts.scheme not in {"https", "http"} or not host:
        raise RuleViolation("Enter the whole address, beginning with https://", field="url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.username is not None or parts.fragment or not _WRITTEN.fullmatch(path):
        raise RuleViolation("Leave out names, passwords, spaces, accents and everything after #.", field="url")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def body_of(kind: EventKind, happened_at: datetime, facts: Mapping[str, object]) -> bytes:
    """Return what a program is sent."""
    told = {"type": kind.value, "timestamp": stamp(happened_at), "data": dict(facts)}
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode()


def stamp(moment: datetime) -> str:
    """Write an instant as messages carry it."""
    return as_utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_of(installation_key: str, salt: str) -> bytes:
    """Return the key with which one program's messages are signed; it is kept nowhere, only what it is made from."""
    return hmac.new(installation_key.encode(), f"webhook:{salt}".encode(), sha256).digest()


def secret_of(key: bytes) -> str:
    """Write a key as the receiver enters it."""
    return _SECRET_MARK + b64encode(key).decode()


def signed_headers(key: bytes, message_id: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent a message, and when; a receiver refuses what is older than minutes."""
    seconds = int(now.timestamp())
    signed = f"{message_id}.{seconds}.".encode() + body
    signature = b64encode(hmac.new(key, signed, sha256).digest()).decode()
    return {"Webhook-Id": message_id, "Webhook-Timestamp": str(seconds), "Webhook-Signature": f"v1,{signature}"}


def next_try(tries: int, *, now: datetime) -> datetime | None:
    """Return when a message is tried again after so many tries; None where it is given up."""
    return as_utc(now) + WAITS[tries - 1] if tries <= len(WAITS) else None
