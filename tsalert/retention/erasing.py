"""Carrying out an approved list: batch by batch, each one transaction, never more than was approved."""

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct, field
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.orm import Session

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.clock import as_utc, london_date
from tsalert.core.errors import Conflict
from tsalert.db import db, insert_ignoring_conflicts, transaction
from tsalert.evidence import removing, storing
from tsalert.retention import certifying, forgetting, keeping, rules, runs, taking_out, traces
from tsalert.retention.finding_due import due_now
from tsalert.retention.held.register import TABLES
from tsalert.retention.holding import NO_HOLD, kept_by_holds
from tsalert.retention.models import ErasedRecord, ErasureItem, ErasureRun
from tsalert.retention.reaching import Reach, people_of, table, widen
from tsalert.retention.vocabulary import ItemState, Root, RuleKind, RunState
from tsalert.telephone import keeping as sounds
from tsalert.telephone import retention as recordings

BATCH = 50
_NOT_DUE = "It is not due any more by the rules and facts of that day."
_HELD = "A hold was placed after the list was approved."
_PROGRAM = frozenset({Root.TRAIL, Root.TRACES})


class _Done(Struct):
    """What one batch did; files go once it is committed."""

    counts: dict[str, int] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)

    def add(self, counts: dict[str, int]) -> None:
        self.counts = rules.add_up(self.counts, counts)


def carry_out(run_id: int, *, actor: Actor, now: Callable[[], datetime], tell: Callable[[int], None]) -> None:
    """Carry a started run out to its end; killed at any point, it goes on from there when it is called again.

    :param tell: hears how many records are still to do.
    :raises Conflict: the run was not started.
    """
    while erase_batch(run_id, actor=actor, now=now()):
        tell(_left(db.session(), run_id))


def erase_batch(run_id: int, *, actor: Actor, now: datetime) -> bool:
    """Do the next few records of a run in one transaction; the last batch writes the certificate.

    Holds, rules and facts are read again at that moment, and what they keep is left as it is. Whoever places a hold
    meanwhile waits, and then hears what was erased. Returns False once the run is done.

    :raises NotFound: there is no such run.
    :raises Conflict: it was not started.
    """
    with transaction() as session:
        recordings.erase_in_turn(session)
        run = runs.get_run(session, run_id, lock=True)
        if run.state == RunState.DONE:
            return False
        if run.state != RunState.RUNNING:
            raise Conflict(f"Run {run_id} was not started.")
        items = _next(session, run_id)
        done = _erase(session, run, items, now)
        run.tally = rules.add_up(run.tally, done.counts)
        if items:
            told = [f"{item.subject} {item.subject_id} {item.state}" for item in items]
            audit.record(session, actor, "erased", "retention run", run_id, now=now, records=len(items),
                         digest=rules.digest_of(told))  # fmt: skip
        else:
            removing.delete_removed(session, run_id)
            certifying.certify(session, run, now=now)
            audit.record(session, actor, "certified", "retention run", run_id, now=now, digest=run.certificate_digest)
    _delete_files(done)
    if not items:
        _leave_no_trace_of_pages()
    return bool(items)


def _next(session: Session, run_id: int) -> list[ErasureItem]:
    query = select(ErasureItem).where(ErasureItem.run_id == run_id, ErasureItem.state == ItemState.DUE)
    return list(session.scalars(query.order_by(ErasureItem.id).limit(BATCH)))


def _left(session: Session, run_id: int) -> int:
    return sum(each.count for each in runs.tallied(session, run_id) if each.state is ItemState.DUE)


def _erase(session: Session, run: ErasureRun, items: list[ErasureItem], now: datetime) -> _Done:
    _lock(session, items)
    going = _settle(session, items, now)
    done = _Done()
    _begin(session, run.id)
    records = [item for item in going if Root.of(item.subject) not in _PROGRAM]
    if records:
        _erase_records(session, run.id, records, done, now)
    for item in going:
        done.add(_erase_traces(session, item, now))
    session.flush()
    _end(session)
    return done


def _erase_traces(session: Session, item: ErasureItem, now: datetime) -> dict[str, int]:
    """Let traces of use go, or old entries of the trail; nothing for any other line of the list."""
    if item.subject == Root.TRAIL:
        return traces.place_checkpoint(session, item.subject_id, now=now)
    if item.subject == Root.TRACES:
        months = keeping.months_in_force(session, london_date(now))[RuleKind.TRACES]
        return traces.delete_traces(session, months, today=item.due_on)
    return {}


def _lock(session: Session, items: Iterable[ErasureItem]) -> None:
    """Lock the records, so that nobody reopens one between the look at it and its erasing."""
    for root, ids in _by_root(items).items():
        if root in TABLES:
            rows = table(TABLES[root])
            session.execute(select(rows.c.id).where(rows.c.id.in_(ids)).order_by(rows.c.id).with_for_update()).all()


def _settle(session: Session, items: list[ErasureItem], now: datetime) -> list[ErasureItem]:
    """Decide of each record, as holds, rules and facts stand now, whether it goes; return those that go."""
    today = london_date(now)
    months, kept = keeping.months_in_force(session, today), kept_by_holds(session)
    due = {
        root: due_now(session, root, ids, months, today)
        for root, ids in _by_root(items).items()
        if root not in _PROGRAM
    }
    for item in items:
        root = Root.of(item.subject)
        hold = kept.why(root, item.subject_id)
        is_due = item.subject_id in due[root] if root in due else item.rule in months
        item.hold_id = hold if hold not in NO_HOLD else None
        item.why = NO_HOLD.get(hold, _HELD) if hold is not None else None if is_due else _NOT_DUE
        item.state, item.settled_at = (ItemState.ERASED if item.why is None else ItemState.KEPT), now
    return [item for item in items if item.state == ItemState.ERASED]


def _by_root(items: Iterable[ErasureItem]) -> dict[Root, list[int]]:
    found: dict[Root, list[int]] = {}
    for item in items:
        found.setdefault(Root.of(item.subject), []).append(item.subject_id)
    return found


def _erase_records(session: Session, run_id: int, items: list[ErasureItem], done: _Done, now: datetime) -> None:
    reach = widen(session, Reach({root: tuple(ids) for root, ids in _by_root(items).items()}))
    people = people_of(session, reach)
    done.files += removing.remove_files(session, reach.of(Root.CASE), run_id=run_id, now=now)
    done.sounds += recordings.let_go(session, reach.of(Root.CALL), now=now)
    session.flush()
    done.add(taking_out.take_out(session, reach))
    _note_erased(session, run_id, reach, now)
    gone = taking_out.without_records(session, people)
    done.add(taking_out.lead_astray(session, reach, people - gone))
    if gone:
        persons = Reach({Root.PARTY: tuple(sorted(gone))})
        done.add(taking_out.take_out(session, persons))
        _note_erased(session, run_id, persons, now)
        reach = reach.plus(Root.PARTY, gone)
    done.add(taking_out.forget_households(session, reach))
    done.add({"files": len(done.files), "recordings": len(done.sounds)})
    forgetting.forget(session, reach)


def _note_erased(session: Session, run_id: int, reach: Reach, now: datetime) -> None:
    """Note which records name nobody any more."""
    for root, ids in reach.ids.items():
        rows = [{"subject": root.value, "subject_id": each, "run_id": run_id, "erased_at": as_utc(now)} for each in ids]
        if rows:
            session.execute(insert_ignoring_conflicts(session, ErasedRecord), rows)


def _begin(session: Session, run_id: int) -> None:
    """Tell the guards of history that persons are being erased, until ``_end`` in the same transaction."""
    session.flush()
    session.execute(insert(table("erasure_under_way")).values(id=1, never=2, run_id=run_id))


def _end(session: Session) -> None:
    session.execute(delete(table("erasure_under_way")))


def _delete_files(done: _Done) -> None:
    """Delete from the disk what is recorded as gone; whatever a killed process leaves, the end of the run deletes."""
    for key in done.files:
        storing.discard(key)
    for key in done.sounds:
        sounds.discard(key)


def _leave_no_trace_of_pages() -> None:
    """Let SQLite merge its index of words and write its journal back; no transaction may be open for that.

    Both still hold what was deleted: the index until its parts are merged, the journal pages as they were.
    """
    bind = db.session.get_bind()
    if isinstance(bind, Engine) and bind.dialect.name == "sqlite":
        with bind.begin() as connection:
            connection.exec_driver_sql("INSERT INTO fts_words (fts_words) VALUES ('optimize')")
        with bind.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
