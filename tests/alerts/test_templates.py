"""Words that alerts begin with: shipped, changed by managers, filled from a case, and never sent unfilled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case, new_draft
from tests.conftest import NOW
from tsalert.alerts import queries as alerts
from tsalert.alerts import service as alerting
from tsalert.alerts.marking import marks_of
from tsalert.alerts.previews.reading import read
from tsalert.alerts.segments import measure
from tsalert.alerts.templates import filling, queries, rules, service
from tsalert.alerts.templates.rules import PLACEHOLDERS, Words
from tsalert.alerts.templates.standard import STANDARD, proposed
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation, Withheld
from tsalert.db import db
from tsalert.places.models import Ward
from tsalert.staff.rules import RoleName
from tsalert.tiers.service import restrict
from tsalert.tiers.vocabulary import Subject

WHY = "Plainer words."
OWN = Words("Doorstep fish", "doorstep-crime", "Fish sold in {ward}", "They sell {what} {approach}.", "Say no.")
FILLED = {
    "ward": "Bickley", "what": "roofing", "approach": "at the door", "time_of_day": "in the morning",
    "vehicle": "a white van", "pretext": "from the council", "amount": "£3,000", "since": "this week",
    "authority": "Bromley", "telephone": "07700 900461",
}  # fmt: skip


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER, name="Mo Manager")


@pytest.fixture
def ward(session: Session) -> str:
    session.add(Ward(code="E05000109", name="Bickley"))
    session.commit()
    return "E05000109"


def typed(**changes: Any) -> dict[str, Any]:
    words = {name: getattr(OWN, name) for name in ("title", "topic", "headline", "body", "advice")}
    return words | {"reason": WHY} | changes


@pytest.mark.parametrize("name", STANDARD)
def test_every_shipped_template_makes_a_plain_alert_that_fits_and_points_to_nobody(
    session: Session, author: Actor, name: str
) -> None:
    words = STANDARD[name]
    texts = {field: rules.fill(each, FILLED) for field, each in words.texts.items()}
    draft = new_draft(topic=words.topic, **texts)
    alert = alerts.get_alert(session, alerting.write_draft(draft, actor=author, now=NOW))
    assert marks_of(session, alert) == []
    reading = read(alert)
    assert reading.ease
    assert reading.ease.is_plain, reading.ease
    assert reading.unfilled == {}
    assert measure(alert.sms_text).encoding == "GSM-7"
    assert "\n- " in f"\n{words.advice}"
    assert {"999", "159", "101"} & set(words.advice.replace(".", " ").replace(",", " ").split())


def test_together_they_tell_of_every_number_that_residents_need() -> None:
    everything = " ".join(words.advice for words in STANDARD.values())
    for number in ("999", "101", "159", "7726", "0300 123 2040", "0808 223 1133"):
        assert number in everything


def test_a_case_leads_to_the_words_that_suit_it() -> None:
    assert proposed("doorstep_crime", "roofing", "doorstep") == "rogue-traders"
    assert proposed("doorstep_crime", "bogus_police", "doorstep") == "courier-fraud"
    assert proposed("scam", "lottery", "text") == "phishing-texts"
    assert proposed("scam", "romance", "online") == "romance-fraud"
    assert proposed("financial_abuse", "other", "unknown") is None


def test_only_what_is_on_the_allow_list_is_filled_from_a_case(session: Session, author: Actor, ward: str) -> None:
    case_id = add_case(session, summary="Ada Canary paid £3,900.", victim_name="Ada Canary", address="2 Example Hill",
                       postcode="BR1 1AA", ward_code=ward)  # fmt: skip
    begun = filling.begin(session, case_id=case_id, template="rogue-traders", actor=author, now=NOW)
    assert begun["headline"] == "Rogue traders in Bickley: roofing"
    assert begun["wards"] == [ward]
    assert begun["topic"] == "doorstep-crime"
    assert "{vehicle}" in begun["body"]
    assert "{amount}" in begun["body"]
    assert not [each for each in ("Canary", "Example Hill", "BR1", "3,900") if each in str(begun)]


@pytest.mark.parametrize(
    ("hour", "words"),
    [(5, "at night"), (6, "in the morning"), (11, "in the morning"), (12, "in the afternoon"), (21, "in the evening"),
     (23, "at night")],
)  # fmt: skip
def test_the_time_of_a_call_is_told_as_a_part_of_the_day(hour: int, words: str) -> None:
    assert filling.time_of_day(datetime(2026, 1, 15, hour, 59, tzinfo=UTC)) == words


def test_a_restricted_case_gives_nothing_to_an_alert(session: Session, author: Actor, manager: Actor) -> None:
    case_id = add_case(session, summary="Kept.")
    restrict(session, Subject.CASE, case_id, (Subject.CASE, case_id), "A colleague's family.", actor=manager, now=NOW)
    with pytest.raises(Withheld):
        filling.begin(session, case_id=case_id, actor=author, now=NOW)


def test_a_placeholder_that_is_not_on_the_list_is_refused(session: Session, manager: Actor) -> None:
    for body in ("Hello {victim}.", "{{ config }}", "{% for x in y %}", "A { stands alone", "{ward.__class__}"):
        with pytest.raises(RuleViolation, match=r"placeholder|bracket"):
            service.add_template(Words("Own", "scams", "Scam", body), WHY, actor=manager, now=NOW)
    with pytest.raises(RuleViolation, match=r"There is no placeholder \{victim\}. There are: \{ward\}"):
        service.save_template(
            "rogue-traders", Words("Own", "scams", "Of {victim}", "x"), WHY, after=0, actor=manager, now=NOW
        )


def test_managers_change_words_version_by_version(session: Session, manager: Actor, author: Actor) -> None:
    changed = Words("Rogue traders", "doorstep-crime", "Men in {ward}", "They knock.")
    assert service.save_template("rogue-traders", changed, WHY, after=0, actor=manager, now=NOW) == 1
    with pytest.raises(Conflict):
        service.save_template("rogue-traders", changed, WHY, after=0, actor=manager, now=NOW)
    found = queries.get_template(session, "rogue-traders")
    assert (found.version, found.words) == (1, changed)
    (row,) = queries.versions(session, "rogue-traders")
    (entry,) = entries_about(session, "alert template", row.id)
    assert entry.detail == {"name": "rogue-traders", "version": 1}
    with pytest.raises(NotAllowed):
        service.save_template("rogue-traders", changed, WHY, after=1, actor=author, now=NOW)


def test_a_template_of_ones_own_is_added_once_withdrawn_and_brought_back(session: Session, manager: Actor) -> None:
    name = service.add_template(OWN, WHY, actor=manager, now=NOW)
    assert name == "doorstep-fish"
    with pytest.raises(RuleViolation, match="already"):
        service.add_template(OWN, WHY, actor=manager, now=NOW)
    service.withdraw_template(name, "Nobody sells fish.", after=1, actor=manager, now=NOW)
    assert name not in [each.name for each in queries.list_templates(session)]
    assert queries.list_templates(session, with_withdrawn=True)[-1].name == name
    with pytest.raises(Conflict):
        service.withdraw_template(name, "Nobody sells fish.", after=2, actor=manager, now=NOW)
    service.save_template(name, OWN, WHY, after=2, actor=manager, now=NOW)
    assert not queries.get_template(session, name).is_withdrawn
    with pytest.raises(NotFound):
        queries.get_template(session, "no-such")


@pytest.mark.db
@pytest.mark.parametrize("change", ["UPDATE alert_template SET body = 'x'", "DELETE FROM alert_template"])
def test_a_version_stays_as_it_was_written(session: Session, manager: Actor, change: str) -> None:
    service.add_template(OWN, WHY, actor=manager, now=NOW)
    with pytest.raises(DatabaseError, match="stays as it was written"), session.begin_nested():
        session.execute(text(change))


def test_an_alert_with_an_open_placeholder_is_not_submitted(session: Session, author: Actor, people: None) -> None:
    draft = new_draft(body="They come in {vehicle}.")
    alert_id = alerting.write_draft(draft, actor=author, now=NOW)
    with pytest.raises(RuleViolation, match=r"Fill in \{vehicle\}: what vehicle they use"):
        alerting.submit(alert_id, actor=author, now=NOW)
    alerting.edit_draft(alert_id, new_draft(body="They come in a van."), actor=author, now=NOW)
    alerting.submit(alert_id, actor=author, now=NOW)


@pytest.mark.parametrize("field", ["headline", "advice", "sms", "voice"])
def test_no_text_of_an_alert_goes_out_with_a_placeholder(session: Session, author: Actor, field: str) -> None:
    alert_id = alerting.write_draft(new_draft(**{field: "It is {anything_else}."}), actor=author, now=NOW)
    with pytest.raises(RuleViolation, match=r"Fill in \{anything_else\}") as refusal:
        alerting.submit(alert_id, actor=author, now=NOW)
    assert refusal.value.field == field


@given(st.dictionaries(st.sampled_from(list(PLACEHOLDERS)), st.text(max_size=20)), st.text(max_size=60))
def test_filling_is_done_once_and_leaves_other_words_alone(values: dict[str, str], other: str) -> None:
    assert rules.fill(other.replace("{", ""), values) == other.replace("{", "")
    for name, value in values.items():
        assert rules.fill(f"{{{name}}}", values) == (value or f"{{{name}}}")


def test_by_pages_a_manager_writes_and_an_officer_begins_with_it(
    session: Session, signed_in: Callable[..., FlaskClient], ward: str
) -> None:
    manager, officer = signed_in(RoleName.MANAGER), signed_in(RoleName.CASE_OFFICER)
    wrong = manager.post("/alerts/templates", data=typed(body="Hello {nobody}."))
    assert wrong.status_code == 422
    assert "There is no placeholder {nobody}" in wrong.text
    made = manager.post("/alerts/templates", data=typed())
    assert made.location == "/alerts/templates/doorstep-fish"
    assert "Doorstep fish" in officer.get("/alerts/templates").text
    assert officer.get("/alerts/templates/doorstep-fish/edit").status_code == 403
    changed = manager.post("/alerts/templates/doorstep-fish/edit", data=typed(after=1, advice="Shut the door."))
    assert changed.status_code == 303
    late = manager.post("/alerts/templates/doorstep-fish/edit", data=typed(after=1, advice="Shut it."))
    assert late.status_code == 409
    assert "Shut it." in late.text
    case_id = add_case(session, summary="Invented.", ward_code=ward)
    page = officer.get(f"/alerts/new?template=doorstep-fish&case_id={case_id}").text
    assert "Fish sold in Bickley" in page
    assert "They sell roofing at the door." in page
    assert officer.get("/alerts/new?template=no-such").status_code == 404
    gone = manager.post("/alerts/templates/doorstep-fish/withdraw", data={"reason": "Over.", "after": 2})
    assert gone.status_code == 303
    assert "Doorstep fish" not in officer.get("/alerts/new").text


def test_by_the_interface_templates_are_written_and_alerts_begun(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]], ward: str
) -> None:
    manager, officer = bearer(RoleName.MANAGER), bearer(RoleName.CASE_OFFICER)
    here = "/api/v1/alert-templates"
    assert client.post(here, json=typed(), headers=officer).status_code == 403
    made = client.post(here, json=typed(), headers=manager)
    assert (made.status_code, made.json["version"]) == (201, 1)  # type: ignore[index]
    assert client.put(f"{here}/doorstep-fish", json=typed(after=1), headers=manager).json["version"] == 2  # type: ignore[index]
    assert client.put(f"{here}/doorstep-fish", json=typed(after=1), headers=manager).status_code == 409
    case_id = add_case(session, summary="Invented.", ward_code=ward)
    asked = f"{here}/beginning?template=rogue-traders&case_id={case_id}"
    begun = client.get(asked, headers=officer).json
    assert begun
    assert begun["headline"] == "Rogue traders in Bickley: roofing"
    assert begun["unfilled"]["body"] == ["time_of_day", "vehicle", "amount"]
    told = client.post(f"{here}/doorstep-fish/withdraw", json={"reason": "Over.", "after": 2}, headers=manager)
    assert told.json["is_withdrawn"] is True  # type: ignore[index]
    listed = client.get(here, headers=officer).json["items"]  # type: ignore[index]
    assert listed
    assert len(listed) == len(STANDARD) + 1


def test_a_new_alert_ends_in_a_fortnight_unless_somebody_says_otherwise(
    session: Session, author: Actor, signed_in: Callable[..., FlaskClient]
) -> None:
    ends = filling.begin(session, actor=author, now=NOW)["expires_at"]
    assert datetime.fromisoformat(ends) - timedelta(days=14) < NOW.replace(tzinfo=None) + timedelta(hours=1, minutes=1)
    assert db.session() is session
