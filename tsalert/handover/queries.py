"""Reading handovers."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.cases import sharing
from tsalert.cases.sections import Pack, pack_from_data
from tsalert.core.actors import Actor, Permission
from tsalert.handover import packs
from tsalert.handover.models import Handover
from tsalert.handover.rules import Act, State, changes_incident, legal_acts
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class HandoverRecord(Struct, frozen=True):
    """A handover with the reference of what it hands over."""

    row: Handover
    reference: str

    @property
    def state(self) -> State:
        """How far it has come."""
        return State.of(self.row.state)

    @property
    def legal(self) -> tuple[Act, ...]:
        """What may be done about it now."""
        return legal_acts(self.state)

    def acts_for(self, actor: Actor) -> tuple[Act, ...]:
        """Return what an officer may do about it now."""
        may_all = self.row.incident_id is None or actor.may(Permission.RUN_INCIDENT)
        may = actor.may(Permission.WORK_CASE)
        return tuple(act for act in self.legal if may and (may_all or not changes_incident(act, self.state)))

    @property
    def title(self) -> str:
        """The heading of its pack."""
        return packs.title_of(self.reference)


def get_row(session: Session, handover_id: int, *, lock: bool = False) -> Handover:
    """Return one handover's row; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    """
    return get_by_id(session, Handover, handover_id, "There is no such handover.", lock=lock)


def get_handover(session: Session, handover_id: int) -> HandoverRecord:
    """Return one handover.

    :raises NotFound: there is none.
    """
    return _records(session, [get_row(session, handover_id)])[0]


def list_handovers(
    session: Session, *, reader: Actor, now: datetime, after: int | None = None, limit: int = PAGE
) -> Page[HandoverRecord]:
    """Return a page of the handovers, newest first; none of a restricted record."""
    seen = or_(
        and_(Handover.case_id.is_not(None), tiers.visible(reader, Subject.CASE, Handover.case_id, now=now)),
        and_(Handover.incident_id.is_not(None), tiers.visible(reader, Subject.INCIDENT, Handover.incident_id, now=now)),
    )
    page = read_page(session, select(Handover).where(seen), Order(Handover.id), after=after, size=limit)
    return page.all_told_by(lambda rows: _records(session, rows))


def handovers_of(
    session: Session, *, incident_id: int | None = None, case_id: int | None = None
) -> Sequence[HandoverRecord]:
    """Return the handovers of one incident or case, oldest first."""
    of_it = Handover.incident_id == incident_id if incident_id is not None else Handover.case_id == case_id
    return _records(session, session.scalars(select(Handover).where(of_it).order_by(Handover.id)).all())


def offered_ids(session: Session) -> Sequence[int]:
    """Return the offers that nobody has answered, the first to lapse first."""
    query = select(Handover.id).where(Handover.state == State.OFFERED)
    return session.scalars(query.order_by(Handover.answer_by)).all()


def pack_of(session: Session, record: HandoverRecord, *, now: datetime) -> Pack:
    """Return the pack that was offered; of one that was not, as it would be offered now."""
    kept = record.row.pack
    return pack_from_data(kept) if kept is not None else packs.assemble(session, record.row, now=now)


def _records(session: Session, rows: Sequence[Handover]) -> list[HandoverRecord]:
    named = sharing.references_of(session, [(row.case_id, row.incident_id) for row in rows])
    return [HandoverRecord(row, reference) for row, reference in zip(rows, named, strict=True)]
