"""Whom and what we know already of a call that is being typed: parties, warnings, and incidents that are still open.

It shows why somebody may be meant, and of incidents what every officer may see; never an address, a number or a story.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct
from sqlalchemy import CompoundSelect, bindparam, select, union_all
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.clock import in_london
from tsalert.core.words import counted
from tsalert.parties import matching
from tsalert.parties.folding import sought_places
from tsalert.parties.matching import Hit, Match
from tsalert.parties.queries import PartyRecord, sought_of
from tsalert.parties.rules import Sought
from tsalert.parties.streets import nearness, read_place
from tsalert.parties.vocabulary import Likeness, PartyKind, Side
from tsalert.parties.warning_notes import Warned, warnings_of
from tsalert.places.queries import ward_names
from tsalert.response import kept
from tsalert.response.call_parties import History, history_of
from tsalert.response.models import Call, CallParty, CallPlace, Grade, Incident
from tsalert.response.vocabulary import Category, GradeName
from tsalert.tiers.queries import visible
from tsalert.tiers.vocabulary import Subject

_OF_EACH_PLACE = 40
# An incident that is open for longer than this is no longer the one that a neighbour rings about.
_FRESH = timedelta(days=60)
_MOST_CALLS, _MOST_OPEN = 200, 100
_STRANGERS = {
    PartyKind.PERSON: "Somebody we know",
    PartyKind.BUSINESS: "A business we know",
    PartyKind.UNKNOWN: "A trader we know",
}


class MatchLine(Struct, frozen=True):
    """One match with what the officer reads of it."""

    match: Match
    history: History | None
    warnings: tuple[Warned, ...]
    words: str

    @property
    def title(self) -> str:
        """Its name where the name is a reason, else what it is."""
        return self.match.name or _STRANGERS[self.match.kind]


class OpenIncident(Struct, frozen=True):
    """An open incident at the same place, or with the same people, as every officer may see it."""

    id: int
    reference: str
    category: Category
    grade: GradeName | None
    ward: str | None
    received_at: datetime
    reason: Likeness


class Matches(Struct, frozen=True):
    """All that is known already, and when it was looked for; None where nothing was typed to look for."""

    lines: tuple[MatchLine, ...] = ()
    incidents: tuple[OpenIncident, ...] = ()
    at: datetime | None = None

    @property
    def is_asked(self) -> bool:
        """Whether there was anything to look for."""
        return self.at is not None

    def of_side(self, side: str) -> list[MatchLine]:
        """Return the matches for the caller or for the trader."""
        return [line for line in self.lines if line.match.side == side]


def look_up(
    session: Session, sought: Sought, *, reader: Actor, is_demo: bool, now: datetime, limit: int = matching.SHOWN
) -> Matches:
    """Return whom and what we know of a call as far as it is typed, and nothing that is kept from the reader."""
    if not sought.fields:
        return Matches()
    here = kept.seen_calls(session, reader, _calls_here(session, sought), now=now)
    hits = matching.find_hits(session, sought, is_demo=is_demo) + _hits_here(session, here)
    hits = kept.seen_hits(session, reader, hits, now=now)
    found = matching.gather(session, hits, same_as=sought.same_as, limit=limit)
    lines = lines_of(session, found, reader=reader, now=now)
    places = dict.fromkeys(here, Likeness.SAME_ADDRESS) or _near(session, sought, reader=reader, now=now)
    return Matches(lines, tuple(_open_incidents(session, hits, places, reader=reader, now=now)), at=now)


def open_there(session: Session, place: Sought, *, reader: Actor, now: datetime) -> list[OpenIncident]:
    """Return the incidents that are open at a place or at one like it, of which nothing is kept from the reader."""
    here = _still_open(session, _calls_here(session, place))
    found = dict.fromkeys(here, Likeness.SAME_ADDRESS) or {
        call_id: reason
        for call_id, reason in _near(session, place, reader=reader, now=now).items()
        if reason is Likeness.LIKE_ADDRESS
    }
    return _open_incidents(session, (), found, reader=reader, now=now)


def open_near(session: Session, place: Sought, *, reader: Actor, now: datetime) -> list[OpenIncident]:
    """Return the incidents that are open at an address that is spelt otherwise, or in its street, as the reader may."""
    return _open_incidents(session, (), _near(session, place, reader=reader, now=now), reader=reader, now=now)


def others_like(
    session: Session, record: PartyRecord, *, reader: Actor, is_demo: bool, now: datetime
) -> tuple[MatchLine, ...]:
    """Return who else may be a party that is known, without those decided to be somebody else."""
    apart = {record.identity, *matching.set_apart(session, [record.identity])}
    hits = matching.find_hits(session, sought_of(record), is_demo=is_demo)
    hits = kept.seen_hits(session, reader, hits, now=now)
    found = matching.gather(session, hits, limit=matching.SHOWN + len(apart))
    others = [match for match in found if match.identity not in apart]
    return lines_of(session, others[: matching.SHOWN], reader=reader, now=now)


def _calls_here(session: Session, sought: Sought) -> list[int]:
    """Return the newest calls about the same place."""
    keys = sought_places(sought.address, sought.postcode)
    if not keys:
        return []
    return list(session.scalars(_at_places(len(keys)), {f"key{n}": key for n, key in enumerate(keys)}))


@lru_cache(maxsize=8)
def _at_places(keys: int) -> CompoundSelect[int]:
    """Select the newest calls under each of some keys; written once for each count."""
    parts = []
    for n in range(keys):
        kept = select(CallPlace.call_id).where(CallPlace.key == bindparam(f"key{n}"))
        part = kept.order_by(CallPlace.call_id.desc()).limit(_OF_EACH_PLACE).subquery()
        parts.append(select(part.c.call_id))
    return union_all(*parts)


def _still_open(session: Session, call_ids: Sequence[int]) -> Sequence[int]:
    """Return those of some calls whose incident is open: mostly none, and then nobody need ask who may see them."""
    is_open = (Call.id.in_(call_ids), Incident.closed_at.is_(None))
    return session.scalars(select(Call.id).join(Incident).where(*is_open)).all() if call_ids else ()


def _near(session: Session, place: Sought, *, reader: Actor, now: datetime) -> dict[int, Likeness]:
    """Return the calls of the newest open incidents at an address that is spelt otherwise, or in its street."""
    if not place.address:
        return {}
    columns = (Incident.id, Incident.address, Incident.postcode)
    # Picked first: whoever joins at once reads every call of the last weeks.
    newest = select(*columns).where(Incident.closed_at.is_(None)).order_by(Incident.id.desc()).limit(_MOST_OPEN)
    opened = newest.subquery()
    query = select(Call.id, opened.c.address, opened.c.postcode).join(opened, Call.incident_id == opened.c.id)
    rows = session.execute(query.where(Call.received_at > now - _FRESH))
    typed = read_place(place.address, place.postcode)
    near = {call_id: nearness(typed, read_place(address, postcode)) for call_id, address, postcode in rows}
    found = {call_id: reason for call_id, reason in near.items() if reason}
    return {call_id: found[call_id] for call_id in kept.seen_calls(session, reader, found, now=now)}


def _hits_here(session: Session, call_ids: Sequence[int]) -> list[Hit]:
    if not call_ids:
        return []
    rows = session.execute(select(CallParty.party_id, CallParty.role).where(CallParty.call_id.in_(call_ids)))
    return [Hit(party_id, Side.of(role), Likeness.SAME_ADDRESS) for party_id, role in rows]


def lines_of(session: Session, found: Sequence[Match], *, reader: Actor, now: datetime) -> tuple[MatchLine, ...]:
    """Return matches as an officer reads them, without those that are kept from the reader."""
    shown = kept.seen_matches(session, reader, found, now=now)
    groups = {match.identity: match.members for match in shown}
    histories = history_of(session, groups, visible(reader, Subject.CALL, CallParty.call_id, now=now))
    everybody = {member for members in groups.values() for member in members}
    warnings = warnings_of(session, everybody, now=now)
    return tuple(_line(match, histories.get(match.identity), warnings, now) for match in shown)


def _line(match: Match, history: History | None, warnings: Sequence[Warned], now: datetime) -> MatchLine:
    own = tuple(each for each in warnings if each.party_id in match.members)
    return MatchLine(match, history, own, _words(match, history, has_warning=bool(own), now=now))


def _words(match: Match, history: History | None, *, has_warning: bool, now: datetime) -> str:
    """Say why somebody may be meant: ``same phone, 2 earlier calls, last 14 March, warning note``."""
    said = [reason.label for reason in match.reasons]
    if history:
        calls = counted(history.calls, "earlier call")
        said += [calls, f"last {_day(history.last_at, now)}"]
    return ", ".join([*said, "warning note"] if has_warning else said)


def _day(at: datetime, now: datetime) -> str:
    day, today = in_london(at), in_london(now)
    if day.date() == today.date():
        return "today"
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"


def _open_incidents(
    session: Session, hits: Sequence[Hit], places: Mapping[int, Likeness], *, reader: Actor, now: datetime
) -> list[OpenIncident]:
    """Return the open incidents of some calls, newest first, and after them those that are only in the same street."""
    reasons = {**places}
    for reason in (Likeness.SAME_VEHICLE, Likeness.SAME_PHONE):
        theirs = _recent_calls(session, hits, reason, now)
        reasons |= {each: reason for each in theirs if reasons.get(each) is not Likeness.SAME_ADDRESS}
    if not reasons:
        return []
    columns = (Incident.id, Incident.reference, Incident.category, Incident.ward_code, Grade.name)
    query = (
        select(*columns, Call.id, Call.received_at)
        .join(Call, Call.incident_id == Incident.id)
        .outerjoin(Grade, Grade.id == Incident.grade_id)
        .where(Call.id.in_(reasons), Incident.closed_at.is_(None))
        .where(visible(reader, Subject.CALL, Call.id, now=now), visible(reader, Subject.INCIDENT, Incident.id, now=now))
        .order_by(Call.received_at.desc())
    )
    wards = ward_names(session)
    found: dict[int, OpenIncident] = {}
    for incident_id, reference, category, ward, grade, call_id, received_at in session.execute(query):
        line = OpenIncident(
            id=incident_id,
            reference=reference,
            category=Category.of(category),
            grade=GradeName.of(grade) if grade else None,
            ward=wards.get(ward or ""),
            received_at=received_at,
            reason=reasons[call_id],
        )
        found.setdefault(incident_id, line)
    return sorted(found.values(), key=lambda each: each.reason is Likeness.SAME_STREET)[: matching.SHOWN]


def _recent_calls(session: Session, hits: Sequence[Hit], reason: Likeness, now: datetime) -> list[int]:
    """Return the recent calls of the parties that share an identifier."""
    party_ids = {hit.party_id for hit in hits if hit.reason is reason}
    if not party_ids:
        return []
    fresh = (CallParty.party_id.in_(party_ids), CallParty.received_at > now - _FRESH)
    return list(session.scalars(select(CallParty.call_id).where(*fresh).limit(_MOST_CALLS)))
