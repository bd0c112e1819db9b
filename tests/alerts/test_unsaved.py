"""What is typed into an alert's form is kept while it is written, and nobody writes over anybody."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case, new_draft
from tests.alerts.test_api import ALERTS, make, words
from tests.alerts.test_views import typed, write
from tests.conftest import NOW
from tsalert.alerts import queries as alerts
from tsalert.alerts import service as alerting
from tsalert.alerts.models import Alert
from tsalert.alerts.proof import pull_proof
from tsalert.alerts.unsaved import queries, rules, service
from tsalert.alerts.unsaved.models import AlertUnsaved
from tsalert.alerts.unsaved.rules import Copy
from tsalert.audit.queries import entries_about
from tsalert.core.actors import Actor
from tsalert.core.errors import Overtaken, RuleViolation
from tsalert.staff.rules import RoleName
from tsalert.subscribers.kinds import kind_names
from tsalert.tiers.service import restrict
from tsalert.tiers.vocabulary import Subject

SignIn = Callable[..., FlaskClient]
KEY, OTHER_KEY = "a" * 32, "b" * 32


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_a_form_is_kept_as_it_was_typed_for_its_officer_alone(session: Session, author: Actor, approver: Actor) -> None:
    service.keep(Copy(KEY, {"headline": ["Roof"], "wards": ["A", "B"], "csrf_token": ["x"]}), actor=author, now=NOW)
    service.keep(Copy(KEY, {"headline": ["Roofers"], "expires_at": ["2026-"]}), actor=author, now=NOW)
    (row,) = queries.copies_of(session, author)
    assert row.fields == {"headline": ["Roofers"], "expires_at": ["2026-"]}
    assert queries.copies_of(session, approver) == []
    assert queries.find_copy(session, KEY, actor=approver) is None
    with pytest.raises(RuleViolation):
        service.keep(Copy(KEY, {"headline": ["Mine"]}), actor=approver, now=NOW)
    service.discard(KEY, actor=approver, now=NOW)
    service.discard(KEY, actor=author, now=NOW)
    service.discard(KEY, actor=author, now=NOW)
    assert queries.copies_of(session, author) == []


def test_what_nobody_went_on_with_is_forgotten(session: Session, author: Actor) -> None:
    service.keep(Copy(KEY, {"headline": ["Old"]}), actor=author, now=NOW - rules.LIFE - timedelta(seconds=1))
    service.keep(Copy(OTHER_KEY, {"headline": ["New"]}), actor=author, now=NOW)
    assert [row.key for row in queries.copies_of(session, author)] == [OTHER_KEY]


def test_what_is_longer_than_an_alert_or_has_no_key_is_refused(session: Session, author: Actor) -> None:
    for copy in (Copy(KEY, {"body": ["x" * 50_000]}), Copy("../../etc", {}), Copy("", {})):
        with pytest.raises(RuleViolation):
            service.keep(copy, actor=author, now=NOW)
    assert session.scalars(select(AlertUnsaved)).all() == []


def test_a_colleagues_change_is_not_written_over_and_is_named(session: Session, author: Actor, approver: Actor) -> None:
    alert_id = alerting.write_draft(new_draft(), actor=author, now=NOW)
    seen = pull_proof(alerts.get_alert(session, alert_id)).digest
    service.keep(Copy(KEY, {"body": ["Mine"]}, alert_id=alert_id, seen=seen), actor=author, now=NOW)
    alerting.edit_draft(alert_id, new_draft(body="Theirs."), seen=seen, actor=approver, now=NOW)
    with pytest.raises(Overtaken, match="Avery Approver changed this alert"):
        service.keep(Copy(KEY, {"body": ["Mine"]}, alert_id=alert_id, seen=seen), actor=author, now=NOW)
    with pytest.raises(Overtaken):
        alerting.edit_draft(alert_id, new_draft(body="Mine."), seen=seen, actor=author, now=NOW)
    assert alerts.get_alert(session, alert_id).body_markdown == "Theirs."
    assert [each.action for each in entries_about(session, "alert", alert_id)] == [
        "drafted",
        "began to write",
        "edited",
    ]


def test_what_is_typed_is_kept_by_the_page_and_found_on_the_list(session: Session, signed_in: SignIn) -> None:
    browser = signed_in()
    key = hidden(browser.get("/alerts/new").text, "copy")
    kept = browser.post("/alerts/unsaved", data={"copy": key, "headline": "Half a head", "channels": "sms"})
    assert kept.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d", kept.json["saved"])  # type: ignore[index]
    assert "Half a head" in browser.get("/alerts").text
    again = browser.get(f"/alerts/new?copy={key}").text
    assert 'value="Half a head"' in again
    assert "You wrote this and did not save it" in again
    assert hidden(again, "copy") == key
    assert "Half a head" not in signed_in(name="Somebody Else").get("/alerts").text
    write(browser, copy=key)
    assert "Half a head" not in browser.get("/alerts").text


def test_without_scripts_a_half_written_alert_is_kept_by_a_button_and_discarded_by_another(
    session: Session, signed_in: SignIn
) -> None:
    browser = signed_in()
    key = hidden(browser.get("/alerts/new").text, "copy")
    kept = browser.post("/alerts/unsaved/later", data={"copy": key, "body": "Half."}, follow_redirects=True)
    assert "No headline yet" in kept.text
    assert "Kept at" in kept.text
    gone = browser.post("/alerts/unsaved/discard", data={"copy": key}, follow_redirects=True)
    assert "No headline yet" not in gone.text


def test_autosaving_says_clearly_why_it_could_not(session: Session, signed_in: SignIn) -> None:
    browser = signed_in()
    assert browser.post("/alerts/unsaved", data={"copy": "x"}).json == {"message": "Load the page again."}
    long = browser.post("/alerts/unsaved", data={"copy": KEY, "body": "x" * 50_000})
    assert (long.status_code, long.json) == (422, {"message": "This is longer than an alert can be."})
    assert browser.post("/alerts/unsaved?alert=99999", data={"copy": KEY}).status_code == 404
    assert signed_in(RoleName.ADMINISTRATOR).post("/alerts/unsaved", data={"copy": KEY}).status_code == 403


def test_whoever_may_write_no_longer_gets_their_words_back_and_nothing_of_the_pages_own(signed_in: SignIn) -> None:
    sent = typed(headline="Half written") | {"copy": KEY, "draft": "alert-new--:7"}
    page = signed_in(RoleName.ADMINISTRATOR).post("/alerts", data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert (page.status_code, "Half written" in page.text) == (403, True)
    assert KEY not in page.text
    assert "alert-new" not in page.text


def test_two_who_change_one_alert_see_both_texts_and_nothing_is_lost(session: Session, signed_in: SignIn) -> None:
    first, second = signed_in(name="Ann First"), signed_in(name="Bob Second")
    place = write(first)
    seen = hidden(first.get(f"{place}/edit").text, "shown")
    assert second.post(f"{place}/edit", data=typed(body="Theirs is new.", shown=seen)).status_code == 303
    late = first.post(f"{place}/edit", data=typed(body="Mine is newer.", shown=seen))
    assert late.status_code == 409
    assert "Bob Second changed this alert" in late.text
    assert "Theirs is new." in late.text
    assert "Mine is newer." in late.text
    held = first.post("/alerts/unsaved?alert=" + place.rpartition("/")[2], data={"copy": KEY, "shown": seen})
    assert held.status_code == 409
    both = typed(body="Mine and theirs.", shown=hidden(late.text, "shown"))
    assert first.post(f"{place}/edit", data=both).status_code == 303
    assert "Mine and theirs." in first.get(place).text


def test_a_mistake_does_not_hide_that_somebody_was_first(session: Session, signed_in: SignIn) -> None:
    first, second = signed_in(name="Ann First"), signed_in(name="Bob Second")
    place = write(first)
    seen = hidden(first.get(f"{place}/edit").text, "shown")
    second.post(f"{place}/edit", data=typed(body="Theirs.", shown=seen))
    wrong = first.post(f"{place}/edit", data=typed(headline=None, shown=seen))
    assert wrong.status_code == 422
    assert hidden(wrong.text, "shown") == seen


def test_a_mistake_in_the_form_does_not_part_an_alert_from_its_case(session: Session, signed_in: SignIn) -> None:
    browser = signed_in()
    case_id = add_case(session, summary="Invented.")
    page = browser.get(f"/alerts/new?case_id={case_id}").text
    told = {"case_id": hidden(page, "case_id"), "case_reference": hidden(page, "case_reference")}
    wrong = browser.post("/alerts", data=typed(headline=None, **told))
    assert wrong.status_code == 422
    assert hidden(wrong.text, "case_id") == str(case_id)
    assert "Begun from case" in wrong.text
    write(browser, case_id=hidden(wrong.text, "case_id"))
    assert session.scalars(select(Alert.case_id)).one() == case_id


def test_a_restricted_case_does_not_show_in_the_form(session: Session, signed_in: SignIn, officer: Any) -> None:
    case_id = add_case(session, summary="Kept.")
    root = (Subject.CASE, case_id)
    restrict(session, *root, root, "A colleague's family.", actor=officer(RoleName.MANAGER), now=NOW)
    session.commit()
    answer = signed_in().get(f"/alerts/new?case_id={case_id}")
    assert answer.status_code == 403
    assert "roofing" not in answer.text.lower()


def test_by_the_interface_an_alert_is_changed_unless_somebody_was_first(
    client: FlaskClient, session: Session, bearer: Callable[..., dict[str, str]]
) -> None:
    token, other = bearer(), bearer()
    made = make(client, token)
    place = f"{ALERTS}/{made['id']}"
    changed = client.put(place, json=words(body="Changed.", digest=made["digest"]), headers=other)
    assert (changed.status_code, changed.json["body"]) == (200, "Changed.")  # type: ignore[index]
    assert client.put(place, json=words(body="Late.", digest=made["digest"]), headers=token).status_code == 409
    assert client.put(place, json=words(body="Anyway."), headers=token).json["body"] == "Anyway."  # type: ignore[index]
    assert client.put(place, json=words(topic="gardening"), headers=token).status_code == 422


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=10), max_size=3), max_size=6))
def test_whatever_a_form_sends_only_its_own_fields_are_kept(fields: dict[str, list[str]]) -> None:
    kept = rules.keep_typed((fields | {"headline": ["A\0B"], "password": ["x"]}).items())
    assert kept["headline"] == ["AB"]
    assert "password" not in kept
    assert rules.as_filled(kept)["wards"] == kept.get("wards", [])


def test_the_form_offers_every_kind_of_partner_by_its_name(session: Session, signed_in: SignIn) -> None:
    page = signed_in().get("/alerts/new").text
    offered = re.findall(r'name="partner_kinds"[^>]*value="([^"]*)"', page)
    assert offered == [str(number) for number in kind_names(session)]


def test_for_whom_an_alert_is_is_kept_with_its_words(session: Session, author: Actor) -> None:
    typed_so_far = {"partner_kinds": ["1", "2"], "named": ["ann@example.org"], "with_neighbours": ["yes"]}
    service.keep(Copy(KEY, typed_so_far), actor=author, now=NOW)
    (row,) = queries.copies_of(session, author)
    filled = rules.as_filled(row.fields)
    assert (filled["partner_kinds"], filled["named"]) == (["1", "2"], "ann@example.org")


def test_what_a_colleague_ticked_otherwise_is_told_too_and_what_is_alike_is_not(
    session: Session, signed_in: SignIn
) -> None:
    first, second = signed_in(name="Ann First"), signed_in(name="Bob Second")
    place = write(first)
    shown = hidden(first.get(f"{place}/edit").text, "shown")
    second.post(f"{place}/edit", data=typed(channels=["email"], urgency="urgent", topic="scams", shown=shown))
    late = first.post(f"{place}/edit", data=typed(shown=shown)).text
    theirs = late.partition("What they saved")[2].partition("What you wrote")[0]
    told = re.findall(r'<d[td] class="govuk-summary-list__(?:key|value)">([^<]*)', theirs)
    assert told == ["Send by", "Email", "Topic", "Scams by phone, post, text and online", "How urgent", "Urgent"]
