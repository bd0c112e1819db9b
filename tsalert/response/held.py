"""The intelligence and warnings held of whom a call tells: beside its matches, and on the incident's page."""

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.intelligence import service as intelligence
from tsalert.intelligence.queries import Held, holdings
from tsalert.parties import matching
from tsalert.parties import service as parties
from tsalert.parties.models import Party
from tsalert.parties.rules import Fact, Sought, describe_trader
from tsalert.parties.warning_notes import Warned, warnings_of
from tsalert.response.kept_facts import kept_facts
from tsalert.response.matches import Matches, MatchLine
from tsalert.response.models import Call, CallParty
from tsalert.tiers.queries import visible
from tsalert.tiers.vocabulary import Subject


class HeldNotes(Struct, frozen=True):
    """What is held of each match by its identity, and of what was typed where no match shows it."""

    of_match: Mapping[int, tuple[Held, ...]]
    elsewhere: tuple[Held, ...]

    def of(self, line: MatchLine) -> tuple[Held, ...]:
        """Return what is held of one match."""
        return self.of_match.get(line.match.identity, ())

    @property
    def texts(self) -> list[int]:
        """The notes whose text is shown."""
        found = [*self.elsewhere, *(note for notes in self.of_match.values() for note in notes)]
        return sorted({note.id for note in found if note.is_shown})


def held_for(
    session: Session, found: Matches, sought: Sought, *, is_demo: bool, actor: Actor, now: datetime
) -> HeldNotes:
    """Return what is held of the matches of a call, and of the vehicles, numbers and sites in it."""
    groups = {line.match.identity: line.match.members for line in found.lines}
    everybody = {member for members in groups.values() for member in members}
    marks = matching.marks_of(sought, describe_trader(sought.trader, is_demo=is_demo), is_demo=is_demo)
    facts = kept_facts(session, actor, everybody, now=now)
    typed = {(kind.value, normal) for kind, normal in marks}
    held = holdings(session, actor, everybody, typed, now=now, without=facts)
    of_match = {identity: tuple(held.of_parties(members)) for identity, members in groups.items()}
    shown = {note.id for notes in of_match.values() for note in notes}
    return HeldNotes(of_match, tuple(held.of_marks(without=shown)))


def held_of_incident(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> list[Held]:
    """Return what is held of everybody whom an incident's calls tell of, under every record of theirs."""
    everybody = _told_of(session, incident_id)
    facts = kept_facts(session, actor, everybody, now=now)
    return holdings(session, actor, everybody, now=now, without=facts).of_parties(everybody)


def warnings_of_incident(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> list[Warned]:
    """Return the warnings about everybody whom an incident's calls tell of and the reader may see, newest first."""
    everybody = _told_of(session, incident_id)
    seen = select(Party.id).where(Party.id.in_(everybody), visible(actor, Subject.PARTY, Party.id, now=now))
    return warnings_of(session, set(session.scalars(seen)), now=now)


def read_of_incident(session: Session, incident_id: int, *, actor: Actor, now: datetime) -> list[Held]:
    """Return what is held of an incident, once the trail says who reads it."""
    notes = held_of_incident(session, incident_id, actor=actor, now=now)
    intelligence.note_reading([note.id for note in notes if note.is_shown], actor=actor, now=now)
    return notes


def read_of_parties(
    session: Session,
    members: Collection[int],
    *,
    actor: Actor,
    now: datetime,
    shown: int | None = None,
    without: frozenset[Fact] | None = None,
) -> list[Held]:
    """Return what is held of somebody, under every record of theirs, once the trail says who reads it.

    :param shown: how many of them are read; None for all.
    :param without: what of them is kept from the reader, where that was asked before.
    """
    facts = kept_facts(session, actor, members, now=now) if without is None else without
    notes = holdings(session, actor, members, now=now, without=facts).of_parties(members)
    intelligence.note_reading([note.id for note in notes[:shown] if note.is_shown], actor=actor, now=now)
    return notes


def note_shown(session: Session, notes: list[int], form: str, *, actor: Actor, now: datetime) -> None:
    """Enter in the trail which notes a form shows, each once for each form, however often it looks."""
    keys = {note_id: f"{form} note {note_id}" for note_id in notes}
    fresh = [note_id for note_id in notes if not parties.is_noted(session, keys[note_id])]
    if fresh:
        intelligence.note_reading(fresh, forms=[keys[note_id] for note_id in fresh], actor=actor, now=now)


def _told_of(session: Session, incident_id: int) -> set[int]:
    """Return everybody whom an incident's calls tell of, under every record of theirs."""
    told = select(CallParty.party_id).join(Call, Call.id == CallParty.call_id).where(Call.incident_id == incident_id)
    known = matching.identities(session, set(session.scalars(told)))
    members = matching.members_of(session, set(known.values()))
    return {member for group in members.values() for member in group}
