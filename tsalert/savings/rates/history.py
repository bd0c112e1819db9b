"""Who wrote a rate set, changed and approved it, by the trail."""

from sqlalchemy.orm import Session

from tsalert.audit.models import AuditEvent
from tsalert.audit.queries import entries_about
from tsalert.savings.rates.drafting import HEAD_LABELS, RATE_LABELS
from tsalert.savings.rules import InterventionType
from tsalert.savings.valuing.valuation import ValueClass

# Values for reference may be of anything.
_KINDS = {kind.value: kind.label for kind in InterventionType}
_ACTS = {"drafted": "Drafted", "changed": "Changed", "approved": "Approved"}


def acts_of(session: Session, rate_set_id: int) -> list[AuditEvent]:
    """Return what was done to a set, the latest first; it began when it was last drafted under its number."""
    found = []
    for entry in reversed(entries_about(session, "rate set", rate_set_id)):
        if entry.action == "discarded":
            break
        if entry.action in _ACTS:
            found.append(entry)
        if entry.action == "drafted":
            break
    return found


def words_of(act: AuditEvent) -> str:
    """Say what was done, and to what of the set, where the trail holds it."""
    said = act.detail
    labels = HEAD_LABELS | RATE_LABELS
    fields = ", ".join(labels.get(name, name) for name in str(said.get("fields") or "").split(", ") if name)
    kind, _, component = str(said.get("rate") or ":").partition(":")
    place = f"{_KINDS.get(kind, kind)}, {ValueClass(component).label.lower()}" if kind else ""
    more = ": ".join(part for part in (place, fields) if part)
    if said.get("continues"):
        more = f"continues {said['continues']}"
    return f"{_ACTS[act.action]}: {more}" if more else _ACTS[act.action]
