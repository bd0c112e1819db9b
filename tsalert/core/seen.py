"""Whether somebody changes what stands, or what stood when their page was opened and a colleague has changed since."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from tsalert.core.errors import RuleViolation


def mark_of(known: object, names: Iterable[str]) -> str:
    """Return what tells apart what is known in some fields, as it stands and after somebody changed it."""
    said = "\n".join(repr(str(getattr(known, name))) for name in names)
    return sha256(said.encode()).hexdigest()[:16]


def differing(known: object, values: Mapping[str, object], labels: Mapping[str, str], *, seen: str | None) -> list[str]:
    """Return the names of the fields that are to change, unless a colleague changed any since.

    What they wrote would be put back to what it was.

    :param values: what is to be known, by field.
    :param labels: the same fields, as the form calls them.
    :param seen: the mark of what was shown; None where it is not known.
    :raises RuleViolation: something else is known by now.
    """
    changed = [name for name in labels if getattr(known, name) != values[name]]
    if changed and seen not in {None, mark_of(known, labels)}:
        raise RuleViolation(_overtaken(dict.fromkeys(labels[name] for name in changed)), field="seen")
    return changed


def write_anew(row: object, values: Mapping[str, object], labels: Mapping[str, str], *, seen: str | None) -> list[str]:
    """Write what differs into a row; returns the names of what changed.

    :raises RuleViolation: a colleague changed the row since (``differing``).
    """
    changed = differing(row, values, labels, seen=seen)
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _overtaken(differing: Iterable[str]) -> str:
    return (
        "Somebody changed this after you opened the page. Nothing was saved, and what you typed is still here. "
        f"It differs from what stands now in: {', '.join(differing)}. Compare it, and save again what is right."
    )
