"""Approving for a moment to come: started once by a worker, called off by a person, and never started late unasked."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.alerts import dispatching, queries, rules
from tsalert.alerts.audience.unusual import require_typed
from tsalert.alerts.models import Alert
from tsalert.alerts.night import reasons as night_reasons
from tsalert.alerts.scheduling import queries as schedules
from tsalert.alerts.scheduling import rules as schedule_rules
from tsalert.alerts.scheduling import telling as schedule_telling
from tsalert.alerts.scheduling.models import AlertSchedule
from tsalert.alerts.scheduling.rules import ScheduleState
from tsalert.alerts.steps import Status, Step
from tsalert.audit import service as audit
from tsalert.core.actors import SERVICE, Actor, Permission
from tsalert.core.errors import Conflict, RuleViolation, TsalertError
from tsalert.db import db, transaction
from tsalert.delivery import stopping

_log = logging.getLogger(__name__)


def schedule(
    alert_id: int, shown: str, starts_at: datetime, *, readers: int | None = None, actor: Actor, now: datetime
) -> None:
    """Approve what another officer wrote, to be sent at a moment to come to whoever is to get it then.

    :param shown: the digest of what the approver was shown; ``readers`` how many get it, typed if they are many.
    :raises NotAllowed: the approver wrote some of it.
    :raises Conflict: it has changed since, or is not waiting for approval.
    :raises RuleViolation: it cannot start then, or could not be sent now either.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = queries.lock_for(session, alert_id, Step.SCHEDULE)
        rules.require_other_eyes(queries.writers(session, alert_id), actor.officer_id)
        dispatching.check(session, alert, shown, now=now)
        schedule_rules.check_start(starts_at, alert.expires_at, now)
        night_reasons.require_reason(session, alert, shown, at=starts_at)
        size = sum(queries.reach(session, alert).values())
        dispatching.require_readers(session, alert, size, now=now)
        require_typed(session, alert_id, size, readers)
        dispatching.enter_approval(alert, shown, actor=actor, now=now)
        session.add(_made(alert_id, starts_at, shown, readers, actor, now))
        _note(session, alert, "scheduled", actor, now, starts_at=starts_at.isoformat())


def call_off(alert_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Take an approval for a moment to come back; the alert is a draft again.

    :raises Conflict: none stands, because it has started or was never scheduled.
    :raises RuleViolation: the reason says nothing.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = queries.lock_for(session, alert_id, Step.CALL_OFF)
        standing = _standing(session, alert_id)
        standing.call_off_reason = rules.check_reason(reason)
        _end(standing, ScheduleState.CALLED_OFF, actor, now)
        alert.status, alert.approved_by, alert.approved_at, alert.approved_digest = Status.DRAFT, None, None, None
        _note(session, alert, "called off", actor, now)


def start(alert_id: int, shown: str, *, readers: int | None = None, actor: Actor, now: datetime) -> int:
    """Send now what was approved for another moment, as whoever starts it reads it; return how many messages there are.

    :raises NotAllowed: who starts it wrote some of it.
    :raises Conflict: it has changed since it was shown, or no schedule stands.
    :raises RuleViolation: nobody would get it, or something stands against it.
    """
    actor.require(Permission.APPROVE_ALERT)
    with transaction() as session:
        alert = queries.lock_for(session, alert_id, Step.START)
        rules.require_other_eyes(queries.writers(session, alert_id), actor.officer_id)
        _end(_standing(session, alert_id), ScheduleState.STARTED, actor, now)
        dispatching.enter_approval(alert, shown, actor=actor, now=now)
        size = dispatching.dispatch(session, alert, shown, actor=actor, now=now)
        _note(session, alert, "started", actor, now)
        return require_typed(session, alert_id, size, readers)


def start_due(now: datetime) -> int:
    """Start what is due, each once however many workers try, and hold what may not start; returns how many started.

    While all sending is stopped nothing starts, and what is late by the end of that asks a person.
    """
    due = schedules.due(db.session(), now=now)
    is_stopped = bool(due) and stopping.current_stop(db.session()) is not None
    db.session().rollback()
    return sum(_start_safely(each, alert_id, now, is_stopped=is_stopped) for each, alert_id in due)


def _start_safely(schedule_id: int, alert_id: int, now: datetime, *, is_stopped: bool) -> bool:
    """Start one; whatever is wrong with it holds up no other."""
    try:
        return _start_due(schedule_id, alert_id, now, is_stopped=is_stopped)
    except TsalertError as error:
        _hold(schedule_id, alert_id, error.message, now)
    except Exception:  # noqa: BLE001 - it is tried again until it is too late, and then a person is asked
        _log.exception("a scheduled alert could not be started")
    return False


def _start_due(schedule_id: int, alert_id: int, now: datetime, *, is_stopped: bool) -> bool:
    """Start one that is still due, unless it may not start by itself any more.

    :raises TsalertError: saying why not.
    """
    with transaction() as session:
        alert, waiting = _lock_waiting(session, schedule_id, alert_id)
        if waiting is None:
            return False
        because = schedule_rules.why_too_late(waiting.starts_at, alert.expires_at, now)
        if because is not None:
            raise RuleViolation(because)
        if is_stopped:
            return False
        _end(waiting, ScheduleState.STARTED, SERVICE, now)
        size = dispatching.dispatch(session, alert, waiting.digest, actor=SERVICE, now=now)
        require_typed(session, alert_id, size, waiting.readers)
        _note(session, alert, "started", SERVICE, now)
        return True


def _hold(schedule_id: int, alert_id: int, because: str, now: datetime) -> None:
    """Keep why one did not start, and write to whoever approved it."""
    with transaction() as session:
        alert, waiting = _lock_waiting(session, schedule_id, alert_id)
        if waiting is None:
            return
        waiting.state, waiting.held_at, waiting.held_because = ScheduleState.HELD, now, because
        _note(session, alert, "held", SERVICE, now)
        schedule_telling.tell(session, alert, waiting, now=now)


def _lock_waiting(session: Session, schedule_id: int, alert_id: int) -> tuple[Alert, AlertSchedule | None]:
    """Lock an alert, then its schedule if that is the one and still waits; in this order everybody locks them."""
    alert = queries.get_alert(session, alert_id, lock=True)
    found = schedules.find_standing(session, alert_id, lock=True)
    waits = found is not None and found.id == schedule_id and found.state == ScheduleState.WAITING
    return alert, found if waits else None


def _made(
    alert_id: int, starts_at: datetime, digest: str, readers: int | None, actor: Actor, now: datetime
) -> AlertSchedule:
    return AlertSchedule(
        alert_id=alert_id,
        starts_at=starts_at,
        digest=digest,
        readers=readers,
        scheduled_by=actor.officer_id,
        scheduled_at=now,
        state=ScheduleState.WAITING,
    )


def _standing(session: Session, alert_id: int) -> AlertSchedule:
    found = schedules.find_standing(session, alert_id, lock=True)
    if found is None:
        raise Conflict("This alert has changed meanwhile. Look at it again.", legal=["read it again"])
    return found


def _end(standing: AlertSchedule, state: ScheduleState, actor: Actor, now: datetime) -> None:
    standing.state, standing.ended_at, standing.ended_by = state, now, actor.officer_id


def _note(session: Session, alert: Alert, action: str, actor: Actor, now: datetime, **detail: str) -> None:
    alert.changed_at = now
    session.flush()
    audit.record(session, actor, action, "alert", alert.id, now=now, reference=alert.reference, **detail)
