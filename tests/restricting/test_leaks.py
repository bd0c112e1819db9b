"""What was restricted does not come out again by a merge, a person's page, a list, a hold or a request."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.response.conftest import roof_call
from tests.restricting.conftest import WHY, Kept, give
from tsalert.cases import merging, queries
from tsalert.cases import service as cases
from tsalert.cases.merging import NewMerge
from tsalert.cases.people import service as people
from tsalert.cases.people.queries import get_role
from tsalert.cases.people.rules import NewRole
from tsalert.cases.people.vocabulary import Role
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.core.errors import RuleViolation, Withheld
from tsalert.enforcement import court
from tsalert.enforcement import service as enforcement
from tsalert.enforcement.court_rules import NewHearing, NewProsecution
from tsalert.enforcement.rules import NewOffence
from tsalert.enforcement.vocabulary import CourtKind, HearingKind
from tsalert.handover import service as handover
from tsalert.handover.queries import list_handovers
from tsalert.handover.rules import NewHandover
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.queries import get_incident
from tsalert.response.rules import NewCall
from tsalert.response.vocabulary import Disposition
from tsalert.restricting import service
from tsalert.retention.access import requests
from tsalert.retention.access.requests import NewRequest
from tsalert.retention.holding import place_hold
from tsalert.retention.vocabulary import Root
from tsalert.staff.rules import RoleName
from tsalert.tiers import queries as tiers
from tsalert.tiers.vocabulary import Subject

pytestmark = pytest.mark.db

OPENS = "The hearing is today."


def opened(kept: Kept, officer_id: int | None, reader: Actor, *, by: Actor) -> None:
    """Give an officer access to the case and let them open it."""
    give(kept.case, officer_id, by=by)
    service.open_record(kept.case, OPENS, actor=reader, now=utc_now())


def merged(session: Session, earlier: int, later: int, actor: Actor) -> None:
    """Continue a case in another."""
    new = NewMerge(queries.get_case(session, later).reference, "The same gang at the same house")
    merging.merge(earlier, new, actor=actor, now=utc_now())


def test_a_case_that_a_restricted_one_continues_in_is_restricted_too(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    reader, other = officer(), officer()
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    later = cases.open_case(described(summary="Another house"), actor=reader, now=utc_now())
    opened(kept, reader.officer_id, reader, by=manager)
    merged(session, kept.case_id, later, reader)
    assert tiers.may_see(session, reader, Subject.CASE, later, now=utc_now())
    assert not tiers.may_see(session, other, Subject.CASE, later, now=utc_now())


def test_a_case_that_continues_in_a_restricted_one_is_restricted_with_its_incidents_and_calls(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    reader, other = officer(), officer()
    later = cases.open_case(described(summary="Another house"), actor=reader, now=utc_now())
    root = (Subject.CASE, later)
    service.restrict(root, WHY, actor=manager, now=utc_now())
    give(root, reader.officer_id, by=manager)
    service.open_record(root, OPENS, actor=reader, now=utc_now())
    merged(session, kept.case_id, later, reader)
    for record in (kept.case, (Subject.INCIDENT, kept.incident_id), (Subject.CALL, kept.call_id)):
        assert tiers.roots_of(session, *record) == [root]
        assert not tiers.may_see(session, other, *record, now=utc_now())


def test_whoever_stands_in_nothing_but_a_restricted_case_is_restricted_with_it(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    parts = parties_of_calls(session, [kept.call_id])
    assert parts
    for part in parts:
        assert tiers.roots_of(session, Subject.PARTY, part.party_id) == [kept.case]
    service.lift(kept.case, "The informant has moved away.", actor=manager, now=utc_now())
    assert tiers.may_see(session, officer(), Subject.PARTY, kept.party_id, now=utc_now())


def test_whoever_an_open_call_tells_of_too_stays_open(session: Session, kept: Kept, manager: Actor) -> None:
    again = replace(roof_call(), disposition=Disposition.ADVICE, incident=None)
    response.log_call(again, actor=manager, now=utc_now())
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    assert not tiers.is_restricted(session, Subject.PARTY, kept.party_id)


def test_whoever_is_told_of_by_a_further_call_about_a_restricted_incident_is_restricted(
    session: Session, kept: Kept, manager: Actor
) -> None:
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    new = NewCall(
        disposition=Disposition.ADDED_TO_INCIDENT,
        incident_reference=get_incident(session, kept.incident_id).reference,
        caller_name="Nora Invented",
        phone="07700 900321",
        happening="The van is back",
    )
    call_id = response.log_call(new, actor=manager, now=utc_now()).call_id
    (caller,) = parties_of_calls(session, [call_id])
    assert tiers.roots_of(session, Subject.PARTY, caller.party_id) == [kept.case]


def test_whoever_is_named_later_in_a_restricted_case_is_restricted(
    session: Session, kept: Kept, manager: Actor
) -> None:
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    new = NewRole(role=Role.SUSPECT, source="Told by the victim", name="Ro Invented")
    role_id = people.give_role(kept.case_id, new, actor=manager, now=utc_now())
    party_id = get_role(session, kept.case_id, role_id).party_id
    assert tiers.roots_of(session, Subject.PARTY, party_id) == [kept.case]


def test_a_case_to_which_a_restricted_incident_is_attached_is_restricted(
    session: Session, officer: Callable[..., Actor], manager: Actor
) -> None:
    by = officer()
    incident_id = response.log_call(roof_call(), actor=by, now=utc_now()).incident_id or 0
    root = (Subject.INCIDENT, incident_id)
    service.restrict(root, WHY, actor=manager, now=utc_now())
    give(root, by.officer_id, by=manager)
    service.open_record(root, OPENS, actor=by, now=utc_now())
    case_id = cases.open_case(described(summary="Another house"), actor=by, now=utc_now())
    cases.link_incident(case_id, incident_id, actor=by, now=utc_now())
    assert tiers.roots_of(session, Subject.CASE, case_id) == [root]


def test_what_a_case_held_before_a_restricted_incident_was_attached_to_it_is_restricted_too(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    by = officer()
    earlier = cases.open_case(described(summary="Another house"), actor=by, now=utc_now())
    merged(session, earlier, kept.case_id, by)
    incident_id = response.log_call(roof_call(), actor=by, now=utc_now()).incident_id or 0
    root = (Subject.INCIDENT, incident_id)
    service.restrict(root, WHY, actor=manager, now=utc_now())
    give(root, by.officer_id, by=manager)
    service.open_record(root, OPENS, actor=by, now=utc_now())
    cases.link_incident(kept.case_id, incident_id, actor=by, now=utc_now())
    held = ((Subject.CASE, earlier), (Subject.INCIDENT, kept.incident_id), (Subject.CALL, kept.call_id))
    for record in (kept.case, *held):
        assert tiers.roots_of(session, *record) == [root]


def test_what_stands_in_a_restricted_record_leaves_only_through_who_has_opened_it(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    answering = officer(RoleName.DATA_PROTECTION_OFFICER)
    new = NewRequest("Alex Example", london_date(utc_now()), party_id=kept.party_id)
    request_id = requests.record_request(new, actor=answering, now=utc_now())
    asked = requests.get_request(session, request_id)
    found = requests.gathered(session, asked, reader=answering, now=utc_now())
    shown = repr(found.rows)
    assert "A story to keep" not in shown
    assert "07700 900123" not in shown
    assert WHY not in shown
    with pytest.raises(RuleViolation, match="changed"):
        requests.review(request_id, found.to_review, [], reason=None, actor=answering, now=utc_now())
    with pytest.raises(Withheld):
        requests.export(request_id, actor=answering, now=utc_now())
    opened(kept, answering.officer_id, answering, by=manager)
    found = requests.gathered(session, asked, reader=answering, now=utc_now())
    requests.review(request_id, found.to_review, [], reason=None, actor=answering, now=utc_now())
    _, given = requests.export(request_id, actor=answering, now=utc_now())
    assert "A story to keep" in repr(given.content)


def test_the_page_of_a_request_says_where_somebody_else_has_to_look(
    signed_in: Callable[..., FlaskClient], kept: Kept, manager: Actor
) -> None:
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    desk = signed_in(RoleName.DATA_PROTECTION_OFFICER)
    new = NewRequest("Somebody", london_date(utc_now()), party_id=kept.party_id)
    request_id = requests.record_request(new, actor=manager, now=utc_now())
    page = desk.get(f"/subject-access/{request_id}").text
    assert f"/access/closed/case/{kept.case_id}" in page
    assert "A story to keep" not in page
    assert "Alex Example" not in page
    assert desk.get(f"/subject-access/{request_id}/held.zip").status_code == 403


def test_the_list_of_handovers_leaves_out_those_of_a_restricted_case(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    handed = NewHandover("Otherborough Trading Standards", "They moved over.", case_id=kept.case_id)
    handover.draft_handover(handed, actor=manager, now=utc_now())
    assert len(list_handovers(session, reader=officer(), now=utc_now()).items) == 1
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    assert list_handovers(session, reader=officer(), now=utc_now()).items == []


def test_why_a_restricted_case_is_held_is_not_told(
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    manager: Actor,
) -> None:
    ahead = london_date(utc_now()) + timedelta(days=90)
    why = "Her son appeals"
    hold_id = place_hold(Root.CASE, kept.case_id, reason=why, review_on=ahead, actor=manager, now=utc_now())
    desk, head = signed_in(RoleName.CASE_OFFICER), bearer(RoleName.CASE_OFFICER)
    assert "Her son appeals" in desk.get(f"/legal-holds/{hold_id}").text
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    assert "Her son appeals" not in desk.get(f"/legal-holds/{hold_id}").text
    assert "Her son appeals" not in client.get("/api/v1/legal-holds", headers=head).text


def test_what_lies_ahead_in_a_restricted_case_is_not_listed(
    client: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    bearer: Callable[..., dict[str, str]],
    kept: Kept,
    manager: Actor,
) -> None:
    now = utc_now()
    conduct = NewOffence("fraud_representation", london_date(now), london_date(now))
    enforcement.record_offence(kept.case_id, conduct, actor=manager, now=now)
    trial = NewProsecution(CourtKind.MAGISTRATES, "Anytown Magistrates' Court", london_date(now))
    trial_id = court.begin_prosecution(kept.case_id, trial, actor=manager, now=now)
    hearing = NewHearing(
        HearingKind.FIRST, now + timedelta(days=9), CourtKind.MAGISTRATES, "Anytown Magistrates' Court"
    )
    court.list_hearing(kept.case_id, trial_id, hearing, actor=manager, now=now)
    desk, head = signed_in(RoleName.CASE_OFFICER), bearer(RoleName.CASE_OFFICER)
    assert "Anytown" in desk.get("/deadlines?everybody=1").text
    service.restrict(kept.case, WHY, actor=manager, now=now)
    assert "Anytown" not in desk.get("/deadlines?everybody=1").text
    listed = client.get("/api/v1/deadlines?everybody=true", headers=head)
    assert listed.status_code == 200, listed.text
    assert "Anytown" not in listed.text


@pytest.mark.parametrize("subject", [Subject.CALL, Subject.INCIDENT])
def test_the_incident_and_the_case_do_not_tell_what_a_restricted_call_told(
    signed_in: Callable[..., FlaskClient], kept: Kept, manager: Actor, subject: Subject
) -> None:
    desk = signed_in(RoleName.MANAGER)
    number = {Subject.CALL: kept.call_id, Subject.INCIDENT: kept.incident_id}[subject]
    service.restrict((subject, number), WHY, actor=manager, now=utc_now())
    for path in (f"/calls/{kept.call_id}", f"/incidents/{kept.incident_id}", f"/cases/{kept.case_id}"):
        assert desk.get(path).status_code == 403, path


def test_restricting_a_case_restricts_the_cases_that_are_one_matter_with_it(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    by = officer()
    later = cases.open_case(described(summary="Another house"), actor=by, now=utc_now())
    merged(session, kept.case_id, later, by)
    service.restrict(kept.case, WHY, actor=manager, now=utc_now())
    assert tiers.roots_of(session, Subject.CASE, later) == [kept.case]
