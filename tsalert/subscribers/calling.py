"""Joining and leaving by a key on a call of ours. Steps of the room that hears the keys."""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.delivery.queries import get_endpoint
from tsalert.delivery.rules import EndpointStatus
from tsalert.subscribers.joining import confirm
from tsalert.subscribers.leaving import leave
from tsalert.subscribers.rules import EndedReason, Source
from tsalert.subscribers.texting import waiting_sign_up


def confirm_by_key(session: Session, endpoint_id: int, *, now: datetime) -> bool:
    """Put a landline on the list, because somebody there pressed 1; again changes nothing.

    :return: False where nothing waits to be confirmed and nobody is on the list there.
    """
    end = get_endpoint(session, endpoint_id)
    waiting = waiting_sign_up(session, end, now)
    if waiting is None:
        return end.status is EndpointStatus.ACTIVE and not end.is_suppressed
    confirm(session, waiting, method=Source.KEY, now=now)
    return True


def stop_calls(session: Session, endpoint_id: int, *, now: datetime) -> None:
    """Stop every call to a landline, because somebody there pressed 9; again changes nothing."""
    leave(session, endpoint_id, EndedReason.STOP_KEY, method=Source.KEY, now=now)
