"""Pages of alerts, as officers and residents use them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.alerts.conftest import add_case, new_draft, settle, shown
from tests.conftest import NOW
from tsalert.alerts import queries, service
from tsalert.alerts.models import Alert
from tsalert.alerts.steps import Status
from tsalert.core.actors import Actor
from tsalert.delivery.doubts import Decision
from tsalert.delivery.models import Mailing
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]
REASON = "Nobody else is on duty and they are at doors now."


def typed(**changes: Any) -> dict[str, Any]:
    """Return what an officer types into the form, with an end that is ahead of the real clock."""
    words = {
        "headline": "Roofers in Bickley",
        "body": "They *knock*.",
        "topic": "doorstep-crime",
        "channels": ["email", "sms"],
        "urgency": "routine",
        "expires_at": f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M}",
    }
    return {name: value for name, value in (words | changes).items() if value is not None}


def write(browser: FlaskClient, **changes: Any) -> str:
    answer = browser.post("/alerts", data=typed(**changes))
    assert answer.status_code == 303, answer.text
    return answer.location


def digest_on(page: str) -> str:
    found = re.search(r'name="digest" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.fixture
def lasting(author: Actor, approver: Actor, people: None) -> str:
    """An alert that was sent and still applies by the real clock; returns its address for staff."""
    now = datetime.now(UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=1)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    service.approve(alert_id, shown(alert_id), actor=approver, now=now)
    return f"/alerts/{alert_id}"


def test_an_alert_is_written_submitted_and_approved_by_another(signed_in: SignIn, people: None) -> None:
    first, second = signed_in(), signed_in()
    place = write(first)
    assert first.post(f"{place}/submit").status_code == 303
    assert "Waiting for approval" in second.get("/alerts").text
    page = second.get(place).text
    answer = second.post(f"{place}/approve", data={"digest": digest_on(page)}, follow_redirects=True)
    assert "Approved. 3 messages are on their way." in answer.text
    assert 'hx-trigger="every 2s"' in answer.text
    assert "0 of 3" in answer.text


def test_the_preview_shows_mail_text_and_who_would_get_it(signed_in: SignIn, people: None) -> None:
    browser = signed_in()
    place = write(browser, sms="Don\u2019t open \N{POLICE CAR}")
    page = browser.get(place).text
    assert "Roofers in Bickley (TS-" in page
    assert "They knock." in page
    assert ("UCS-2" in page, "hold fewer than half as many" in page) == (False, True)
    assert "\N{POLICE CAR}" in page
    assert "((unsubscribe_link))" not in page
    assert "mobile number" in page
    mail = browser.get(f"{place}/email")
    assert "<em>knock</em>" in mail.text
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]


def test_how_far_an_alert_has_come_is_read_once(signed_in: SignIn, lasting: str) -> None:
    browser, asked = signed_in(), []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "SELECT alert_edition.alert_id, alert_edition.mailing_id" in statement or "FROM mailing_count" in statement:
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", keep)
    browser.get(f"{lasting}/progress")
    event.remove(Engine, "before_cursor_execute", keep)
    assert len(asked) == 2


def test_the_author_is_told_that_somebody_else_must_approve(signed_in: SignIn, people: None) -> None:
    browser = signed_in()
    place = write(browser)
    browser.post(f"{place}/submit")
    page = browser.get(place).text
    assert "somebody else must approve it" in page
    assert "Approve and send" not in page
    assert browser.post(f"{place}/approve", data={"digest": "x"}).status_code == 403


def test_markup_in_every_field_comes_out_inert(signed_in: SignIn, people: None) -> None:
    browser, evil = signed_in(), "<script>alert(1)</script><img src=x onerror=alert(2)>"
    place = write(browser, headline=evil, body=evil, advice=evil, sms=evil)
    for address in (place, f"{place}/email", f"{place}/edit", "/alerts"):
        page = browser.get(address).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"headline": None}, "headline", "Enter a headline."),
        ({"headline": "Stop\r\nBcc: all@example.org"}, "headline", "cannot be seen"),
        ({"headline": "x" * 121}, "headline", "120 characters"),
        ({"headline": "Pay \u202ecod.exe"}, "headline", "reading direction"),
        ({"body": "x" * 1_000_000}, "body", "20,000 characters"),
        ({"body": "Null \x00 byte"}, "body", "cannot be seen"),
        ({"body": "[Us](https://other.example/x)"}, "body", "Take out the link to https://other.example/x"),
        ({"advice": "<https://other.example/x>"}, "advice", "Take out the link to https://other.example/x"),
        ({"topic": "gardening"}, "topic", "Choose one of these topics"),
        ({"channels": None}, "channels", "Choose at least one way to send it."),
        ({"channels": ["pigeon"]}, "channels", "Choose one of these"),
        ({"wards": ["Nowhere"]}, "wards", "There is no ward Nowhere"),
        ({"urgency": "panic"}, "urgency", "Choose one of these"),
        ({"expires_at": "2020-01-01T10:00"}, "expires_at", "must end in the future"),
        ({"expires_at": "9999-12-31T23:59"}, "expires_at", "within a year"),
        ({"expires_at": "soon"}, "expires_at", "Enter a date and time"),
        ({"case_id": str(2**63)}, "case_id", "no record"),
        ({"colour": "red"}, "colour", "We do not know this field"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_form_that_is_wrong_comes_back_with_what_was_typed(
    session: Session, signed_in: SignIn, people: None, change: dict[str, Any], field: str, message: str
) -> None:
    answer = signed_in().post("/alerts", data=typed(**change))
    assert answer.status_code == 422
    assert message in answer.text
    assert f'href="#{field}"' in answer.text
    if field != "body":
        assert "They *knock*." in answer.text
    assert session.scalar(select(func.count()).select_from(Alert)) == 0


def test_a_double_click_writes_one_alert(session: Session, signed_in: SignIn, people: None) -> None:
    browser, form = signed_in(), typed(submission="a" * 32)
    places = {browser.post("/alerts", data=form).location for _ in range(2)}
    assert len(places) == 1
    assert session.scalar(select(func.count()).select_from(Alert)) == 1


def test_a_double_click_on_approve_sends_once(session: Session, signed_in: SignIn, people: None) -> None:
    first, second = signed_in(), signed_in()
    place = write(first)
    first.post(f"{place}/submit")
    form = {"digest": digest_on(second.get(place).text), "submission": "b" * 32}
    answers = [second.post(f"{place}/approve", data=form) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, place)] * 2
    assert session.scalar(select(func.count()).select_from(Mailing)) == 1


def test_approving_what_has_changed_meanwhile_is_refused(signed_in: SignIn, people: None) -> None:
    first, second = signed_in(), signed_in()
    place = write(first)
    first.post(f"{place}/submit")
    read = digest_on(second.get(place).text)
    first.post(f"{place}/edit", data=typed(body="Something else."))
    first.post(f"{place}/submit")
    answer = second.post(f"{place}/approve", data={"digest": read})
    assert answer.status_code == 409
    assert "changed since you read it" in answer.text


def test_nobody_to_send_to_is_said_at_approval(signed_in: SignIn) -> None:
    first, second = signed_in(), signed_in()
    place = write(first)
    first.post(f"{place}/submit")
    page = second.get(place).text
    assert "Nobody would get this alert" in page
    answer = second.post(f"{place}/approve", data={"digest": digest_on(page)})
    assert answer.status_code == 422
    assert "no confirmed subscriber has this topic" in answer.text


def test_returning_and_rejecting_want_a_reason(signed_in: SignIn, people: None) -> None:
    first, second = signed_in(), signed_in()
    place = write(first)
    first.post(f"{place}/submit")
    assert second.post(f"{place}/return", data={}).status_code == 422
    assert second.post(f"{place}/return", data={"reason": "Name the road."}).status_code == 303
    assert "Name the road." in first.get(place).text
    first.post(f"{place}/edit", data=typed())
    first.post(f"{place}/submit")
    assert second.post(f"{place}/reject", data={"reason": "It is out of date."}).status_code == 303
    late = first.post(f"{place}/submit")
    assert (late.status_code, f'href="{place}">See how it stands now' in late.text) == (409, True)


def test_an_alert_sent_alone_waits_for_a_managers_review(signed_in: SignIn, people: None) -> None:
    lone, manager = signed_in(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER), signed_in(RoleName.MANAGER)
    place = write(lone)
    digest = digest_on(lone.get(place).text)
    assert lone.post(f"{place}/send-alone", data={"digest": digest, "reason": "now"}).status_code == 422
    assert lone.post(f"{place}/send-alone", data={"digest": digest, "reason": REASON}).status_code == 303
    assert lone.get("/alerts/sent-alone").status_code == 403
    assert "To review" in manager.get("/alerts/sent-alone").text
    assert "Review of sending alone" in manager.get(place).text
    assert manager.post(f"{place}/review", data={"verdict": "justified"}).status_code == 422
    review = {"verdict": "justified", "note": "It was urgent."}
    assert manager.post(f"{place}/review", data=review).status_code == 303
    assert "It was right to send it alone" in manager.get("/alerts/sent-alone").text


def test_an_officer_without_leave_is_not_offered_to_send_alone(signed_in: SignIn, people: None) -> None:
    browser = signed_in()
    place = write(browser)
    assert "Send without approval" not in browser.get(place).text
    assert browser.post(f"{place}/send-alone", data={"digest": "x", "reason": REASON}).status_code == 403


def test_sending_is_paused_resumed_and_stopped(signed_in: SignIn, lasting: str) -> None:
    browser = signed_in()
    assert browser.post(f"{lasting}/pause").status_code == 303
    assert "Paused" in browser.get(lasting).text
    assert browser.post(f"{lasting}/resume").status_code == 303
    assert browser.post(f"{lasting}/withdraw", data={"reason": "It was about another firm."}).status_code == 303
    assert "Withdrawn" in browser.get(lasting).text
    assert browser.post(f"{lasting}/resume").status_code == 409


def test_live_progress_ends_by_asking_for_the_whole_page(session: Session, signed_in: SignIn, lasting: str) -> None:
    browser = signed_in()
    moving = browser.get(f"{lasting}/progress")
    assert "0 of 3" in moving.text
    assert "<html" not in moving.text
    assert "HX-Refresh" not in moving.headers
    alert = queries.get_alert(session, int(lasting.rpartition("/")[2]))
    settle(session, queries.mailings_of(session, alert.id)[0], "delivered", channels=["email"])
    assert "Sending: 2 of 3" in browser.get(f"{lasting}/progress").text
    settle(session, queries.mailings_of(session, alert.id)[0], "failed", channels=["sms"])
    done = browser.get(f"{lasting}/progress")
    assert "Sent: 2 of 3" in done.text, "what could not be sent was not sent"
    assert "hx-trigger" not in done.text
    assert done.headers["HX-Refresh"] == "true"
    assert queries.standing(session, alert) is Status.COMPLETED


def test_progress_of_an_alert_that_was_not_sent_is_not_found(signed_in: SignIn, people: None) -> None:
    browser = signed_in()
    assert browser.get(f"{write(browser)}/progress").status_code == 404


@pytest.mark.parametrize("place", ["/alerts/99999", f"/alerts/{2**63}", "/alerts/0", "/alerts/99999/edit"])
def test_an_alert_that_does_not_exist_is_not_found(signed_in: SignIn, place: str) -> None:
    assert signed_in().get(place).status_code == 404


@pytest.mark.parametrize("query", ["after=", "case_id=x"])
def test_odd_numbers_in_the_address_bar_do_no_harm(signed_in: SignIn, query: str) -> None:
    browser = signed_in()
    for path in ("/alerts", "/alerts/new", "/alerts/published"):
        assert browser.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("after", ["x", "-1", f"{2**70}"])
def test_a_page_that_is_none_is_refused_and_leads_to_the_first(signed_in: SignIn, after: str) -> None:
    for path in ("/alerts", "/alerts/published"):
        answer = signed_in().get(f"{path}?after={after}")
        assert answer.status_code == 422
        assert f'href="{path}"' in answer.text


def test_an_alert_from_a_case_holds_nothing_of_its_people_or_story(session: Session, signed_in: SignIn) -> None:
    people = {"victim_name": "CANARY Example", "address": "1 CANARY Road", "postcode": "BR1 CANARY"}
    case_id = add_case(session, summary="CANARY story", **people)
    link = f"/alerts/new?case_id={case_id}"
    assert link in signed_in().get(f"/cases/{case_id}").text
    page = signed_in().get(link).text
    assert "We have had a report of doorstep crime (roofing)" in page
    assert "D26-00031-U" in page
    assert "CANARY" not in page
    assert signed_in().get("/alerts/new?case_id=999999").status_code == 404


def test_anybody_can_check_a_real_alert(client: FlaskClient, session: Session, lasting: str) -> None:
    reference = queries.get_alert(session, int(lasting.rpartition("/")[2])).reference
    assert reference in client.get("/alerts/published").text
    answer = client.get(f"/check?reference={reference.lower().replace('-', ' ')}")
    assert (answer.status_code, answer.location) == (303, f"/check/{reference}")
    page = client.get(f"/check/{reference}")
    assert page.status_code == 200
    assert "Testshire sent this alert" in page.text
    assert "<em>knock</em>" in page.text
    assert "Roofers are knocking in Bickley." in page.text
    assert "Alex Author" not in page.text


@pytest.mark.parametrize("reference", ["TS-2026-999", "nonsense", "<script>", "TS-2026-1234567890", "a" * 3000])
def test_an_unknown_reference_is_met_with_advice(client: FlaskClient, reference: str) -> None:
    for answer in (client.get(f"/check/{reference}"), client.get("/check", query_string={"reference": reference})):
        page = client.get(answer.location) if answer.status_code == 303 else answer
        assert page.status_code == 404
        assert "it may be a scam" in page.text
        assert "<script>" not in page.text.replace("<script type", "")


def test_a_draft_cannot_be_checked_by_guessing_its_number(client: FlaskClient, session: Session, pending: int) -> None:
    reference = queries.get_alert(session, pending).reference
    session.commit()
    assert client.get(f"/check/{reference}").status_code == 404
    assert reference not in client.get("/alerts/published").text


def test_a_withdrawn_alert_says_so(client: FlaskClient, session: Session, approver: Actor, lasting: str) -> None:
    alert = queries.get_alert(session, int(lasting.rpartition("/")[2]))
    service.withdraw(alert.id, "It was about another firm.", actor=approver, now=datetime.now(UTC))
    assert "have since withdrawn it" in client.get(f"/check/{alert.reference}").text
    assert "Withdrawn" in client.get("/alerts/published").text


def test_the_form_to_check_an_alert_is_open_to_all(client: FlaskClient) -> None:
    page = client.get("/check")
    assert page.status_code == 200
    assert "Check an alert" in page.text


def test_an_officer_withdraws_what_has_gone_out_and_everybody_reads_why(
    client: FlaskClient, session: Session, signed_in: SignIn, lasting: str
) -> None:
    alert = queries.get_alert(session, int(lasting.rpartition("/")[2]))
    reference = alert.reference
    settle(session, queries.mailings_of(session, alert.id)[0], "accepted")
    browser = signed_in()
    assert "Why, for everybody to read" in browser.get(lasting).text
    refused = browser.post(f"{lasting}/withdraw", data={"reason": "((unsubscribe_link)) was wrong"})
    assert refused.status_code == 422
    assert "Take out ((unsubscribe_link))" in refused.text
    assert re.search(r"<details[^>]* open", refused.text)
    named = browser.post(f"{lasting}/withdraw", data={"reason": "Ring Mrs Example on 07700 900123."})
    assert "Take out what may point to a person: “Mrs Example”." in named.text
    answer = browser.post(f"{lasting}/withdraw", data={"reason": "It was <b>another</b> firm."}, follow_redirects=True)
    assert "Withdrawn. Nothing more of it goes out" in answer.text
    assert "Why, for everybody to read" not in answer.text
    page = client.get(f"/check/{reference}").text
    assert "have since withdrawn it" in page
    assert "Why: It was &lt;b&gt;another&lt;/b&gt; firm." in page


def test_a_message_in_doubt_is_not_sent_again_once_its_alert_is_withdrawn(
    session: Session, sending: int, approver: Actor
) -> None:
    (mailing_id,) = queries.mailings_of(session, sending)
    settle(session, mailing_id, "unknown")
    service.withdraw(sending, "It was about another firm.", actor=approver, now=NOW)
    doubted = queries.in_doubt(session, sending).items[0].id
    service.decide_doubt(sending, doubted, Decision.SEND_AGAIN, actor=approver, now=NOW)
    assert session.get_one(Mailing, mailing_id).state == "cancelled"
