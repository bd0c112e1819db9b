"""An audience far beyond the usual, or of one: whoever sends to it types its number, so that no slip goes out."""

from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts import editions
from tsalert.alerts.audience.lone import is_for_one
from tsalert.alerts.models import Alert
from tsalert.core.errors import RuleViolation

MANY_TIMES = 10
# Whoever sends to a few hundred sees at a glance that it is a few hundred.
SMALL = 1000
_LATEST, _FEWEST = 20, 3
# People join and leave while the number is typed.
_SLACK = 100


def usual_size(session: Session, alert_id: int) -> int | None:
    """Return how many the alerts before this one went to, as the middle of the latest; None while there are too few."""
    before = select(Alert.id).where(Alert.published_at.is_not(None), Alert.id != alert_id)
    latest = session.scalars(before.order_by(Alert.published_at.desc(), Alert.id.desc()).limit(_LATEST)).all()
    sizes = [each.total for each in editions.progress_of_all(session, latest).values()]
    return int(median(sizes)) if len(sizes) >= _FEWEST else None


def is_unusual(size: int, usual: int | None) -> bool:
    """Tell whether an audience is so large that its number is to be typed."""
    return usual is not None and size > SMALL and size > MANY_TIMES * usual


def is_the_number(typed: int | None, size: int) -> bool:
    """Tell whether what was typed is the size of an audience, give or take who joined and left meanwhile."""
    return typed is not None and abs(typed - size) * _SLACK <= size


def require_typed(session: Session, alert_id: int, size: int, typed: int | None) -> int:
    """Return the size of an audience, unless it is unusual or one person and its number was not typed. A step.

    :raises RuleViolation: saying how many they are, and how many is usual.
    """
    alert = session.get_one(Alert, alert_id)
    if typed != size and is_for_one(session, alert, size, now=alert.changed_at):
        raise RuleViolation(
            f"This goes to one person alone: anybody who hears of it knows who it is about. Choose more wards or "
            f"topics, or if it is meant, type the number {size}.",
            field="readers",
        )
    usual = usual_size(session, alert_id)
    if is_unusual(size, usual) and not is_the_number(typed, size):
        raise RuleViolation(
            f"This goes to {size:,} addresses; {usual:,} are usual. If that is meant, type the number {size}.",
            field="readers",
        )
    return size
