"""Search over everything: what a text leads to, of what its reader may see."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.cases.models import CaseFile
from tsalert.core.actors import Actor, Permission
from tsalert.finding.leading import find_reference
from tsalert.finding.rules import SHOWN, SHOWN_ALONE, Answer, Group, Hit, PartyHit, require_terms, say_why
from tsalert.finding.seeing import may_see, visible_parties
from tsalert.finding.sources import LABELS
from tsalert.fulltext.queries import Held, newest_of_each
from tsalert.fulltext.rules import Term
from tsalert.fulltext.vocabulary import Found
from tsalert.parties.rules import Sought
from tsalert.parties.vocabulary import PartyKind
from tsalert.places import queries as places
from tsalert.references.rules import complete_reference
from tsalert.response import matches, party_search
from tsalert.response.models import Call, Incident
from tsalert.response.vocabulary import Category

# So many of the newest records that hold the words are looked at; several may lead to one case.
_LOOKED_AT, _LOOKED_AT_ALONE = 100, 300
_UNSURE = "You typed no check letter: see that this is the one you mean"
_LED_TO = {
    "calls.show_call": Found.CALL, "response.show_incident": Found.INCIDENT, "cases.show_case": Found.CASE,
}  # fmt: skip
_GROUPS = {
    Found.INCIDENT: Permission.READ_CALL,
    Found.CASE: Permission.READ_CASE,
    Found.CALL: Permission.READ_CALL,
}


def search(
    session: Session, text: str, *, only: Found | None = None, is_demo: bool, actor: Actor, now: datetime
) -> Answer:
    """Return what a text leads to; ``only`` asks for more of one kind and for nothing else.

    :raises RuleViolation: it holds nothing to look for.
    """
    terms = require_terms(text)
    wanted = [found for found, permission in _GROUPS.items() if actor.may(permission) and only in {None, found}]
    size, most = (SHOWN_ALONE, _LOOKED_AT_ALONE) if only else (SHOWN, _LOOKED_AT)
    seen = {found: partial(may_see, actor, found, now=now) for found in wanted}
    held = newest_of_each(session, seen, terms, limit=most)
    groups = tuple(_group(session, found, terms, held[found], size=size, most=most) for found in wanted)
    if only or not actor.may(Permission.READ_CALL):
        return Answer(terms, groups)
    people, traders = _parties(session, text, is_demo=is_demo, actor=actor, now=now)
    answer = Answer(terms, groups, people, traders, _perhaps(session, text, actor))
    if not answer.is_empty:
        return answer
    nearby = _in_street(session, text, actor=actor, now=now)
    return replace(answer, groups=tuple(nearby if group.found is nearby.found else group for group in groups))


def _in_street(session: Session, text: str, *, actor: Actor, now: datetime) -> Group:
    """Return the incidents that are open where a text is a street which nobody wrote so."""
    near = matches.open_near(session, Sought(address=text), reader=actor, now=now)
    hits = {hit.id: hit for hit in _incidents(session, {each.id: f"{each.reason.label}, open" for each in near})}
    return Group(Found.INCIDENT, tuple(hits[each.id] for each in near), has_more=False)


def _group(
    session: Session, found: Found, terms: Sequence[Term], looked_at: Sequence[Held], *, size: int, most: int
) -> Group:
    stands_in: defaultdict[int, list[str]] = defaultdict(list)
    for subject_id, source in looked_at:
        stands_in[subject_id].append(LABELS[source])
    why = {subject_id: say_why(terms, where) for subject_id, where in list(stands_in.items())[:size]}
    hits = sorted(_READERS[found](session, why), key=lambda hit: (hit.at, hit.id), reverse=True)
    return Group(found, tuple(hits), has_more=len(stands_in) > size or len(looked_at) == most)


def _perhaps(session: Session, text: str, actor: Actor) -> Hit | None:
    """Return the record of a reference without its check letter; shown and not led to, for slips pass unseen."""
    reference = complete_reference(text)
    leads = find_reference(session, reference, actor=actor) if reference else None
    found = _LED_TO.get(leads.endpoint) if leads else None
    if leads is None or found is None:
        return None
    (number,) = leads.key.values()
    return next(iter(_READERS[found](session, {int(number): _UNSURE})), None)


def _calls(session: Session, why: dict[int, str]) -> list[Hit]:
    wards = places.ward_names(session)
    columns = (Call.id, Call.reference, Call.received_at, Call.ward_code)
    return [
        Hit(Found.CALL, key, reference, None, at, wards.get(ward or ""), why[key])
        for key, reference, at, ward in session.execute(select(*columns).where(Call.id.in_(why)))
    ]


def _incidents(session: Session, why: dict[int, str]) -> list[Hit]:
    wards = places.ward_names(session)
    columns = (Incident.id, Incident.reference, Incident.category, Incident.opened_at, Incident.ward_code)
    return [
        Hit(Found.INCIDENT, key, reference, Category.of(category), at, wards.get(ward or ""), why[key])
        for key, reference, category, at, ward in session.execute(select(*columns).where(Incident.id.in_(why)))
    ]


def _cases(session: Session, why: dict[int, str]) -> list[Hit]:
    wards, found = places.ward_names(session), list(session.scalars(select(CaseFile).where(CaseFile.id.in_(why))))
    later = [case.continued_in_id for case in found if case.continued_in_id is not None]
    query = select(CaseFile.id, CaseFile.reference).where(CaseFile.id.in_(later))
    references = {row.id: row.reference for row in session.execute(query)} if later else {}
    return [
        Hit(
            Found.CASE, case.id, case.reference, Category.of(case.category), case.opened_at,
            wards.get(case.ward_code or ""), why[case.id], references.get(case.continued_in_id or 0),
        )
        for case in found
    ]  # fmt: skip


_READERS = {Found.CALL: _calls, Found.INCIDENT: _incidents, Found.CASE: _cases}


def _parties(
    session: Session, text: str, *, is_demo: bool, actor: Actor, now: datetime
) -> tuple[tuple[PartyHit, ...], tuple[PartyHit, ...]]:
    """Return the people and the traders who may be meant, the likeliest first."""
    found = party_search.search(session, text, reader=actor, is_demo=is_demo, now=now)
    seen = visible_parties(session, actor, [each.id for each in found], now=now)
    hits = [PartyHit(each.id, each.name, each.kind, each.words) for each in found if each.id in seen]
    people = tuple(hit for hit in hits if hit.kind == PartyKind.PERSON)
    return people, tuple(hit for hit in hits if hit.kind != PartyKind.PERSON)
