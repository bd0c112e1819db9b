"""Pages about interventions, explanations and rates."""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.response.conftest import roof_call
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import Actor
from tsalert.db import db
from tsalert.response import service as response
from tsalert.savings import queries, service
from tsalert.savings.models import Intervention
from tsalert.savings.rules import InterventionType, NewIntervention
from tsalert.staff.rules import RoleName

SCAM = {"type": "scam_victim", "on_date": "2022-05-03", "amount": "600", "money": "prevented", "evidence": "bank"}
BLOCKERS = {"type": "call_blocker", "on_date": "2022-05-03", "units": "3"}


def count() -> int:
    return db.session().scalar(select(func.count()).select_from(Intervention)) or 0


def recorded(browser: FlaskClient, **changes: str) -> str:
    """Record one through the page; returns its reference."""
    answer = browser.post("/interventions", data=SCAM | changes)
    assert answer.status_code == 303, answer.text
    return urlsplit(answer.location).path.rpartition("/")[2]


def test_an_officer_records_blockers_and_sees_the_formula(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    assert "How many call blockers?" in browser.get("/interventions/new?type=call_blocker").text
    answer = browser.post("/interventions", data=BLOCKERS, follow_redirects=True)
    assert "3 × £16,540.50 = £49,621.50 → £49,622" in answer.text
    assert "0.54 × £49,621.50 = £26,795.61 → £26,796" in answer.text
    assert "Published series, as observed in 2021/22" in answer.text


def test_every_kind_of_intervention_has_a_form(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    assert "What was done?" in browser.get("/interventions/new").text
    for kind in InterventionType:
        assert kind.label in browser.get(f"/interventions/new?type={kind}").text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"amount": "-5"}, "between £0 and", id="negative"),
        pytest.param({"amount": "12.345"}, "fraction of a penny", id="fraction-of-a-penny"),
        pytest.param({"amount": "NaN"}, "like 4000", id="not-a-number"),
        pytest.param({"amount": "5000000.01"}, "from 1p to £5,000,000", id="absurd"),
        pytest.param({"amount": ""}, "Enter the amount", id="no-amount"),
        pytest.param({"amount": "0"}, "Enter the amount", id="nothing"),
        pytest.param({"money": "sorcery"}, "Choose one of", id="no-such-class"),
        pytest.param({"evidence": ""}, "what the amount rests on", id="no-evidence"),
        pytest.param({"evidence": "hearsay"}, "Choose one of", id="no-such-evidence"),
        pytest.param({"on_date": "2100-01-01"}, "in the future", id="future"),
        pytest.param({"on_date": "0022-05-03"}, "too long ago", id="year-slipped"),
        pytest.param({"on_date": "3 May"}, "Enter a date", id="no-date"),
        pytest.param({"units": "2"}, "number must be 1", id="two-of-one-event"),
        pytest.param({"case_id": "9223372036854775808"}, "no record with that number", id="id-overflows"),
        pytest.param({"ward_code": "E00"}, "no such ward", id="no-such-ward"),
        pytest.param({"note": "a\x00b"}, "cannot be seen", id="nul"),
        pytest.param({"note": "x" * 4001}, "4,000 characters", id="huge"),
        pytest.param({"colour": "red"}, "We do not know this field", id="unknown-field"),
        pytest.param({"type": "sorcery"}, "Choose one of", id="no-such-type"),
    ],
)
def test_a_bad_form_comes_back_with_its_fault_and_saves_nothing(
    signed_in: Callable[..., FlaskClient], changes: dict[str, str], message: str
) -> None:
    answer = signed_in().post("/interventions", data=SCAM | changes)
    assert answer.status_code == 422
    assert message in answer.text
    assert count() == 0


@pytest.mark.parametrize("link", ["case_id", "incident_id"])
def test_a_case_or_incident_that_does_not_exist_is_not_found(signed_in: Callable[..., FlaskClient], link: str) -> None:
    assert signed_in().post("/interventions", data=SCAM | {link: "99"}).status_code == 404
    assert count() == 0


@pytest.mark.parametrize("units", ["", "0", "-1", "1.5", "three", "1001", "9" * 30, "²"])
def test_a_count_of_blockers_must_be_a_sensible_whole_number(signed_in: Callable[..., FlaskClient], units: str) -> None:
    assert signed_in().post("/interventions", data=BLOCKERS | {"units": units}).status_code == 422
    assert count() == 0


def test_a_form_sent_twice_is_recorded_once(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    answers = [browser.post("/interventions", data=SCAM | {"submission": "k1"}) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert answers[0].location == answers[1].location
    assert count() == 1


def test_html_in_a_note_is_inert(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    page = browser.get(f"/interventions/{recorded(browser, note='<script>alert(1)</script>')}")
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_day_without_approved_rates_says_so_and_counts_direct_savings(
    signed_in: Callable[..., FlaskClient],
) -> None:
    browser = signed_in()
    page = browser.get(f"/interventions/{recorded(browser, on_date='2024-05-03')}")
    assert "No approved rate for this date" in page.text
    assert "£600.00 as evidenced → £600" in page.text


def test_a_correction_is_a_new_version_and_the_old_one_stays_to_be_seen(
    signed_in: Callable[..., FlaskClient],
) -> None:
    browser = signed_in()
    reference = recorded(browser)
    assert 'value="600.00"' in browser.get(f"/interventions/{reference}/correct").text
    change = SCAM | {"amount": "650", "of_version": "1", "reason": "Bank letter came"}
    page = browser.post(f"/interventions/{reference}/correct", data=change, follow_redirects=True).text
    assert "£650 prevented" in page
    assert "£600 prevented" in page
    assert "Bank letter came" in page
    stale = browser.post(f"/interventions/{reference}/correct", data=change)
    assert stale.status_code == 409


def test_each_version_tells_what_it_said_and_who_verified_it(signed_in: Callable[..., FlaskClient]) -> None:
    first, second = signed_in(name="Fay Example"), signed_in(name="Sam Example")
    here = f"/interventions/{recorded(first, amount='12000')}"
    second.post(f"{here}/verify", data={"of_version": "1"})
    joint = SCAM | {"amount": "12000", "share": "60", "of_version": "1", "reason": "Done with others"}
    first.post(f"{here}/correct", data=joint)
    page = second.post(
        f"{here}/withdraw", data={"of_version": "2", "reason": "Recorded twice"}, follow_redirects=True
    ).text
    rows = re.findall("<tr.*?</tr>", page.partition(">Versions<")[2], re.DOTALL)
    told = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in rows[1:]]
    assert "Sam Example" in told[0]
    assert "Ours 60%" in told[1]
    assert "Ours 100%" in told[2]
    assert "Verified by Sam Example" in told[2]
    assert "Recorded by" not in page


def test_a_saving_leads_back_to_the_figures_of_its_quarter(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    page = browser.get(f"/interventions/{recorded(browser)}").text
    back = re.findall(r'href="(/savings\?period=[^"]+)">Savings of ([^<]+)<', page)
    assert [words for _, words in back] == ["April to June 2022"]
    assert "£924" in browser.get(back[0][0]).text


def test_a_correction_needs_a_reason(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    answer = browser.post(f"/interventions/{recorded(browser)}/correct", data=SCAM | {"of_version": "1"})
    assert answer.status_code == 422
    assert count() == 1


def test_a_withdrawn_intervention_leaves_list_and_figures(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    reference = recorded(browser)
    withdrawal = {"of_version": "1", "reason": "Recorded twice"}
    page = browser.post(f"/interventions/{reference}/withdraw", data=withdrawal, follow_redirects=True).text
    assert "Withdrawn: it counts in no figure. Recorded twice" in page
    assert reference not in browser.get("/interventions").text
    assert "No records make up" in browser.get("/savings/explain?period=2022/23").text
    assert browser.post(f"/interventions/{reference}/withdraw", data=withdrawal).status_code == 409


def test_a_large_amount_is_verified_by_another_officer_only(signed_in: Callable[..., FlaskClient]) -> None:
    first, second = signed_in(), signed_in(name="Sam Example")
    reference = recorded(first, amount="5000.01")
    assert "need a second officer" in first.get(f"/interventions/{reference}").text
    assert first.post(f"/interventions/{reference}/verify", data={"of_version": "1"}).status_code == 422
    page = second.post(f"/interventions/{reference}/verify", data={"of_version": "1"}, follow_redirects=True)
    assert "Verified by" in page.text
    assert "Sam Example" in page.text


def test_the_list_narrows_by_kind_and_period_and_pages(
    signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    actor, browser = officer(), signed_in()
    for day in range(1, 31):
        for kind in (InterventionType.ADVICE, InterventionType.CALL_BLOCKER):
            new = NewIntervention(type=kind, on_date=date(2022, 6, day))
            service.record_intervention(new, actor=actor, now=NOW)
    first = browser.get("/interventions?period=2022/23+Q1")
    assert first.text.count("/interventions/S26-") == 50
    page = queries.list_interventions(db.session(), queries.Filter())
    second = browser.get(f"/interventions?period=2022/23+Q1&after={page.next}")
    assert second.text.count("/interventions/S26-") == 10
    assert browser.get("/interventions?type=advice").text.count("/interventions/S26-") == 30
    assert "No interventions here" in browser.get("/interventions?period=2022/23+Q2").text
    assert browser.get("/interventions?period=soon").status_code == 422
    assert browser.get("/interventions?after=S26-00099-X").status_code == 422
    assert browser.get("/interventions?case=9223372036854775808").status_code == 422


def test_a_link_in_a_page_cannot_be_bent_by_its_address(signed_in: Callable[..., FlaskClient]) -> None:
    page = signed_in().get("/interventions?_external=1&_scheme=javascript&_anchor=x")
    assert page.status_code == 200
    assert "javascript:" not in page.text


@pytest.mark.parametrize("reference", ["S26-00001-A", "1", "S99999999999999999999", "%00", "D26-00031-U"])
def test_an_intervention_that_does_not_exist_is_not_found(
    signed_in: Callable[..., FlaskClient], reference: str
) -> None:
    browser = signed_in()
    assert browser.get(f"/interventions/{reference}").status_code == 404
    assert browser.post(f"/interventions/{reference}/verify", data={"of_version": "1"}).status_code == 404


def test_a_figure_opens_into_formula_rate_and_records(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in()
    browser.post("/interventions", data=BLOCKERS)
    reference = recorded(browser)
    page = browser.get("/savings/explain?period=2022/23+Q1&row=call_blockers&column=financial").text
    assert "3 × £16,540.50 = £49,621.50 → £49,622" in page
    assert "E: inferred or unknown" in page
    assert reference not in page
    everything = browser.get("/savings/explain?period=2022/23+Q1").text
    assert reference in everything
    assert "£600.00 as evidenced → £600" in everything


@pytest.mark.parametrize(
    "query", ["", "period=2022", "period=2022/23&row=cats", "period=2022/23&column=cats",
              "period=2022/23&row=scams&column=other"],
)  # fmt: skip
def test_a_figure_that_does_not_exist_is_refused(signed_in: Callable[..., FlaskClient], query: str) -> None:
    assert signed_in().get(f"/savings/explain?{query}").status_code == 422


def test_a_manager_approves_a_continuation_and_newer_interventions_are_valued(
    signed_in: Callable[..., FlaskClient],
) -> None:
    manager = signed_in(RoleName.MANAGER)
    address = "/savings/rate-sets/nts-observed-2021-22"
    assert "Approve these rates for other dates" in manager.get(address).text
    span = {"effective_from": "2023-04-01"}
    page = manager.post(f"{address}/continue", data=span, follow_redirects=True)
    assert "continued from 1 April 2023" in page.text
    assert "Pat Example" in page.text
    valued = manager.post("/interventions", data=BLOCKERS | {"on_date": "2024-05-03"}, follow_redirects=True)
    assert "3 × £16,540.50" in valued.text
    assert "already has some of these dates" in manager.post(f"{address}/continue", data=span).text


def test_an_officer_may_not_approve_rates(signed_in: Callable[..., FlaskClient]) -> None:
    officer = signed_in()
    address = "/savings/rate-sets/nts-observed-2021-22"
    assert "Approve these rates" not in officer.get(address).text
    assert officer.post(f"{address}/continue", data={"effective_from": "2023-04-01"}).status_code == 403
    assert "nts" not in officer.get("/savings/rate-sets/nothing").text


def test_an_administrator_neither_reads_nor_records_savings(signed_in: Callable[..., FlaskClient]) -> None:
    browser = signed_in(RoleName.ADMINISTRATOR)
    assert browser.get("/interventions").status_code == 403
    assert browser.post("/interventions", data=SCAM).status_code == 403


def test_reading_changes_nothing(signed_in: Callable[..., FlaskClient], session: Session) -> None:
    browser = signed_in()
    reference = recorded(browser)
    for page in ("", "/correct", "/withdraw"):
        assert browser.get(f"/interventions/{reference}{page}").status_code == 200
    assert browser.get(f"/interventions/{reference}/verify").status_code == 405
    assert count() == 1


def test_an_intervention_on_an_incident_goes_to_that_incident_s_case(
    signed_in: Callable[..., FlaskClient], officer: Callable[..., Actor]
) -> None:
    actor, browser = officer(), signed_in()
    logged = response.log_call(roof_call(), actor=actor, now=NOW)
    case_id = cases.open_case(NewCase(summary="Roof", incident_id=logged.incident_id), actor=actor, now=NOW)
    form = browser.get(f"/interventions/new?type=scam_victim&incident={logged.incident_id}")
    assert f'name="case_id" value="{case_id}"' in form.text
    reference = recorded(browser, case_id=str(case_id), incident_id=str(logged.incident_id))
    page = browser.get(f"/interventions/{reference}").text
    assert f'href="/cases/{case_id}"' in page
    assert f'href="/incidents/{logged.incident_id}"' in page
    assert reference in browser.get(f"/interventions?case={case_id}&incident={logged.incident_id}").text
