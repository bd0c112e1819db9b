"""Pages of enforcement, as a case officer fills them in."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.enforcement.conftest import BANNED, NOW
from tsalert.audit import queries as audit
from tsalert.cases import queries as case_queries
from tsalert.core.actors import Actor
from tsalert.core.clock import london_date, utc_now
from tsalert.enforcement import court_queries, queries, service
from tsalert.staff.rules import RoleName

Opener = Callable[..., int]
OFFENCE = {"offence": "dmcc_banned", "conduct_from": "2026-01-05", "conduct_to": "2026-03-30"}
WARNED = {"kind": "warning", "on_date": "2026-05-04", "what": "No paperwork was given."}
ROOF = {"what": "A new roof", "kind": "service", "place": "off_premises", "made_on": "2026-03-02"}
HEARING = {"kind": "plea", "at": "2026-06-01T10:00", "court": "crown", "court_name": "X"}
BEGUN = {"court": "magistrates", "court_name": "Anytown", "begun_on": "2026-05-01"}


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A case officer's browser."""
    return signed_in(RoleName.CASE_OFFICER)


def begin(desk: FlaskClient, session: Session, case_id: int) -> tuple[str, int]:
    """Prosecute a fraud; returns the prosecution's address and the number of the defendant's charge."""
    fraud = OFFENCE | {"offence": "fraud_representation"}
    desk.post(f"/cases/{case_id}/offences", data=fraud)
    place = desk.post(f"/cases/{case_id}/prosecutions", data=BEGUN).location
    offence = queries.recorded(session, case_id).offences[0].id
    desk.post(f"{place}/defendants", data={"name": "Al Example (invented)", "offence_ids": [offence]})
    (found,) = court_queries.prosecutions(session, case_id)
    return place, found.defendants[0].charges[0].id


def test_an_offence_is_recorded_with_its_deadline_and_taken_back(
    desk: FlaskClient, session: Session, case_id: int
) -> None:
    shown = desk.post(
        f"/cases/{case_id}/offences", data=OFFENCE | {"discovered_on": "2026-04-01"}, follow_redirects=True
    )
    assert "31 March 2027" in shown.text
    assert "DMCC Act 2024, section 241" in shown.text
    (link,) = re.findall(r'href="([^"]*taken-back[^"]*)"', shown.text)
    form = desk.get(link.replace("&amp;", "&"))
    assert 'value="offence"' in form.text
    number = queries.recorded(session, case_id).offences[0].id
    back = {"record": "offence", "record_id": number, "reason": "It was another trader."}
    gone = desk.post(f"/cases/{case_id}/enforcement/taken-back", data=back, follow_redirects=True)
    assert "Taken back" in gone.text
    assert "It was another trader." in gone.text


@pytest.mark.parametrize(
    ("path", "typed", "message"),
    [
        pytest.param("offences", OFFENCE, "Say when we learnt of it", id="nobody-said-when-it-was-discovered"),
        pytest.param("offences", OFFENCE | {"conduct_from": "1899-01-01"}, "Check the year", id="before-1900"),
        pytest.param("offences", OFFENCE | {"offence": "cprs_banned"}, "Schedule 20 applied", id="a-law-that-had-gone"),
        pytest.param("offences", OFFENCE | {"conduct_to": "31/12/2026"}, "Enter a date", id="a-date-in-another-form"),
        pytest.param("actions", WARNED | {"what": ""}, "Say what was done.", id="an-action-without-words"),
        pytest.param("actions", WARNED | {"kind": "duel"}, "Choose one from the list", id="an-action-that-is-none"),
        pytest.param("actions", WARNED | {"binds_until": "2027-01-01"}, "bind for a time", id="a-warning-that-binds"),
        pytest.param("cancellations", ROOF | {"made_on": "2013-01-01"}, "gave 7 days", id="before-the-regulations"),
        pytest.param("cancellations", ROOF | {"delivered_on": "2026-03-09"}, "Only goods", id="work-is-not-delivered"),
        pytest.param("prosecutions", BEGUN | {"begun_on": "2999-01-01"}, "not come yet", id="begun-in-the-future"),
        pytest.param("prosecutions", BEGUN | {"court_name": ""}, "name of the court", id="no-court"),
        pytest.param("enforcement/taken-back", {"record": "action", "record_id": 1}, "Say why", id="without-a-reason"),
    ],
)
def test_what_cannot_be_comes_back_with_its_reason_beside_the_field(
    desk: FlaskClient, session: Session, case_id: int, path: str, typed: dict[str, object], message: str
) -> None:
    answer = desk.post(f"/cases/{case_id}/{path}", data=typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert "There is a problem" in answer.text
    found = queries.recorded(session, case_id)
    assert [*found.offences, *found.actions, *found.cancellations] == []


def test_a_contract_shows_its_last_day_and_why(desk: FlaskClient, case_id: int) -> None:
    shown = desk.post(f"/cases/{case_id}/cancellations", data=ROOF, follow_redirects=True)
    assert "16 March 2027" in shown.text
    assert "regulation 31(3)" in shown.text


def test_a_contract_that_is_cancelled_later_is_not_typed_again(desk: FlaskClient, case_id: int) -> None:
    shown = desk.post(f"/cases/{case_id}/cancellations", data=ROOF, follow_redirects=True).text
    (link,) = re.findall(r'href="([^"]*supersedes[^"]*)"', shown)
    form = desk.get(link).text
    assert re.search(r'name="what"[^>]*value="A new roof"', form)
    assert re.search(r'name="made_on"[^>]*value="2026-03-02"', form)
    assert re.search(r'value="off_premises" checked', form)
    earlier = re.findall(r'name="supersedes" value="(\d+)"', form)[0]
    sent = ROOF | {"cancelled_on": "2026-03-05", "supersedes": earlier}
    shown = desk.post(f"/cases/{case_id}/cancellations", data=sent, follow_redirects=True).text
    assert "5 March 2026" in shown
    assert "A later record takes its place." in shown
    assert desk.get(f"/cases/{case_id}/cancellations?supersedes=999").status_code == 404


def test_a_prosecution_runs_from_the_charge_to_the_payment(desk: FlaskClient, session: Session, case_id: int) -> None:
    desk.post(f"/cases/{case_id}/money", data={"kind": "paid", "amount": "1000", "evidence": "bank"})
    place, charge = begin(desk, session, case_id)
    (found,) = court_queries.prosecutions(session, case_id)
    of = {"defendant_id": found.defendants[0].id, "on_date": "2026-06-01"}
    early = desk.post(f"{place}/decisions", data=of | {"kind": "sentence", "result": "fine", "amount": "500"})
    assert (early.status_code, "there is no sentence without a conviction" in early.text) == (422, True)
    desk.post(f"{place}/hearings", data=HEARING)
    hearing = court_queries.prosecutions(session, case_id)[0].hearings[0].id
    assert "10:00am" in desk.get(f"{place}/hearings/{hearing}/outcome").text
    desk.post(f"{place}/hearings/{hearing}/outcome", data={"result": "held"})
    for typed in (
        {"kind": "plea", "charge_id": charge, "result": "guilty_plea"},
        {"kind": "sentence", "result": "suspended", "months": "18"},
        {"kind": "compensation", "amount": "£900"},
    ):
        assert desk.post(f"{place}/decisions", data=of | typed).status_code == 303
    order = court_queries.prosecutions(session, case_id)[0].orders[0].id
    paid = {"order_id": order, "amount": "350.50", "on_date": "2026-06-05"}
    assert "£900 left" in desk.get(f"{place}/payments").text
    shown = desk.post(f"{place}/payments", data=paid, follow_redirects=True)
    for words in ("Suspended sentence, 18 months", "£549.50", "Al Example (invented)", "Held"):
        assert words in shown.text
    assert (
        case_queries.ledger(session, case_id).totals.net_detriment
        == 1000 - case_queries.ledger(session, case_id).totals.returned
    )


@pytest.mark.parametrize(
    ("path", "typed", "message"),
    [
        ("hearings", HEARING | {"at": "2026-04-30T10:00"}, "before the charge"),
        ("hearings", HEARING | {"at": "soon"}, "Enter a date and time"),
        ("defendants", {"name": "Bo"}, "Choose the offences"),
        ("decisions", {"kind": "plea", "defendant_id": "1" * 30}, "no record with that number"),
        ("decisions", {"kind": "sentence", "months": "ten", "on_date": "2026-06-01"}, "Enter a whole number"),
        ("payments", {"order_id": "1", "amount": "-1", "on_date": "2026-06-01"}, "between £0"),
    ],
)
def test_bad_input_of_a_prosecution_is_answered_beside_the_field(
    desk: FlaskClient, session: Session, case_id: int, path: str, typed: dict[str, object], message: str
) -> None:
    place, _ = begin(desk, session, case_id)
    answer = desk.post(f"{place}/{path}", data=typed)
    assert answer.status_code == 422
    if path != "payments":  # without an order the page says so instead of a form
        assert message in answer.text


def test_what_is_typed_comes_out_inert(desk: FlaskClient, session: Session, case_id: int) -> None:
    hostile = "<script>alert(1)</script>"
    shown = desk.post(
        f"/cases/{case_id}/actions", data=WARNED | {"what": hostile, "trader": hostile}, follow_redirects=True
    )
    assert hostile not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert hostile not in desk.get(f"/cases/{case_id}/timeline").text


PAGES = ["enforcement", "offences", "actions", "cancellations", "enforcement/taken-back", "prosecutions", "timeline"]
OF_COURTS = ["prosecutions/1", "prosecutions/1/defendants", "prosecutions/1/hearings/1/outcome"]


@pytest.mark.parametrize("page", [*PAGES, *OF_COURTS])
@pytest.mark.parametrize("number", [999_999, 2**31, 2**63, 10**30])
def test_a_case_that_is_none_has_no_pages(desk: FlaskClient, number: int, page: str) -> None:
    assert desk.get(f"/cases/{number}/{page}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_administrator_sees_none_of_it(signed_in: Callable[..., FlaskClient], case_id: int, page: str) -> None:
    assert signed_in(RoleName.ADMINISTRATOR).get(f"/cases/{case_id}/{page}").status_code == 403


def test_who_reads_of_a_defendant_stands_in_the_trail(desk: FlaskClient, session: Session, case_id: int) -> None:
    place, _ = begin(desk, session, case_id)
    before = len(audit.entries_about(session, "case", case_id))
    for page in (place, f"{place}/decisions", f"{place}/payments", f"/cases/{case_id}/enforcement"):
        assert desk.get(page).status_code == 200
    entries = audit.entries_about(session, "case", case_id)[before:]
    assert [entry.action for entry in entries] == ["read"] * 4


def test_an_officer_sees_their_own_deadlines_and_hearings(
    signed_in: Callable[..., FlaskClient], session: Session, case_id: int, actor: Actor
) -> None:
    learnt = london_date(utc_now()) - timedelta(days=340)
    near = BANNED.__class__("dmcc_banned", learnt, learnt, learnt)
    service.record_offence(case_id, near, actor=actor, now=utc_now())
    other = signed_in(RoleName.CASE_OFFICER)
    assert "No deadline is near." in other.get("/deadlines").text
    shown = other.get("/deadlines?everybody=yes").text
    assert "D26-" in shown
    assert "(24 days left)" in shown
    assert other.get("/deadlines?everybody=perhaps").status_code == 422


def test_deadlines_and_hearings_come_in_pages_each_list_by_itself(
    desk: FlaskClient, session: Session, case_id: int, actor: Actor, short_pages: Callable[[int], None]
) -> None:
    today, (place, _) = london_date(utc_now()), begin(desk, session, case_id)
    for days in (340, 338, 336):
        learnt = today - timedelta(days=days)
        near = BANNED.__class__("dmcc_banned", learnt, learnt, learnt)
        service.record_offence(case_id, near, actor=actor, now=utc_now())
    for days in (1, 2, 3):
        at = {"at": f"{today + timedelta(days=days)}T10:00", "court_name": f"Court {days}"}
        assert desk.post(f"{place}/hearings", data=HEARING | at).status_code == 303
    short_pages(2)
    first = desk.get("/deadlines?everybody=yes").text
    assert ("24 days left" in first, "28 days left" in first, "Court 2" in first, "Court 3" in first) == (1, 0, 1, 0)
    later = re.search(r'href="([^"]*\bdeadlines=[^"]*)"', first)
    assert later is not None
    second = desk.get(later[1].replace("&amp;", "&")).text
    assert ("24 days left" in second, "28 days left" in second, "Court 1" in second) == (False, True, True)
    assert ("Later deadlines" in second, "First deadlines" in second, "Later hearings" in second) == (0, 1, 1)
    both = re.search(r'href="([^"]*\bhearings=[^"]*)"', second)
    assert both is not None
    third = desk.get(both[1].replace("&amp;", "&")).text
    assert ("24 days left" in third, "28 days left" in third, "Court 1" in third) == (False, True, False)
    assert ("Court 3" in third, "First deadlines" in third, "First hearings" in third) == (True, True, True)
    assert desk.get("/deadlines?hearings=gone").status_code == 422


def test_the_list_of_offences_says_from_when_and_until_when(desk: FlaskClient) -> None:
    shown = desk.get("/offences").text
    assert "Conduct from 26 may 2008 to 5 april 2025".lower() in shown.lower()
    assert "regulation 28(1)(e)" in shown
    assert NOW.year == 2026
