"""Sending: what each answer leaves in the queue, and that nothing is sent twice or lost."""

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests.delivery.conftest import Provider
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import outcomes, queries, recovery, sending, service
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.ports import InDoubt, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, Lane, MailingState, Status, SuppressionReason
from tsalert.delivery.sending import Sender
from tsalert.delivery.watching import REASON

People = Callable[..., list[int]]
Mailing = Callable[..., int]
MakeSender = Callable[[Provider], Sender]


def drain(sender: Sender) -> None:
    """Take turns until nothing is due, and record the last."""
    while sender.turn():
        pass


def statuses(mailing_id: int) -> dict[str, int]:
    counts = queries.progress(db.session(), mailing_id).by_channel.get("email", {})
    db.session.rollback()
    return {status: count for status, count in counts.items() if count}


def make_all_due() -> None:
    with transaction() as session:
        session.execute(update(Delivery).values(due_at=utc_now() - timedelta(seconds=1)))


def test_everybody_gets_a_mailing_once_and_that_completes_it(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people(*(f"p{number}@example.org" for number in range(250)))
    mailing_id, provider = mailing(), Provider()
    drain(sender(provider))
    assert sorted(provider.addresses) == sorted(f"p{number}@example.org" for number in range(250))
    assert statuses(mailing_id) == {"accepted": 250}
    assert queries.progress(db.session(), mailing_id).state == MailingState.COMPLETED


def test_each_reader_has_a_link_of_their_own_and_a_message_id_without_an_address(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("a@example.org", "b@example.org")
    mailing()
    provider = Provider()
    drain(sender(provider))
    links = {message.content.partition(b"List-Unsubscribe: ")[2].partition(b"\r\n")[0] for message in provider.sent}
    identities = {message.content.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for message in provider.sent}
    assert len(links) == len(identities) == 2
    assert all(link.startswith(b"<http://127.0.0.1:8000/unsubscribe/") for link in links)
    assert not any(b"example.org" in link for link in links)


def test_a_refusal_settles_one_delivery_and_only_who_left_is_not_written_to_again_at_once(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    _, policy, dead, left = people("a@example.org", "policy@example.org", "dead@example.org", "left@example.org")
    mailing_id = mailing()
    provider = Provider()
    provider.answers["policy@example.org"] = Rejected("not from you")
    provider.answers["dead@example.org"] = Rejected("no such user", SuppressionReason.BOUNCED)
    provider.answers["left@example.org"] = Rejected("has left", SuppressionReason.OPTED_OUT)
    drain(sender(provider))
    assert statuses(mailing_id) == {"accepted": 1, "failed": 2, "hard_bounced": 1}
    ends = [queries.get_endpoint(db.session(), each) for each in (policy, dead, left)]
    assert [(end.status, end.is_suppressed) for end in ends] == [
        ("active", False),
        ("active", False),
        ("opted_out", True),
    ]
    errors = db.session.scalars(select(Delivery.error).where(Delivery.mailing_id == mailing_id))
    assert set(errors) == {None, "not from you", "no such user", "has left"}


def test_what_was_put_off_waits_and_is_tried_again(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people("a@example.org", "busy@example.org")
    mailing_id, provider = mailing(), Provider()
    provider.answers["busy@example.org"] = RetryLater("busy", 60)
    one = sender(provider)
    drain(one)
    assert statuses(mailing_id) == {"accepted": 1, "pending": 1}
    assert queries.progress(db.session(), mailing_id).state == MailingState.SENDING
    provider.answers.clear()
    make_all_due()
    drain(one)
    assert statuses(mailing_id) == {"accepted": 2}
    assert provider.addresses.count("busy@example.org") == 2


def test_a_mail_in_doubt_is_sent_once_more_under_the_same_message_id(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("doubt@example.org")
    mailing_id, provider = mailing(), Provider()
    provider.answers["doubt@example.org"] = InDoubt("cut")
    one = sender(provider)
    for _ in range(4):
        drain(one)
        make_all_due()
    assert statuses(mailing_id) == {"unknown": 1}
    first, second = provider.sent
    assert first.content == second.content


def test_a_text_in_doubt_is_not_sent_again(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people("+447700900001")
    mailing_id, provider = mailing(), Provider(Channel.SMS)
    provider.answers["+447700900001"] = InDoubt("cut")
    one = sender(provider)
    for _ in range(3):
        drain(one)
        make_all_due()
    assert len(provider.sent) == 1
    assert queries.progress(db.session(), mailing_id).count(Status.UNKNOWN) == 1


def test_a_provider_that_cannot_be_reached_leaves_everything_in_the_queue(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("a@example.org", "b@example.org", "c@example.org")
    mailing_id, provider = mailing(), Provider()
    provider.answers["b@example.org"] = Unavailable("no connection")
    one = sender(provider)
    with pytest.raises(Unavailable):
        one.turn()
    one.settle()
    assert statuses(mailing_id) == {"accepted": 1, "pending": 2}
    with db.session() as session:
        waiting = session.scalars(select(Delivery).where(Delivery.status == Status.PENDING)).all()
        assert [(row.attempts, row.claimed_by, row.lease_until) for row in waiting] == [(0, None, None)] * 2
    provider.answers.clear()
    drain(one)
    assert provider.addresses == ["a@example.org", "b@example.org", "c@example.org"]


def test_a_fault_of_our_own_leaves_the_begun_mail_in_doubt_and_the_rest_waiting(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("a@example.org", "b@example.org")
    mailing_id, provider = mailing(), Provider()
    provider.answers["a@example.org"] = ZeroDivisionError()
    one = sender(provider)
    with pytest.raises(ZeroDivisionError):
        one.turn()
    one.settle()
    assert statuses(mailing_id) == {"pending": 2}
    with db.session() as session:
        query = select(Endpoint.address, Delivery.doubts).join(Delivery, Delivery.endpoint_id == Endpoint.id)
        rows = session.execute(query).all()
        doubts = {address: count for address, count in rows}  # noqa: C416 - rows are not typed as pairs
    assert doubts == {"a@example.org": 1, "b@example.org": 0}


def test_a_sender_whose_journal_cannot_be_written_goes_on_once_it_can(
    people: People, mailing: Mailing, sender: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    people("a@example.org", "b@example.org")
    mailing_id, provider = mailing(), Provider()
    one = sender(provider)
    monkeypatch.setattr(sending, "_FIRST_PAUSE", 0.01)
    whole, one._journal._file = one._journal._file, os.open("/dev/full", os.O_WRONLY)
    for _ in range(3):
        one._turn_safely()  # were this to raise, it would end its thread, and keep what it holds for good
    assert (provider.addresses, statuses(mailing_id)) == ([], {"pending": 2})
    os.close(one._journal._file)
    one._journal._file = whole
    drain(one)
    assert provider.addresses == ["a@example.org", "b@example.org"]


def test_a_sender_that_rests_for_long_takes_leave_of_its_provider(
    sender: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay may allow few connections, and another sender may want the one that this one does not use."""
    provider = Provider()
    one = sender(provider)
    monkeypatch.setattr(sending, "_HELD_SECONDS", 0.01)
    one._rest(0.005)
    assert provider.times_closed == 0
    one._rest(0.02)
    assert provider.times_closed == 1


def test_results_survive_a_database_that_is_away_for_a_while(
    people: People, mailing: Mailing, sender: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    people("a@example.org")
    mailing_id, provider = mailing(), Provider()
    one = sender(provider)
    assert one.turn()

    def gone(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("gone"))

    with monkeypatch.context() as away:
        away.setattr(outcomes, "write_outcomes", gone)
        with pytest.raises(OperationalError):
            one.turn()
    one.settle()
    assert statuses(mailing_id) == {"accepted": 1}
    assert provider.addresses == ["a@example.org"]


def test_no_transaction_is_open_while_a_provider_is_spoken_to(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("a@example.org")
    mailing()
    seen: list[bool] = []
    provider = Provider(before=lambda _: seen.append(db.session().in_transaction()))
    drain(sender(provider))
    assert seen == [False]


def test_an_urgent_mailing_overtakes_a_long_one(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people(*(f"p{number}@example.org" for number in range(60)))
    bulk = mailing(lane=Lane.BULK)
    provider = Provider()
    one = sender(provider)
    one.turn()
    urgent = mailing(lane=Lane.URGENT)
    first_claim = len(provider.sent)
    drain(one)
    order = [message.mailing_id for message in provider.sent]
    assert order == [bulk] * first_claim + [urgent] * 60 + [bulk] * (60 - first_claim)


def test_a_paused_mailing_stops_between_batches_and_goes_on_where_it_stopped(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people(*(f"p{number}@example.org" for number in range(60)))
    mailing_id, provider = mailing(), Provider()
    one = sender(provider)
    one.turn()
    before = len(provider.sent)
    with transaction() as session:
        service.pause(session, mailing_id)
    assert not one.turn()
    assert len(provider.sent) == before
    with transaction() as session:
        service.resume(session, mailing_id)
    drain(one)
    assert len(provider.sent) == len(set(provider.addresses)) == 60


def test_a_cancelled_mailing_reaches_nobody_more(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people(*(f"p{number}@example.org" for number in range(60)))
    mailing_id, provider = mailing(), Provider()
    one = sender(provider)
    one.turn()
    before = len(provider.sent)
    with transaction() as session:
        service.cancel(session, mailing_id, now=utc_now())
    drain(one)
    assert statuses(mailing_id) == {"accepted": before, "cancelled": 60 - before}


def test_what_comes_back_to_a_cancelled_mailing_is_cancelled_by_the_repair(
    app: object, people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people("a@example.org")
    mailing_id, provider = mailing(), Provider()
    provider.answers["a@example.org"] = RetryLater("busy")

    def cancel_meanwhile(_: object) -> None:
        with transaction() as session:
            service.cancel(session, mailing_id, now=utc_now())

    provider.before = cancel_meanwhile
    drain(sender(provider))
    assert statuses(mailing_id) == {"pending": 1}
    recovery.repair(utc_now())
    assert statuses(mailing_id) == {"cancelled": 1}


def test_an_expired_mailing_is_not_sent(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people("a@example.org")
    mailing_id, provider = mailing(not_after=utc_now() - timedelta(seconds=1)), Provider()
    drain(sender(provider))
    assert provider.sent == []
    recovery.repair(utc_now())
    assert statuses(mailing_id) == {"expired": 1}
    assert queries.progress(db.session(), mailing_id).state == MailingState.COMPLETED


def test_who_left_after_being_enqueued_gets_nothing(people: People, mailing: Mailing, sender: MakeSender) -> None:
    left, _ = people("left@example.org", "a@example.org")
    mailing_id, provider = mailing(), Provider()
    with transaction() as session:
        service.suppress(session, left, SuppressionReason.OPTED_OUT, utc_now())
    drain(sender(provider))
    assert provider.addresses == ["a@example.org"]
    assert statuses(mailing_id) == {"suppressed": 1, "accepted": 1}


def test_a_mailing_that_fails_too_often_pauses_itself(people: People, mailing: Mailing, sender: MakeSender) -> None:
    names = [f"p{number}@example.org" for number in range(200)]
    people(*names)
    mailing_id, provider = mailing(), Provider()
    provider.answers = {name: Rejected("spam") for name in names[:60]}
    drain(sender(provider))
    progress = queries.progress(db.session(), mailing_id)
    assert (progress.state, progress.paused_because) == (MailingState.PAUSED, REASON)
    assert progress.pending > 100


def test_a_mailing_of_which_nothing_waits_any_more_is_complete_also_where_it_was_paused(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    names = [f"p{number}@example.org" for number in range(30)]
    people(*names)
    mailing_id, provider = mailing(), Provider()
    provider.answers = {name: Rejected("spam") for name in names}
    drain(sender(provider))
    progress = queries.progress(db.session(), mailing_id)
    assert (progress.state, progress.paused_because, progress.pending) == (MailingState.COMPLETED, None, 0)


def test_an_address_that_broke_after_it_was_stored_harms_nobody_else(
    people: People, mailing: Mailing, sender: MakeSender, session: Session
) -> None:
    broken, _ = people("broken@example.org", "a@example.org")
    mailing_id, provider = mailing(), Provider()
    with transaction() as work:
        work.execute(update(Endpoint).where(Endpoint.id == broken).values(address="bröken@@"))
    drain(sender(provider))
    assert statuses(mailing_id) == {"accepted": 2}
