"""What the records of a matter know of its people. Reads; what of it may be told is for the rules."""

from collections.abc import Sequence

from msgspec import Struct, field
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.cases.people import queries as people
from tsalert.cases.people.vocabulary import Role
from tsalert.enforcement import convictions
from tsalert.enforcement import queries as enforcement
from tsalert.identifying.facts import Named, People
from tsalert.parties import queries as parties
from tsalert.parties.queries import PartyRecord
from tsalert.parties.vocabulary import IdentifierKind
from tsalert.places import queries as places
from tsalert.response import queries as response
from tsalert.staff import queries as staff


class _Gathered(Struct):
    """What is gathered from one record after the other."""

    names: set[Named] = field(default_factory=set)
    allowed: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)
    postcodes: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)

    def place(self, address: str | None, postcode: str | None) -> None:
        self.addresses.update(filter(None, [address]))
        self.postcodes.update(filter(None, [postcode]))

    def name(self, *names: str | None, is_accused: bool = False) -> None:
        self.names.update(Named(name, is_accused) for name in names if name)

    def party(self, record: PartyRecord) -> None:
        """Take what a party is known by, but its names."""
        for known in record.identifiers:
            if known.kind is IdentifierKind.ADDRESS:
                self.addresses.add(known.raw)
            elif known.kind is IdentifierKind.PHONE:
                self.phones.add(known.raw)
            else:
                self.marks.update((known.raw, known.normal))


def people_of(session: Session, matter: Sequence[int]) -> People:
    """Return everybody of a matter, what they are known by and where they live or were.

    :param matter: the cases of the matter.
    """
    found = _Gathered()
    for case_id in matter:
        _take_case(session, cases.get_case(session, case_id), found)
        _take_parties(session, case_id, found)
    officers = (Named(name, parts_too=False) for name in staff.officer_names(session).values())
    names = sorted({*found.names, *officers}, key=lambda each: (each.name, each.is_accused, each.parts_too))
    return People(
        names=tuple(each for each in names if each.name not in found.allowed),
        allowed=tuple(sorted(found.allowed)),
        addresses=tuple(sorted(found.addresses)),
        postcodes=tuple(sorted(found.postcodes)),
        wards=tuple(sorted(places.ward_names(session).values())),
        phones=tuple(sorted(found.phones)),
        identifiers=tuple(sorted(found.marks)),
    )


def _take_case(session: Session, case: CaseFile, found: _Gathered) -> None:
    found.name(case.victim_name)
    found.place(case.address, case.postcode)
    for incident_id in cases.incident_ids(session, case.id):
        incident = response.get_incident_row(session, incident_id)
        found.place(incident.address, incident.postcode)
        for call in response.calls_of_incident(session, incident_id):
            found.name(call.caller_name, call.trader)
            found.place(call.address, call.postcode)
            found.phones.update(filter(None, [call.phone, call.phone_e164]))
    found.name(*(row.trader for row in enforcement.recorded(session, case.id).actions), is_accused=True)


def _take_parties(session: Session, case_id: int, found: _Gathered) -> None:
    """Take everybody of a case and of its calls; who was convicted may be named, who is accused never."""
    accused, convicted, others = _roles(session, case_id)
    for party_id in sorted(accused | convicted | others):
        record = parties.get_party(session, party_id)
        found.party(record)
        if record.members & convicted:
            found.allowed.update(record.names)
        else:
            found.name(*record.names, is_accused=bool(record.members & accused))


def _roles(session: Session, case_id: int) -> tuple[set[int], set[int], set[int]]:
    """Return who is accused and was not convicted, who was convicted, and everybody else of a case."""
    tried = convictions.tried_in(session, case_id)
    convicted = {each.party_id for each in tried if each.convicted_on}
    accused = {each.party_id for each in tried}
    others = {each.party_id for each in people.told_by_calls(session, case_id) if each.party_id is not None}
    for person in people.people_of(session, case_id):
        roles = {Role.of(each.role) for each in person.roles}
        convicted |= {person.party_id} if Role.CONVICTED in person.standing else set()
        accused |= {person.party_id} if Role.SUSPECT in roles else set()
        others.add(person.party_id)
    return accused - convicted, convicted, others - convicted - accused
