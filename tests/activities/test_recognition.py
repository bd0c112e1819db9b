"""Thanks to those who rang: decided, presented, named only with their consent, and kept from who may not see."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.asked import statements
from tests.conftest import NOW
from tests.documents.reading import opened, words
from tests.response.conftest import roof_call
from tsalert.activities import recognising, recognition_queries
from tsalert.activities.models import Recognition
from tsalert.activities.recognising import SeenRecognition
from tsalert.activities.recognition_queries import RecognitionFilter, RecognitionShowing
from tsalert.activities.recognition_rules import Consent, NewRecognition, Presentation, check_recognition
from tsalert.activities.vocabulary import RecognitionKind
from tsalert.audit.queries import entries_about
from tsalert.cases import service as cases
from tsalert.cases.rules import NewCase
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, Withheld
from tsalert.core.periods import parse_period
from tsalert.db import transaction
from tsalert.response import service as response
from tsalert.response.call_parties import parties_of_calls
from tsalert.response.vocabulary import CallSource, Category
from tsalert.staff.rules import RoleName
from tsalert.tiers import service as tiers
from tsalert.tiers.vocabulary import Subject

TODAY = date(2026, 6, 10)
WORDS = "Noticed the men next door and rang at once."


@pytest.fixture
def actor(officer: Callable[..., Actor]) -> Actor:
    return officer()


@pytest.fixture
def incident_id(actor: Actor) -> int:
    """An incident about which a neighbour rang."""
    call = roof_call(source=CallSource.NEIGHBOUR, caller_name="Nia Neighbour (invented)")
    logged = response.log_call(call, actor=actor, now=NOW)
    assert logged.incident_id is not None
    return logged.incident_id


@pytest.fixture
def new(actor: Actor, incident_id: int) -> NewRecognition:
    return NewRecognition(
        name="Nia Neighbour (invented)",
        kind=RecognitionKind.CERTIFICATE,
        words=WORDS,
        decided_on=TODAY,
        decided_by=actor.officer_id or 0,
        incident_id=incident_id,
    )


@pytest.fixture
def decided(actor: Actor, new: NewRecognition) -> int:
    return recognising.decide_recognition(new, actor=actor, now=NOW)


def seen(recognition_id: int, version: int = 1) -> SeenRecognition:
    return SeenRecognition(recognition_id, version)


def test_thanks_are_for_something_and_naming_needs_a_day_of_consent(new: NewRecognition) -> None:
    check_recognition(new, today=TODAY)
    for changes in (
        {"incident_id": None},
        {"decided_on": TODAY + timedelta(days=1)},
        {"decided_on": date(1899, 1, 1)},
        {"may_be_named": True},
        {"may_be_named": True, "consent_on": TODAY + timedelta(days=1)},
    ):
        wrong: Any = changes
        with pytest.raises(RuleViolation):
            check_recognition(replace(new, **wrong), today=TODAY)


def test_thanks_for_what_there_is_not_are_refused(actor: Actor, new: NewRecognition) -> None:
    for changes in ({"incident_id": 404}, {"case_id": 404}, {"party_id": 404}, {"decided_by": 404}, {"name": ""}):
        wrong: Any = changes
        with pytest.raises(RuleViolation):
            recognising.decide_recognition(replace(new, **wrong), actor=actor, now=NOW)
    with pytest.raises(NotAllowed):
        recognising.decide_recognition(new, actor=SERVICE, now=NOW)


def test_a_caller_who_is_known_need_not_be_typed_again(
    session: Session, actor: Actor, new: NewRecognition, incident_id: int
) -> None:
    ((party_id, name),) = recognition_queries.callers_of(session, [incident_id], actor=actor, now=NOW)
    assert name == "Nia Neighbour (invented)"
    made = recognising.decide_recognition(replace(new, name="", party_id=party_id), actor=actor, now=NOW)
    assert recognition_queries.get_recognition(session, made, actor=actor, now=NOW).row.name == name
    assert parties_of_calls(session, [404]) == []


def test_only_what_was_presented_counts_and_consent_may_be_given_and_taken_back(
    session: Session, actor: Actor, decided: int
) -> None:
    q1 = parse_period("2026/27 Q1")
    assert recognition_queries.count_presented(session, q1)[RecognitionKind.CERTIFICATE] == 0
    with pytest.raises(RuleViolation):
        recognising.present(seen(decided), Presentation(TODAY - timedelta(days=1)), actor=actor, now=NOW)
    recognising.present(seen(decided), Presentation(TODAY, "At the council"), actor=actor, now=NOW)
    assert recognition_queries.count_presented(session, q1)[RecognitionKind.CERTIFICATE] == 1
    recognising.keep_consent(seen(decided, 2), Consent(may_be_named=True, on_date=TODAY), actor=actor, now=NOW)
    recognising.keep_consent(seen(decided, 3), Consent(may_be_named=False, on_date=TODAY), actor=actor, now=NOW)
    acts = [entry.action for entry in entries_about(session, "recognition", decided)]
    assert sorted(acts) == ["decided", "may be named", "may not be named", "presented"]


def test_a_list_asks_the_database_no_more_the_longer_it_is(
    session: Session, actor: Actor, new: NewRecognition, decided: int
) -> None:
    asked = []
    for _ in range(2):
        case_id = cases.open_case(NewCase("A roof", Category.DOORSTEP_CRIME), actor=actor, now=NOW)
        recognising.decide_recognition(replace(new, case_id=case_id), actor=actor, now=NOW)
        with statements() as found:
            page = recognition_queries.list_recognitions(session, RecognitionFilter(), actor=actor, now=NOW)
        asked.append(len(found))
    assert all(each.incident for each in page.items)
    assert [bool(each.case) for each in page.items] == [True, True, False]
    assert asked[1] == asked[0]


def test_withdrawn_thanks_are_let_alone(session: Session, actor: Actor, decided: int) -> None:
    with pytest.raises(Conflict, match="meanwhile"):
        recognising.withdraw_recognition(seen(decided, 7), "They asked us to", actor=actor, now=NOW)
    recognising.withdraw_recognition(seen(decided), "They asked us to", actor=actor, now=NOW)
    with pytest.raises(Conflict, match="withdrawn"):
        recognising.present(seen(decided, 2), Presentation(TODAY), actor=actor, now=NOW)
    withdrawn = RecognitionFilter(RecognitionShowing.WITHDRAWN)
    found = recognition_queries.list_recognitions(session, withdrawn, actor=actor, now=NOW).items
    assert [each.row.id for each in found] == [decided]
    with pytest.raises(NotFound):
        recognition_queries.get_recognition(session, 404, actor=actor, now=NOW)


def test_what_was_decided_is_never_changed_in_the_database(session: Session, decided: int) -> None:
    with pytest.raises(DBAPIError, match="as it was decided"), session.begin_nested():
        session.execute(update(Recognition).values(kind="medal"))
    session.execute(update(Recognition).values(name="[removed]"))
    assert session.scalar(select(Recognition.name)) == "[removed]"


def test_thanks_for_a_restricted_incident_stay_hidden(
    session: Session, actor: Actor, new: NewRecognition, decided: int, incident_id: int
) -> None:
    root = (Subject.INCIDENT, incident_id)
    with transaction() as step:
        tiers.restrict(step, *root, root, "The caller lives next door.", actor=SERVICE, now=NOW)
    everything = RecognitionFilter(RecognitionShowing.ALL)
    assert recognition_queries.list_recognitions(session, everything, actor=actor, now=NOW).items == []
    for act in (
        lambda: recognition_queries.get_recognition(session, decided, actor=actor, now=NOW),
        lambda: recognition_queries.callers_of(session, [incident_id], actor=actor, now=NOW),
        lambda: recognising.present(seen(decided), Presentation(TODAY), actor=actor, now=NOW),
        lambda: recognising.decide_recognition(new, actor=actor, now=NOW),
    ):
        refused: Callable[[], object] = act
        with pytest.raises(Withheld):
            refused()


def test_restricted_thanks_are_hidden_on_every_door(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], signed_in: Callable[..., FlaskClient],
    decided: int, incident_id: int,
) -> None:  # fmt: skip
    root = (Subject.INCIDENT, incident_id)
    with transaction() as step:
        tiers.restrict(step, *root, root, "The caller lives next door.", actor=SERVICE, now=NOW)
    headers, browser = bearer(), signed_in()
    assert "Nia" not in browser.get("/recognitions?show=all").text
    assert client.get("/api/v1/recognitions?show=all", headers=headers).get_json()["items"] == []
    for path in ("", "/certificate.pdf", "/certificate.docx", "/presentation"):
        answer = browser.get(f"/recognitions/{decided}{path}")
        assert (answer.status_code, "Nia" in answer.text) == (403, False)
    assert client.get(f"/api/v1/recognitions/{decided}", headers=headers).status_code == 403
    assert browser.get(f"/recognitions/new?incident={incident_id}").status_code == 403


def test_a_neighbour_is_thanked_on_pages(
    session: Session, signed_in: Callable[..., FlaskClient], actor: Actor, incident_id: int
) -> None:
    browser = signed_in(RoleName.CASE_OFFICER)
    page = browser.get(f"/recognitions/new?incident={incident_id}").text
    assert "Nia Neighbour (invented)" in page
    assert "Thank a caller" in browser.get(f"/incidents/{incident_id}").text
    form = {
        "incident_id": str(incident_id),
        "name": "Nia Neighbour (invented)",
        "kind": "medal",
        "words": WORDS,
        "decided_on": "2026-06-10",
        "decided_by": str(actor.officer_id),
    }
    refused = browser.post("/recognitions", data=form | {"may_be_named": "yes"})
    assert (refused.status_code, WORDS in refused.text) == (422, True)
    address = browser.post("/recognitions", data=form).headers["Location"]
    shown = browser.get(address)
    assert "Citation" not in shown.text
    assert "Medal as PDF" in shown.text
    assert "Nia Neighbour" in browser.get("/recognitions").text
    steps = {
        "presentation": {"of_version": "1", "on_date": "2026-06-10", "where": "At the council"},
        "consent": {"of_version": "2", "may_be_named": "yes", "on_date": "2026-06-10"},
        "withdrawal": {"of_version": "3", "reason": "They asked us to"},
    }
    for name, told in steps.items():
        assert browser.get(f"{address}/{name}").status_code == 200
        assert browser.post(f"{address}/{name}", data={"of_version": told["of_version"]}).status_code == 422
        assert browser.post(f"{address}/{name}", data=told).status_code == 303, name
    assert "Withdrawn: They asked us to" in browser.get(address).text
    assert browser.get(f"{address}/certificate.pdf").status_code == 409
    assert browser.get("/recognitions/new").status_code in {409, 422}
    read = [each.action for each in entries_about(session, "recognition", int(address.rsplit("/", 1)[1]))]
    assert read.count("read") >= 2


@pytest.mark.parametrize("kind", list(RecognitionKind))
def test_the_certificate_is_an_accessible_pdf_and_a_word_file(
    session: Session, signed_in: Callable[..., FlaskClient], actor: Actor, new: NewRecognition, kind: RecognitionKind
) -> None:
    hard = replace(new, kind=kind, name="Zoë O'Brien-Łukasz #{evil} (invented)", words="Rang at once.\nTwice.")
    made = recognising.decide_recognition(hard, actor=actor, now=NOW)
    browser = signed_in()
    answer = browser.get(f"/recognitions/{made}/certificate.pdf")
    assert answer.mimetype == "application/pdf"
    said = words(answer.data)
    assert "Łukasz #{evil}" in said
    assert "Testshire Trading Standards" in said
    assert "/StructTreeRoot" in opened(answer.data).Root
    assert browser.get(f"/recognitions/{made}/certificate.docx").data[:2] == b"PK"


def test_thanks_over_the_api(
    client: FlaskClient, bearer: Callable[..., dict[str, str]], actor: Actor, incident_id: int
) -> None:
    headers = bearer(RoleName.CASE_OFFICER)
    body = {
        "incident_id": incident_id,
        "name": "Nia Neighbour (invented)",
        "kind": "letter",
        "words": WORDS,
        "decided_on": "2026-06-10",
        "decided_by": actor.officer_id,
    }
    made = client.post("/api/v1/recognitions", json=body, headers=headers)
    assert made.status_code == 201, made.text
    address = f"/api/v1/recognitions/{made.get_json()['id']}"
    assert made.get_json()["incident"].startswith("R26-")
    assert client.get(f"/api/v1/recognitions?incident={incident_id}", headers=headers).get_json()["items"]
    given = client.post(f"{address}/presentation", json={"of_version": 1, "on_date": "2026-06-10"}, headers=headers)
    assert given.get_json()["presented_on"] == "2026-06-10"
    told = {"of_version": 2, "may_be_named": True, "on_date": "2026-06-10"}
    assert client.post(f"{address}/consent", json=told, headers=headers).get_json()["may_be_named"] is True
    back = client.post(f"{address}/withdrawal", json={"of_version": 3, "reason": "x"}, headers=headers).get_json()
    assert (back["withdrawn_reason"], back["may_be_named"]) == ("x", False)
    assert client.get(address, headers=headers).status_code == 200
