"""How an entry of the trail is sealed. Pure; the same everywhere for ever, or old seals stop verifying."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from msgspec import Struct

FIRST_SEAL = "0" * 64
# What somebody saw of one record, and what besides leaves a record as it was.
OPENED = frozenset({"read", "read evidence"})
EXPORTED = "exported"
NOT_WRITTEN = OPENED | {EXPORTED, "listed", "searched", "looked for matches", "heard"}

Detail = str | int | bool | None


class Entry(Struct, frozen=True):
    """One act: by whom, through which door, on what. Details name fields and states, never personal data."""

    at: datetime
    officer_id: int | None
    via: str
    action: str
    subject: str
    subject_id: int | None
    detail: Mapping[str, Detail]


class Head(Struct, frozen=True):
    """The trail at one moment: how many entries it has, and the seal of the last."""

    length: int
    seal: str


def seal(previous: str, entry: Entry) -> str:
    """Return SHA-256 of the previous seal followed by the entry as canonical JSON, in hexadecimal."""
    return sha256((previous + canonical(entry)).encode()).hexdigest()


def canonical(entry: Entry) -> str:
    """Write an entry as JSON with sorted keys and no spaces; its time in UTC to the microsecond."""
    values = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "officer_id": entry.officer_id,
        "via": entry.via,
        "action": entry.action,
        "subject": entry.subject,
        "subject_id": entry.subject_id,
        "detail": dict(entry.detail),
    }
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
