"""Counts of the whole list that take long: kept by the timetable, and told with the time they are of.

Where counting is quick nothing is kept, and readers count for themselves. Sending never reads what is kept: whoever is
to get an alert is found anew.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import delete
from sqlalchemy.orm import Session

from tsalert.core.clock import as_utc
from tsalert.db import db, transaction
from tsalert.subscribers import directory, queries
from tsalert.subscribers.audiences import Audiences, count_audiences, read_audiences
from tsalert.subscribers.directory import Counts
from tsalert.subscribers.models import KeptCount
from tsalert.subscribers.queries import Circulation, Listed

# Nobody notices a page that takes so much longer.
QUICK = timedelta(milliseconds=100)
# The timetable looks once a minute; counting takes at most a twentieth of the time.
_OFTEN, _SHARE = timedelta(seconds=55), 20
# Where no worker runs, a page counts for itself rather than tell what is long past.
TOO_OLD = timedelta(minutes=15)


class What(StrEnum):
    """What is kept."""

    LIST = "list"
    STATES = "states"
    AUDIENCES = "audiences"


def keep_counts(now: datetime, *, quick: timedelta = QUICK) -> int:
    """Count anew what takes longer than ``quick``, where it is due; returns how many counts are kept."""
    return sum(_keep(what, quick, now) for what in What)


def circulation(session: Session, *, now: datetime) -> Circulation:
    """Return how far alerts carry, our own list as it was counted last."""
    row = _find(session, What.LIST, now)
    if row is None:
        return queries.circulation(session)
    return queries.circulation(session, Listed(**row.found), as_of=row.counted_at)


def count(session: Session, *, now: datetime) -> Counts:
    """Return how many people and addresses there are, as they were counted last."""
    row = _find(session, What.STATES, now)
    return directory.count(session) if row is None else _read_states(row.found, row.counted_at)


def find_audiences(session: Session, *, now: datetime) -> tuple[Audiences, datetime] | None:
    """Return what everybody gets as it was counted last, and when; None where counting one audience is quick."""
    row = _find(session, What.AUDIENCES, now)
    return None if row is None else (read_audiences(row.found), row.counted_at)


def _keep(what: What, quick: timedelta, now: datetime) -> bool:
    session = db.session()
    row = session.get(KeptCount, what)
    if row is not None and as_utc(now) - row.counted_at < max(_OFTEN, _SHARE * timedelta(milliseconds=row.took_ms)):
        return True
    was_kept = row is not None
    session.rollback()
    began = perf_counter()
    found = _COUNTS[what](session)
    took = timedelta(seconds=perf_counter() - began)
    session.rollback()
    if took < quick and not was_kept:
        return False
    with transaction() as work:
        if took < quick:
            work.execute(delete(KeptCount).where(KeptCount.what == what))
        else:
            took_ms = took // timedelta(milliseconds=1)
            work.merge(KeptCount(what=what, found=found, counted_at=now, took_ms=took_ms))
    return took >= quick


def _find(session: Session, what: What, now: datetime) -> KeptCount | None:
    row = session.get(KeptCount, what, populate_existing=True)
    return row if row is not None and as_utc(now) - row.counted_at <= TOO_OLD else None


def _write_states(found: Counts) -> dict[str, Any]:
    return {"by_kind": dict(found.by_kind), "addresses": [[*key, number] for key, number in found.addresses.items()]}


def _read_states(written: Mapping[str, Any], as_of: datetime) -> Counts:
    addresses = {(channel, status): number for channel, status, number in written["addresses"]}
    return Counts(written["by_kind"], addresses, as_of)


_COUNTS: Mapping[What, Callable[[Session], dict[str, Any]]] = {
    What.LIST: lambda session: asdict(queries.count_list(session)),
    What.STATES: lambda session: _write_states(directory.count(session)),
    What.AUDIENCES: lambda session: count_audiences(session).written(),
}
