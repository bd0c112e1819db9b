"""What is kept of a form that nobody has saved. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from tsalert.core.errors import RuleViolation

# What nobody went on with for so long is forgotten.
LIFE = timedelta(days=30)
MOST = 20
LONGEST = 40_000
_KEY = re.compile(r"[0-9a-f]{32}")
_LISTS = frozenset({"wards", "channels", "partner_kinds", "but_wards"})
_TYPED = frozenset({
    "headline", "body", "advice", "sms", "voice", "topic", "urgency", "expires_at", "expires_at_zone", "case_id",
    "case_reference", "kind", "named", "left_out", "with_neighbours", *_LISTS,
})  # fmt: skip


class Copy(Struct, frozen=True):
    """What a form holds.

    :param key: which opening of a form it is.
    :param seen: the digest of the alert as the form showed it, where it changes one.
    """

    key: str
    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    alert_id: int | None = None
    original_id: int | None = None
    seen: str | None = None


def check_key(key: str) -> str:
    """Return the key of a form's opening.

    :raises RuleViolation: it is none that a page was given.
    """
    if not _KEY.fullmatch(key):
        raise RuleViolation("Load the page again.", field="copy")
    return key


def keep_typed(typed: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Return what of a form is kept: its own fields, as they were typed.

    :raises RuleViolation: it is longer than an alert can be.
    """
    kept = {name: [each.replace("\0", "") for each in values] for name, values in typed if name in _TYPED}
    if sum(len(each) for values in kept.values() for each in values) > LONGEST:
        raise RuleViolation("This is longer than an alert can be.", field="body")
    return kept


def as_filled(fields: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what was typed as a form is filled with it; a choice that was taken back is empty."""
    lists = {name: list(fields.get(name, ())) for name in _LISTS}
    return {name: values[0] if values else "" for name, values in fields.items() if name not in _LISTS} | lists
