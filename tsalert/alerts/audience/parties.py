"""Which bodies know of an alert's case already: whoever is party to it knows from the alert whom it is about."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import partners
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseReferral
from tsalert.cases.vocabulary import PartnerBody, Source
from tsalert.core.actors import Actor
from tsalert.handover import queries as handovers
from tsalert.referrals import queries as referrals
from tsalert.tiers.queries import may_see
from tsalert.tiers.vocabulary import Subject

# Where a case came from that is no body which could be on our list of partners.
_NO_BODY = frozenset({Source.RAPID_RESPONSE, Source.RESIDENT, Source.FAMILY, Source.OWN_INITIATIVE, Source.OTHER})
# Words that say nothing of what sort a body is.
_EMPTY = frozenset({"another", "body", "council", "invented", "service", "services", "society", "team", "with"})
_SHORTEST = 4


class Party(Struct, frozen=True):
    """One body that knows of a case, and how: ``told us of it``."""

    name: str
    part: str


def parties_of(session: Session, case_id: int, *, actor: Actor, now: datetime) -> list[Party]:
    """Return the bodies that know of a case, each once; none of a case that is kept from this person.

    Concerns about adults at risk are left aside: who may read an alert's form may not read those.
    """
    if not may_see(session, actor, Subject.CASE, case_id, now=now):
        return []
    found: dict[str, Party] = {}
    for party in _all(session, case_id):
        found.setdefault(party.name.casefold(), party)
    return [*found.values()]


def known_kinds(kinds: Mapping[int, str], parties: Sequence[Party]) -> dict[int, str]:
    """Return in words which kinds of partners seem to be party to a case, by the words of their names."""
    found = {}
    for number, name in kinds.items():
        alike = [party.name for party in parties if _telling(name) & _telling(party.name)]
        if alike:
            found[number] = f"Party to the case already: {', '.join(alike)}."
    return found


def _all(session: Session, case_id: int) -> Iterator[Party]:
    passed = [row for row in partners.referrals_of(session, case_id) if row.taken_back_at is None]
    yield from map(_passing, passed)
    source = Source.of(cases.get_case(session, case_id).source)
    # The branch of a bank that passed it to us is the bank that it came from.
    if source not in _NO_BODY and source.label not in {PartnerBody.of(row.body).label for row in passed}:
        yield Party(source.label, "told us of it")
    told = [*referrals.referrals_of(session, case_id=case_id)]
    offered = [*handovers.handovers_of(session, case_id=case_id)]
    for incident_id in cases.incident_ids(session, case_id):
        told += referrals.referrals_of(session, incident_id=incident_id)
        offered += handovers.handovers_of(session, incident_id=incident_id)
    yield from (Party(each.row.body, "was told of it") for each in told if each.row.sent_at is not None)
    yield from (Party(each.row.body, "was offered it") for each in offered if each.row.offered_at is not None)


def _passing(row: CaseReferral) -> Party:
    kind = PartnerBody.of(row.body).label
    return Party(f"{row.body_name} ({kind.lower()})" if row.body_name else kind, "passed it to us")


def _telling(name: str) -> set[str]:
    words = {word.strip("(),.").casefold().removesuffix("s") for word in name.split()}
    return {word for word in words if len(word) >= _SHORTEST} - _EMPTY
