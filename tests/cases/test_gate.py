"""A case that goes on in another offers no form, draws none and takes nothing; refusals lead to where it goes on."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft
from tests.cases.conftest import OPENED
from tests.handover.conftest import written as handed_over
from tests.letters.conftest import letter
from tests.referrals.conftest import written as passed_on
from tests.safeguarding.conftest import told
from tsalert.activities import recognising
from tsalert.activities.recognition_rules import NewRecognition
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.alerts import service as alerts
from tsalert.cases import merging, queries
from tsalert.cases.merging import NewMerge
from tsalert.core.actors import Actor, Permission
from tsalert.core.clock import london_date
from tsalert.core.errors import ContinuedElsewhere
from tsalert.core.periods import quarter_of
from tsalert.handover import service as handover
from tsalert.letters import service as letters
from tsalert.quarterly.studies import service as studies
from tsalert.quarterly.studies.rules import Beginning
from tsalert.quarterly.studies.vocabulary import AgeBand
from tsalert.referrals import service as referrals
from tsalert.safeguarding import service as safeguarding
from tsalert.savings import service as savings
from tsalert.savings.rules import InterventionType, NewIntervention
from tsalert.staff.rules import RoleName
from tsalert.web.access import access_of

Headers = dict[str, str]
# What may be asked for where a case goes on in another: the way back, and the end of what was begun before.
STILL_OPEN = {
    "cases.edit_continuation",
    "disclosure.edit_line",
    "evidence.new_custody",
    "letters.new_sending",
}
# Forms that name their case behind their address.
NAMING = (
    "/safeguarding/new?case={}",
    "/referrals/new?case={}",
    "/handovers/new?case={}",
    "/recognitions/new?case={}",
    "/interventions/new?case={}",
    "/interventions/new?case={}&type=scam_victim",
    "/alerts/new?case_id={}",
    "/cases/{}/case-studies/new",
)
ROLES = (RoleName.CASE_OFFICER, RoleName.MANAGER)


@pytest.fixture
def desk(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A browser of somebody who may do all that is done with a case."""
    return signed_in(*ROLES, name="Robin Tate")


@pytest.fixture
def merged(session: Session, open_case: Callable[..., int], actor: Actor) -> tuple[int, int]:
    """Two cases: the first goes on in the second."""
    earlier, later = open_case(victim_name="Ada Example", postcode="BR1 3UH"), open_case()
    into = queries.get_case(session, later).reference
    merging.merge(earlier, NewMerge(into, "The same gang"), actor=actor, now=OPENED)
    return earlier, later


def forms_of_cases(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield the endpoint and address of every form that writes into the case it names."""
    for rule in app.url_map.iter_rules():
        is_form = "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
        if is_form and "case_id" in rule.arguments and access_of(app, rule.endpoint) == Permission.WORK_CASE:
            yield rule.endpoint, re.sub(r"<(?!int:case_id)[^>]+>", "1", rule.rule)


def test_no_form_of_a_case_that_goes_on_elsewhere_is_drawn(
    app: Flask, desk: FlaskClient, session: Session, merged: tuple[int, int]
) -> None:
    earlier, later = merged
    found = dict(forms_of_cases(app))
    assert len(found) > 20
    assert set(found) >= STILL_OPEN
    for endpoint, address in found.items():
        answer = desk.get(address.replace("<int:case_id>", str(earlier)))
        if endpoint in STILL_OPEN:
            assert answer.status_code in {200, 404}, address
            continue
        leads_on(answer, session, later)


@pytest.mark.parametrize("address", NAMING)
def test_a_form_that_names_its_case_behind_its_address_is_not_drawn_either(
    desk: FlaskClient, session: Session, merged: tuple[int, int], address: str
) -> None:
    earlier, later = merged
    leads_on(desk.get(address.format(earlier)), session, later)
    assert desk.get(address.format(later)).status_code == 200


def leads_on(answer: Any, session: Session, later: int) -> None:
    """Require that an answer refuses and leads to the case where the matter goes on."""
    assert answer.status_code == 409, answer.request.path
    said = f"continues in {queries.get_case(session, later).reference}, so it can only be read."
    assert said in answer.text, answer.request.path
    assert "This case continues in another</h1>" in answer.text
    assert f'href="/cases/{later}">Go to the case where it continues</a>' in answer.text


def test_its_pages_offer_nothing_that_would_be_refused(desk: FlaskClient, merged: tuple[int, int]) -> None:
    earlier, _later = merged
    home = f"/cases/{earlier}"
    offered = set(links_of(desk.get(home).text))
    assert f"{home}/continuation" in offered
    pages = {link for link in offered if link.startswith((f"{home}/", "/interventions?"))}
    for page in pages - {f"{home}/bundle"}:
        answer = desk.get(page)
        assert answer.status_code == 200, page
        if answer.mimetype == "text/html":
            offered |= set(links_of(answer.text))
    named = {link for link in offered if re.search(rf"^{home}\b|case(_id)?={earlier}\b", link)}
    refused = {link for link in named if desk.get(link).status_code == 409}
    assert refused == set()


def links_of(page: str) -> list[str]:
    """Return the addresses that the content of a page leads to."""
    content = page.partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'href="(/[^"#]*)', content)
    return [link.replace("&amp;", "&") for link in found]


def test_the_api_refuses_and_says_in_which_case_it_goes_on(
    client: FlaskClient, bearer: Callable[..., Headers], merged: tuple[int, int]
) -> None:
    earlier, later = merged
    note = {"kind": "fact", "text": "A van"}
    answer = client.post(f"/api/v1/cases/{earlier}/notes", json=note, headers=bearer(*ROLES))
    assert (answer.status_code, answer.get_json()["continued_in"]) == (409, later)


def test_what_is_begun_for_it_all_the_same_is_refused(
    session: Session, merged: tuple[int, int], officer: Callable[..., Actor]
) -> None:
    earlier, later = merged
    by = officer(*ROLES)
    thanks = NewRecognition(
        name="Nia Neighbour (invented)",
        kind=RecognitionKind.CERTIFICATE,
        words="For a call that stopped a crime.",
        decided_on=london_date(OPENED),
        decided_by=by.officer_id or 0,
        case_id=earlier,
    )
    bank = NewIntervention(type=InterventionType.SCAM_VICTIM, on_date=london_date(OPENED), case_id=earlier)
    study = Beginning(quarter_of(london_date(OPENED)), AgeBand.FROM_75)
    attempts: list[Callable[[], object]] = [
        lambda: safeguarding.raise_concern(told(case_id=earlier), actor=by, now=OPENED),
        lambda: referrals.draft_referral(passed_on(case_id=earlier), actor=by, now=OPENED),
        lambda: handover.draft_handover(handed_over(case_id=earlier), actor=by, now=OPENED),
        lambda: recognising.decide_recognition(thanks, actor=by, now=OPENED),
        lambda: letters.issue_letter(earlier, letter(), actor=by, now=OPENED),
        lambda: savings.record_intervention(bank, actor=by, now=OPENED),
        lambda: studies.begin_study(earlier, study, actor=by, now=OPENED),
        lambda: alerts.write_draft(new_draft(case_id=earlier), actor=by, now=OPENED),
    ]
    for attempt in attempts:
        with pytest.raises(ContinuedElsewhere) as refused:
            attempt()
        assert refused.value.case_id == later


def test_the_forms_that_stay_open_are_those_that_say_so(app: Flask) -> None:
    marked = {
        endpoint
        for endpoint, _address in forms_of_cases(app)
        if getattr(app.view_functions[endpoint], "is_in_any_case", False)
    }
    assert marked == STILL_OPEN
