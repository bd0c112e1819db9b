"""Rows that steps of paging decide on, locked until the transaction ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tsalert.paging.models import PageAttempt, PageEvent, PageRun, WelfareWatch, of_run
from tsalert.paging.rules import Position
from tsalert.paging.vocabulary import Happening, Purpose

# Machines differ by a little; a clock that is this much behind its own last mark was put back.
CLOCK_SKEW = timedelta(seconds=10)


def lock_run(session: Session, incident_id: int) -> PageRun | None:
    """Return an incident's run that has not ended, as others left it."""
    query = select(PageRun).where(PageRun.incident_id == incident_id, PageRun.ended_at.is_(None)).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def lock_watch(session: Session, incident_id: int, officer_id: int) -> WelfareWatch | None:
    """Return the watch over an officer on scene, as others left it."""
    mine = (WelfareWatch.incident_id == incident_id, WelfareWatch.officer_id == officer_id)
    query = select(WelfareWatch).where(*mine, WelfareWatch.ended_at.is_(None)).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def lock_watch_by_id(session: Session, watch_id: int) -> WelfareWatch | None:
    """Return a watch that has not ended, as others left it."""
    query = select(WelfareWatch).where(WelfareWatch.id == watch_id, WelfareWatch.ended_at.is_(None)).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def due_incidents(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the incidents for which a run has something to do, or knows a later time than now."""
    is_due = or_(PageRun.next_due_at <= now, PageRun.touched_at > now + CLOCK_SKEW)
    query = select(PageRun.incident_id).where(PageRun.ended_at.is_(None), is_due).order_by(PageRun.next_due_at)
    return session.scalars(query.limit(100)).all()


def due_watches(session: Session, *, now: datetime) -> Sequence[int]:
    """Return the watches that have something to do, or know a later time than now."""
    is_due = or_(WelfareWatch.next_due_at <= now, WelfareWatch.touched_at > now + CLOCK_SKEW)
    goes_on = (WelfareWatch.ended_at.is_(None), WelfareWatch.unanswered_at.is_(None))
    query = select(WelfareWatch.id).where(*goes_on, is_due).order_by(WelfareWatch.next_due_at)
    return session.scalars(query.limit(100)).all()


def position_of(run: PageRun) -> Position:
    """Return where a run stands, as the value that rules read."""
    return Position(run.anchor_at, timedelta(seconds=run.ahead_seconds), run.next_step)


def pages_of_round(session: Session, run: PageRun) -> Sequence[PageAttempt]:
    """Return the pages of a run's present round."""
    mine = (*of_run(PageAttempt, run), PageAttempt.round == run.round, PageAttempt.purpose == Purpose.PAGE)
    return session.scalars(select(PageAttempt).where(*mine).order_by(PageAttempt.id)).all()


def passed_in_round(session: Session, run: PageRun) -> set[int]:
    """Return who passed the incident on in the present round."""
    mine = (*of_run(PageEvent, run), PageEvent.round == run.round, PageEvent.what == Happening.PASSED)
    return {officer for officer in session.scalars(select(PageEvent.officer_id).where(*mine)) if officer is not None}


def gaps_told(session: Session, run: PageRun) -> set[str]:
    """Return the duties of which it stands already that nobody with them could be paged.

    It is said once a round, and once for good while nobody at all can be reached.
    """
    query = select(PageEvent.duty).where(*of_run(PageEvent, run), PageEvent.what == Happening.GAP)
    query = query if run.unreachable_at is not None else query.where(PageEvent.round == run.round)
    return {duty for duty in session.scalars(query) if duty is not None}


def deliveries_of(session: Session, run: PageRun, *, officer_id: int | None = None) -> Sequence[int]:
    """Return the deliveries of a run whose fate is not settled, all of them or one officer's."""
    query = select(PageAttempt.delivery_id).where(*of_run(PageAttempt, run), ~PageAttempt.is_settled)
    return session.scalars(query if officer_id is None else query.where(PageAttempt.officer_id == officer_id)).all()
