"""Reading referrals; who may see them is asked here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from tsalert.by_id import get_by_id
from tsalert.cases import merging, sharing
from tsalert.cases import queries as cases
from tsalert.cases.sections import Pack, pack_from_data
from tsalert.core.actors import Actor
from tsalert.core.keys import is_id
from tsalert.keysets import PAGE, Order, Page, read_page
from tsalert.referrals import packs
from tsalert.referrals.models import Referral
from tsalert.referrals.rules import LEGAL
from tsalert.referrals.vocabulary import Act, State
from tsalert.response import queries as response
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject


class ReferralRecord(Struct, frozen=True):
    """A referral with the reference of its case or incident."""

    row: Referral
    reference: str

    @property
    def state(self) -> State:
        """How far it has come."""
        return State.of(self.row.state)

    @property
    def legal(self) -> tuple[Act, ...]:
        """What may be done about it now."""
        return LEGAL[self.state]

    @property
    def title(self) -> str:
        """The heading of what is sent."""
        return packs.title_of(self.reference)


def find_subject(session: Session, referral_id: int) -> tuple[Subject, int] | None:
    """Return the case or incident of a referral; None where there is no such referral."""
    row = session.get(Referral, referral_id) if is_id(referral_id) else None
    if row is None:
        return None
    return (Subject.CASE, row.case_id) if row.case_id is not None else (Subject.INCIDENT, row.incident_id or 0)


def get_row(session: Session, referral_id: int, *, actor: Actor, now: datetime, lock: bool = False) -> Referral:
    """Return one referral's row; ``lock`` keeps others from changing it until the transaction ends.

    :raises NotFound: there is none.
    :raises Withheld: its case or incident is restricted to this person.
    """
    row = get_by_id(session, Referral, referral_id, "There is no such referral.", lock=lock)
    require_visible(session, case_id=row.case_id, incident_id=row.incident_id, actor=actor, now=now)
    return row


def get_referral(session: Session, referral_id: int, *, actor: Actor, now: datetime) -> ReferralRecord:
    """Return one referral.

    :raises NotFound: there is none.
    :raises Withheld: its case or incident is restricted to this person.
    """
    return _records(session, [get_row(session, referral_id, actor=actor, now=now)])[0]


def require_visible(
    session: Session, *, case_id: int | None, incident_id: int | None, actor: Actor, now: datetime
) -> str:
    """Return the reference of a case or incident that this person may see.

    :raises NotFound: there is no such case or incident.
    :raises Withheld: it is restricted to them.
    """
    if case_id is not None:
        reference, subject = cases.get_case(session, case_id).reference, (Subject.CASE, case_id)
    else:
        incident = response.get_incident(session, incident_id or 0)
        reference, subject = incident.reference, (Subject.INCIDENT, incident.id)
    tiers.require_visible(session, actor, *subject, now=now)
    return reference


def require_subject(
    session: Session, *, case_id: int | None, incident_id: int | None, actor: Actor, now: datetime
) -> str:
    """Return the reference of a case or incident of which this person may begin a referral.

    :raises NotFound: there is no such case or incident.
    :raises ContinuedElsewhere: the case goes on in another.
    :raises Withheld: it is restricted to them.
    """
    reference = require_visible(session, case_id=case_id, incident_id=incident_id, actor=actor, now=now)
    if case_id is not None:
        merging.require_here(session, cases.get_case(session, case_id))
    return reference


def list_referrals(
    session: Session, *, actor: Actor, now: datetime, after: int | None = None, limit: int = PAGE
) -> Page[ReferralRecord]:
    """Return a page of the referrals, newest first; none of a restricted record."""
    seen = or_(
        and_(Referral.case_id.is_not(None), tiers.visible(actor, Subject.CASE, Referral.case_id, now=now)),
        and_(Referral.incident_id.is_not(None), tiers.visible(actor, Subject.INCIDENT, Referral.incident_id, now=now)),
    )
    page = read_page(session, select(Referral).where(seen), Order(Referral.id), after=after, size=limit)
    return Page(_records(session, page.items), page.next)


def referrals_of(
    session: Session, *, case_id: int | None = None, incident_id: int | None = None
) -> Sequence[ReferralRecord]:
    """Return the referrals of one case or incident, oldest first, for a page that shows it anyway."""
    of_it = Referral.case_id == case_id if case_id is not None else Referral.incident_id == incident_id
    return _records(session, session.scalars(select(Referral).where(of_it).order_by(Referral.id)).all())


def pack_of(session: Session, record: ReferralRecord, *, now: datetime) -> Pack:
    """Return what was sent; of one that was not, what would be sent now."""
    kept = record.row.pack
    return pack_from_data(kept) if kept is not None else packs.assemble(session, record.row, now=now)


def _records(session: Session, rows: Sequence[Referral]) -> list[ReferralRecord]:
    named = sharing.references_of(session, [(row.case_id, row.incident_id) for row in rows])
    return [ReferralRecord(row, reference) for row, reference in zip(rows, named, strict=True)]
