"""Fetching callers' recordings and deleting them after their time, as the timetable does; a legal hold keeps them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.retention.vocabulary import Root
from tsalert.telephone import fetching, retention


def fetch_recordings(now: datetime) -> int:
    """Bring home the recordings that wait at the provider, and delete what is home there; returns how many."""
    return fetching.fetch_recordings(now, kept=_kept_calls)


def delete_old_recordings(now: datetime) -> int:
    """Delete the recordings whose time is over and that nothing keeps; returns how many there were."""
    return retention.delete_old_recordings(now, kept=_kept_calls)


def _kept_calls(session: Session) -> Collection[int]:
    from tsalert.retention.holding import kept_by_holds  # noqa: PLC0415 - on most days no recording is old enough

    return kept_by_holds(session).by_root[Root.CALL]
