"""The page on which an alert is decided: its order, and what it says while nothing may leave."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown
from tsalert.alerts import service
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import FollowUp, Kind
from tsalert.alerts.scheduling import service as scheduling
from tsalert.core.actors import Actor
from tsalert.delivery import stopping
from tsalert.staff.rules import RoleName

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def waits(by_day: None, author: Actor, people: None) -> int:
    """An alert that waits for approval by the real clock."""
    now = datetime.now(UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    return alert_id


def test_whoever_decides_reads_text_readers_cost_and_objections_in_this_order(signed_in: SignIn, waits: int) -> None:
    page = signed_in(RoleName.MANAGER).get(f"/alerts/{waits}").text
    parts = ("As an email", "As a text message", "How it reads", "Who would get it now", "What it costs",
             "What to settle before it goes out", ">Decide<", "Approve and send")  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "Nothing was found: no alert like it" in page


def test_an_alert_that_does_not_go_by_mail_says_where_its_words_stand(
    signed_in: SignIn, author: Actor, waits: int
) -> None:
    now, told = datetime.now(UTC), "It does not go out by email."
    by_sms = service.write_draft(
        new_draft(expires_at=now + timedelta(days=7), channels=("sms",)), actor=author, now=now
    )
    browser = signed_in()
    page = browser.get(f"/alerts/{by_sms}").text
    assert (told in page, "Edition for partners" in page) == (True, False)
    page = browser.get(f"/alerts/{waits}").text
    assert (told in page, "Edition for partners" in page) == (False, True)


def test_of_a_sent_alert_its_progress_comes_first_and_nothing_stands_against_it(
    signed_in: SignIn, approver: Actor, waits: int
) -> None:
    service.approve(waits, shown(waits), actor=approver, now=datetime.now(UTC))
    page = signed_in().get(f"/alerts/{waits}").text
    assert page.index('id="progress"') < page.index("Written by") < page.index("As an email")
    assert "What to settle before it goes out" not in page


def test_while_all_sending_is_stopped_the_page_says_that_nothing_of_it_would_leave(
    signed_in: SignIn, author: Actor, waits: int
) -> None:
    stopping.stop_sending("The texts carry a wrong number.", actor=author, now=datetime.now(UTC))
    browser, place = signed_in(), f"/alerts/{waits}"
    page = browser.get(place).text
    objections = page[page.index("What to settle before it goes out") : page.index(">Decide<")]
    assert "All sending is stopped" in objections
    assert "Nothing was found" not in objections
    answer = browser.post(f"{place}/approve", data={"digest": shown(waits)}, follow_redirects=True)
    assert "Approved. 3 messages wait until all sending is started again." in answer.text
    progress = browser.get(f"{place}/progress").text
    assert "All sending is stopped" in progress


def test_an_alert_past_changing_opens_no_form_in_which_work_would_be_lost(
    signed_in: SignIn, approver: Actor, waits: int
) -> None:
    browser = signed_in()
    assert browser.get(f"/alerts/{waits}/edit").status_code == 200
    service.approve(waits, shown(waits), actor=approver, now=datetime.now(UTC))
    refused = browser.get(f"/alerts/{waits}/edit")
    assert refused.status_code == 409
    assert "so you cannot change its text or its audience" in refused.text
    assert "<li>withdraw it for good</li>" in refused.text


def test_what_was_called_off_says_so_before_its_text(signed_in: SignIn, approver: Actor, waits: int) -> None:
    now = datetime.now(UTC)
    scheduling.schedule(waits, shown(waits), now + timedelta(days=1), actor=approver, now=now)
    scheduling.call_off(waits, "The firm has closed.", actor=approver, now=now)
    page = signed_in().get(f"/alerts/{waits}").text
    assert page.index("The firm has closed.") < page.index("As an email")


def test_an_update_offers_nothing_more_once_its_alert_was_withdrawn(
    signed_in: SignIn, author: Actor, approver: Actor, waits: int
) -> None:
    now = datetime.now(UTC)
    service.approve(waits, shown(waits), actor=approver, now=now)
    written = FollowUp(Kind.UPDATE, "Moved on", "They are in Plaistow now.", now + timedelta(days=6))
    sent, waiting = (service.follow_up(waits, written, actor=author, now=now) for _ in range(2))
    for each in (sent, waiting):
        service.submit(each, actor=author, now=now)
    service.approve(sent, shown(sent), actor=approver, now=now)
    browser = signed_in()
    assert "Write an update" in browser.get(f"/alerts/{sent}").text
    assert "Approve and send" in browser.get(f"/alerts/{waiting}").text
    service.withdraw(waits, "The firm has shown its papers.", actor=approver, now=now)
    assert "Write an update" not in browser.get(f"/alerts/{sent}").text
    page = browser.get(f"/alerts/{waiting}").text
    assert "Approve and send" not in page
    assert "which this continues, was withdrawn" in page[page.index("What to settle before it goes out") :]
    assert "Return to be changed" in page


def test_what_is_still_to_fill_in_stands_against_it(signed_in: SignIn, author: Actor, people: None) -> None:
    now = datetime.now(UTC)
    words = new_draft(body="They come in {vehicle}.", expires_at=now + timedelta(days=7))
    page = signed_in().get(f"/alerts/{service.write_draft(words, actor=author, now=now)}").text
    objections = page[page.index("What to settle before it goes out") :]
    assert "Still to fill in" in objections
    assert "Nothing was found" not in objections


def test_one_number_is_counted_in_the_singular(signed_in: SignIn, waits: int) -> None:
    page = " ".join(re.sub(r"<[^>]+>", " ", signed_in().get(f"/alerts/{waits}").text).split())
    assert "1 mobile number See" in page


def test_sending_alone_is_folded_away_until_it_is_refused(signed_in: SignIn, author: Actor, people: None) -> None:
    now = datetime.now(UTC)
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7)), actor=author, now=now)
    browser, place = signed_in(RoleName.DUTY_OFFICER, RoleName.LONE_SENDER), f"/alerts/{alert_id}"
    words = "Send it without approval"
    assert re.search(rf"<details(?! open)[^>]*>\s*<summary[^>]*>\s*<span[^>]*>\s*{words}", browser.get(place).text)
    refused = browser.post(f"{place}/send-alone", data={"digest": shown(alert_id)})
    assert refused.status_code == 422
    assert re.search(rf"<details[^>]* open[^>]*>\s*<summary[^>]*>\s*<span[^>]*>\s*{words}", refused.text)


def test_an_alert_that_ended_while_it_waited_says_so_and_offers_no_way_out(
    signed_in: SignIn, session: Session, waits: int
) -> None:
    session.execute(update(Alert).where(Alert.id == waits).values(expires_at=datetime.now(UTC) - timedelta(hours=1)))
    session.commit()
    page = signed_in().get(f"/alerts/{waits}").text
    assert "It has ended, so it cannot go out." in page[page.index("What to settle before it goes out") :]
    assert "Approve and send" not in page
    assert "Return to be changed" in page


def test_only_the_form_that_was_refused_opens(signed_in: SignIn, waits: int) -> None:
    browser, place = signed_in(RoleName.MANAGER), f"/alerts/{waits}"
    for form, words in (("return", "Return it, or reject it for good"), ("schedule", "Approve it for a later time")):
        refused = browser.post(f"{place}/{form}", data={"digest": shown(waits)})
        assert refused.status_code == 422
        opened = re.findall(r"<details[^>]* open[^>]*>\s*<summary[^>]*>\s*<span[^>]*>\s*([^<]*?)\s*<", refused.text)
        assert opened == [words]


def test_of_a_rejected_alert_nothing_is_weighed_any_more(signed_in: SignIn, approver: Actor, waits: int) -> None:
    service.reject(waits, "Another council has sent it.", actor=approver, now=datetime.now(UTC))
    page = signed_in().get(f"/alerts/{waits}").text
    assert "Another council has sent it." in page
    assert "What to settle before it goes out" not in page
    assert "Who would get it now" not in page
