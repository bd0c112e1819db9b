"""Taking a page and passing it on: only a person's act does either, and the first who takes it has it. Steps.

The caller holds the incident's lock.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from tsalert.core.errors import Conflict
from tsalert.delivery import personal
from tsalert.paging import policies, rows
from tsalert.paging.calling import call_due, move_to
from tsalert.paging.models import PageRun
from tsalert.paging.reaching import note
from tsalert.paging.rules import brought_forward
from tsalert.paging.runs import begin_round
from tsalert.paging.vocabulary import Happening
from tsalert.rota import queries as rota
from tsalert.rota.vocabulary import Duty
from tsalert.staff import queries as staff


def take(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> bool:
    """Let an officer have an incident and stop its pages; False where they have it already.

    :raises Conflict: somebody else has it, or nobody is paged for it.
    """
    run = _open_run(session, incident_id)
    if run.acknowledged_by == officer_id:
        return False
    _refuse_anothers(session, run, officer_id)
    policy = policies.get_policy(session, run.policy_id)
    run.acknowledged_by, run.acknowledged_at = officer_id, now
    run.next_due_at, run.touched_at = now + policy.repage_after, now
    run.unreachable_at = run.unanswered_at = None
    personal.withdraw(session, rows.deliveries_of(session, run), now=now)
    note(session, run, Happening.TAKEN, now=now, officer_id=officer_id)
    return True


def pass_on(session: Session, incident_id: int, officer_id: int, *, now: datetime) -> bool:
    """Page the next duty at once instead of an officer; tells whether somebody was paged.

    Whoever has taken it gives it back by this, and a new round begins without them.

    :raises Conflict: somebody else has it, or nobody is paged for it.
    """
    run = _open_run(session, incident_id)
    _refuse_anothers(session, run, officer_id)
    if run.acknowledged_by is not None:
        run.acknowledged_by, run.acknowledged_at = None, None
        begin_round(run, now=now)
    elif officer_id in rows.passed_in_round(session, run):
        return False
    policy, position = policies.get_policy(session, run.policy_id), rows.position_of(run)
    duties = _duties_of(session, run, officer_id, now)
    note(session, run, Happening.PASSED, now=now, officer_id=officer_id)
    personal.withdraw(session, rows.deliveries_of(session, run, officer_id=officer_id), now=now)
    if duties:
        position = brought_forward(policy, position, duties, now=now) or position
        move_to(run, policy, position, now=now)
    return call_due(session, run, policy, now=now)


def is_paged_for(session: Session, incident_id: int) -> bool:
    """Tell whether an incident has a run of pages that has not ended."""
    return rows.lock_run(session, incident_id) is not None


def _open_run(session: Session, incident_id: int) -> PageRun:
    run = rows.lock_run(session, incident_id)
    if run is None:
        raise Conflict("Nobody is paged for this incident any more.")
    return run


def _refuse_anothers(session: Session, run: PageRun, officer_id: int) -> None:
    if run.acknowledged_by not in {None, officer_id}:
        name = staff.get_officer_by_id(session, run.acknowledged_by).name
        raise Conflict(f"{name} has it already.")


def _duties_of(session: Session, run: PageRun, officer_id: int, now: datetime) -> set[Duty]:
    """Return the duties that an officer stands now or was paged for in this round."""
    standing = {each.duty for each in rota.on_duty(session, at=now) if each.officer_id == officer_id}
    paged = {
        Duty.of(page.duty) for page in rows.pages_of_round(session, run) if page.officer_id == officer_id and page.duty
    }
    return standing | paged
