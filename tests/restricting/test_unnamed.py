"""Whoever is restricted is named in no open record, and by no number that somebody types."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.restricting.conftest import WHY, Kept
from tsalert.cases.people import service as people
from tsalert.cases.people.models import CaseParty
from tsalert.cases.people.queries import get_role
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.enforcement import court
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.court_rules import NewDefendant, NewProsecution
from tsalert.enforcement.models import CaseOffence, Prosecution
from tsalert.enforcement.rules import NewOffence
from tsalert.enforcement.vocabulary import CourtKind
from tsalert.parties import queries as party_queries
from tsalert.parties import service as parties
from tsalert.parties.vocabulary import Verdict
from tsalert.restricting import service
from tsalert.staff.rules import RoleName
from tsalert.tiers.vocabulary import Subject


@pytest.fixture
def secret(session: Session, kept: Kept, manager: Actor) -> int:
    """A suspect and defendant in an open case, restricted for their own sake."""
    now = utc_now()
    new = NewRole(role=Role.SUSPECT, source="Told by the victim", name="Ro Invented")
    role_id = people.give_role(kept.case_id, new, actor=manager, now=now)
    party_id = get_role(session, kept.case_id, role_id).party_id
    conduct = NewOffence("fraud_representation", london_date(now), london_date(now))
    offence = enforcement.record_offence(kept.case_id, conduct, actor=manager, now=now)
    trial = NewProsecution(CourtKind.MAGISTRATES, "Anytown Magistrates' Court", london_date(now))
    trial_id = court.begin_prosecution(kept.case_id, trial, actor=manager, now=now)
    charged = NewDefendant((offence,), party_id=party_id)
    court.add_defendant(kept.case_id, trial_id, charged, actor=manager, now=now)
    service.restrict((Subject.PARTY, party_id), WHY, actor=manager, now=now)
    return party_id


def test_an_open_case_says_that_somebody_is_part_of_it_and_not_who_where_they_are_restricted(
    session: Session,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    secret: int,
) -> None:
    desk, head = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    case = f"/cases/{kept.case_id}"
    role = session.scalars(select(CaseParty.id).where(CaseParty.party_id == secret)).one()
    trial = f"/prosecutions/{session.scalars(select(Prosecution.id)).one()}"
    for path in ("", "/people", f"/people/roles/{role}/end", "/enforcement", trial, f"{trial}/defendants"):
        answer = desk.get(f"{case}{path}")
        assert answer.status_code == 200, path
        assert "Ro Invented" not in answer.text, path
    for path in ("/people", "/enforcement", trial):
        answer = client.get(f"/api/v1{case}{path}", headers=head)
        assert answer.status_code == 200, path
        assert "Ro Invented" not in answer.text, path


def test_no_form_shows_the_name_of_somebody_restricted_whose_number_it_is_given(
    session: Session,
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    secret: int,
) -> None:
    desk, head = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    answer = desk.post(f"/cases/{kept.case_id}/people/new", data={"party_id": secret})
    assert answer.status_code == 403
    assert "Ro Invented" not in answer.text
    told = {"party_id": secret, "role": "witness", "source": "A guess"}
    assert client.post(f"/api/v1/cases/{kept.case_id}/people", json=told, headers=head).status_code == 403
    charged = {"party_id": secret, "offence_ids": [session.scalars(select(CaseOffence.id)).one()]}
    trial = session.scalars(select(Prosecution.id)).one()
    path = f"/api/v1/cases/{kept.case_id}/prosecutions/{trial}/defendants"
    assert client.post(path, json=charged, headers=head).status_code == 403


def test_neither_a_decision_nor_a_note_brings_out_who_somebody_restricted_is(
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    secret: int,
) -> None:
    desk, head = signed_in(RoleName.MANAGER), bearer(RoleName.MANAGER)
    decision = {"other_id": secret, "verdict": "different"}
    assert desk.post(f"/parties/{kept.party_id}/decisions", data=decision).status_code == 403
    path = f"/api/v1/parties/{kept.party_id}/decisions"
    assert client.post(path, json=decision, headers=head).status_code == 403
    note = desk.post("/intelligence/new", data={"party_id": secret})
    assert note.status_code == 403
    assert "Ro Invented" not in note.text


def test_the_page_of_a_party_does_not_name_somebody_restricted_whom_they_were_told_from(
    session: Session, signed_in: Callable[..., FlaskClient], kept: Kept, manager: Actor
) -> None:
    new = NewRole(role=Role.WITNESS, source="Told by the victim", name="Ro Invented")
    role_id = people.give_role(kept.case_id, new, actor=manager, now=utc_now())
    other = get_role(session, kept.case_id, role_id).party_id
    parties.decide((kept.party_id, other), Verdict.DIFFERENT, actor=manager, now=utc_now())
    desk, path = signed_in(RoleName.MANAGER), f"/parties/{kept.party_id}"
    assert "Ro Invented" in desk.get(path).text
    service.restrict((Subject.PARTY, other), WHY, actor=manager, now=utc_now())
    assert "Ro Invented" not in desk.get(path).text


def test_a_decision_is_not_undone_under_the_address_of_somebody_else(
    session: Session,
    client: FlaskClient,
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    manager: Actor,
) -> None:
    told = [
        NewRole(role=Role.WITNESS, source="Told by the victim", name=name) for name in ("Ro Invented", "Bo Invented")
    ]
    roles = [people.give_role(kept.case_id, new, actor=manager, now=utc_now()) for new in told]
    first, second = (get_role(session, kept.case_id, number).party_id for number in roles)
    parties.decide((first, second), Verdict.DIFFERENT, actor=manager, now=utc_now())
    (decision,) = party_queries.decisions_of(session, [first])
    path = f"decisions/{decision.id}/undo"
    head = bearer(RoleName.CASE_OFFICER)
    assert client.post(f"/api/v1/parties/{kept.party_id}/{path}", headers=head).status_code == 404
    assert client.post(f"/api/v1/parties/{first}/{path}", headers=head).status_code == 200
