"""Which alerts the calls of an incident quote, so that a saving leads to the alert that made somebody ring."""

import re

from sqlalchemy.orm import Session

from tsalert.response.rows import calls_of

_QUOTED = re.compile(r"\bTS[ -]?(20\d\d)[ -]?(\d{1,9})\b", re.ASCII | re.IGNORECASE)


def alerts_in(text: str) -> list[str]:
    """Return the references of alerts that a text quotes, each once and as they are stored: ``TS-2026-014``."""
    return list(dict.fromkeys(f"TS-{year}-{int(number):03}" for year, number in _QUOTED.findall(text)))


def alerts_quoted(session: Session, incident_id: int | None) -> list[str]:
    """Return the references of alerts that callers of an incident quoted; whether we sent them is for the check."""
    if incident_id is None:
        return []
    return alerts_in("\n".join(call.happening or "" for call in calls_of(session, incident_id)))
