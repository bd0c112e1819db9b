"""Reading who is part of a case, how vulnerable they are and what they wish."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseIncident
from tsalert.cases.people.models import CaseParty, PersonWishes, VulnerabilityAssessment
from tsalert.cases.people.vocabulary import ACCUSED, Role
from tsalert.core.actors import Actor
from tsalert.core.errors import NotFound
from tsalert.core.keys import is_id
from tsalert.parties import matching
from tsalert.parties import queries as parties
from tsalert.parties.vocabulary import Side
from tsalert.response.kept import names_for
from tsalert.response.models import Call, CallParty
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

UNNAMED = "Somebody restricted"


class CasePerson(Struct, frozen=True):
    """Somebody who is part of a case, under every record of theirs, with all roles, the standing ones first.

    ``assessed_at`` and ``wished_at`` say that there is something, and nothing of what it says.
    """

    party_id: int
    members: frozenset[int]
    name: str
    kind: str
    roles: tuple[CaseParty, ...]
    assessed_at: datetime | None
    wished_at: datetime | None

    @property
    def standing(self) -> list[Role]:
        """The roles that they have now."""
        return [Role.of(each.role) for each in self.roles if each.ended_at is None]


class Proposed(Struct, frozen=True):
    """Somebody who may belong to a case, as what, and why; ``party_id`` is None where only a name is known."""

    party_id: int | None
    name: str
    role: Role
    why: str


def people_of(session: Session, case_id: int) -> list[CasePerson]:
    """Return everybody who is or was part of a case, those who are held to be the same together."""
    rows = session.scalars(select(CaseParty).where(CaseParty.case_id == case_id).order_by(CaseParty.id)).all()
    known = matching.identities(session, {row.party_id for row in rows})
    groups = matching.members_of(session, set(known.values()))
    found = {each.id: each for each in parties.parties_by_id(session, list(groups))}
    roles: defaultdict[int, list[CaseParty]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.ended_at is not None, row.id)):
        roles[known[row.party_id]].append(row)
    assessed, wished = _latest(session, VulnerabilityAssessment, case_id), _latest(session, PersonWishes, case_id)
    return [
        CasePerson(
            identity,
            groups[identity],
            found[identity].name or _nameless(identity),
            found[identity].kind,
            tuple(own),
            _newest(assessed, groups[identity]),
            _newest(wished, groups[identity]),
        )
        for identity, own in roles.items()
    ]


def as_read(session: Session, people: Sequence[CasePerson], *, reader: Actor, now: datetime) -> list[CasePerson]:
    """Return people as a reader may see them: of whoever is restricted, the part and not the name."""
    members = {member for person in people for member in person.members}
    kept = tiers.withheld(session, reader, Subject.PARTY, members, now=now)
    return [replace(person, name=UNNAMED) if kept & person.members else person for person in people]


def person_of(session: Session, case_id: int, party_id: int) -> CasePerson:
    """Return one person of a case.

    :raises NotFound: they are no part of it.
    """
    for person in people_of(session, case_id):
        if party_id in person.members:
            return person
    raise NotFound("They are no part of this case.")


def get_role(session: Session, case_id: int, role_id: int) -> CaseParty:
    """Return one role of somebody in a case.

    :raises NotFound: the case has none with that number.
    """
    query = select(CaseParty).where(CaseParty.id == role_id, CaseParty.case_id == case_id)
    row = session.scalar(query) if is_id(role_id) else None
    if row is None:
        raise NotFound("There is no such role in this case.")
    return row


def assessments(session: Session, case_id: int, members: Collection[int]) -> Sequence[VulnerabilityAssessment]:
    """Return how vulnerable somebody was found in a case, the assessment that stands first."""
    of_them = (VulnerabilityAssessment.case_id == case_id, VulnerabilityAssessment.party_id.in_(members))
    return session.scalars(
        select(VulnerabilityAssessment).where(*of_them).order_by(VulnerabilityAssessment.id.desc())
    ).all()


def wishes(session: Session, case_id: int, members: Collection[int]) -> Sequence[PersonWishes]:
    """Return what somebody wished in a case, the wishes that stand first."""
    of_them = (PersonWishes.case_id == case_id, PersonWishes.party_id.in_(members))
    return session.scalars(select(PersonWishes).where(*of_them).order_by(PersonWishes.id.desc())).all()


def may_see_sensitive(session: Session, actor: Actor, case_id: int, *, now: datetime) -> bool:
    """Tell whether an officer may read of the health, the vulnerability and the wishes of a case's people."""
    return tiers.may_see_sensitive(session, actor, Subject.CASE, case_id, now=now)


def require_sensitive(session: Session, actor: Actor, case_id: int, *, now: datetime) -> None:
    """Refuse whoever may not read of the health, the vulnerability and the wishes of a case's people.

    :raises Withheld: the case is restricted to them, or they are not on it.
    """
    tiers.require_sensitive(session, actor, Subject.CASE, case_id, now=now)


def told_to(session: Session, case_id: int, *, reader: Actor, now: datetime) -> list[Proposed]:
    """Return whom the calls of a case's incidents tell of, by the names that a reader may learn of."""
    told = told_by_calls(session, case_id)
    names = names_for(session, reader, {each.party_id for each in told if each.party_id is not None}, now=now)
    return [replace(each, name=names.get(each.party_id or 0) or _nameless(each.party_id)) for each in told]


def told_by_calls(session: Session, case_id: int) -> list[Proposed]:
    """Return whom the calls of a case's incidents tell of, in the roles that they probably have."""
    joined = (
        select(CallParty.party_id, CallParty.role, Call.reference, Call.source)
        .join(Call, Call.id == CallParty.call_id)
        .join(CaseIncident, CaseIncident.incident_id == Call.incident_id)
        .where(CaseIncident.case_id == case_id)
        .order_by(CallParty.received_at, CallParty.call_id)
    )
    rows = session.execute(joined).all()
    names = parties.party_names(session, {row.party_id for row in rows})
    return [
        Proposed(
            party_id,
            names.get(party_id) or _nameless(party_id),
            _role_of(side, source),
            f"{Side.of(side).label} of call {reference}",
        )
        for party_id, side, reference, source in rows
    ]


def _nameless(party_id: int | None) -> str:
    return f"Party {party_id}, name not known"


def without_known(session: Session, case_id: int, proposed: Sequence[Proposed]) -> list[Proposed]:
    """Return those proposed who do not have the role already, and never had it, each once."""
    had = session.execute(select(CaseParty.party_id, CaseParty.role).where(CaseParty.case_id == case_id)).all()
    ids = {each.party_id for each in proposed if each.party_id is not None}
    known = matching.identities(session, ids | {row.party_id for row in had})
    taken = {(known[party_id], role) for party_id, role in had}
    convicted = {known[party_id] for party_id, role in had if role == Role.CONVICTED}
    left: dict[tuple[int | None, str], Proposed] = {}
    for each in proposed:
        identity = known.get(each.party_id or 0)
        is_said = (identity, each.role) in taken or (each.role is Role.SUSPECT and identity in convicted)
        if not is_said:
            left.setdefault((identity, each.role), each)
    return list(left.values())


def accused(session: Session, case_id: int) -> list[tuple[int, str]]:
    """Return (party, name) of whoever is suspected or convicted in a case now."""
    return [
        (person.party_id, person.name)
        for person in people_of(session, case_id)
        if not set(person.standing).isdisjoint(ACCUSED)
    ]


def _role_of(side: str, source: str | None) -> Role:
    """Return the role that somebody of a call probably has: only the resident rings about themselves."""
    if side == Side.TRADER:
        return Role.SUSPECT
    return Role.VICTIM if source in {None, "resident"} else Role.WITNESS


def _latest(
    session: Session, model: type[VulnerabilityAssessment] | type[PersonWishes], case_id: int
) -> dict[int, datetime]:
    rows = session.execute(select(model.party_id, model.recorded_at).where(model.case_id == case_id).order_by(model.id))
    return dict(rows.all())


def _newest(found: dict[int, datetime], members: Collection[int]) -> datetime | None:
    return max((found[member] for member in members if member in found), default=None)
