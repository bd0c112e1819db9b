"""Mailings: who enters, who does not, and what pausing does."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotFound
from tsalert.db import shared_now
from tsalert.delivery import claiming, queries, service
from tsalert.delivery.models import Endpoint, Mailing
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane, Status, SuppressionReason

EVERYBODY = select(Endpoint.id, Endpoint.channel)
WORDS = Content(subject="Doorstep crime", text="Do not open the door.", sms="Do not open the door.")


def add(session: Session, address: str, status: EndpointStatus = EndpointStatus.ACTIVE) -> int:
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    return service.find_or_add_endpoint(session, channel, address, status=status, now=NOW)


def test_everybody_active_is_enqueued_once_on_their_channel(session: Session) -> None:
    add(session, "pat@example.org")
    add(session, "+447700900001")
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    assert service.enqueue(session, mailing_id, EVERYBODY, now=NOW) == 2
    assert service.enqueue(session, mailing_id, EVERYBODY, now=NOW) == 0
    progress = queries.progress(session, mailing_id)
    assert progress.by_channel == {"email": {"pending": 1}, "sms": {"pending": 1}}
    assert (progress.total, progress.pending, progress.sent, progress.is_finished) == (2, 2, 0, False)


def test_who_is_added_later_is_counted_on_their_channel_beside_those_who_wait_already(session: Session) -> None:
    add(session, "pat@example.org")
    add(session, "+447700900001")
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    service.enqueue(session, mailing_id, EVERYBODY, now=NOW)
    for address in ("sam@example.org", "lee@example.org", "+447700900002"):
        add(session, address)
    assert service.enqueue(session, mailing_id, EVERYBODY, now=NOW) == 3
    assert queries.progress(session, mailing_id).by_channel == {"email": {"pending": 3}, "sms": {"pending": 2}}


def test_what_a_web_process_whose_clock_is_fast_enqueues_is_due_at_once(session: Session) -> None:
    fast = utc_now() + timedelta(minutes=5)
    add(session, "pat@example.org")
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=fast)
    service.enqueue(session, mailing_id, EVERYBODY, now=fast)
    assert claiming.is_due(session, Channel.EMAIL, shared_now(session))


def test_a_mailing_goes_by_the_channels_that_are_named_and_it_has_words_for(session: Session) -> None:
    add(session, "pat@example.org")
    add(session, "+447700900001")
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    named = [Channel.SMS, Channel.VOICE]
    assert service.enqueue(session, mailing_id, EVERYBODY, channels=named, now=NOW) == 1
    assert queries.progress(session, mailing_id).by_channel == {"sms": {"pending": 1}}


def test_a_channel_without_words_gets_nobody(session: Session) -> None:
    add(session, "+447700900001")
    mailing_id = service.create_mailing(session, Content("Subject", "Text"), lane=Lane.BULK, now=NOW)
    assert service.enqueue(session, mailing_id, EVERYBODY, now=NOW) == 0
    assert queries.progress(session, mailing_id).is_finished


@pytest.mark.parametrize("status", [status for status in EndpointStatus if status is not EndpointStatus.ACTIVE])
def test_nobody_enters_a_bulk_mailing_unless_active(session: Session, status: EndpointStatus) -> None:
    add(session, "pat@example.org", status)
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    assert service.enqueue(session, mailing_id, EVERYBODY, now=NOW) == 0


def test_an_unconfirmed_address_gets_its_confirmation_and_nothing_else(session: Session) -> None:
    endpoint_id = add(session, "pat@example.org", EndpointStatus.UNCONFIRMED)
    confirmation = service.create_mailing(session, WORDS, lane=Lane.TRANSACTIONAL, now=NOW)
    urgent = service.create_mailing(session, WORDS, lane=Lane.URGENT, now=NOW)
    assert service.enqueue_one(session, confirmation, endpoint_id, now=NOW)
    assert not service.enqueue_one(session, urgent, endpoint_id, now=NOW)


def test_a_suppressed_address_enters_no_alert_until_it_is_lifted(session: Session) -> None:
    endpoint_id = add(session, "pat@example.org")
    service.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, NOW)
    service.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, NOW)
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.URGENT, now=NOW)
    assert not service.enqueue_one(session, mailing_id, endpoint_id, now=NOW)
    assert queries.get_endpoint(session, endpoint_id).status is EndpointStatus.OPTED_OUT
    service.lift_suppression(session, endpoint_id, status=EndpointStatus.ACTIVE, now=NOW)
    assert service.enqueue_one(session, mailing_id, endpoint_id, now=NOW)
    assert queries.get_endpoint(session, endpoint_id).confirmed_at == NOW


@pytest.mark.parametrize("reason", SuppressionReason)
def test_all_but_who_called_us_spam_get_the_message_with_which_they_come_back(
    session: Session, reason: SuppressionReason
) -> None:
    endpoint_id = add(session, "pat@example.org")
    service.suppress(session, endpoint_id, reason, NOW)
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.TRANSACTIONAL, now=NOW)
    is_asked = service.enqueue_one(session, mailing_id, endpoint_id, now=NOW)
    assert is_asked is (reason is not SuppressionReason.COMPLAINED)


def test_who_called_us_spam_after_their_mailbox_was_thought_dead_gets_nothing_after_their_erasure_either(
    session: Session,
) -> None:
    endpoint_id = add(session, "pat@example.org")
    for reason in (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED):
        service.suppress(session, endpoint_id, reason, NOW)
    service.erase_endpoint(session, endpoint_id)
    again = add(session, "pat@example.org", EndpointStatus.UNCONFIRMED)
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.TRANSACTIONAL, now=NOW)
    assert not service.enqueue_one(session, mailing_id, again, now=NOW)


@pytest.mark.parametrize("wish", [SuppressionReason.OPTED_OUT, SuppressionReason.COMPLAINED])
def test_that_an_address_is_dead_takes_back_no_wish(session: Session, wish: SuppressionReason) -> None:
    endpoint_id = add(session, "+447700900001")
    service.suppress(session, endpoint_id, wish, NOW)
    service.suppress(session, endpoint_id, SuppressionReason.BOUNCED, NOW)
    assert queries.get_endpoint(session, endpoint_id).status == wish.value


def test_a_suppression_outlives_the_erasure_of_its_address(session: Session) -> None:
    endpoint_id = add(session, "pat@example.org")
    service.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, NOW)
    service.erase_endpoint(session, endpoint_id)
    erased = queries.get_endpoint(session, endpoint_id)
    assert (erased.address, erased.status) == ("", EndpointStatus.ERASED)
    assert queries.find_endpoint(session, Channel.EMAIL, "pat@example.org") is None
    assert queries.is_suppressed(session, Channel.EMAIL, "PAT@example.org")
    again = add(session, "pat@example.org")
    assert again != endpoint_id
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    assert not service.enqueue_one(session, mailing_id, again, now=NOW)


def test_one_address_is_one_endpoint_however_it_is_typed(session: Session) -> None:
    first = add(session, "Pat@example.org")
    assert add(session, "pat@example.org", EndpointStatus.UNCONFIRMED) == first
    assert queries.get_endpoint(session, first).status is EndpointStatus.ACTIVE


def test_many_addresses_are_found_or_added_in_their_order(session: Session) -> None:
    known = add(session, "b@example.org")
    wanted = [service.NewEndpoint(Channel.EMAIL, f"{name}@example.org", EndpointStatus.ACTIVE) for name in "abca"]
    found = service.find_or_add_endpoints(session, wanted, now=NOW)
    assert found[1] == known
    assert found[0] == found[3]
    assert len(set(found)) == 3
    assert service.find_or_add_endpoints(session, [], now=NOW) == []


def test_confirming_makes_an_address_active_once(session: Session) -> None:
    endpoint_id = add(session, "pat@example.org", EndpointStatus.UNCONFIRMED)
    service.confirm_endpoint(session, endpoint_id, now=NOW)
    service.confirm_endpoint(session, endpoint_id, now=NOW + timedelta(days=1))
    view = queries.get_endpoint(session, endpoint_id)
    assert (view.status, view.confirmed_at) == (EndpointStatus.ACTIVE, NOW)


def test_confirming_never_brings_back_somebody_who_left(session: Session) -> None:
    endpoint_id = add(session, "pat@example.org")
    service.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, NOW)
    service.confirm_endpoint(session, endpoint_id, now=NOW)
    assert queries.get_endpoint(session, endpoint_id).status is EndpointStatus.OPTED_OUT


def test_bulk_and_urgent_mail_always_holds_a_way_to_leave(session: Session) -> None:
    words = Content("Subject", "Text", html="<body><p>Text</p></body>")
    for lane, has_link in ((Lane.BULK, True), (Lane.URGENT, True), (Lane.TRANSACTIONAL, False)):
        mailing = session.get_one(Mailing, service.create_mailing(session, words, lane=lane, now=NOW))
        assert ("((unsubscribe_link))" in mailing.text) is has_link
        assert ("((unsubscribe_link))" in (mailing.html or "")) is has_link


def test_pause_resume_and_cancel_follow_each_other(session: Session) -> None:
    add(session, "pat@example.org")
    mailing_id = service.create_mailing(session, WORDS, lane=Lane.BULK, now=NOW)
    service.enqueue(session, mailing_id, EVERYBODY, now=NOW)
    service.pause(session, mailing_id)
    with pytest.raises(Conflict, match="paused"):
        service.pause(session, mailing_id)
    service.resume(session, mailing_id)
    service.cancel(session, mailing_id, now=NOW)
    progress = queries.progress(session, mailing_id)
    assert (progress.state, progress.count(Status.CANCELLED), progress.pending) == ("cancelled", 1, 0)
    with pytest.raises(Conflict, match="cancelled"):
        service.resume(session, mailing_id)


def test_a_mailing_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        service.pause(session, 2**62)
    with pytest.raises(NotFound):
        queries.progress(session, 2**62)
    with pytest.raises(NotFound):
        queries.get_endpoint(session, 2**62)
