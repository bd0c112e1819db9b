"""Restricting, giving access, opening and breaking the glass, through the pages and the API."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.cases.conftest import described
from tests.response.conftest import roof_call
from tests.restricting.conftest import WHY, Kept, give, newest_officer
from tsalert.audit import queries as trail
from tsalert.cases import queries as cases
from tsalert.cases import service as case_service
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london, utc_now
from tsalert.core.errors import Conflict, NotFound, RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery.models import Delivery, Mailing
from tsalert.response import queries as response
from tsalert.response import service as response_service
from tsalert.response import waiting
from tsalert.response.vocabulary import Disposition, Line
from tsalert.response.waiting import Contact
from tsalert.restricting import service
from tsalert.staff import access as staff_access
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName
from tsalert.tiers import expiring, granting, queries
from tsalert.tiers.granting import NewGrant
from tsalert.tiers.models import Opening
from tsalert.tiers.rules import BREAK_GLASS_LASTS, OPENING_LASTS, Tier
from tsalert.tiers.vocabulary import Subject

URGENT = "She is at the door with him now."


def actions(kept: Kept) -> list[str]:
    return [entry.action for entry in trail.entries_about(db.session(), "case", kept.case_id)]


def reference(kept: Kept) -> str:
    return cases.references(db.session(), [kept.case_id])[kept.case_id]


def test_the_refusal_says_what_the_record_is_and_whom_to_ask_and_nothing_more(
    signed_in: Callable[..., FlaskClient], restricted: Kept
) -> None:
    answer = signed_in(RoleName.DUTY_OFFICER).get(f"/cases/{restricted.case_id}")
    assert answer.status_code == 403
    for word in (reference(restricted), "Doorstep crime", "Restricted", "Sam Example", "Break the glass"):
        assert word in answer.text
    for word in ("Alex Example", "A story to keep", "Example Road"):
        assert word not in answer.text


def test_whoever_breaks_the_glass_is_in_at_once_and_every_manager_is_written_to(
    signed_in: Callable[..., FlaskClient], restricted: Kept, officer: Callable[..., Actor], session: Session
) -> None:
    officer(RoleName.MANAGER, name="Robin Example")
    desk = signed_in(RoleName.DUTY_OFFICER, name="Jo Example")
    path = f"/access/closed/case/{restricted.case_id}/break-glass"
    refused = desk.post(path, data={"reason": "now"})
    assert (refused.status_code, "at least 10" in refused.text) == (422, True)
    let_in = desk.post(path, data={"reason": URGENT})
    assert (let_in.status_code, let_in.location) == (303, f"/cases/{restricted.case_id}")
    assert "A story to keep" in desk.get(f"/cases/{restricted.case_id}").text
    assert desk.get(f"/incidents/{restricted.incident_id}").status_code == 200
    mailing = session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()
    assert mailing is not None
    assert mailing.subject == f"Glass broken: {reference(restricted)}"
    assert "Jo Example has broken the glass" in (mailing.text or "")
    assert URGENT not in (mailing.text or "")
    sent = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id)).all()
    assert len(sent) == 2
    assert {"glass broken", "restricted record opened", "managers written to"} <= set(actions(restricted))


def test_a_manager_sees_broken_glass_and_ends_it(
    signed_in: Callable[..., FlaskClient], restricted: Kept, officer: Callable[..., Actor]
) -> None:
    service.break_glass(restricted.case, URGENT, actor=officer(name="Jo Example"), now=utc_now())
    desk = signed_in(RoleName.MANAGER)
    page = desk.get("/access").text
    for word in ("Jo Example", reference(restricted), URGENT, "Still holds", WHY):
        assert word in page
    (grant,) = granting_ids(page)
    assert desk.post(f"/access/grants/{grant}/end").status_code == 303
    assert "Still holds" not in desk.get("/access").text
    assert desk.post(f"/access/grants/{grant}/end").status_code == 409


def granting_ids(page: str) -> list[str]:
    return [part.split("/")[0] for part in page.split('action="/access/grants/')[1:]]


def test_a_manager_gives_access_by_name_and_not_to_themselves(
    signed_in: Callable[..., FlaskClient], restricted: Kept, officer: Callable[..., Actor]
) -> None:
    desk, other = signed_in(RoleName.MANAGER), officer(RoleName.CASE_OFFICER, name="Jo Example")
    me = max(other.officer_id or 0, newest_officer().officer_id or 0) - 1
    until = f"{in_london(utc_now() + timedelta(days=30)):%Y-%m-%dT%H:%M}"
    told = {"record": reference(restricted), "tier": "4", "expires_at": until, "reason": "Leads the enquiry now."}
    assert desk.post("/access/grants", data=told | {"officer_id": str(other.officer_id)}).status_code == 303
    refused = desk.post("/access/grants", data=told | {"officer_id": str(me)})
    assert (refused.status_code, "to themselves" in refused.text) == (422, True)
    unknown = desk.post("/access/grants", data=told | {"officer_id": "1", "record": "D26-99999-A"})
    assert (unknown.status_code, "There is no record with that reference" in unknown.text) == (422, True)
    late = f"{in_london(utc_now() + timedelta(days=91)):%Y-%m-%dT%H:%M}"
    refused = desk.post("/access/grants", data=told | {"officer_id": str(other.officer_id), "expires_at": late})
    assert (refused.status_code, "at most 90 days" in refused.text) == (422, True)


def test_a_manager_restricts_a_case_with_all_beneath_it_and_lifts_that(
    session: Session, signed_in: Callable[..., FlaskClient], kept: Kept, officer: Callable[..., Actor]
) -> None:
    desk, reader = signed_in(RoleName.MANAGER), officer()
    told = {"record": reference(kept), "reason": WHY}
    assert desk.get("/access/restrictions/new").status_code == 200
    assert desk.post("/access/restrictions", data=told | {"reason": ""}).status_code == 422
    assert desk.post("/access/restrictions", data=told).status_code == 303
    assert desk.post("/access/restrictions", data=told).status_code == 409
    beneath = (kept.case, (Subject.INCIDENT, kept.incident_id), (Subject.CALL, kept.call_id))
    assert not any(queries.may_see(session, reader, *each, now=utc_now()) for each in beneath)
    lifting = f"/access/restrictions/case/{kept.case_id}/lift"
    assert reference(kept) in desk.get(lifting).text
    assert desk.post(lifting, data={"reason": "over"}).status_code == 422
    assert desk.post(lifting, data={"reason": "The trial is over."}).status_code == 303
    assert all(queries.may_see(session, reader, *each, now=utc_now()) for each in beneath)


def test_what_is_attached_later_is_restricted_too(
    session: Session, restricted: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    reader, now = officer(), utc_now()
    incident = response.get_incident(session, restricted.incident_id).reference
    joining = roof_call(disposition=Disposition.ADDED_TO_INCIDENT, incident=None, incident_reference=incident)
    joined = response_service.log_call(joining, actor=reader, now=now)
    assert not queries.may_see(session, reader, Subject.CALL, joined.call_id, now=now)
    other = response_service.log_call(roof_call(), actor=reader, now=now)
    give(restricted.case, reader.officer_id, by=manager)
    service.open_record(restricted.case, "The hearing is today.", actor=reader, now=now)
    case_service.link_incident(restricted.case_id, other.incident_id or 0, actor=reader, now=now)
    third = officer()
    for record in ((Subject.INCIDENT, other.incident_id or 0), (Subject.CALL, other.call_id)):
        assert not queries.may_see(session, third, *record, now=now)


def restricted_and_waiting(session: Session, manager: Actor) -> int:
    """A text of which a manager has made sure that not everybody reads it, before anybody wrote it up."""
    now = utc_now()
    with transaction():
        call_id = waiting.open_waiting(session, Contact(Line.RAPID_SMS, None, None, now, "He is here"), now=now)
    service.restrict((Subject.CALL, call_id), WHY, actor=manager, now=now)
    return call_id


def test_the_incident_that_a_restricted_call_opens_after_it_waited_is_restricted_with_it(
    session: Session, officer: Callable[..., Actor], manager: Actor
) -> None:
    call_id = restricted_and_waiting(session, manager)
    written = waiting.write_up(call_id, roof_call(opened_at=None), actor=officer(), now=utc_now())
    assert queries.roots_of(session, Subject.INCIDENT, written.incident_id or 0) == [(Subject.CALL, call_id)]


def test_a_restricted_call_that_waited_joins_an_incident_only_if_that_is_restricted_too(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    call_id, by = restricted_and_waiting(session, manager), officer()
    reference = response.get_incident(session, kept.incident_id).reference
    added = {"disposition": Disposition.ADDED_TO_INCIDENT, "incident": None, "incident_reference": reference}
    told = roof_call(opened_at=None, **added)
    with pytest.raises(RuleViolation, match="restrict that one first") as refused:
        waiting.write_up(call_id, told, actor=by, now=utc_now())
    assert refused.value.field == "incident"
    assert not queries.is_restricted(session, Subject.CASE, kept.case_id)
    incident = (Subject.INCIDENT, kept.incident_id)
    service.restrict(incident, WHY, actor=manager, now=utc_now())
    assert waiting.write_up(call_id, told, actor=by, now=utc_now()).incident_id == kept.incident_id
    assert {(Subject.CALL, call_id)} < set(queries.roots_of(session, *incident))
    assert {(Subject.CALL, call_id)} < set(queries.roots_of(session, Subject.CALL, kept.call_id))


def test_a_case_opened_from_a_restricted_incident_is_restricted_with_it(
    session: Session, officer: Callable[..., Actor], manager: Actor
) -> None:
    by, now = officer(), utc_now()
    incident_id = response_service.log_call(roof_call(), actor=by, now=now).incident_id or 0
    record = (Subject.INCIDENT, incident_id)
    service.restrict(record, WHY, actor=manager, now=now)
    give(record, by.officer_id, by=manager)
    service.open_record(record, "It becomes a case today.", actor=by, now=now)
    case_id = case_service.open_case(described(incident_id=incident_id), actor=by, now=now)
    assert queries.roots_of(session, Subject.CASE, case_id) == [record]
    assert not queries.may_see(session, manager, Subject.CASE, case_id, now=now)


def test_an_opening_without_a_grant_is_refused_and_stands_in_the_trail(
    signed_in: Callable[..., FlaskClient], restricted: Kept
) -> None:
    desk = signed_in(RoleName.MANAGER)
    answer = desk.post(f"/access/closed/case/{restricted.case_id}/opening", data={"reason": "I should like to look."})
    assert (answer.status_code, "break the glass" in answer.text) == (422, True)
    assert actions(restricted)[-1] == "opening refused"


def test_nothing_is_opened_where_there_is_no_such_record(session: Session, officer: Callable[..., Actor]) -> None:
    with pytest.raises(NotFound):
        service.open_record((Subject.CASE, 9999), "The hearing is today.", actor=officer(), now=utc_now())


def test_what_ran_out_is_entered_in_the_trail_once(
    session: Session, restricted: Kept, officer: Callable[..., Actor]
) -> None:
    now = utc_now()
    service.break_glass(restricted.case, URGENT, actor=officer(), now=now)
    assert expiring.note_ended(now) == 0
    assert expiring.note_ended(now + OPENING_LASTS) == 1
    assert expiring.note_ended(now + BREAK_GLASS_LASTS) == 1
    assert expiring.note_ended(now + BREAK_GLASS_LASTS) == 0
    assert actions(restricted)[-2:] == ["opening over", "access expired"]


def test_those_on_a_case_put_others_on_it_and_nobody_puts_themselves_on(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    runs = cases.get_case(session, kept.case_id).officer_id or 0
    stranger, other = officer(RoleName.CASE_OFFICER), officer(RoleName.CASE_OFFICER)
    with pytest.raises(RuleViolation, match="to themselves"):
        service.put_on(kept.case_id, stranger.officer_id or 0, actor=stranger, now=utc_now())
    with pytest.raises(RuleViolation, match="Only those on the case"):
        service.put_on(kept.case_id, other.officer_id or 0, actor=stranger, now=utc_now())
    service.put_on(kept.case_id, other.officer_id or 0, actor=manager, now=utc_now())
    service.put_on(kept.case_id, stranger.officer_id or 0, actor=other, now=utc_now())
    assert queries.officers_on(session, kept.case_id) == [runs, other.officer_id, stranger.officer_id]
    assert queries.may_see_sensitive(session, stranger, *kept.case, now=utc_now())
    service.take_off(kept.case_id, stranger.officer_id or 0, actor=other, now=utc_now())
    assert not queries.may_see_sensitive(session, stranger, *kept.case, now=utc_now())
    with pytest.raises(Conflict, match="run the case"):
        service.take_off(kept.case_id, runs, actor=other, now=utc_now())


def test_nobody_takes_over_a_case_that_others_are_on_by_themselves(
    session: Session, kept: Kept, officer: Callable[..., Actor]
) -> None:
    stranger = officer(RoleName.CASE_OFFICER)
    mine = described(officer_id=stranger.officer_id)
    with pytest.raises(RuleViolation, match="Ask an officer on the case"):
        case_service.amend_case(kept.case_id, mine, actor=stranger, now=utc_now())
    assert not queries.may_see_sensitive(session, stranger, *kept.case, now=utc_now())


def test_the_pages_of_those_on_a_case_put_on_and_take_off(
    signed_in: Callable[..., FlaskClient], kept: Kept, officer: Callable[..., Actor]
) -> None:
    other = officer(name="Jo Example")
    path, manages, reads = f"/cases/{kept.case_id}/officers", RoleName.MANAGER, RoleName.DUTY_OFFICER
    desk = signed_in(manages)
    assert desk.post(path, data={"officer_id": str(other.officer_id)}).status_code == 303
    assert "Take off" in desk.get(path).text
    assert "Take off" not in signed_in(reads).get(path).text
    assert desk.post(f"{path}/{other.officer_id}/off").status_code == 303
    assert desk.post(path, data={}).status_code == 422


def test_the_interface_does_all_that_the_pages_do(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], kept: Kept, officer: Callable[..., Actor]
) -> None:
    manager, reader = bearer(RoleName.MANAGER), bearer(RoleName.CASE_OFFICER)
    reader_id = newest_officer().officer_id
    record = {"subject": "case", "id": kept.case_id}
    base, path = "/api/v1/access", f"/api/v1/cases/{kept.case_id}"
    told = {"record": reference(kept), "reason": WHY}
    assert client.post(f"{base}/restrictions", json=told, headers=manager).status_code == 204
    (listed,) = client.get(f"{base}/restrictions", headers=manager).get_json()["items"]
    assert (listed["subject"], listed["subject_id"], listed["reason"]) == ("case", kept.case_id, WHY)
    refused = client.get(path, headers=reader)
    assert (refused.status_code, refused.get_json()["subject"], refused.get_json()["tier"]) == (403, "case", 4)
    new = told | {"officer_id": reader_id, "expires_at": f"{utc_now() + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"}
    grant = client.post(f"{base}/grants", json=new, headers=manager)
    assert (grant.status_code, grant.get_json()["tier"], grant.get_json()["origin"]) == (201, 4, "named")
    opened = client.post(f"{base}/openings", json=record | {"reason": "The hearing is today."}, headers=reader)
    assert opened.status_code == 204
    assert client.get(path, headers=reader).status_code == 200
    assert len(client.get(f"{base}/openings", headers=manager).get_json()["items"]) == 1
    ended = client.post(f"{base}/grants/{grant.get_json()['id']}/end", json={}, headers=manager)
    assert (ended.status_code, ended.get_json()["ended_by"] is not None) == (200, True)
    assert client.get(path, headers=reader).status_code == 403
    broken = client.post(f"{base}/break-glass", json=record | {"reason": URGENT}, headers=reader)
    assert (broken.status_code, client.get(path, headers=reader).status_code) == (204, 200)
    lifted = client.post(
        f"{base}/restrictions/case/{kept.case_id}/lift", json={"reason": "It is over."}, headers=manager
    )
    assert (lifted.status_code, client.get(path, headers=manager).status_code) == (204, 200)
    put = client.post(f"{path}/officers", json={"officer_id": reader_id}, headers=manager)
    assert reader_id in put.get_json()["items"]
    off = client.post(f"{path}/officers/{reader_id}/off", json={}, headers=manager)
    assert reader_id not in off.get_json()["items"]
    for door in ("restrictions", "grants", "openings"):
        assert client.get(f"{base}/{door}", headers=reader).status_code == 403


def test_broken_glass_on_what_is_sensitive_is_told_and_ends(
    session: Session, kept: Kept, officer: Callable[..., Actor]
) -> None:
    stranger, now = officer(), utc_now()
    service.break_glass(kept.case, URGENT, actor=stranger, now=now)
    assert queries.may_see_sensitive(session, stranger, *kept.case, now=now)
    assert not queries.may_see_sensitive(session, stranger, *kept.case, now=now + BREAK_GLASS_LASTS)
    with pytest.raises(RuleViolation, match="may see all"):
        service.break_glass(kept.case, URGENT, actor=stranger, now=now)
    (entry,) = [each for each in trail.entries_about(session, *kept.case) if each.action == "glass broken"]
    assert entry.detail["tier"] == Tier.T3


def test_two_who_restrict_at_once_and_an_unknown_record_are_told(
    client: FlaskClient, signed_in: Callable[..., FlaskClient], restricted: Kept, manager: Actor
) -> None:
    with pytest.raises(Conflict, match="restricted already"):
        service.restrict(restricted.case, WHY, actor=manager, now=utc_now())
    desk = signed_in(RoleName.MANAGER)
    for path in ("/access/closed/case/987654", "/access/closed/nothing/1", "/access/restrictions/case/987654/lift"):
        assert desk.get(path).status_code == 404
    with pytest.raises(Conflict, match="sake of another"):
        service.lift((Subject.CALL, restricted.call_id), "It is over by now.", actor=manager, now=utc_now())


@pytest.mark.parametrize("record", ["party 987654", "note 987654"])
def test_a_party_or_note_that_is_not_there_is_neither_restricted_nor_given(
    signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor], record: str
) -> None:
    desk = signed_in(RoleName.MANAGER)
    until = f"{in_london(utc_now() + timedelta(days=30)):%Y-%m-%dT%H:%M}"
    told = {"record": record, "reason": "Leads the enquiry now.", "expires_at": until, "tier": "4"}
    told |= {"officer_id": str(officer().officer_id)}
    for path, data in (("restrictions", {name: told[name] for name in ("record", "reason")}), ("grants", told)):
        answer = desk.post(f"/access/{path}", data=data)
        assert (answer.status_code, "There is no record with that reference" in answer.text) == (422, True)


def test_nobody_breaks_the_glass_of_what_is_not_there(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    before = len(session.scalars(select(Mailing.id)).all())
    desk = signed_in(RoleName.DUTY_OFFICER)
    told = {"reason": "The informant rang just now."}
    assert desk.post("/access/closed/party/987654/break-glass", data=told).status_code == 404
    assert len(session.scalars(select(Mailing.id)).all()) == before


def test_an_officer_who_is_inactive_is_given_nothing(
    session: Session, kept: Kept, officer: Callable[..., Actor], manager: Actor
) -> None:
    gone = officer(RoleName.CASE_OFFICER, name="Jo Gone")
    email, why = session.get_one(Officer, gone.officer_id).email, "Has left the council."
    staff_access.suspend(email, reason=why, now=utc_now(), by=manager)
    with pytest.raises(RuleViolation, match="Jo Gone is inactive"):
        service.put_on(kept.case_id, gone.officer_id or 0, actor=manager, now=utc_now())
    until = utc_now() + timedelta(days=1)
    with pytest.raises(RuleViolation, match="Jo Gone is inactive"):
        granting.give(NewGrant(gone.officer_id or 0, *kept.case, until, WHY), actor=manager, now=utc_now())


def test_every_opening_of_a_month_can_be_read_however_many_there_were(
    signed_in: Callable[..., FlaskClient], restricted: Kept, session: Session, officer: Callable[..., Actor]
) -> None:
    reader, now = officer(RoleName.CASE_OFFICER, name="Jo Example"), utc_now()
    place = {"officer_id": reader.officer_id, "root_subject": "case", "root_id": restricted.case_id}
    rows = [place | {"reason": f"Reason {number}", "at": now, "until": now + OPENING_LASTS} for number in range(230)]
    session.execute(insert(Opening), rows)
    session.commit()
    manager, path, told = signed_in(RoleName.MANAGER), "/access", []
    while path:
        page = manager.get(path).text
        told += re.findall(r"Reason \d+", page)
        following = re.search(r'href="(/access\?openings=\d+)"', page)
        path = following[1] if following else ""
    assert told == [f"Reason {number}" for number in reversed(range(230))]
    # Another list on the same page stays where its reader is.
    assert re.search(r'href="/access\?grants=9&amp;openings=\d+"', manager.get("/access?grants=9&other=1").text)
