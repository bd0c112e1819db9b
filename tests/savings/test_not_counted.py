"""What was recorded and does not count, told wherever somebody asks."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase, NewMoneyLine
from tsalert.cases.vocabulary import MoneyKind
from tsalert.core.actors import Actor
from tsalert.core.periods import parse_period
from tsalert.db import db
from tsalert.response.vocabulary import Category
from tsalert.savings import service
from tsalert.savings.counting import not_counted
from tsalert.savings.rules import (
    Beneficiary,
    EnforcementOutcome,
    Evidence,
    InterventionType,
    NewIntervention,
    PartnerShare,
)
from tsalert.staff.rules import RoleName

Q1 = parse_period("2022/23 Q1")
HOME = "BR1 3UH 12"
DAY = date(2022, 5, 3)
BLOCKER = NewIntervention(type=InterventionType.CALL_BLOCKER, on_date=DAY, household_key=HOME)
VISIT = NewIntervention(type=InterventionType.SCAM_VICTIM, on_date=DAY, prevented=Decimal(600), evidence=Evidence.BANK)
FRIENDS = NewIntervention(type=InterventionType.FRIENDS_AGAINST_SCAMS, on_date=DAY, units=20, refreshers=12)
FINE = NewIntervention(
    type=InterventionType.ENFORCEMENT_OUTCOME,
    on_date=DAY,
    memo=Decimal(900),
    outcome=EnforcementOutcome.FINE,
    evidence=Evidence.COURT,
)
ORDERED = replace(FINE, outcome=EnforcementOutcome.COMPENSATION_ORDERED)
JOINT = replace(VISIT, share=Decimal("0.6"), partners=(PartnerShare("Kent Police", Decimal("0.4")),))


@pytest.fixture
def record(session: Session, officer: Callable[..., Actor]) -> Callable[[NewIntervention], str]:
    actor = officer()
    return lambda new: service.record_intervention(new, actor=actor, now=NOW)


def told(session: Session) -> list[tuple[str, int, str]]:
    page = not_counted.list_not_counted(session, Q1)
    return [(item.version.reference, each.kind.rule, each.what) for item in page.items for each in item.reasons]


@pytest.mark.parametrize(
    ("new", "rule", "what", "why"),
    [
        (replace(BLOCKER, units=3), 2, "2 call blockers", "One call blocker a household counts at a time"),
        (FRIENDS, 4, "12 trained again", "A Friend counts once"),
        (JOINT, 5, "40%", "our share is 60%. Others have Kent Police 40%."),
        (FINE, 6, "£900", "Fine: shown for information"),
        (ORDERED, 6, "£900", "counts when it is paid"),
        (replace(VISIT, beneficiary=Beneficiary.BANK), 7, "£600", "the bank's gain"),
    ],
    ids=["one-a-household", "refreshers", "shares", "fine", "ordered", "bank"],
)
def test_each_rule_says_what_does_not_count_and_why(
    session: Session, record: Callable[[NewIntervention], str], new: NewIntervention, rule: int, what: str, why: str
) -> None:
    reference = record(new)
    assert told(session) == [(reference, rule, what)]
    (item,) = not_counted.list_not_counted(session, Q1).items
    assert why in item.reasons[0].text


def test_what_gives_way_to_another_record_names_it(session: Session, record: Callable[[NewIntervention], str]) -> None:
    visit = record(replace(VISIT, household_key=HOME))
    first, second = record(BLOCKER), record(replace(BLOCKER, on_date=date(2022, 6, 1)))
    items = {item.version.reference: item.reasons for item in not_counted.list_not_counted(session, Q1).items}
    assert {reference: [each.other for each in reasons] for reference, reasons in items.items()} == {
        first: [visit],
        second: [first],
    }


def test_what_counts_whole_or_was_withdrawn_or_is_of_another_period_is_not_listed(
    session: Session, record: Callable[[NewIntervention], str], officer: Callable[..., Actor]
) -> None:
    record(VISIT)
    record(replace(FINE, on_date=date(2022, 7, 1)))
    gone = record(FINE)
    service.withdraw_intervention(gone, of_version=1, reason="Twice", actor=officer(), now=NOW)
    assert told(session) == []


def test_blockers_without_a_household_are_owned_up_to(
    session: Session, record: Callable[[NewIntervention], str]
) -> None:
    record(replace(BLOCKER, household_key=None, units=7))
    page = not_counted.list_not_counted(session, Q1)
    assert (page.items, page.without_household) == ([], 1)


def test_the_list_comes_in_pages_and_the_whole_of_it_in_one(
    session: Session, record: Callable[[NewIntervention], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [record(replace(FINE, on_date=date(2022, 5, day))) for day in (9, 7, 8)]
    page = not_counted.list_not_counted(session, Q1, size=2)
    assert [item.version.reference for item in page.items] == [made[1], made[2]]
    rest = not_counted.list_not_counted(session, Q1, size=2, after=page.next)
    assert ([item.version.reference for item in rest.items], rest.next) == ([made[0]], None)
    monkeypatch.setattr(not_counted, "_BATCH", 1)
    assert [item.version.reference for item in not_counted.all_not_counted(session, Q1)] == [*made[1:], made[0]]


def test_an_officer_sees_at_once_what_counts_and_why(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    form = {"type": "call_blocker", "on_date": "2022-05-03", "units": "1", "household_key": HOME, "share": "100"}
    first = browser.post("/interventions", data=form, follow_redirects=True)
    assert "What does not count" not in first.text
    assert "Add serial numbers" in first.text
    second = browser.post("/interventions", data=form | {"on_date": "2023-01-09"}, follow_redirects=True)
    assert "0 of 1 call blockers count" in second.text
    assert "Its term runs until 2 May 2027, so another adds nothing." in second.text
    listed = browser.get("/savings/not-counted?period=2022/23").text
    assert "fitted a call blocker in this household on 3 May 2022" in listed
    table = browser.get("/savings/not-counted.csv?period=2022/23")
    assert table.data.startswith("\ufeffReference".encode())  # without the mark Excel shows £ as Â£
    assert table.mimetype == "text/csv"
    assert table.text.splitlines()[1].split(",")[3:5] == ["2", "1 call blocker"]
    assert browser.get("/savings/not-counted").status_code == 200
    assert browser.get("/savings/not-counted?period=nonsense").status_code == 422


def test_the_same_is_told_over_the_api(client: FlaskClient, bearer: Callable[..., dict[str, str]]) -> None:
    headers = bearer()
    new = {"type": "call_blocker", "on_date": "2022-05-03", "units": 3, "household_key": HOME}
    made = client.post("/api/v1/interventions", json=new, headers=headers).get_json()
    assert (made["units"], made["counted_units"]) == (3, 1)
    (reason,) = made["not_counted"]
    assert (reason["rule"], reason["kind"], reason["what"]) == (2, "one_a_household", "2 call blockers")
    answer = client.get("/api/v1/savings/not-counted?period=2022/23 Q1", headers=headers).get_json()
    assert [(item["reference"], item["counted_units"]) for item in answer["items"]] == [(made["reference"], 1)]
    assert answer["items"][0]["reasons"] == made["not_counted"]
    assert client.get("/api/v1/savings/not-counted", headers=headers).status_code == 422


@pytest.fixture
def case_id(session: Session, officer: Callable[..., Actor]) -> int:
    actor = officer(name="Case Example")
    case_id = cases.open_case(NewCase("Roofers", category=Category.DOORSTEP_CRIME), actor=actor, now=NOW)
    wrong = cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(4100)), actor=actor, now=NOW)
    right = NewMoneyLine(MoneyKind.PAID, Decimal(4000), supersedes=wrong)
    cases.record_money(case_id, right, actor=actor, now=NOW)
    new = replace(VISIT, case_id=case_id, type=InterventionType.DOORSTEP_CRIME, prevented=Decimal(18_640))
    service.record_intervention(new, actor=actor, now=NOW)
    db.session.commit()
    return case_id


def test_a_case_study_is_held_against_the_ledger_of_its_case(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], case_id: int
) -> None:
    text = "She had paid £4k and £4,100; 18,640 pounds (some £19,000) more was stopped, and £2.5m nationally."
    address = f"/api/v1/cases/{case_id}/case-study"
    checked = client.post(address, json={"text": text}, headers=bearer()).get_json()
    assert checked["unledgered"] == [
        {"written": "£4,100", "amount": "4100.00"},
        {"written": "£2.5m", "amount": "2500000.00"},
    ]
    assert checked["rounded"] == [{"written": "£19,000", "amount": "19000.00", "rounded_from": "18640.00"}]
    assert len(checked["quoted"]) == 5
    assert client.post("/api/v1/cases/99999/case-study", json={"text": text}, headers=bearer()).status_code == 404


def test_a_case_study_may_quote_what_a_case_adds_up_to(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], officer: Callable[..., Actor], case_id: int
) -> None:
    actor = officer()
    for kind, amount in ((MoneyKind.PAID, 12_000), (MoneyKind.RECOVERED, 2_500)):
        cases.record_money(case_id, NewMoneyLine(kind, Decimal(amount)), actor=actor, now=NOW)
    text = "She was charged £16,000 in all; £13,500 is still lost. Others lost £14,500."
    address = f"/api/v1/cases/{case_id}/case-study"
    checked = client.post(address, json={"text": text}, headers=bearer()).get_json()
    assert checked["unledgered"] == [{"written": "£14,500", "amount": "14500.00"}]


def test_the_page_names_each_amount_that_is_in_no_ledger(signed_in: Callable[..., FlaskClient], case_id: int) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    assert f'href="/cases/{case_id}/case-study"' in browser.get(f"/cases/{case_id}").text
    address = f"/cases/{case_id}/case-study"
    assert browser.get(address).status_code == 200
    answer = browser.post(address, data={"text": "He lost £77."})
    assert "Not in the ledger of this case" in answer.text
    assert "<strong>£77</strong>" in answer.text
    assert "He lost £77." in answer.text
    assert "Every amount that it quotes" in browser.post(address, data={"text": "He lost £4,000."}).text
    assert "quotes no amount" in browser.post(address, data={"text": "He lost much."}).text
    assert browser.post(address, data={"text": ""}).status_code == 422
