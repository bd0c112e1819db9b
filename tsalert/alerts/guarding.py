"""What an alert's page says before anybody decides: who gets it, at what cost, what waits, and when it goes out."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tsalert.alerts import editions, proof
from tsalert.alerts.audience.later import say_later
from tsalert.alerts.audience.lone import is_for_one
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.audience.unusual import is_unusual, usual_size
from tsalert.alerts.costing import costs
from tsalert.alerts.figures import queries as figures
from tsalert.alerts.models import Alert
from tsalert.alerts.nearness import find_near
from tsalert.alerts.night import reasons as night_reasons
from tsalert.alerts.night.rules import find_night, wakes_people
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.spending import budgets as budgeting
from tsalert.alerts.spending import service as spending
from tsalert.alerts.spending.rules import in_pounds, to_the_penny


def readers(session: Session, alert: Alert, pulled: proof.Proof, now: datetime) -> dict[str, Any]:
    """Count who would get an alert now, at what cost, and what would wait; or who was to get it when it was sent."""
    if alert.published_at is not None:
        sent = editions.sent_sizes(session, alert.id)
        unsent: dict[str, Any] = {"reach": None, "later": "", "costs": [], "night": None, "usual": None, "near": []}
        said = night_reasons.find_reason(session, alert.id, alert.approved_digest or "")
        return unsent | {"edition_sizes": sent, "budget": None, "may_wake": said} | _money(session, alert)
    found = count_readers(session, alert, now=now)
    usual, size, reach = usual_size(session, alert.id), found.size, found.at_once
    return {
        "reach": reach,
        "usual": usual if is_unusual(size, usual) else None,
        "is_for_one": is_for_one(session, alert, size, now=now),
        "counted_at": found.as_of,
        "later": say_later(found.later),
        "edition_sizes": found.editions,
        "costs": costs(pulled, reach),
        "night": find_night(alert.channels, alert.urgency, alert.expires_at, now),
        "budget": budgeting.find_budget(session, alert, pulled, reach, now=now),
        "to_the_penny": to_the_penny,
        "wakes_now": wakes_people(alert.channels, alert.urgency, alert.expires_at, now),
        "may_wake": night_reasons.find_reason(session, alert.id, pulled.digest),
        "near": find_near(session, alert, now=now),
    }


def _money(session: Session, alert: Alert) -> dict[str, str]:
    """Return what was set aside for the texts and calls of an alert, and what they cost so far; nothing for mails."""
    cost = spending.set_aside_for(session, alert.id)
    if not cost:
        return {"set_aside": "", "cost": ""}
    taken = figures.total(figures.spent(session, alert.id))
    return {"set_aside": to_the_penny(in_pounds(cost)), "cost": to_the_penny(taken)}


def schedule(session: Session, alert: Alert) -> dict[str, Any]:
    """Return the last schedule of an alert, and what of it waits for the morning after its moment."""
    found = schedules.find_latest(session, alert.id)
    night = find_night(alert.channels, alert.urgency, alert.expires_at, found.starts_at) if found else None
    return {"schedule": found, "schedule_night": night}
