"""Updates and all-clears go to exactly those who got the alert."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from msgspec.structs import replace
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import got, new_draft, settle, shown, subscribe
from tests.conftest import NOW
from tsalert.alerts import proof, public_queries, queries, service
from tsalert.alerts.audience.account import account_of
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import Reason, Way
from tsalert.alerts.missing.service import Again
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import FollowUp, Kind
from tsalert.alerts.steps import Status
from tsalert.alerts.withdrawing import service as withdrawing
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import Actor
from tsalert.core.clock import in_london
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import transaction
from tsalert.delivery import claiming
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.rules import Channel as DeliveryChannel
from tsalert.delivery.rules import SuppressionReason
from tsalert.staff.rules import RoleName
from tsalert.web.filters import moment

UPDATE = FollowUp(Kind.UPDATE, "Update: roofers", "They are in Clock House now.", NOW + timedelta(days=7))
ALL_CLEAR = replace(UPDATE, kind=Kind.ALL_CLEAR, headline="All clear: roofers", body="They were arrested.")


def send(alert_id: int, author: Actor, approver: Actor) -> int:
    service.submit(alert_id, actor=author, now=NOW)
    return service.approve(alert_id, shown(alert_id), actor=approver, now=NOW)


def everybody_has(session: Session, alert_id: int, *channels: str) -> None:
    """Let the messages of an alert leave, on some channels or on all."""
    for mailing_id in queries.mailings_of(session, alert_id):
        settle(session, mailing_id, "accepted", channels=channels or ("email", "sms"))


def everybody_got(session: Session, original_id: int, words: FollowUp, author: Actor, approver: Actor) -> int:
    """Continue an alert, let all messages of that leave, and return what continues it."""
    alert_id = service.follow_up(original_id, words, actor=author, now=NOW)
    send(alert_id, author, approver)
    everybody_has(session, alert_id)
    return alert_id


def test_an_update_goes_to_who_got_the_alert_and_to_nobody_else(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    subscribe(session, "new@example.org")
    session.commit()
    alert_id = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    assert queries.reach(session, queries.get_alert(session, alert_id)) == {"email": 2, "sms": 1}
    assert send(alert_id, author, approver) == 3
    assert got(session, alert_id) == ["+447700900001", "ann@example.org", "bob@example.org"]


def test_who_has_left_or_never_got_it_gets_no_update(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    ends = {end.address: end.id for end in session.scalars(select(Endpoint))}
    delivery.suppress(session, ends["ann@example.org"], SuppressionReason.OPTED_OUT, NOW)
    failed = update(Delivery).where(Delivery.endpoint_id == ends["bob@example.org"])
    session.execute(failed.values(status="failed"))
    session.commit()
    alert_id = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    send(alert_id, author, approver)
    assert got(session, alert_id) == ["+447700900001"]


def test_partners_who_got_it_get_the_update_in_their_edition(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    subscribe(session, "watch@example.org", kind="partner")
    session.commit()
    original = service.write_draft(new_draft(), actor=author, now=NOW)
    send(original, author, approver)
    everybody_has(session, original)
    alert_id = service.follow_up(original, ALL_CLEAR, actor=author, now=NOW)
    assert send(alert_id, author, approver) == 4
    assert "watch@example.org" in got(session, alert_id)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (UPDATE, "This is an update to our alert TS-2026-001."),
        (ALL_CLEAR, "All clear: what our alert TS-2026-001 warned of is over."),
    ],
)
def test_every_form_begins_by_saying_which_alert_it_continues(
    session: Session, sending: int, author: Actor, written: FollowUp, said: str
) -> None:
    alert_id = service.follow_up(sending, written, actor=author, now=NOW)
    pulled = proof.pull_proof(queries.get_alert(session, alert_id))
    reference = queries.get_alert(session, sending).reference
    sentence = said.replace("TS-2026-001", reference)
    forms = [pulled.wording.text, pulled.wording.html, pulled.wording.sms]
    forms += [form for mail in pulled.others.values() for form in (mail.text, mail.html)]
    assert all(sentence in form for form in forms)
    assert ("applies until" in pulled.wording.text) is (written is UPDATE)
    assert sentence.split(":")[0].split(" TS-")[0] in pulled.wording.voice


def test_an_update_of_an_update_continues_the_first_alert(session: Session, sending: int, author: Actor) -> None:
    first = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    second = service.follow_up(first, UPDATE, actor=author, now=NOW)
    assert session.get_one(Alert, second).in_reply_to == sending


def test_changing_an_update_leaves_whom_it_goes_to(session: Session, sending: int, author: Actor) -> None:
    alert_id = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    elsewhere = new_draft(topic="scams", channels=("voice",), headline="Update: roofers again")
    service.edit_draft(alert_id, elsewhere, actor=author, now=NOW)
    session.expire_all()
    alert = session.get_one(Alert, alert_id)
    assert (alert.headline, alert.topic, alert.channels) == (
        "Update: roofers again",
        "doorstep-crime",
        ["email", "sms"],
    )


def test_only_what_was_sent_and_stands_is_continued(sending: int, pending: int, author: Actor, approver: Actor) -> None:
    unsent = service.write_draft(new_draft(), actor=author, now=NOW)
    with pytest.raises(Conflict, match="not been sent"):
        service.follow_up(unsent, UPDATE, actor=author, now=NOW)
    service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    with pytest.raises(Conflict, match="Its all-clear is TS-"):
        service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    service.withdraw(sending, "It was a mistake of ours.", actor=approver, now=NOW)
    with pytest.raises(Conflict, match="withdrawn"):
        service.follow_up(sending, UPDATE, actor=author, now=NOW)


def test_an_all_clear_ends_the_alert_on_the_public_pages(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    alert_id = service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    assert [one.id for one in queries.current(session, now=NOW)] == [sending]
    send(alert_id, author, approver)
    assert [one.id for one in queries.current(session, now=NOW)] == [alert_id]
    assert [one.id for one in queries.past(session, now=NOW).items] == [sending]
    (told,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "ended")).all()
    assert told.subject_id == sending


def test_what_waits_of_an_alert_and_its_updates_never_leaves_after_its_all_clear(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    """A text that waited for the morning would else warn of what is over, and after the text that says so."""
    everybody_has(session, sending, "email")
    update_id = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    send(update_id, author, approver)
    everybody_has(session, update_id, "email")
    service.pause(update_id, actor=approver, now=NOW)
    all_clear = service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    account = account_of(session, queries.get_alert(session, all_clear))
    assert account.gets == 2
    assert [(each.label, each.count) for each in account.left_out] == [("Have not got the alert yet, and will not", 1)]
    assert send(all_clear, author, approver) == 2
    assert got(session, all_clear) == ["ann@example.org", "bob@example.org"]
    for alert_id in (sending, update_id):
        status, progress = queries.standing_and_progress(session, queries.get_alert(session, alert_id))
        assert progress is not None
        assert (status, progress.by_channel["sms"]["expired"], progress.pending) == (Status.COMPLETED, 1, 0), alert_id
    assert [one.id for one in queries.current(session, now=NOW)] == [all_clear]


def test_an_all_clear_of_what_nobody_has_got_yet_is_refused_and_stops_nothing(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    all_clear = service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    with pytest.raises(RuleViolation, match="has reached nobody who can be told now"):
        send(all_clear, author, approver)
    assert queries.standing(session, queries.get_alert(session, sending)) is Status.SENDING


def test_whoever_withdraws_an_alert_withdraws_its_updates_and_stops_what_waits_of_its_all_clear(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    update_id = service.follow_up(sending, UPDATE, actor=author, now=NOW)
    send(update_id, author, approver)
    everybody_has(session, update_id, "email")
    all_clear = service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    send(all_clear, author, approver)
    correction = service.withdraw(sending, "It was a mistake of ours.", tell_readers=True, actor=approver, now=NOW)
    taken_back, over = (queries.get_alert(session, each) for each in (update_id, all_clear))
    assert (queries.standing(session, taken_back), taken_back.withdrawn_because) == (
        Status.CANCELLED,
        "It was a mistake of ours.",
    )
    assert queries.progress(session, over).pending == 0  # type: ignore[union-attr]
    assert queries.standing(session, over) is not Status.CANCELLED
    assert correction is not None
    with pytest.raises(Conflict, match="which it continues, is withdrawn too"):
        withdrawing.correct(update_id, actor=author, now=NOW)


def test_after_an_all_clear_that_was_withdrawn_another_one_can_be_given(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    too_soon = everybody_got(session, sending, ALL_CLEAR, author, approver)
    service.withdraw(too_soon, "They came back this morning.", actor=approver, now=NOW)
    again = service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)
    assert send(again, author, approver) == 3
    with pytest.raises(Conflict, match=f"Its all-clear is {queries.get_alert(session, again).reference}"):
        service.follow_up(sending, ALL_CLEAR, actor=author, now=NOW)


def test_withdrawing_an_all_clear_lets_its_alert_and_updates_apply_again_until_they_did_before(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    update_id = everybody_got(session, sending, UPDATE, author, approver)
    ends = {each: queries.get_alert(session, each).expires_at for each in (sending, update_id)}
    too_soon = everybody_got(session, sending, ALL_CLEAR, author, approver)
    later = NOW + timedelta(hours=1)
    service.withdraw(too_soon, "They came back this morning.", actor=approver, now=later)
    assert {each: session.get_one(Alert, each).expires_at for each in ends} == ends
    lines = public_queries.current_lines(session, now=later)
    assert {line.id for line in lines} == {sending, update_id}
    told = session.scalars(select(AuditEvent).where(AuditEvent.action == "reopened").order_by(AuditEvent.id)).all()
    assert [each.subject_id for each in told] == [sending, update_id]
    again = everybody_got(session, sending, ALL_CLEAR, author, approver)
    assert session.get_one(Alert, sending).expires_at == NOW
    service.withdraw(again, "They came back once more.", actor=approver, now=later)
    assert session.get_one(Alert, sending).expires_at == ends[sending]


def test_the_correction_of_an_all_clear_never_reads_as_if_the_warning_were_withdrawn(
    session: Session, client: FlaskClient, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    too_soon = everybody_got(session, sending, ALL_CLEAR, author, approver)
    correction = service.withdraw(too_soon, "They came back.", tell_readers=True, actor=approver, now=NOW)
    assert correction is not None
    reference = queries.get_alert(session, too_soon).reference
    pulled = proof.pull_proof(queries.get_alert(session, correction))
    forms = [pulled.wording.text, pulled.wording.html, pulled.wording.sms]
    forms += [form for mail in pulled.others.values() for form in (mail.text, mail.html)]
    assert all(f"We have withdrawn our all-clear {reference}." in form for form in forms)
    assert "our all-clear T S" in pulled.wording.voice
    sent = moment(queries.get_alert(session, too_soon).published_at)
    assert f"We sent this all-clear on {sent} and have since withdrawn it." in client.get(f"/check/{reference}").text


def test_what_an_all_clear_kept_back_can_be_sent_again_once_that_was_withdrawn(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending, "email")
    too_soon = everybody_got(session, sending, ALL_CLEAR, author, approver)
    again = Again((Reason.EXPIRED,), Way.SAME)
    with pytest.raises(RuleViolation, match="has ended"):
        resending.send_again(sending, again, actor=approver, now=NOW)
    service.withdraw(too_soon, "They came back this morning.", actor=approver, now=NOW)
    assert resending.send_again(sending, again, actor=approver, now=NOW) == 1
    with transaction() as work:
        (text,) = claiming.claim(work, DeliveryChannel.SMS, "test", 100, now=NOW + timedelta(hours=1))
    assert text.address == "+447700900001"


@pytest.mark.parametrize("also", ["the alert", "its time"])
def test_withdrawing_an_all_clear_brings_back_nothing_that_is_over_anyhow(
    session: Session, sending: int, author: Actor, approver: Actor, also: str
) -> None:
    everybody_has(session, sending)
    too_soon = everybody_got(session, sending, ALL_CLEAR, author, approver)
    later = NOW + timedelta(hours=1)
    if also == "the alert":
        service.withdraw(sending, "It was a mistake of ours.", actor=approver, now=NOW)
    else:
        later = NOW + timedelta(days=60)
    service.withdraw(too_soon, "They came back this morning.", actor=approver, now=later)
    assert sending not in {line.id for line in public_queries.current_lines(session, now=later)}
    assert session.get_one(Alert, sending).expires_at == NOW


def test_an_update_that_was_withdrawn_alone_keeps_its_own_correction(
    session: Session, sending: int, author: Actor, approver: Actor
) -> None:
    everybody_has(session, sending)
    update_id = everybody_got(session, sending, UPDATE, author, approver)
    own = service.withdraw(update_id, "They never came here.", tell_readers=True, actor=approver, now=NOW)
    assert own is not None
    service.withdraw(sending, "It was a mistake of ours.", actor=approver, now=NOW)
    with pytest.raises(Conflict, match=f"Its correction is {queries.get_alert(session, own).reference}"):
        withdrawing.correct(update_id, actor=author, now=NOW)


def test_the_form_of_what_continues_an_ended_alert_holds_an_end_to_come(
    session: Session, sending: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser, now = signed_in(RoleName.DUTY_OFFICER), datetime.now(UTC)
    for ends, shown_end in ((now + timedelta(days=3), now + timedelta(days=3)), (now, now + timedelta(days=14))):
        session.get_one(Alert, sending).expires_at = ends
        session.commit()
        form = browser.get(f"/alerts/{sending}/follow-up?kind=all_clear").text
        assert f'value="{in_london(shown_end):%Y-%m-%dT%H:%M}"' in form, ends


def test_an_officer_writes_it_from_the_alerts_page(
    session: Session, sending: int, signed_in: Callable[..., FlaskClient]
) -> None:
    browser = signed_in(RoleName.DUTY_OFFICER)
    assert "give the all-clear" in browser.get(f"/alerts/{sending}").text
    form = browser.get(f"/alerts/{sending}/follow-up?kind=all_clear").text
    assert "exactly those who got alert" in form
    ends = f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT%H:%M}"
    typed = {"kind": "all_clear", "headline": "All clear", "body": "Over.", "urgency": "routine", "expires_at": ends}
    answer = browser.post(f"/alerts/{sending}/follow-up", data=typed, follow_redirects=True)
    assert "All-clear for" in answer.text
    assert browser.get(f"/alerts/{sending}/follow-up?kind=all_clear").status_code == 409
    wrong = browser.post(f"/alerts/{sending}/follow-up", data=typed | {"kind": "alert"})
    assert (wrong.status_code, "Choose an update or an all-clear." in wrong.text) == (422, True)
