"""Whether somebody changes what stands, or what stood when their page was opened and a colleague has changed since."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from tsalert.core.errors import RuleViolation


def mark_of(row: object, names: Iterable[str]) -> str:
    """Return what tells apart what a row says in some fields, as it stands and after somebody changed it."""
    said = "\n".join(repr(str(getattr(row, name))) for name in names)
    return sha256(said.encode()).hexdigest()[:16]


def require_seen(seen: str | None, row: object, labels: Mapping[str, str], changed: Sequence[str]) -> None:
    """Refuse to change what a colleague changed since: what they wrote would be put back to what it was.

    :param seen: the mark of what was shown; None where it is not known.
    :param labels: all fields that count, as the form calls them.
    :param changed: those that are to change.
    :raises RuleViolation: the row says something else by now.
    """
    if not changed or seen is None or seen == mark_of(row, labels):
        return
    differing = ", ".join(dict.fromkeys(labels[name] for name in changed))
    raise RuleViolation(
        "Somebody changed this after you opened the page. Nothing was saved, and what you typed is still here. "
        f"It differs from what stands now in: {differing}. Compare it, and save again what is right.",
        field="seen",
    )
