"""What pages and API show of the people of a case, checked and entered in the trail first."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from tsalert.cases import queries as cases
from tsalert.cases.people import queries
from tsalert.cases.people.models import PersonWishes, VulnerabilityAssessment
from tsalert.cases.people.queries import CasePerson
from tsalert.core.actors import Actor


class Sensitive(Struct, frozen=True):
    """A person of a case with their vulnerability and wishes, the newest first."""

    person: CasePerson
    assessments: Sequence[VulnerabilityAssessment]
    wishes: Sequence[PersonWishes]


def sensitive_of(session: Session, case_id: int, party_id: int, *, actor: Actor, now: datetime) -> Sensitive:
    """Return how vulnerable a person of a case is and what they wish, to somebody who may know it.

    :raises NotFound: there is no such case, or they are no part of it.
    :raises Withheld: the case is restricted to them, or they are not on it.
    """
    cases.get_visible_case(session, case_id, actor=actor, now=now)
    queries.require_sensitive(session, actor, case_id, now=now)
    person = queries.person_of(session, case_id, party_id)
    found = (queries.assessments(session, case_id, person.members), queries.wishes(session, case_id, person.members))
    return Sensitive(person, *found)
