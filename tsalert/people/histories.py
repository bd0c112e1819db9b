"""One person or trader across calls, incidents, cases and years: what they lost, what they took, and who answered it.

What is restricted to whoever asks is left out, and its money with it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile, CaseIncident, CaseMerge, MoneyLine
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.vocabulary import ACCUSED, Role
from tsalert.cases.queries import is_repeated, stands
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.enforcement import convictions
from tsalert.enforcement.convictions import Done, Tried
from tsalert.parties.vocabulary import Side
from tsalert.people.rules import Episode, Repeat, repeat_of
from tsalert.places import queries as places
from tsalert.response.models import Call, CallParty, Incident
from tsalert.response.vocabulary import REPORTED_CATEGORIES, CallSource
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

_NOTHING = Decimal("0.00")
_ACCUSED = frozenset(role.value for role in ACCUSED)


class InIncident(Struct, frozen=True):
    """An incident that somebody has to do with, and as what."""

    id: int
    reference: str
    category: str
    ward: str | None
    opened_at: datetime
    parts: tuple[str, ...]


class InCase(Struct, frozen=True):
    """A case that somebody is or was part of, and as what; ``paid`` and ``demanded`` are the case's sums.

    :param matter: the case in which its matter stands.
    :param repeated: what of ``paid`` another of their cases about the same matter records too.
    """

    id: int
    matter: int
    reference: str
    category: str
    status: str
    ward: str | None
    opened_at: datetime
    roles: tuple[str, ...]
    paid: Decimal
    demanded: Decimal
    repeated: Decimal
    incident_ids: frozenset[int]


class Life(Struct, frozen=True):
    """All that somebody has to do with, the last first."""

    incidents: tuple[InIncident, ...]
    cases: tuple[InCase, ...]
    victim: Repeat | None
    trader: Repeat | None
    tried: tuple[Tried, ...]
    actions: tuple[Done, ...]

    @property
    def references(self) -> dict[int, str]:
        """The references of the cases by their numbers."""
        return {case.id: case.reference for case in self.cases}


def life_of(session: Session, members: Collection[int], *, actor: Actor, now: datetime) -> Life:
    """Return what somebody has to do with, under every record that is held to be theirs."""
    tried = convictions.tried_of(session, members)
    wards = places.ward_names(session)
    cases = _cases(session, _roles(session, members, tried), wards, actor=actor, now=now)
    parts = _parts_in_calls(session, members)
    of_cases = {number: f"{case.reference}" for case in cases for number in case.incident_ids}
    incidents = _incidents(session, {*parts, *of_cases}, parts, wards, actor=actor, now=now)
    seen = {case.id for case in cases}
    against = [case.id for case in cases if not _ACCUSED.isdisjoint(case.roles)]
    return Life(
        tuple(incidents),
        tuple(cases),
        _repeat(incidents, cases, {Role.VICTIM.value}),
        _repeat(incidents, cases, _ACCUSED),
        tuple(each for each in tried if each.case_id in seen),
        tuple(convictions.actions_in(session, against)),
    )


def _roles(session: Session, members: Collection[int], tried: Iterable[Tried]) -> dict[int, list[str]]:
    """Return the roles of somebody by case; whoever is prosecuted is at least suspected."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    of_them = select(CaseParty.case_id, CaseParty.role).where(CaseParty.party_id.in_(members))
    order = (CaseParty.ended_at.is_not(None), CaseParty.id)
    for case_id, role in session.execute(of_them.where(CaseParty.ended_at.is_(None)).order_by(*order)):
        found[case_id].append(role)
    for each in tried:
        found[each.case_id].append((Role.CONVICTED if each.convicted_on else Role.SUSPECT).value)
    return found


def _cases(
    session: Session, roles: Mapping[int, list[str]], wards: Mapping[str, str], *, actor: Actor, now: datetime
) -> list[InCase]:
    if not roles:
        return []
    shown = (CaseFile.id.in_(roles), tiers.visible(actor, Subject.CASE, CaseFile.id, now=now))
    rows = session.scalars(select(CaseFile).where(*shown).order_by(CaseFile.opened_at.desc(), CaseFile.id.desc())).all()
    sums, repeated, linked = _sums(session, roles), _repeated(session, roles), _linked(session, roles)
    return [
        InCase(
            row.id,
            row.continued_in_id or row.id,
            row.reference,
            row.category,
            row.status,
            wards.get(row.ward_code or ""),
            row.opened_at,
            tuple(dict.fromkeys(roles[row.id])),
            sums.get((row.id, MoneyKind.PAID), _NOTHING),
            sums.get((row.id, MoneyKind.DEMANDED), _NOTHING),
            repeated.get(row.id, _NOTHING),
            frozenset(linked[row.id]),
        )
        for row in rows
    ]


def _sums(session: Session, case_ids: Collection[int]) -> dict[tuple[int, str], Decimal]:
    kinds = (MoneyKind.PAID, MoneyKind.DEMANDED)
    query = select(MoneyLine.case_id, MoneyLine.kind, func.sum(MoneyLine.amount, type_=MoneyLine.amount.type))
    of_cases = (MoneyLine.case_id.in_(case_ids), MoneyLine.kind.in_(kinds), stands())
    rows = session.execute(query.where(*of_cases).group_by(MoneyLine.case_id, MoneyLine.kind))
    return {(case_id, kind): amount for case_id, kind, amount in rows}


def _repeated(session: Session, case_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what was paid in some cases by lines that another of them records too."""
    query = select(MoneyLine.case_id, func.sum(MoneyLine.amount, type_=MoneyLine.amount.type))
    lines = (MoneyLine.case_id.in_(case_ids), MoneyLine.kind == MoneyKind.PAID, stands())
    rows = session.execute(
        query.where(*lines, is_repeated(CaseMerge.later_id.in_(case_ids))).group_by(MoneyLine.case_id)
    )
    return dict(rows.all())


def _linked(session: Session, case_ids: Collection[int]) -> defaultdict[int, set[int]]:
    found: defaultdict[int, set[int]] = defaultdict(set)
    query = select(CaseIncident.case_id, CaseIncident.incident_id).where(CaseIncident.case_id.in_(case_ids))
    for case_id, incident_id in session.execute(query):
        found[case_id].add(incident_id)
    return found


def _parts_in_calls(session: Session, members: Collection[int]) -> dict[int, set[str]]:
    """Return as what somebody stands in the calls of each incident; a resident who rings tells of themselves."""
    query = select(Call.incident_id, CallParty.role, Call.source).join(Call, Call.id == CallParty.call_id)
    found: defaultdict[int, set[str]] = defaultdict(set)
    rows = session.execute(query.where(CallParty.party_id.in_(members), Call.incident_id.is_not(None)).distinct())
    for incident_id, side, source in rows:
        is_own = side == Side.CALLER and source == CallSource.RESIDENT
        found[incident_id or 0].add(Role.VICTIM.value if is_own else side)
    return found


def _incidents(
    session: Session,
    ids: Collection[int],
    parts: Mapping[int, set[str]],
    wards: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> list[InIncident]:
    if not ids:
        return []
    columns = (Incident.id, Incident.reference, Incident.category, Incident.ward_code, Incident.opened_at)
    shown = (Incident.id.in_(ids), tiers.visible(actor, Subject.INCIDENT, Incident.id, now=now))
    rows = session.execute(select(*columns).where(*shown).order_by(Incident.opened_at.desc(), Incident.id.desc()))
    return [
        InIncident(number, reference, category, wards.get(ward or ""), at, tuple(sorted(parts.get(number, ()))))
        for number, reference, category, ward, at in rows
    ]


def _repeat(incidents: Sequence[InIncident], cases: Sequence[InCase], roles: Collection[str]) -> Repeat | None:
    """Say how often somebody was victim, or trader: by incidents of theirs and of their cases, and by other cases.

    Cases about one matter count once.
    """
    own = [case for case in cases if not set(roles).isdisjoint(case.roles)]
    by_case = {number for case in own for number in case.incident_ids}
    wanted = {Role.VICTIM.value} if Role.VICTIM in roles else {Side.TRADER.value}
    found = [
        Episode(each.opened_at, each.ward)
        for each in incidents
        if each.id in by_case or (each.category in REPORTED_CATEGORIES and not wanted.isdisjoint(each.parts))
    ]
    told_of = {case.matter for case in own if case.incident_ids}
    alone = {case.matter: Episode(case.opened_at, case.ward) for case in own if case.matter not in told_of}
    paid = sum((case.paid - case.repeated for case in own), _NOTHING)
    return repeat_of([*found, *alone.values()], paid, cases=len({case.matter for case in own}))
