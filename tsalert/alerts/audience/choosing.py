"""For whom an alert is beside its topic, wards and channels, as it is kept; the statement that finds them is theirs."""

from typing import Any

from msgspec.structs import replace

from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Draft
from tsalert.subscribers.choice import Choice

LISTS = ("partner_kinds", "but_wards", "named", "left_out")


def choice_of(alert: Alert) -> Choice:
    """Return for whom an alert is beside its topic, wards and channels."""
    return Choice(
        tuple(alert.partner_kinds or ()),
        tuple(alert.but_wards or ()),
        tuple(alert.named or ()),
        tuple(alert.left_out or ()),
    )


def fill(alert: Alert, draft: Draft) -> None:
    """Write down for whom a settled draft is."""
    alert.wards, alert.channels = sorted(draft.wards), sorted(draft.channels)
    alert.partner_kinds, alert.but_wards = sorted(draft.partner_kinds), sorted(draft.but_wards)
    alert.named, alert.left_out = (sorted(map(int, each)) for each in (draft.named, draft.left_out))


def as_before(original: Alert, draft: Draft) -> Draft:
    """Return a draft for the same people beside topic, wards and channels as the alert that it continues."""
    return replace(
        draft,
        partner_kinds=tuple(original.partner_kinds),
        but_wards=tuple(original.but_wards),
        named=tuple(f"#{number}" for number in original.named),
        left_out=tuple(f"#{number}" for number in original.left_out),
    )


def sealed(alert: Alert) -> dict[str, Any]:
    """Return what an approval binds to; an alert for everybody is sealed as before anybody could choose."""
    return {name: sorted(getattr(alert, name)) for name in LISTS if getattr(alert, name)}
