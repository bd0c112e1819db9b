"""What pages and the API are told of runs, holds and records whose time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.keysets import Page
from tsalert.retention import holding, runs
from tsalert.retention.held.entries import Treatment
from tsalert.retention.held.register import REGISTER, TABLES, holds_text, treatment_of
from tsalert.retention.models import ErasedRecord, LegalHold
from tsalert.retention.reaching import references_of, table
from tsalert.retention.vocabulary import Root
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_MAY_BE_RESTRICTED = frozenset(subject.value for subject in Subject)


class HeldRecord(Struct, frozen=True):
    """A hold, and what people call the record that it is on; why is None to whoever may not see that record."""

    hold: LegalHold
    reference: str
    reason: str | None
    lift_reason: str | None

    @property
    def data(self) -> dict[str, Any]:
        """The hold as the API tells of it."""
        names = ("id", "subject", "subject_id", "placed_by", "placed_at", "review_on", "lifted_by", "lifted_at")
        told = {name: getattr(self.hold, name) for name in names}
        return told | {"reason": self.reason, "lift_reason": self.lift_reason}


class Mark(Struct, frozen=True):
    """What a record's page says of its keeping: by which run persons were taken out of it, and which hold keeps it."""

    erased_by: int | None
    erased_at: Any
    hold: LegalHold | None


class TableHeld(Struct, frozen=True):
    """One table of the register, for the data protection officer: its columns of text by what becomes of them."""

    name: str
    rows_go: bool
    columns: dict[str, list[str]]


def mark_of(session: Session, subject: str, subject_id: int) -> Mark:
    """Return what stands of a record's keeping: its own hold, not those that it is kept by together with others."""
    mine = (ErasedRecord.subject == subject, ErasedRecord.subject_id == subject_id)
    erased = session.scalars(select(ErasedRecord).where(*mine).order_by(ErasedRecord.run_id.desc())).first()
    held = (LegalHold.subject == subject, LegalHold.subject_id == subject_id, LegalHold.lifted_at.is_(None))
    hold = session.scalars(select(LegalHold).where(*held)).first()
    return Mark(erased.run_id if erased else None, erased.erased_at if erased else None, hold)


def run_told(session: Session, run_id: int) -> dict[str, Any]:
    """Return a run with its approvals and counts.

    :raises NotFound: there is none with that number.
    """
    run = runs.get_run(session, run_id)
    names = ("id", "state", "as_of", "digest", "made_by", "made_at", "started_at", "ended_at", "certificate_digest")
    told = {name: getattr(run, name) for name in names}
    return told | {"approvals": runs.approvals(session, run_id), "counts": runs.tallied(session, run_id)}


def holds_told(session: Session, *, reader: Actor, now: datetime, after: str | None = None) -> Page[HeldRecord]:
    """Return a page of the holds, each with the reference of its record."""
    page = holding.list_holds(session, after=after)
    return Page(_named(session, page.items, reader, now), page.next)


def hold_told(session: Session, hold_id: int, *, reader: Actor, now: datetime) -> HeldRecord:
    """Return one hold with the reference of its record.

    :raises NotFound: there is none.
    """
    (found,) = _named(session, [holding.get_hold(session, hold_id)], reader, now)
    return found


def register_told() -> list[TableHeld]:
    """Return the tables that name people, and what becomes of each column in which somebody's words can stand."""
    return [
        TableHeld(entry.table, entry.rows_go, _columns(entry.table))
        for entry in sorted(REGISTER.values(), key=lambda entry: entry.table)
        if entry.names_people
    ]


def _columns(name: str) -> dict[str, list[str]]:
    entry = REGISTER[name]
    found: dict[str, list[str]] = {}
    for column in table(name).columns:
        treatment = treatment_of(entry, column.name)
        if holds_text(column) or treatment is not Treatment.FACT:
            found.setdefault(treatment.value, []).append(column.name)
    return found


def _named(session: Session, holds: Sequence[LegalHold], reader: Actor, now: datetime) -> list[HeldRecord]:
    names = {
        root: references_of(session, root, [hold.subject_id for hold in holds if hold.subject == root])
        for root in TABLES
    }
    shut = {(root, key) for root in TABLES for key in _withheld(session, root, holds, reader, now)}
    return [
        HeldRecord(
            hold,
            names[Root.of(hold.subject)][hold.subject_id],
            *((None, None) if (hold.subject, hold.subject_id) in shut else (hold.reason, hold.lift_reason)),
        )
        for hold in holds
    ]


def _withheld(session: Session, root: Root, holds: Sequence[LegalHold], reader: Actor, now: datetime) -> frozenset[int]:
    """Return the records of one kind that are held and kept from the reader."""
    if root.value not in _MAY_BE_RESTRICTED:
        return frozenset()
    ids = {hold.subject_id for hold in holds if hold.subject == root}
    return tiers.withheld(session, reader, Subject.of(root.value), ids, now=now)
