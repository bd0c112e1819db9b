"""Pages: a lane and senders of their own, past any STOP, and withdrawn when nobody needs them."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.delivery.conftest import Provider
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db, transaction
from tsalert.delivery import claiming, doubts, personal, queries
from tsalert.delivery.claiming import Work
from tsalert.delivery.endpoints import suppress
from tsalert.delivery.fates import fates, get_call
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.delivery.personal import Letter
from tsalert.delivery.ports import InDoubt, RetryLater, Unavailable
from tsalert.delivery.retries import Standing, outcome, wait_before
from tsalert.delivery.rules import Channel, Content, Lane, Status, SuppressionReason
from tsalert.delivery.sending import Sender, Surroundings

People = Callable[..., list[int]]
Mailing = Callable[..., int]
MOBILE = "+447700900001"


@pytest.fixture
def pager(app: Flask, session: Session, journals: Path) -> Iterator[Callable[[Provider], Sender]]:
    """Make senders that take pages alone."""
    made: list[Sender] = []

    def make(provider: Provider) -> Sender:
        made.append(Sender(provider, Surroundings(app, journals, Event(), nullcontext()), Work.PAGES))
        return made[-1]

    yield make
    for each in made:
        each._journal.close()


def page(channel: Channel = Channel.SMS, address: str = MOBILE) -> int:
    with transaction() as session:
        now = utc_now()
        content = Content("Page", "Words", sms="Words", voice="Words to hear")
        return personal.page_one(session, Letter(channel, address, content, now + timedelta(minutes=5)), now=now)


def status(delivery_id: int) -> str:
    found = fates(db.session(), [delivery_id])[delivery_id].status
    db.session.rollback()
    return found


def drain(sender: Sender) -> None:
    while sender.turn():
        pass


def test_a_page_is_taken_by_its_own_sender_and_by_no_other(
    people: People, mailing: Mailing, sender: Callable[[Provider], Sender], pager: Callable[[Provider], Sender]
) -> None:
    people(*(f"+4477009001{number:02}" for number in range(30)))
    mailing()
    delivery_id = page()
    bulk, pages = Provider(Channel.SMS), Provider(Channel.SMS)
    one = pager(pages)
    assert one.turn()
    assert [message.delivery_id for message in pages.sent] == [delivery_id]
    drain(sender(bulk))
    assert len(bulk.sent) == 30
    assert MOBILE not in bulk.addresses
    assert not one.turn()
    assert status(delivery_id) == Status.ACCEPTED


def test_one_page_at_a_time_is_in_the_hands_of_a_sender(pager: Callable[[Provider], Sender], session: Session) -> None:
    for number in range(3):
        page(address=f"+44770090000{number}")
    provider = Provider(Channel.SMS)
    one = pager(provider)
    one.turn()
    assert len(provider.sent) == 1


def test_a_stop_holds_back_alerts_and_no_page(
    people: People, mailing: Mailing, sender: Callable[[Provider], Sender], pager: Callable[[Provider], Sender]
) -> None:
    (endpoint_id,) = people(MOBILE)
    with transaction() as session:
        suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, utc_now())
    mailing()
    page()
    alerts, pages = Provider(Channel.SMS), Provider(Channel.SMS)
    drain(sender(alerts))
    drain(pager(pages))
    assert (alerts.sent, pages.addresses) == ([], [MOBILE])


def test_being_paged_subscribes_nobody(session: Session) -> None:
    page()
    assert db.session().scalars(select(Endpoint.status)).one() == "unconfirmed"
    assert db.session().execute(queries.reachable_endpoints()).all() == []


def test_a_page_by_mail_has_no_way_to_leave(pager: Callable[[Provider], Sender], session: Session) -> None:
    page(Channel.EMAIL, "p@example.org")
    provider = Provider(Channel.EMAIL)
    drain(pager(provider))
    assert b"nsubscribe" not in provider.sent[0].content


def test_a_page_that_was_refused_for_now_is_tried_again_within_seconds() -> None:
    assert max(wait_before(n, asked=None, draw=1.0, lane=Lane.PAGING) for n in range(50)) == 15.0
    assert wait_before(0, asked=7.0, draw=1.0, lane=Lane.PAGING) == 9.0
    standing = Standing(Channel.SMS, 99, 0, None, Lane.PAGING)
    assert outcome(RetryLater("busy"), standing, now=utc_now(), draw=0.5).status is Status.PENDING


def test_a_page_in_doubt_is_not_sent_again_by_itself(pager: Callable[[Provider], Sender], session: Session) -> None:
    delivery_id = page()
    provider = Provider(Channel.SMS, answers={MOBILE: InDoubt("cut")})
    drain(pager(provider))
    drain(pager(provider))
    assert (len(provider.sent), status(delivery_id)) == (1, Status.UNKNOWN)


def test_a_page_outlives_a_provider_that_cannot_be_reached(
    pager: Callable[[Provider], Sender], session: Session
) -> None:
    delivery_id = page()
    provider = Provider(Channel.SMS, answers={MOBILE: Unavailable("gone")})
    one = pager(provider)
    with pytest.raises(Unavailable):
        one.turn()
    one.settle()
    assert status(delivery_id) == Status.PENDING
    provider.answers.clear()
    drain(one)
    assert status(delivery_id) == Status.ACCEPTED


def test_a_page_that_is_withdrawn_never_leaves(pager: Callable[[Provider], Sender], session: Session) -> None:
    delivery_id, other = page(), page(address="+447700900002")
    with transaction() as work:
        personal.withdraw(work, [delivery_id], now=utc_now())
        personal.withdraw(work, [delivery_id], now=utc_now())
    provider = Provider(Channel.SMS)
    drain(pager(provider))
    assert [message.delivery_id for message in provider.sent] == [other]
    assert status(delivery_id) == Status.CANCELLED


def test_a_page_is_due_at_once_even_by_a_clock_that_is_a_little_behind(session: Session) -> None:
    page()
    with transaction() as work:
        behind = utc_now() - timedelta(seconds=50)
        assert claiming.is_due(work, Channel.SMS, behind, work=Work.PAGES)


def test_what_a_call_says_is_found_by_its_delivery(session: Session) -> None:
    call, text = page(Channel.VOICE), page()
    assert get_call(db.session(), call).words == "Words to hear"
    for number in (text, call + 1000, 2**62):
        with pytest.raises(NotFound):
            get_call(db.session(), number)


def test_a_call_in_doubt_is_settled_when_its_provider_asks_what_to_say(
    pager: Callable[[Provider], Sender], session: Session
) -> None:
    delivery_id, text = page(Channel.VOICE), page()
    drain(pager(Provider(Channel.VOICE, answers={MOBILE: InDoubt("cut")})))
    with transaction() as work:
        assert doubts.recognise_call(work, delivery_id, "CA1", now=utc_now())
        assert not doubts.recognise_call(work, delivery_id, "CA2", now=utc_now())
        assert not doubts.recognise_call(work, text, "CA1", now=utc_now())
        assert not doubts.recognise_call(work, 10**6, "CA1", now=utc_now())
    assert status(delivery_id) == Status.ACCEPTED
    assert db.session().scalars(select(Delivery.provider_ref).where(Delivery.id == delivery_id)).one() == "CA1"
