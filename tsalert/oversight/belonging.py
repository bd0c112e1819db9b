"""What the records that were opened belong to: work on an incident is a reason to read its calls and its case."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TypeVar

from msgspec import Struct, field
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.oversight.rules import Record
from tsalert.response import belonging

CALL, INCIDENT, CASE, PARTY = "call", "incident", "case", "party"
WATCHED = frozenset({CALL, INCIDENT, CASE, PARTY})
_AT_ONCE = 5_000
Found = TypeVar("Found")


class Web(Struct):
    """Links between records, both ways, the numbers of all that are known, and the postcode of each that has one.

    ``groups`` keeps what was found to belong together: it is asked for by each of its records and each of its readers.
    """

    links: defaultdict[Record, list[Record]] = field(default_factory=lambda: defaultdict(list))
    known: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    postcodes: dict[Record, str] = field(default_factory=dict)
    groups: dict[Record, frozenset[Record]] = field(default_factory=dict)

    def join(self, one: Record, other: Record) -> None:
        """Keep that two records belong together."""
        self.links[one].append(other)
        self.links[other].append(one)
        self.groups.clear()
        for subject, number in (one, other):
            self.known[subject].add(number)

    def place(self, record: Record, postcode: str | None) -> None:
        """Keep where a record lies."""
        if postcode:
            self.postcodes[record] = postcode

    def numbers(self, subject: str) -> set[int]:
        """Return the numbers of all records of a subject that are known so far."""
        return set(self.known[subject])

    def around(self, record: Record) -> frozenset[Record]:
        """Return a record with the calls, incidents and cases that it belongs with; never another party."""
        if record not in self.groups:
            found = self._walk_from(record)
            # A party stands in many groups and joins none to another.
            self.groups.update(dict.fromkeys([record] if record[0] == PARTY else found, found))
        return self.groups[record]

    def _walk_from(self, record: Record) -> frozenset[Record]:
        found, waiting = {record}, [record]
        while waiting:
            new = [each for each in self.links.get(waiting.pop(), ()) if each[0] != PARTY and each not in found]
            found.update(new)
            waiting += new
        return frozenset(found)


def weave(session: Session, records: Collection[Record]) -> Web:
    """Return how some records belong together, with their calls, incidents, cases and parties."""
    web = Web()
    for subject, number in records:
        web.known[subject].add(number)
    _add_parties(session, web, party_ids=web.numbers(PARTY))
    _add_calls(session, web, call_ids=web.numbers(CALL))
    _add_cases(session, web, case_ids=web.numbers(CASE))
    _add_cases(session, web, incident_ids=web.numbers(INCIDENT))
    _add_calls(session, web, incident_ids=web.numbers(INCIDENT))
    _add_parties(session, web, call_ids=web.numbers(CALL))
    for incident_id, postcode in gather(web.numbers(INCIDENT), lambda some: belonging.postcodes(session, some)):
        web.place((INCIDENT, incident_id), postcode)
    return web


def gather(numbers: Collection[int], ask: Callable[[list[int]], Iterable[Found]]) -> Iterator[Found]:
    """Yield what is found for some numbers, asked for thousands at a time."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        yield from ask(ordered[start : start + _AT_ONCE])


def _add_calls(
    session: Session, web: Web, *, call_ids: Collection[int] = (), incident_ids: Collection[int] = ()
) -> None:
    found = [
        *gather(call_ids, lambda some: belonging.calls(session, call_ids=some)),
        *gather(incident_ids, lambda some: belonging.calls(session, incident_ids=some)),
    ]
    for call_id, incident_id, postcode in found:
        web.place((CALL, call_id), postcode)
        if incident_id is not None:
            web.join((CALL, call_id), (INCIDENT, incident_id))


def _add_cases(
    session: Session, web: Web, *, case_ids: Collection[int] = (), incident_ids: Collection[int] = ()
) -> None:
    found = [
        *gather(case_ids, lambda some: cases.cases_with_incidents(session, case_ids=some)),
        *gather(incident_ids, lambda some: cases.cases_with_incidents(session, incident_ids=some)),
    ]
    for incident_id, case_id in found:
        web.join((INCIDENT, incident_id), (CASE, case_id))


def _add_parties(
    session: Session, web: Web, *, call_ids: Collection[int] = (), party_ids: Collection[int] = ()
) -> None:
    found = [
        *gather(call_ids, lambda some: belonging.parties(session, call_ids=some)),
        *gather(party_ids, lambda some: belonging.parties(session, party_ids=some)),
    ]
    for call_id, party_id in found:
        web.join((CALL, call_id), (PARTY, party_id))
