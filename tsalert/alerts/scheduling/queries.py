"""Reading approvals for a moment to come."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.alerts.models import Alert
from tsalert.alerts.scheduling.models import AlertSchedule
from tsalert.alerts.scheduling.rules import STANDING, ScheduleState
from tsalert.staff.queries import officer_names

_STANDS = AlertSchedule.state.in_(STANDING)


class Scheduled(Struct, frozen=True):
    """One alert that is to go out by itself, or that could not and waits for a person."""

    alert_id: int
    reference: str
    headline: str
    state: ScheduleState
    starts_at: datetime
    scheduled_by: str
    held_because: str | None


def states_of(session: Session, alert_ids: Collection[int]) -> dict[int, ScheduleState]:
    """Return the state of the schedule of those of some alerts that have one which stands."""
    if not alert_ids:
        return {}
    query = select(AlertSchedule.alert_id, AlertSchedule.state).where(AlertSchedule.alert_id.in_(alert_ids))
    return {number: ScheduleState(state) for number, state in session.execute(query.where(_STANDS))}


def find_standing(session: Session, alert_id: int, *, lock: bool = False) -> AlertSchedule | None:
    """Return the schedule of an alert that stands, locked for a use case that decides on it; None where none does."""
    query = select(AlertSchedule).where(AlertSchedule.alert_id == alert_id, _STANDS)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def find_latest(session: Session, alert_id: int) -> AlertSchedule | None:
    """Return the last schedule that an alert had, whatever became of it."""
    query = select(AlertSchedule).where(AlertSchedule.alert_id == alert_id).order_by(AlertSchedule.id.desc())
    return session.scalar(query.limit(1))


def due(session: Session, *, now: datetime) -> Sequence[tuple[int, int]]:
    """Return (schedule, alert) of what is to start by now, the earliest first."""
    query = select(AlertSchedule.id, AlertSchedule.alert_id).where(
        AlertSchedule.state == ScheduleState.WAITING, AlertSchedule.starts_at <= now
    )
    rows = session.execute(query.order_by(AlertSchedule.starts_at, AlertSchedule.id))
    return [(schedule_id, alert_id) for schedule_id, alert_id in rows]


def list_standing(session: Session) -> list[Scheduled]:
    """Return what is to go out by itself, in order of time, and before it what waits for a person."""
    query = select(AlertSchedule, Alert.reference, Alert.headline).join(Alert, Alert.id == AlertSchedule.alert_id)
    rows = session.execute(query.where(_STANDS).order_by(AlertSchedule.state, AlertSchedule.starts_at)).all()
    names = officer_names(session) if rows else {}
    return [
        Scheduled(
            each.alert_id,
            reference,
            headline,
            ScheduleState(each.state),
            each.starts_at,
            names[each.scheduled_by],
            each.held_because,
        )
        for each, reference, headline in rows
    ]
