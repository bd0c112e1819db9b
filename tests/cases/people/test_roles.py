"""Who is part of a case, and as what."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.cases.conftest import OPENED, actor, described, incident, open_case
from tests.response.conftest import roof_call
from tsalert.audit import queries as audit
from tsalert.cases import service as cases
from tsalert.cases.people import queries, service
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.rules import NewRole, RoleEnd
from tsalert.cases.people.vocabulary import Role
from tsalert.cases.rules import Progress
from tsalert.cases.vocabulary import Outcome, Status
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.parties import service as parties
from tsalert.parties.vocabulary import Verdict
from tsalert.response import service as response
from tsalert.response.vocabulary import CallSource

__all__ = ["actor", "incident", "open_case"]

Opener = Callable[..., int]
SUSPECT = NewRole(role=Role.SUSPECT, name="Pretend Paving", is_business=True, source="Seen on the van")


def test_somebody_may_have_several_roles_one_after_the_other(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    first = service.give_role(case_id, SUSPECT, actor=actor, now=OPENED)
    (person,) = queries.people_of(session, case_id)
    end = RoleEnd(reason="Convicted at Anytown")
    service.end_role(case_id, first, end, actor=actor, now=OPENED + timedelta(days=9))
    convicted = NewRole(role=Role.CONVICTED, party_id=person.party_id, source="Court")
    service.give_role(case_id, convicted, actor=actor, now=OPENED + timedelta(days=9))
    (person,) = queries.people_of(session, case_id)
    assert person.standing == [Role.CONVICTED]
    assert [(role.role, role.ended_on, role.end_reason) for role in person.roles] == [
        ("convicted", None, None),
        ("suspect", date(2026, 6, 19), "Convicted at Anytown"),
    ]
    assert queries.accused(session, case_id) == [(person.party_id, "Pretend Paving")]
    acts = [entry.action for entry in audit.entries_about(session, "case", case_id)]
    assert acts.count("role given") == 2
    assert acts.count("role ended") == 1


def test_the_same_role_twice_is_refused_and_changes_nothing(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    service.give_role(case_id, SUSPECT, actor=actor, now=OPENED)
    (person,) = queries.people_of(session, case_id)
    again = NewRole(role=Role.SUSPECT, party_id=person.party_id, source="Again")
    with pytest.raises(Conflict, match="suspect in this case already"):
        service.give_role(case_id, again, actor=actor, now=OPENED)
    assert len(queries.people_of(session, case_id)) == 1


def test_a_role_ends_once_and_never_before_it_began(session: Session, open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    number = service.give_role(case_id, SUSPECT, actor=actor, now=OPENED)
    with pytest.raises(RuleViolation, match="before it began"):
        service.end_role(case_id, number, RoleEnd(reason="No", on=date(2026, 1, 1)), actor=actor, now=OPENED)
    service.end_role(case_id, number, RoleEnd(reason="It was another firm"), actor=actor, now=OPENED)
    with pytest.raises(Conflict, match="ended already"):
        service.end_role(case_id, number, RoleEnd(reason="Again"), actor=actor, now=OPENED)
    assert queries.accused(session, case_id) == []


@pytest.mark.parametrize(
    ("new", "said"),
    [
        pytest.param(NewRole(role=Role.OTHER, source="x"), "write a name", id="nobody"),
        pytest.param(NewRole(role=Role.OTHER, source="x", name="  "), "write a name", id="blank"),
        pytest.param(NewRole(role=Role.OTHER, source="x", party_id=987654), "no such person", id="unknown"),
        pytest.param(
            NewRole(role=Role.OTHER, source="x", name="A", since=date(2999, 1, 1)), "not come yet", id="in-the-future"
        ),
    ],
)
def test_a_role_that_cannot_be_is_refused(
    session: Session, open_case: Opener, actor: Actor, new: NewRole, said: str
) -> None:
    case_id = open_case()
    with pytest.raises(RuleViolation, match=said):
        service.give_role(case_id, new, actor=actor, now=OPENED)
    assert queries.people_of(session, case_id) == []


def test_nobody_joins_a_closed_case(open_case: Opener, actor: Actor) -> None:
    case_id = open_case()
    closed = Progress(Status.CLOSED, outcome=Outcome.ADVICE_GIVEN)
    cases.record_progress(case_id, closed, actor=actor, now=OPENED)
    with pytest.raises(Conflict, match="closed"):
        service.give_role(case_id, SUSPECT, actor=actor, now=OPENED)


def test_the_victim_whom_a_new_case_names_is_a_party_of_it(session: Session, open_case: Opener) -> None:
    case_id = open_case(victim_name="Şükran Öztürk", address="3 Sample Road", postcode="BR1 3UH")
    (victim,) = queries.people_of(session, case_id)
    assert (victim.name, victim.standing) == ("Şükran Öztürk", [Role.VICTIM])


def test_the_victim_of_an_older_case_becomes_a_party_on_the_next_change(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    assert queries.people_of(session, case_id) == []
    cases.amend_case(case_id, described(victim_name="Val Example"), actor=actor, now=OPENED)
    (victim,) = queries.people_of(session, case_id)
    cases.amend_case(case_id, described(victim_name="Valerie Example"), actor=actor, now=OPENED)
    assert [each.party_id for each in queries.people_of(session, case_id)] == [victim.party_id]


def test_a_victim_who_rang_is_the_caller_and_nobody_new(session: Session, actor: Actor) -> None:
    logged = response.log_call(roof_call(source=CallSource.RESIDENT), actor=actor, now=OPENED)
    new = described(victim_name="alex EXAMPLE", incident_id=logged.incident_id)
    case_id = cases.open_case(new, actor=actor, now=OPENED)
    (victim,) = queries.people_of(session, case_id)
    assert victim.name == "Alex Example"
    assert queries.without_known(session, case_id, queries.told_by_calls(session, case_id)) == []


def test_a_victim_who_is_known_at_that_address_is_nobody_new(session: Session, open_case: Opener) -> None:
    home = {"victim_name": "Val Example", "address": "3 Sample Road", "postcode": "BR1 3UH"}
    (first,) = queries.people_of(session, open_case(**home))
    (again,) = queries.people_of(session, open_case(**home | {"victim_name": "Mrs VAL EXAMPLE"}))
    (son,) = queries.people_of(session, open_case(**home | {"victim_name": "Vic Example"}))
    (namesake,) = queries.people_of(session, open_case(**home | {"address": "5 Sample Road"}))
    assert again.party_id == first.party_id
    assert len({first.party_id, son.party_id, namesake.party_id}) == 3


def test_the_calls_of_a_case_propose_its_people(session: Session, actor: Actor) -> None:
    call = roof_call(source=CallSource.NEIGHBOUR, trader="Pretend Paving, white van ZZ99 ZZZ")
    logged = response.log_call(call, actor=actor, now=OPENED)
    case_id = cases.open_case(described(incident_id=logged.incident_id), actor=actor, now=OPENED)
    proposed = queries.without_known(session, case_id, queries.told_by_calls(session, case_id))
    assert [(each.name, each.role) for each in proposed] == [
        ("Alex Example", Role.WITNESS),
        ("Pretend Paving, white van", Role.SUSPECT),
    ]
    taken = NewRole(role=Role.SUSPECT, party_id=proposed[1].party_id, source=proposed[1].why)
    service.give_role(case_id, taken, actor=actor, now=OPENED)
    left = queries.without_known(session, case_id, queries.told_by_calls(session, case_id))
    assert [each.role for each in left] == [Role.WITNESS]


def test_two_records_held_to_be_the_same_are_one_person_of_a_case(
    session: Session, open_case: Opener, actor: Actor
) -> None:
    case_id = open_case()
    for name in ("Pretend Paving", "Makebelieve Driveways"):
        new = NewRole(role=Role.SUSPECT, name=name, is_business=True, source="A flyer")
        service.give_role(case_id, new, actor=actor, now=OPENED)
    pair = tuple(person.party_id for person in queries.people_of(session, case_id))
    parties.decide((pair[0], pair[1]), Verdict.SAME, actor=actor, now=OPENED)
    (person,) = queries.people_of(session, case_id)
    assert person.members == set(pair)
    assert queries.person_of(session, case_id, pair[1]).party_id == min(pair)
    with pytest.raises(NotFound):
        queries.person_of(session, case_id, 987654)


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM case_party",
        "UPDATE case_party SET role = 'witness'",
        "UPDATE case_party SET ended_on = '2026-01-01'",
    ],
)
def test_the_database_itself_keeps_roles_as_they_were(
    session: Session, open_case: Opener, actor: Actor, act: str
) -> None:
    case_id = open_case()
    number = service.give_role(case_id, SUSPECT, actor=actor, now=OPENED)
    service.end_role(case_id, number, RoleEnd(reason="Done"), actor=actor, now=OPENED)
    with pytest.raises(DatabaseError, match="stays as it was recorded"), session.begin_nested():
        session.execute(text(act))
    row = session.get(CaseParty, number)
    assert row is not None
    assert row.role == "suspect"
