"""The week's oddities from a real trail, rota and records: listed, looked at for good, told of without names."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.response.conftest import roof_call
from tests.rota.conftest import give_mobile, put_on_shift
from tsalert.audit import queries as audit_queries
from tsalert.audit import service as audit
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.config import Settings
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.delivery.models import Delivery, Mailing
from tsalert.oversight import queries, service
from tsalert.oversight.queries import Oddity
from tsalert.oversight.rules import week_of
from tsalert.oversight.telling import tell_of_oddities
from tsalert.oversight.vocabulary import Kind
from tsalert.response import call_parties
from tsalert.response.models import Call
from tsalert.response.service import log_call
from tsalert.response.vocabulary import Category
from tsalert.rota.vocabulary import Duty
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers

MONDAY = date(2026, 6, 8)
NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)
NEXT_MONDAY = datetime(2026, 6, 15, 6, 0, tzinfo=UTC)  # seven in London
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def duty(officer: Callable[..., Actor]) -> Actor:
    return officer(name="Dee Sample")


@pytest.fixture
def curious(officer: Callable[..., Actor]) -> Actor:
    return officer(name="Cory Example")


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Boss")


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["tsalert_settings"]
    return found


@pytest.fixture
def incident_id(session: Session, duty: Actor) -> int:
    """An incident that Dee logged on Wednesday; the caller is Alex Example."""
    return log_call(roof_call(postcode="BR1 3UH"), actor=duty, now=NOON).incident_id or 0


def open_it(actor: Actor, subject: str, number: int, at: datetime = NOON) -> None:
    with transaction() as session:
        audit.record(session, actor, "read", subject, number, now=at)


def found(session: Session, settings: Settings, week: date = MONDAY) -> list[Oddity]:
    return queries.oddities(session, week, settings)


def kinds(session: Session, settings: Settings) -> list[Kind]:
    return [each.line.kind for each in found(session, settings)]


def test_whoever_opens_an_incident_with_no_task_is_listed_and_who_logged_it_is_not(
    session: Session, settings: Settings, duty: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    open_it(duty, "incident", incident_id)
    assert found(session, settings) == []
    open_it(officer(name="Other Person"), "incident", incident_id)
    (oddity,) = found(session, settings)
    assert (oddity.line.kind, oddity.officer, oddity.line.records) == (Kind.NO_TASK, "Other Person", 1)
    (entry,) = queries.entries_of(session, oddity).items
    assert (entry.action, entry.subject, entry.subject_id) == ("read", "incident", incident_id)


def test_work_on_an_incident_is_a_reason_to_open_its_calls_its_case_and_its_people(
    session: Session, settings: Settings, duty: Actor, manager: Actor, incident_id: int
) -> None:
    case_id = cases.open_case(NewCase("Roof", incident_id=incident_id), actor=manager, now=NOON)
    call_id = session.scalars(select(Call.id)).one()
    (party,) = call_parties.parties_of_calls(session, [call_id])
    for subject, number in (("call", call_id), ("case", case_id), ("party", party.party_id)):
        open_it(duty, subject, number, NOON + HOUR)
    assert found(session, settings) == []


def test_the_officer_of_a_case_may_open_it_at_any_time(
    session: Session, settings: Settings, officer: Callable[..., Actor], manager: Actor
) -> None:
    owner = officer(RoleName.CASE_OFFICER, name="Own Er")
    new = NewCase("Roof", Category.SCAM, kind="lottery", officer_id=owner.officer_id)
    case_id = cases.open_case(new, actor=manager, now=NOON)
    open_it(owner, "case", case_id)
    assert found(session, settings) == []


def test_an_officer_who_was_put_on_a_case_may_open_it(
    session: Session, settings: Settings, officer: Callable[..., Actor], manager: Actor
) -> None:
    helper = officer(RoleName.CASE_OFFICER, name="Help Er")
    case_id = cases.open_case(NewCase("Roof", Category.SCAM, kind="lottery"), actor=manager, now=NOON)
    open_it(helper, "case", case_id, NOON + HOUR)
    assert kinds(session, settings) == [Kind.NO_TASK]
    with transaction() as open_session:
        tiers.put_on(open_session, case_id, helper.officer_id or 0, actor=manager, now=NOON)
    assert found(session, settings) == []


def test_a_surname_is_compared_without_accents_and_letter_case(
    session: Session, settings: Settings, duty: Actor, officer: Callable[..., Actor]
) -> None:
    logged = log_call(roof_call(caller_name="ZOË MÜLLER"), actor=duty, now=NOON)
    open_it(officer(name="Jo Muller"), "incident", logged.incident_id or 0)
    assert kinds(session, settings) == [Kind.OWN_NAME, Kind.NO_TASK]


def test_a_record_in_the_officers_own_postcode_is_listed_until_they_take_it_back(
    session: Session, settings: Settings, curious: Actor, incident_id: int
) -> None:
    service.tell_home("BR1 3UH", actor=curious, settings=settings, now=NOON)
    open_it(curious, "incident", incident_id)
    assert Kind.OWN_HOME in kinds(session, settings)
    kept = session.execute(text("SELECT * FROM officer_home")).all()
    assert "BR1" not in str(kept)
    service.tell_home(None, actor=curious, settings=settings, now=NOON)
    assert Kind.OWN_HOME not in kinds(session, settings)


def test_a_night_off_duty_is_listed_and_a_night_on_duty_is_not(
    session: Session, settings: Settings, officer: Callable[..., Actor], manager: Actor, incident_id: int
) -> None:
    night = NOON + 12 * HOUR
    awake = officer(name="Wake Ful")
    give_mobile(session, awake.officer_id or 0)
    put_on_shift(session, awake.officer_id or 0, Duty.PRIMARY, night - HOUR, night + HOUR)
    open_it(awake, "incident", incident_id, night)
    assert found(session, settings) == []
    open_it(officer(name="Other Person"), "incident", incident_id, night)
    assert kinds(session, settings) == [Kind.OFF_SHIFT]


def test_a_week_holds_its_own_entries_alone(
    session: Session, settings: Settings, officer: Callable[..., Actor], incident_id: int
) -> None:
    other = officer(name="Other Person")
    open_it(other, "incident", incident_id, datetime(2026, 6, 7, 22, 59, tzinfo=UTC))
    open_it(other, "incident", incident_id, datetime(2026, 6, 14, 23, 0, tzinfo=UTC))
    assert found(session, settings) == []


def test_a_finding_stays_and_what_comes_later_is_open_again(
    session: Session, settings: Settings, officer: Callable[..., Actor], manager: Actor, incident_id: int
) -> None:
    other = officer(name="Other Person")
    open_it(other, "incident", incident_id)
    (oddity,) = found(session, settings)
    look(oddity, manager, settings)
    (oddity,) = found(session, settings)
    assert not oddity.is_open
    with pytest.raises(Conflict):
        look(oddity, manager, settings)
    open_it(other, "incident", incident_id, NOON + HOUR)
    (oddity,) = found(session, settings)
    assert (oddity.is_open, [each.note for each in oddity.reviews]) == (True, ["She helped"])
    for change in ("UPDATE oddity_review SET note = ''", "DELETE FROM oddity_review"):
        with pytest.raises(DatabaseError, match="stays as it was"), session.begin_nested():
            session.execute(text(change))


def look(oddity: Oddity, actor: Actor, settings: Settings) -> None:
    service.note_looked_at(MONDAY, oddity.line.key, "She helped", actor=actor, settings=settings, now=NOON + DAY)


def test_nobody_looks_at_what_they_opened_themselves_and_only_managers_look(
    session: Session, settings: Settings, officer: Callable[..., Actor], incident_id: int
) -> None:
    boss = officer(RoleName.MANAGER, name="Pat Example")
    open_it(boss, "incident", incident_id)
    (oddity,) = found(session, settings)
    assert oddity.line.kind is Kind.OWN_NAME
    with pytest.raises(NotAllowed):
        look(oddity, boss, settings)
    with pytest.raises(NotAllowed):
        look(oddity, officer(name="Other Person"), settings)
    with pytest.raises(NotFound):
        service.note_looked_at(MONDAY, "no_task-9-1", "x", actor=boss, settings=settings, now=NOON)


def test_managers_are_told_once_on_monday_with_counts_and_no_names(
    session: Session, settings: Settings, manager: Actor, officer: Callable[..., Actor], incident_id: int
) -> None:
    open_it(officer(name="Other Person"), "incident", incident_id)
    told = [tell_of_oddities(at) for at in (NEXT_MONDAY - MINUTE, NEXT_MONDAY, NEXT_MONDAY + DAY)]
    assert told == [False, True, False]
    mail = session.scalars(select(Mailing)).all()[-1]
    assert "Opened with no task: 1" in mail.text
    assert "/oddities?week=2026-06-08" in mail.text
    assert "Other" not in mail.text + mail.subject
    assert len(session.scalars(select(Delivery).where(Delivery.mailing_id == mail.id)).all()) == 1


def test_a_week_that_nobody_could_be_told_of_waits_for_somebody(
    session: Session, officer: Callable[..., Actor], incident_id: int
) -> None:
    open_it(officer(name="Other Person"), "incident", incident_id)
    assert tell_of_oddities(NEXT_MONDAY) is False
    officer(RoleName.MANAGER)
    assert [tell_of_oddities(at) for at in (NEXT_MONDAY + HOUR, NEXT_MONDAY + DAY)] == [True, False]


def test_of_a_quiet_week_nobody_is_told(session: Session, manager: Actor) -> None:
    assert tell_of_oddities(NEXT_MONDAY) is False
    assert session.scalars(select(Mailing)).all() == []


def test_a_week_that_has_not_begun_is_refused() -> None:
    assert service.monday(None, now=NOON) == date(2026, 6, 1)
    assert service.monday(date(2026, 6, 10), now=NOON) == MONDAY
    with pytest.raises(RuleViolation, match="not begun"):
        service.monday(date(2026, 6, 20), now=NOON)


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-09", "1899-12-31", "9999-12-31"])
def test_a_week_outside_of_every_trail_is_refused_in_words(signed_in: Callable[..., FlaskClient], day: str) -> None:
    boss = signed_in(RoleName.MANAGER)
    for address in (f"/oddities?week={day}", f"/oddities/{day}/no_task-1"):
        answer = boss.get(address)
        assert answer.status_code == 422
        assert "Check the year" in answer.text or "not begun" in answer.text


def test_a_finding_told_by_another_day_of_the_week_stands_in_that_week(
    session: Session, settings: Settings, officer: Callable[..., Actor], manager: Actor, incident_id: int
) -> None:
    open_it(officer(name="Other Person"), "incident", incident_id)
    (oddity,) = found(session, settings)
    friday = MONDAY + timedelta(days=4)
    service.note_looked_at(friday, oddity.line.key, "She helped", actor=manager, settings=settings, now=NOON + HOUR)
    (oddity,) = found(session, settings)
    assert (oddity.is_open, [each.note for each in oddity.reviews]) == (False, ["She helped"])


def test_the_pages_lead_from_the_week_to_the_entries_and_keep_what_was_found(
    signed_in: Callable[..., FlaskClient], duty: Actor, officer: Callable[..., Actor]
) -> None:
    logged = log_call(roof_call(), actor=duty, now=utc_now())
    open_it(officer(name="Other Person"), "incident", logged.incident_id or 0, utc_now())
    boss = signed_in(RoleName.MANAGER, name="Mo Boss")
    week = week_of(utc_now().date())
    page = boss.get(f"/oddities?week={week}").text
    assert "Other Person" in page
    assert "Alex" not in page
    link = f"/oddities/{week}/{_key(page)}"
    assert f"Incident {logged.incident_id}" in boss.get(link).text
    assert boss.post(link, data={}).status_code == 422
    assert boss.post(link, data={"note": "He covered for Dee"}).status_code == 303
    assert "He covered for Dee" in boss.get(link).text
    assert boss.get("/oddities/2026-06-08/nothing").status_code == 404
    assert boss.get("/oddities/monday/nothing").status_code == 422
    assert signed_in(RoleName.DUTY_OFFICER).get("/oddities").status_code == 403


def _key(page: str) -> str:
    """Return the key of the first line that was opened with no task."""
    return "no_task-" + page.split("/no_task-")[1].split('"', maxsplit=1)[0]


def test_the_interface_lists_and_keeps_findings(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], duty: Actor, officer: Callable[..., Actor]
) -> None:
    logged = log_call(roof_call(), actor=duty, now=utc_now())
    open_it(officer(name="Other Person"), "incident", logged.incident_id or 0, utc_now())
    head = bearer(RoleName.MANAGER)
    week = str(week_of(utc_now().date()))
    answer = client.get(f"/api/v1/oddities?week={week}", headers=head).get_json()
    (line,) = [each for each in answer["items"] if each["kind"] == "no_task"]
    entries = client.get(f"/api/v1/oddities/{week}/{line['line']}/entries", headers=head).get_json()["items"]
    assert [each["id"] for each in entries] == line["entries"]
    finding: dict[str, Any] = {"week": week, "line": line["line"], "note": "Covering"}
    kept = client.post("/api/v1/oddities/findings", json=finding, headers=head)
    assert (kept.status_code, kept.get_json()["is_open"]) == (201, False)
    assert client.get("/api/v1/oddities", headers=bearer(RoleName.DUTY_OFFICER)).status_code == 403
    told = client.put("/api/v1/oddities/own-postcode", json={"postcode": "BR1 3UH"}, headers=head)
    assert told.get_json() == {"is_told": True}


def test_an_officer_says_where_they_live_on_their_own_page(signed_in: Callable[..., FlaskClient]) -> None:
    desk = signed_in(RoleName.DUTY_OFFICER)
    assert "You have not given it." in desk.get("/oddities/own-postcode").text
    assert desk.post("/oddities/own-postcode", data={"postcode": "nowhere"}).status_code == 422
    assert desk.post("/oddities/own-postcode", data={"postcode": "br13uh"}).status_code == 303
    assert "You have given it." in desk.get("/oddities/own-postcode").text


def test_a_file_that_an_officer_takes_out_is_in_the_trail_and_in_the_week(
    session: Session, settings: Settings, signed_in: Callable[..., FlaskClient]
) -> None:
    boss = signed_in(RoleName.MANAGER)
    assert boss.get("/response-figures.csv?period=2026/27 Q1").status_code == 200
    (line,) = [each.line for each in found(session, settings, week_of(utc_now().date()))]
    (entry,) = audit_queries.entries(session, line.entries)
    assert (line.kind, entry.action) == (Kind.EXPORTED, "exported")
    assert entry.detail == {"what": "response_figures.export_period"}
