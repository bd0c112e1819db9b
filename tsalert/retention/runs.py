"""Lists of what is due: made, looked at, approved by two people, thrown away, started."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.by_id import get_by_id
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict
from tsalert.db import transaction
from tsalert.keysets import Order, Page, read_page
from tsalert.retention import keeping, rules, traces
from tsalert.retention.finding_due import DueRecord, due_records
from tsalert.retention.holding import NO_HOLD, Kept, kept_by_holds
from tsalert.retention.models import ErasureApproval, ErasureItem, ErasureRun, KeepingRule
from tsalert.retention.reaching import pieces
from tsalert.retention.vocabulary import ItemState, RunState

_PIECE = 500


class Tallied(Struct, frozen=True):
    """How many records of a list fell under one rule and came to one state."""

    rule: str
    state: ItemState
    count: int


def make_list(*, actor: Actor, now: datetime) -> int:
    """List what is due by the approved rules, and what holds keep back; erases nothing. Returns the run's id.

    :raises Conflict: another list waits for approval or is being carried out.
    """
    actor.require(Permission.RUN_RETENTION)
    today = london_date(now)
    with transaction() as session:
        _require_no_other(session)
        months = keeping.months_in_force(session, today)
        kept = kept_by_holds(session)
        run = ErasureRun(
            state=RunState.LISTED, as_of=as_utc(now), digest="",
            rules={kind.value: each for kind, each in months.items()}, made_by=actor.officer_id, made_at=now, tally={},
        )  # fmt: skip
        found = [*due_records(session, months, today), *traces.due_traces(session, months, today)]
        listed = [each for each in found if kept.why(each.root, each.id) is None]
        run.digest = rules.digest_of_list(map(_listed, listed))
        session.add(run)
        session.flush()
        for piece in pieces(found, _PIECE):
            session.execute(insert(ErasureItem), [_item(run.id, each, kept) for each in piece])
        audit.record(session, actor, "listed", "retention run", run.id, now=now, due=len(listed), digest=run.digest)
        return run.id


def approve_list(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Approve a list as it was made; two people do, and one of them is the data protection officer.

    :raises NotFound: there is no such run.
    :raises Conflict: they approved it already, or it waits for nobody's approval.
    :raises RuleViolation: the data protection officer would not be one of the two.
    """
    actor.require(Permission.RUN_RETENTION)
    with transaction() as session:
        run = get_run(session, run_id, lock=True)
        _require_listed(run)
        is_protection_officer = actor.may(Permission.APPROVE_RETENTION)
        given = {each.officer_id: each.is_protection_officer for each in approvals(session, run_id)}
        rules.require_approver(given, actor.officer_id, is_protection_officer=is_protection_officer)
        assert actor.officer_id is not None  # the rule refuses nobody
        session.add(
            ErasureApproval(
                run_id=run_id, officer_id=actor.officer_id, is_protection_officer=is_protection_officer,
                digest=run.digest, approved_at=now,
            )
        )  # fmt: skip
        audit.record(session, actor, "approved", "retention run", run_id, now=now, digest=run.digest)


def start_run(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Let an approved list be carried out; the worker does it batch by batch, and so does the command.

    :raises NotFound: there is no such run.
    :raises Conflict: it was not approved by two people, or waits for nobody.
    """
    actor.require(Permission.RUN_RETENTION)
    with transaction() as session:
        run = get_run(session, run_id, lock=True)
        _require_listed(run)
        given = [(each.digest, each.is_protection_officer) for each in approvals(session, run_id)]
        rules.require_approved(given, rules.digest_of_list(_due_lines(session, run_id)))
        run.state, run.started_by, run.started_at = RunState.RUNNING, actor.officer_id, now
        audit.record(session, actor, "started", "retention run", run_id, now=now)


def discard_list(run_id: int, *, actor: Actor, now: datetime) -> None:
    """Throw a list away that nobody has started; it stays to be read.

    :raises NotFound: there is no such run.
    :raises Conflict: it was started or thrown away.
    """
    actor.require(Permission.RUN_RETENTION)
    with transaction() as session:
        run = get_run(session, run_id, lock=True)
        _require_listed(run)
        run.state, run.ended_at = RunState.DISCARDED, now
        audit.record(session, actor, "discarded", "retention run", run_id, now=now)


def get_run(session: Session, run_id: int, *, lock: bool = False) -> ErasureRun:
    """Return a run.

    :raises NotFound: there is none with that number.
    """
    return get_by_id(session, ErasureRun, run_id, "There is no such run.", lock=lock)


def list_runs(session: Session, *, after: int | None = None) -> Page[ErasureRun]:
    """Return a page of the runs, the newest first."""
    return read_page(session, select(ErasureRun), Order(ErasureRun.id), after=after)


def approvals(session: Session, run_id: int) -> Sequence[ErasureApproval]:
    """Return who approved a list, in order."""
    query = select(ErasureApproval).where(ErasureApproval.run_id == run_id).order_by(ErasureApproval.approved_at)
    return session.scalars(query).all()


def tallied(session: Session, run_id: int) -> list[Tallied]:
    """Return how many records of a list stand where, rule by rule."""
    columns = (ErasureItem.rule, ErasureItem.state)
    query = select(*columns, func.count()).where(ErasureItem.run_id == run_id).group_by(*columns).order_by(*columns)
    return [Tallied(rule, ItemState.of(state), count) for rule, state, count in session.execute(query)]


def page_of_items(session: Session, run_id: int, *, after: str | None = None) -> Page[ErasureItem]:
    """Return some lines of a list, those that are held back first."""
    held_first = Order(ErasureItem.id, (ErasureItem.state != ItemState.HELD,), is_rising=True)
    return read_page(session, select(ErasureItem).where(ErasureItem.run_id == run_id), held_first, after=after)


def _require_no_other(session: Session) -> None:
    """Hold the rules still, and refuse a second list; of two people who ask at once, one waits here for the other."""
    session.scalars(select(KeepingRule.id).order_by(KeepingRule.id).with_for_update()).all()
    live = ErasureRun.state.in_((RunState.LISTED, RunState.RUNNING))
    other = session.scalar(select(ErasureRun.id).where(live).limit(1))
    if other is not None:
        raise Conflict(
            f"Run {other} is not finished. Carry it out or throw it away first.",
            legal=[f"carry out run {other}", f"throw run {other} away"],
        )


def _require_listed(run: ErasureRun) -> None:
    if run.state != RunState.LISTED:
        raise Conflict(f"Run {run.id} is not waiting: {RunState.of(run.state).label.lower()}.")


def _due_lines(session: Session, run_id: int) -> list[rules.Listed]:
    query = select(ErasureItem).where(ErasureItem.run_id == run_id, ErasureItem.state == ItemState.DUE)
    return [rules.Listed.of(row.subject, row.subject_id, row.rule, row.due_on) for row in session.scalars(query)]


def _listed(record: DueRecord) -> rules.Listed:
    return rules.Listed(record.root, record.id, record.due.kind, record.due.on)


def _item(run_id: int, record: DueRecord, kept: Kept) -> dict[str, object]:
    hold = kept.why(record.root, record.id)
    return {
        "run_id": run_id,
        "subject": record.root,
        "subject_id": record.id,
        "reference": record.reference,
        "rule": record.due.kind,
        "due_on": record.due.on,
        "state": ItemState.DUE if hold is None else ItemState.HELD,
        "hold_id": hold if hold not in NO_HOLD else None,
        "why": NO_HOLD.get(hold) if hold is not None else None,
    }
