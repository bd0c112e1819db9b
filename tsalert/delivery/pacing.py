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
from tsalert.delivery.pace import Spent
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
        self._allowed = 0
        self._seconds: float | None = None

    def admit(self, session: Session, size: int, *, gives_back: bool = False) -> int:
        """Return how many of so many may be claimed now; others wait their turn until this transaction ends. A step.

        Taken before anything else is locked, lest two senders wait for each other.

        :param gives_back: whether some that were claimed before may have to be given back.
        """
        self._row, self._seconds, self._allowed = None, None, size
        if self._rate is None or not (size or gives_back):
            return size
        self._row, now = _lock(session, self._channel), shared_now(session)
        if self._work is Work.PAGES or not size:
            return size
        spent = _read(self._row)
        # After a clock was set back, what is spent by the old one must not shut the gate until that hour comes again.
        self._row.spent_until = min(spent.until, pace.spend(spent, self._rate, 0, now=now).until)
        self._allowed = pace.allow(_read(self._row), self._rate, size, now=now)
        if not self._allowed:
            self._seconds = pace.seconds_until_more(_read(self._row), self._rate, now=now)
        return self._allowed

    def give_back(self, session: Session, unsent: int) -> None:
        """Count those no more that were claimed before and never left; a step of the same transaction."""
        if unsent:
            self._spend(session, -unsent, more_wait=None)

    def count(self, session: Session, claimed: int) -> None:
        """Count those that were claimed; a step of the same transaction, and the last."""
        asked = self._allowed and self._work is not Work.PAGES
        self._spend(session, claimed, more_wait=claimed >= self._allowed if asked else None)
        self._row = None

    def _spend(self, session: Session, count: int, *, more_wait: bool | None) -> None:
        row = self._row
        if row is None or self._rate is None or not (count or more_wait not in {None, row.more_waited}):
            return
        spent = pace.spend(_read(row), self._rate, count, now=shared_now(session), more_wait=more_wait)
        row.spent_until, row.recent, row.more_waited = spent.until, [*spent.recent.items()], spent.more_waited

    def patience(self, idle_seconds: float) -> float:
        """Return how long a sender with nothing in hand may rest: no longer than until more may leave."""
        return idle_seconds if self._seconds is None else min(idle_seconds, self._seconds)


def _read(row: ProviderPace) -> Spent:
    return Spent(row.spent_until, dict(row.recent), row.more_waited)


def _lock(session: Session, channel: Channel) -> ProviderPace:
    query = select(ProviderPace).where(ProviderPace.channel == channel).with_for_update()
    query = query.execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        # Whoever comes first begins with nothing saved up.
        first = insert_ignoring_conflicts(session, ProviderPace)
        begun = {"spent_until": shared_now(session), "recent": [], "more_waited": False}
        session.execute(first.values(channel=channel, **begun))
        row = session.scalars(query).one()
    return row
