"""Looking at what linked authorities publish of their keys: one that they revoked is not taken here either."""

from datetime import datetime

from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE
from tsalert.core.errors import RuleViolation
from tsalert.db import db, transaction
from tsalert.linked import queries, rules
from tsalert.linked.rules import KEYS_PATH, PublishedKey
from tsalert.webhooks.calling import Ask, Reply, ask
from tsalert.webhooks.rules import read_target
from tsalert.webhooks.service import reach

_LONGEST = 100_000
_OK = 200
REVOKED_BY_THEM = "They revoked it."


def read_from(url: str, path: str, *, most: int, mark: str | None = None) -> Reply:
    """Ask a service for something that it publishes; no transaction may be open.

    :param mark: the ETag of what we have of it, so that the same is not sent again.
    """
    headers = {"User-Agent": "tsalert", "Accept": "application/json"}
    return ask(read_target(url + path), Ask(headers | ({"If-None-Match": mark} if mark else {}), most=most), reach())


def fault_of(reply: Reply) -> str | None:
    """Return why nothing could be read; None where something was, or where it is the same as before."""
    if reply.answer.fault is not None:
        return reply.answer.fault
    return None if reply.answer.status in {_OK, 304} else f"It answered with status {reply.answer.status}."


def keys_at(url: str) -> list[str]:
    """Return the keys that a service publishes and has not revoked; no transaction may be open.

    :raises RuleViolation: it cannot be asked, or has none; the field is ``url``.
    """
    db.session.rollback()  # nothing is held open while somebody else is waited for
    reply = read_from(url, KEYS_PATH, most=_LONGEST)
    fault = fault_of(reply)
    if fault is not None:
        raise RuleViolation(f"We could not read its keys. {fault}", field="url")
    try:
        good = [key.public for key in rules.read_published(reply.body) if not key.is_revoked]
    except RuleViolation as refusal:
        raise RuleViolation(f"We could not read its keys. {refusal.message}", field="url") from refusal
    if not good:
        raise RuleViolation("It has no key yet. Its administrator makes one.", field="url")
    return good


def look_at_keys(now: datetime) -> int:
    """Read what every linked authority says of its keys; returns how many it has revoked since. Again does no harm."""
    linked = queries.to_ask(db.session())
    db.session.rollback()  # nothing is held open while somebody else is waited for
    return sum(_look(authority_id, url, now) for authority_id, url in linked)


def _look(authority_id: int, url: str, now: datetime) -> int:
    reply = read_from(url, KEYS_PATH, most=_LONGEST)
    fault = fault_of(reply)
    published: list[PublishedKey] = []
    if fault is None:
        try:
            published = rules.read_published(reply.body)
        except RuleViolation as refusal:
            fault = refusal.message
    return _note(authority_id, [key.public for key in published if key.is_revoked], fault, now)


def _note(authority_id: int, gone: list[str], fault: str | None, now: datetime) -> int:
    with transaction() as session:
        row = queries.get_row(session, authority_id, lock=True)
        row.looked_at, row.fault = now, fault
        keys = [key for key in queries.keys_of(session, authority_id) if key.public in gone and key.revoked_at is None]
        for key in keys:
            key.revoked_at, key.reason = now, REVOKED_BY_THEM
            audit.record(session, SERVICE, "key revoked", "linked authority", authority_id, now=now, key=key.id)
        return len(keys)
