"""A run of pages: begun with the grade, moved on by the clock, ended when somebody sets out. Steps.

The caller holds the incident's lock, so that a page, an answer and the timetable never act at once.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.delivery import personal
from tsalert.paging import policies, rows
from tsalert.paging.calling import call_due, page_holder
from tsalert.paging.codes import retire_codes
from tsalert.paging.models import PageRun
from tsalert.paging.reaching import note
from tsalert.paging.rules import Policy
from tsalert.paging.vocabulary import EndReason, Happening


class NewRun(Struct, frozen=True):
    """What is paged for; the grade's label and the due time are all that a page says besides the reference."""

    incident_id: int
    reference: str
    grade: str
    due_at: datetime | None


def move_due(session: Session, incident_id: int, due_at: datetime) -> None:
    """Let the pages of an incident tell a target that was corrected; a step."""
    run = rows.lock_run(session, incident_id)
    if run is not None:
        run.due_at = due_at


def start(session: Session, new: NewRun, *, now: datetime) -> bool:
    """Begin to page for an incident, unless it is paged for already; tells whether somebody was paged at once."""
    version = policies.policy_in_force(session, at=now)
    if version is None or rows.lock_run(session, new.incident_id) is not None:
        return False
    retire_codes(session, new.incident_id, now=now)
    run = PageRun(
        incident_id=new.incident_id,
        policy_id=version.id,
        reference=new.reference,
        grade=new.grade,
        due_at=new.due_at,
        started_at=now,
        round=1,
        anchor_at=now,
        ahead_seconds=0.0,
        next_step=0,
        next_due_at=now,
        touched_at=now,
    )
    session.add(run)
    session.flush()
    return call_due(session, run, version.policy, now=now)


def advance(session: Session, incident_id: int, *, now: datetime) -> bool:
    """Do what is due by the policy; tells whether somebody was paged. Doing it twice does it once."""
    run = rows.lock_run(session, incident_id)
    if run is None:
        return False
    policy = policies.get_policy(session, run.policy_id)
    if now < run.touched_at - rows.CLOCK_SKEW:
        _begin_wait_anew(session, run, now=now)
    if now < run.next_due_at:
        return False
    if run.acknowledged_at is not None:
        return _page_again(session, run, policy, now=now)
    if run.next_step >= len(policy.steps):
        _begin_another_round(session, run, now=now)
    return call_due(session, run, policy, now=now)


def end(session: Session, incident_id: int, reason: EndReason, *, now: datetime) -> None:
    """End an incident's run, if it has one; what has not left yet stays here."""
    run = rows.lock_run(session, incident_id)
    if run is None:
        return
    personal.withdraw(session, rows.deliveries_of(session, run), now=now)
    run.ended_at, run.end_reason = now, reason
    session.flush()


def begin_round(run: PageRun, *, now: datetime) -> None:
    """Set a run to the beginning of its policy."""
    run.round += 1
    run.anchor_at, run.ahead_seconds, run.next_step, run.next_due_at = now, 0.0, 0, now


def _begin_another_round(session: Session, run: PageRun, *, now: datetime) -> None:
    """Begin anew where everybody was paged and nobody has taken it; while nobody can be reached, in silence."""
    if run.unreachable_at is None:
        run.unanswered_at = run.unanswered_at or now
        note(session, run, Happening.ANOTHER_ROUND, now=now)
    begin_round(run, now=now)


def _page_again(session: Session, run: PageRun, policy: Policy, *, now: datetime) -> bool:
    """Page anew, whoever took it first, since they are not on the way."""
    holder = run.acknowledged_by
    assert holder is not None  # a constraint of the table
    note(session, run, Happening.NOT_ON_THE_WAY, now=now, officer_id=holder)
    run.acknowledged_by, run.acknowledged_at = None, None
    begin_round(run, now=now)
    held = page_holder(session, run, holder, now=now)
    return call_due(session, run, policy, now=now) or held


def _begin_wait_anew(session: Session, run: PageRun, *, now: datetime) -> None:
    """Keep a clock that was put back from delaying anything by more than one wait."""
    lost: timedelta = run.touched_at - now
    run.anchor_at -= lost
    run.next_due_at -= lost
    run.touched_at = now
    personal.hurry(session, rows.deliveries_of(session, run), now=now)
    note(session, run, Happening.CLOCK_WENT_BACK, now=now)
