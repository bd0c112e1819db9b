"""Deciding on a file that has come in whole: what it is, whether a scanner finds anything, and whether we take it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.core.errors import RuleViolation
from tsalert.db import transaction
from tsalert.evidence import queries, rules, scanning
from tsalert.evidence.caring import cares_of
from tsalert.evidence.kinds import FIELD, read_kind
from tsalert.evidence.storing import Incoming
from tsalert.evidence.vocabulary import Care, Kind


class Arrival(Struct, frozen=True):
    """A file that has come in, with the name that its sender told."""

    incoming: Incoming
    told_name: str | None


class Accepted(Struct, frozen=True):
    """A file that we take: whole on the disk, hashed, of a known kind, and clean."""

    incoming: Incoming
    name: str
    kind: Kind
    cares: tuple[Care, ...]


def accept(case_id: int, arrival: Arrival, *, actor: Actor, now: datetime) -> Accepted:
    """Decide on a file before anything is recorded of it; no transaction is open while it is scanned.

    :raises RuleViolation: it is empty, not of a kind that we take, not what its name says, or infected.
    :raises Unavailable: it cannot be written, or not be checked for viruses.
    """
    incoming = arrival.incoming
    if incoming.size == 0:
        raise RuleViolation("The file is empty: it has 0 bytes. Choose another.", field=FIELD)
    name = rules.name_as_told(arrival.told_name)
    content = incoming.finish()
    kind = read_kind(name, content)
    if scanning.is_infected(incoming.part):
        _note_infection(case_id, incoming, actor, now)
        raise RuleViolation("The virus scanner found something in this file, so it was not kept.", field=FIELD)
    return Accepted(incoming, name, kind, cares_of(kind, content, incoming.size))


def accept_all(case_id: int, arrivals: Sequence[Arrival], *, actor: Actor, now: datetime) -> list[Accepted]:
    """Decide on files that came together; a refusal of one of several says which.

    :raises: as for one file.
    """
    if len(arrivals) == 1:
        return [accept(case_id, arrivals[0], actor=actor, now=now)]
    accepted = []
    for arrival in arrivals:
        try:
            accepted.append(accept(case_id, arrival, actor=actor, now=now))
        except RuleViolation as refusal:
            name = rules.name_to_save(arrival.told_name or "unnamed")
            raise RuleViolation(f"{name}: {refusal.message} None of the files was kept.", field=FIELD) from refusal
    return accepted


def _note_infection(case_id: int, incoming: Incoming, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        queries.get_case(session, case_id)
        audit.record(session, actor, "infected file refused", "case", case_id, now=now, sha256=incoming.sha256)
