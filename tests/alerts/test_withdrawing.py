"""Whoever got an alert at once is told that it was withdrawn, and why; nobody else is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import got, new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import marking, proof, queries, service
from tsalert.alerts.audience import later
from tsalert.alerts.models import Alert
from tsalert.alerts.pointing import MayStay
from tsalert.alerts.rules import Kind, Urgency
from tsalert.alerts.steps import Status
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.delivery.models import Mailing
from tsalert.staff.rules import RoleName

pytestmark = pytest.mark.db
WHY = "It was *another* firm, [we] are sorry."
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def sent(session: Session, sending: int) -> int:
    """An alert that three addresses got."""
    settle(session, queries.mailings_of(session, sending)[0], "accepted")
    return sending


def take_back(alert_id: int, actor: Actor, why: str = WHY) -> int:
    """Withdraw an alert and return its correction."""
    correction_id = service.withdraw(alert_id, why, tell_readers=True, actor=actor, now=LATER)
    assert correction_id is not None
    return correction_id


def test_the_correction_goes_to_exactly_those_who_got_it_once_somebody_else_approves(
    session: Session, sent: int, author: Actor, approver: Actor
) -> None:
    subscribe(session, "new@example.org")
    session.commit()
    correction_id = take_back(sent, approver)
    alert = queries.get_alert(session, correction_id)
    assert (alert.kind, alert.in_reply_to, alert.status) == (Kind.CANCEL, sent, Status.PENDING_APPROVAL)
    assert [line.id for line in queries.waiting(session)] == [correction_id]
    with pytest.raises(NotAllowed):
        service.approve(correction_id, shown(correction_id), actor=approver, now=LATER)
    assert service.approve(correction_id, shown(correction_id), actor=author, now=LATER) == 3
    assert got(session, correction_id) == ["+447700900001", "ann@example.org", "bob@example.org"]
    acts = select(AuditEvent.action).where(AuditEvent.subject == "alert", AuditEvent.subject_id == correction_id)
    assert [*session.scalars(acts.order_by(AuditEvent.id))] == ["drafted", "submitted", "approved"]


def test_every_form_says_which_alert_was_withdrawn_and_why(session: Session, sent: int, approver: Actor) -> None:
    reference = queries.get_alert(session, sent).reference
    pulled = proof.pull_proof(queries.get_alert(session, take_back(sent, approver)))
    forms = [pulled.wording.text, pulled.wording.sms, *(mail.text for mail in pulled.others.values())]
    assert all(f"We have withdrawn our alert {reference}." in form and WHY in form for form in forms)
    assert "Withdrawn: Roofers in Bickley" in pulled.wording.subject
    assert "<em>" not in pulled.wording.html
    assert "another" in pulled.wording.voice
    assert not any("applies until" in form for form in (*forms, pulled.wording.html))


def test_an_urgent_alert_is_corrected_as_urgently(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    alert_id = service.write_draft(new_draft(urgency=Urgency.URGENT), actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    settle(session, queries.mailings_of(session, alert_id)[0], "accepted")
    correction_id = take_back(alert_id, approver)
    service.approve(correction_id, shown(correction_id), actor=author, now=LATER)
    (mailing_id,) = queries.mailings_of(session, correction_id)
    assert session.get_one(Mailing, mailing_id).lane == "urgent"


def test_what_was_answered_for_in_the_alert_need_not_be_answered_again(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    alert_id = service.write_draft(new_draft(headline="Mr Example is back in Bickley"), actor=author, now=NOW)
    keys = [each.mark.key for each in marking.marks_of(session, queries.get_alert(session, alert_id))]
    marking.answer(alert_id, keys, MayStay.NEEDED, actor=author, now=NOW)
    service.submit(alert_id, actor=author, now=NOW)
    service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    settle(session, queries.mailings_of(session, alert_id)[0], "accepted")
    correction_id = take_back(alert_id, approver)
    assert service.approve(correction_id, shown(correction_id), actor=author, now=LATER) == 3


def test_nobody_else_hears_of_it_in_a_list_or_a_later_mail(
    session: Session, sent: int, author: Actor, approver: Actor
) -> None:
    subscribe(session, "daily@example.org", frequency="daily")
    session.commit()
    correction_id = take_back(sent, approver)
    service.approve(correction_id, shown(correction_id), actor=author, now=LATER)
    alert = queries.get_alert(session, correction_id)
    assert {*later.count_later(session, alert, now=LATER).values()} == {0}
    assert [one.id for one in queries.current(session, now=LATER)] == [sent]
    assert [one.id for one in queries.published(session, limit=9)] == [sent]
    assert [one.id for one in queries.past(session, now=LATER + timedelta(days=30)).items] == [sent]


def test_an_alert_that_reached_nobody_is_withdrawn_without_a_correction(
    session: Session, sending: int, approver: Actor
) -> None:
    settle(session, queries.mailings_of(session, sending)[0], "failed")
    assert service.withdraw(sending, WHY, tell_readers=True, actor=approver, now=LATER) is None
    with pytest.raises(Conflict, match="Nobody who got this alert"):
        withdrawing.correct(sending, actor=approver, now=LATER)


def test_a_correction_can_be_written_later_and_once(
    session: Session, sent: int, author: Actor, approver: Actor
) -> None:
    with pytest.raises(Conflict, match="not withdrawn"):
        withdrawing.correct(sent, actor=author, now=LATER)
    service.withdraw(sent, WHY, actor=approver, now=LATER)
    first = withdrawing.correct(sent, actor=author, now=LATER)
    with pytest.raises(Conflict, match=r"Its correction is TS-2026-\d+"):
        withdrawing.correct(sent, actor=author, now=LATER)
    service.reject(first, "Say which firm it was.", actor=approver, now=LATER)
    second = withdrawing.correct(sent, actor=author, now=LATER)
    assert second != first
    with pytest.raises(Conflict, match="a correction itself"):
        withdrawing.correct(second, actor=author, now=LATER)
    with pytest.raises(NotFound):
        withdrawing.correct(2**40, actor=author, now=LATER)


def test_after_a_correction_that_was_withdrawn_itself_another_can_be_written(
    session: Session, sent: int, author: Actor, approver: Actor
) -> None:
    wrong = take_back(sent, author)
    service.approve(wrong, shown(wrong), actor=approver, now=LATER)
    service.withdraw(wrong, "It named the wrong firm.", actor=approver, now=LATER)
    right = withdrawing.correct(sent, actor=author, now=LATER)
    assert service.approve(right, shown(right), actor=approver, now=LATER) == 3


def test_a_correction_is_changed_like_any_alert_and_still_goes_to_the_same_people(
    session: Session, sent: int, author: Actor, approver: Actor
) -> None:
    correction_id = take_back(sent, approver)
    service.edit_draft(correction_id, new_draft(topic="scams", headline="We were wrong"), actor=approver, now=LATER)
    session.expire_all()
    alert = session.get_one(Alert, correction_id)
    assert (alert.kind, alert.topic, alert.status) == (Kind.CANCEL, "doorstep-crime", Status.DRAFT)
    assert queries.reach(session, alert) == {"email": 2, "sms": 1}


def test_a_withdrawal_that_is_refused_leaves_no_correction(session: Session, sent: int, approver: Actor) -> None:
    before = session.scalars(select(Alert.id)).all()
    with pytest.raises(Exception, match="point to a person"):
        service.withdraw(sent, "Ring Mrs Example about it.", tell_readers=True, actor=approver, now=LATER)
    assert session.scalars(select(Alert.id)).all() == before
    assert queries.standing(session, queries.get_alert(session, sent)) is Status.COMPLETED


def test_the_page_offers_the_correction_and_leads_to_it(
    session: Session, sent: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, path = signed_in(RoleName.CASE_OFFICER), f"/alerts/{sent}"
    assert 'value="yes" checked' in browser.get(path).text
    refused = browser.post(f"{path}/withdraw", data={"reason": "Oh.", "tell_readers": "yes"})
    assert (refused.status_code, 'value="yes" checked' in refused.text) == (422, True)
    told = browser.post(f"{path}/withdraw", data={"reason": WHY, "tell_readers": "yes"}, follow_redirects=True)
    assert "goes out once somebody else approves it" in told.text
    assert "Correction of" in told.text
    again = browser.post(f"{path}/correction")
    assert again.status_code == 409
    assert "See the correction" in browser.get(path).text


def test_a_withdrawn_alert_whose_readers_were_not_told_says_so(
    session: Session, sent: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, path = signed_in(RoleName.CASE_OFFICER), f"/alerts/{sent}"
    browser.post(f"{path}/withdraw", data={"reason": WHY})
    assert "have not been told that it is withdrawn" in browser.get(path).text
    told = browser.post(f"{path}/correction", follow_redirects=True)
    assert "Correction of" in told.text
    assert "have not been told" not in browser.get(path).text


def test_programs_withdraw_and_correct(
    session: Session, sent: int, client: FlaskClient, bearer: Callable[..., dict[str, str]]
) -> None:
    token, place = bearer(), f"/api/v1/alerts/{sent}"
    assert client.post(f"{place}/correction", headers=token).status_code == 409
    asked = {"reason": WHY, "tell_readers": "perhaps"}
    assert client.post(f"{place}/withdraw", json=asked, headers=token).status_code == 422
    withdrawn = client.post(f"{place}/withdraw", json={"reason": WHY}, headers=token).json
    assert withdrawn is not None
    assert withdrawn["correction_id"] is None
    made = client.post(f"{place}/correction", headers=token)
    assert made.status_code == 201
    assert made.json is not None
    assert (made.json["kind"], made.json["status"]) == ("cancel", "pending_approval")
    read = client.get(place, headers=token).json
    assert read is not None
    assert read["correction_id"] == made.json["id"]
