"""Keeping to a provider's pace: all workers on all machines take leave from one row of the database for each channel.

A restart forgets nothing, and where no pace is set nothing is asked.
"""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.config import Settings
from tsalert.db import insert_ignoring_conflicts, shared_now
from tsalert.delivery import pace
from tsalert.delivery.claiming import Work
from tsalert.delivery.models import ProviderPace
from tsalert.delivery.rules import Channel


class Gate:
    """What one sender passes through before it claims.

    Pages pass at once and are counted: an officer at a door waits for no broadcast.
    """

    def __init__(self, app: Flask, channel: Channel, work: Work) -> None:
        settings: Settings = app.extensions["tsalert_settings"]
        rates = settings.paces
        self._rate = {Channel.EMAIL: rates.email, Channel.SMS: rates.sms, Channel.VOICE: rates.voice}[channel]
        self._channel, self._work = channel, work
        self._row: ProviderPace | None = None
        self._seconds: float | None = None

    def admit(self, session: Session, size: int) -> int:
        """Return how many of so many may be claimed now; others wait their turn until this transaction ends. A step.

        Taken before anything else is locked, lest two senders wait for each other.
        """
        self._row = self._seconds = None
        if self._rate is None or not size:
            return size
        self._row, now = _lock(session, self._channel), shared_now(session)
        if self._work is Work.PAGES:
            return size
        # After a clock was set back, what is spent by the old one must not shut the gate until that hour comes again.
        self._row.spent_until = min(self._row.spent_until, pace.spend(self._row.spent_until, self._rate, 0, now=now))
        allowed = pace.allow(self._row.spent_until, self._rate, size, now=now)
        self._seconds = None if allowed else pace.seconds_until_more(self._row.spent_until, self._rate, now=now)
        return allowed

    def count(self, session: Session, claimed: int) -> None:
        """Count those that were claimed; a step of the same transaction."""
        if self._row is not None and self._rate is not None and claimed:
            now = shared_now(session)
            self._row.spent_until = pace.spend(self._row.spent_until, self._rate, claimed, now=now)
        self._row = None

    def patience(self, idle_seconds: float) -> float:
        """Return how long a sender with nothing in hand may rest: no longer than until more may leave."""
        return idle_seconds if self._seconds is None else min(idle_seconds, self._seconds)


def _lock(session: Session, channel: Channel) -> ProviderPace:
    query = select(ProviderPace).where(ProviderPace.channel == channel).with_for_update()
    query = query.execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        # Whoever comes first begins with nothing saved up.
        first = insert_ignoring_conflicts(session, ProviderPace)
        session.execute(first.values(channel=channel, spent_until=shared_now(session)))
        row = session.scalars(query).one()
    return row
