"""Two traders go to court: gardeners who came thirteen times, and whoever took a house. All names are invented."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tsalert.audit.queries import verify_chain
from tsalert.cases import queries as cases
from tsalert.cases.models import CaseFile
from tsalert.enforcement import court_queries, queries
from tsalert.staff.rules import RoleName

# What each of thirteen visits cost; together £18,640, by a valuer's word for work worth £1,600.
VISITS = (60, 180, 400, 950, 1200, 1500, 1750, 1800, 2000, 2100, 2200, 2250, 2250)
FIRST_VISIT = date(2020, 9, 1)


class Desk:
    """A case officer at a browser, who fills in one page after the other."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def send(self, place: str, /, **typed: Any) -> str:
        """Fill in a form that is taken, and return the address that it leads to."""
        answer = self.browser.post(place, data=typed)
        assert answer.status_code == 303, (place, re.findall("govuk-error-message.*?</p>", answer.text, re.DOTALL))
        return answer.location.partition("#")[0]

    def refused(self, place: str, /, **typed: Any) -> str:
        """Fill in a form that is refused, and return what the page says."""
        answer = self.browser.post(place, data=typed)
        assert answer.status_code == 422, place
        return " ".join(unescape(re.sub("<[^>]+>", " ", answer.text)).split())

    def read(self, place: str) -> str:
        """Return the words of a page."""
        answer = self.browser.get(place)
        assert answer.status_code == 200, place
        return " ".join(unescape(re.sub("<[^>]+>", " ", answer.text.partition("<main")[2])).split())


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> Desk:
    """A case officer's browser."""
    return Desk(signed_in(RoleName.CASE_OFFICER))


def test_the_gardeners_who_came_thirteen_times(desk: Desk, session: Session) -> None:
    case = desk.send(
        "/cases", summary="Tidying a hedge became thirteen visits. Invented.", category="doorstep_crime",
        kind="gardening", channel="doorstep", source="bank", victim_name="Wilma Canary", chosen_for_vulnerability="yes",
        opened_at="2020-11-02T10:00",
    )  # fmt: skip
    record_the_visits(desk, case)
    write_the_log(desk, case, session)
    case_id = int(case.rpartition("/")[2])
    offence = charge_them(desk, case, session, case_id)
    of_court(desk, case, session, case_id, offence)
    ledger = cases.ledger(session, case_id)
    assert (ledger.totals.detriment, ledger.totals.net_detriment) == (Decimal(18640), Decimal(13640))
    desk.send(f"{case}/progress", status="investigating")
    desk.send(f"{case}/progress", status="closed", outcome="prosecution", impact="able_to_stay_at_home")
    closed = session.get_one(CaseFile, case_id, populate_existing=True)
    assert (closed.outcome, closed.impact) == ("prosecution", "able_to_stay_at_home")
    read_the_file(desk, case)
    assert verify_chain(session).is_whole


def record_the_visits(desk: Desk, case: str) -> None:
    """Record what was paid on each visit and what the work was worth; the page says it in one sentence."""
    for number, amount in enumerate(VISITS, start=1):
        on = FIRST_VISIT + timedelta(days=4 * number)
        line = {"kind": "paid", "amount": str(amount), "method": "cash", "evidence": "bank", "visit": str(number)}
        desk.send(f"{case}/money", on_date=on.isoformat(), **line)
    desk.send(f"{case}/money", kind="valuation", amount="1,600", evidence="valuer")
    shown = desk.read(case)
    assert "charged £18,640 for work worth £1,600 over 13 visits" in shown
    assert "£18,640 Gross detriment" in shown


def write_the_log(desk: Desk, case: str, session: Session) -> None:
    """Write down what was seen, and set an entry right without changing it."""
    said = {"kind": "fact", "occurred_at": "2020-11-02T11:30"}
    desk.send(f"{case}/notes", text="The bank's cashier saw two men wait outside.", **said)
    (first,) = cases.notes(session, int(case.rpartition("/")[2]))
    form = f"{case}/notes?supersedes={first.id}"
    assert "The bank's cashier saw two men" in desk.read(form)
    right = {"kind": "hearsay", "text": "The cashier was told of two men outside.", "supersedes": first.id}
    assert "Say why the earlier entry no longer stands." in desk.refused(f"{case}/notes", **right)
    desk.send(f"{case}/notes", reason="She did not see them herself.", occurred_at="2020-11-02T11:30", **right)
    desk.send(f"{case}/notes", kind="fact", text="A door camera was fitted.", occurred_at="2020-11-05T15:00")


def charge_them(desk: Desk, case: str, session: Session, case_id: int) -> int:
    """Record the offence by the law of the days on which they came, and no later law; returns its number."""
    conduct = {"conduct_from": "2020-09-05", "conduct_to": "2020-10-23", "discovered_on": "2020-11-02"}
    said = desk.refused(f"{case}/offences", offence="dmcc_banned", **conduct)
    assert "Consumer Protection from Unfair Trading Regulations 2008, regulation 12 and Schedule 1 applied" in said
    desk.send(f"{case}/offences", offence="fraud_representation", **conduct)
    desk.send(f"{case}/offences", offence="cprs_banned", **conduct)
    fraud, banned = queries.recorded(session, case_id).offences
    assert (fraud.expires_on, banned.expires_on) == (None, date(2021, 11, 1))
    desk.send(
        f"{case}/cancellations", what="The hedge", kind="service", place="off_premises", made_on="2020-09-05",
        cancelled_on="2020-11-03",
    )  # fmt: skip
    assert "19 September 2021" in desk.read(f"{case}/enforcement")
    return fraud.id


def of_court(desk: Desk, case: str, session: Session, case_id: int, offence: int) -> None:
    """Two defendants plead guilty before the magistrates, are sentenced at the Crown Court, and one pays."""
    place = desk.send(f"{case}/prosecutions", court="magistrates", court_name="Anytown", begun_on="2021-03-01")
    for name in ("Al Example (invented)", "Bo Example (invented)"):
        desk.send(f"{place}/defendants", name=name, offence_ids=[offence])
    listed = {"kind": "first", "court": "magistrates", "court_name": "Anytown"}
    assert "before the charge" in desk.refused(f"{place}/hearings", at="2021-02-28T10:00", **listed)
    desk.send(f"{place}/hearings", at="2021-04-12T10:00", **listed)
    (found,) = court_queries.prosecutions(session, case_id)
    desk.send(f"{place}/hearings/{found.hearings[0].id}/outcome", result="committed_for_sentence")
    prison = {"kind": "sentence", "result": "imprisonment", "months": "30", "on_date": "2021-06-01"}
    first, second = found.defendants
    assert "no sentence without a conviction" in desk.refused(f"{place}/decisions", defendant_id=first.id, **prison)
    for each in (first, second):
        plea = {"kind": "plea", "result": "guilty_plea", "on_date": "2021-04-12", "charge_id": each.charges[0].id}
        desk.send(f"{place}/decisions", defendant_id=each.id, **plea)
        desk.send(f"{place}/decisions", defendant_id=each.id, **prison)
    ordered = {"kind": "compensation", "amount": "17,040", "on_date": "2021-06-01"}
    desk.send(f"{place}/decisions", defendant_id=first.id, **ordered)
    assert cases.ledger(session, case_id).totals.net_detriment == Decimal(18640), "ordered is not paid"
    order = court_queries.prosecutions(session, case_id)[0].orders[0].id
    desk.send(f"{place}/payments", order_id=order, amount="5000", on_date="2021-08-02", method="bank_transfer")
    shown = desk.read(place)
    assert "£17,040 £5,000 £12,040" in shown
    assert "Committed to the Crown Court for sentence" in shown


def read_the_file(desk: Desk, case: str) -> None:
    """The timeline tells it all in order, with what was set right, and can be narrowed to the courts."""
    told = desk.read(f"{case}/timeline")
    story = (
        "Paid, £60", "Visit 13", "The bank's cashier saw two men", "superseded by a later entry",
        "She did not see them herself.", "A door camera was fitted.", "Prosecution begun", "Hearing: First appearance",
        "Plea: Al Example", "Imprisonment, 30 months", "Sentence: Bo Example", "Compensation paid, £5,000",
    )  # fmt: skip
    places = [told.find(words) for words in story]
    assert -1 not in places, story[places.index(-1)]
    assert places == sorted(places)
    assert "Paid, £60" not in desk.read(f"{case}/timeline?kind=court")


def test_the_house_that_was_returned(desk: Desk, session: Session) -> None:
    case = desk.send(
        "/cases", summary="A house was signed over for building work. A neighbour rang. Invented.",
        category="doorstep_crime", kind="building", channel="doorstep", source="family", victim_name="Otto Canary",
        opened_at="2015-10-05T09:00",
    )  # fmt: skip
    case_id = int(case.rpartition("/")[2])
    lost = {"amount": "250000", "method": "goods", "on_date": "2015-08-14"}
    desk.send(f"{case}/money", kind="paid", evidence="paper", note="The house, as valued.", **lost)
    conduct = {"conduct_from": "2015-03-01", "conduct_to": "2015-09-30"}
    desk.send(f"{case}/offences", offence="conspiracy_to_defraud", **conduct)
    offence = queries.recorded(session, case_id).offences[0].id
    place = desk.send(f"{case}/prosecutions", court="crown", court_name="Anytown Crown Court", begun_on="2016-02-01")
    desk.send(f"{place}/defendants", name="Cy Example (invented)", offence_ids=[offence])
    defendant = court_queries.prosecutions(session, case_id)[0].defendants[0]
    of = {"defendant_id": defendant.id, "charge_id": defendant.charges[0].id}
    desk.send(f"{place}/decisions", kind="plea", result="not_guilty_plea", on_date="2016-04-01", **of)
    prison = {"kind": "sentence", "result": "imprisonment", "months": "60", "on_date": "2016-11-07"}
    assert "without a conviction" in desk.refused(f"{place}/decisions", defendant_id=defendant.id, **prison)
    desk.send(f"{place}/decisions", kind="verdict", result="convicted", on_date="2016-10-20", **of)
    desk.send(f"{place}/decisions", defendant_id=defendant.id, **prison)
    back = {"kind": "restitution", "on_date": "2016-11-07", "note": "The house is the victim's again."}
    desk.send(f"{place}/decisions", defendant_id=defendant.id, **back)
    desk.send(f"{case}/money", kind="recovered", evidence="court", **lost | {"on_date": "2016-11-07"})
    totals = cases.ledger(session, case_id).totals
    assert (totals.detriment, totals.net_detriment) == (Decimal(250_000), Decimal(0))
    shown = desk.read(place)
    for words in ("Imprisonment, 60 months", "Found guilty", "The house is the victim's again."):
        assert words in shown
    trail = {"Canary", "Example", "house"} & set(re.findall(r"\w+", desk.read("/deadlines?everybody=yes")))
    assert trail == set()
