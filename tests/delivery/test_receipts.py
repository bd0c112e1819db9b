"""Receipts: any order, any number of times, even before we know whose they are."""

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import Provider
from tests.delivery.test_sending import drain
from tsalert.db import db
from tsalert.delivery import queries, service
from tsalert.delivery.models import DeliveryEvent
from tsalert.delivery.rules import Channel, Status
from tsalert.delivery.sending import Sender

People = Callable[..., list[int]]
Mailing = Callable[..., int]
MakeSender = Callable[[Provider], Sender]


@pytest.fixture
def sent(people: People, mailing: Mailing, sender: MakeSender) -> tuple[int, str, int]:
    """Return a mailing of one text that was accepted, its reference and its endpoint."""
    (endpoint_id,) = people("+447700900001")
    mailing_id, provider = mailing(), Provider(Channel.SMS)
    drain(sender(provider))
    return mailing_id, f"ref-{provider.sent[0].delivery_id}", endpoint_id


def counts(mailing_id: int) -> dict[str, int]:
    found = queries.progress(db.session(), mailing_id).by_channel["sms"]
    db.session.rollback()
    return {status: count for status, count in found.items() if count}


@pytest.mark.parametrize("order", list(permutations([Status.ACCEPTED, Status.SOFT_BOUNCED, Status.DELIVERED])))
def test_receipts_in_any_order_end_alike(sent: tuple[int, str, int], order: tuple[Status, ...]) -> None:
    mailing_id, reference, _ = sent
    for status in (*order, *order):
        service.record_receipt(Channel.SMS, reference, status, now=NOW)
    assert counts(mailing_id) == {"delivered": 1}
    assert db.session().query(DeliveryEvent).count() == 3


def test_a_receipt_of_something_we_never_sent_changes_nothing(sent: tuple[int, str, int]) -> None:
    mailing_id, _, _ = sent
    service.record_receipt(Channel.SMS, "SM-somebody-elses", Status.FAILED, now=NOW)
    assert counts(mailing_id) == {"accepted": 1}


def test_a_receipt_that_overtakes_its_message_counts_when_the_reference_is_known(
    people: People, mailing: Mailing, sender: MakeSender, session: Session
) -> None:
    people("+447700900001")
    mailing_id, provider = mailing(), Provider(Channel.SMS)
    provider.before = lambda message: service.record_receipt(
        Channel.SMS, f"ref-{message.delivery_id}", Status.DELIVERED, now=NOW
    )
    drain(sender(provider))
    assert counts(mailing_id) == {"delivered": 1}


def test_a_dead_number_is_not_written_to_again(sent: tuple[int, str, int]) -> None:
    mailing_id, reference, endpoint_id = sent
    service.record_receipt(Channel.SMS, reference, Status.HARD_BOUNCED, now=NOW)
    service.record_receipt(Channel.SMS, reference, Status.DELIVERED, now=NOW)
    assert counts(mailing_id) == {"hard_bounced": 1}
    assert queries.get_endpoint(db.session(), endpoint_id).is_suppressed
