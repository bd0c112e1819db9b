"""A receipt that is written while the outcome of its message is: two transactions at once, on a real database."""

from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import NOW
from tests.delivery.conftest import EVERYBODY, WORDS
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import claiming, queries, recovery, service
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import Accepted
from tsalert.delivery.retries import outcome
from tsalert.delivery.rules import Channel, EndpointStatus, Lane, Status

OWNER, REFERENCE = "a-sender.1", "SM1"


def enqueue_one_text() -> int:
    """Enqueue one text to one number."""
    with transaction() as session:
        wanted = [service.NewEndpoint(Channel.SMS, "+447700900001", EndpointStatus.ACTIVE)]
        service.find_or_add_endpoints(session, wanted, now=utc_now())
        mailing_id = service.create_mailing(session, WORDS, lane=Lane.URGENT, now=utc_now())
        service.enqueue(session, mailing_id, EVERYBODY, now=utc_now())
        return mailing_id


def texts(mailing_id: int) -> dict[str, int]:
    found = queries.progress(db.session(), mailing_id).by_channel["sms"]
    db.session.rollback()
    return {status: count for status, count in found.items() if count}


@pytest.mark.parametrize("reported", [Status.UNDELIVERED, Status.DELIVERED])
def test_a_receipt_that_comes_while_the_reference_is_being_stored_is_not_lost(
    fresh_app: Flask, reported: Status
) -> None:
    def receive() -> None:
        with fresh_app.app_context():
            service.record_receipt(Channel.SMS, REFERENCE, reported, now=NOW)

    receipt = Thread(target=receive)
    with fresh_app.app_context():
        mailing_id = enqueue_one_text()
        with transaction() as session:
            (one,) = claiming.claim(session, Channel.SMS, OWNER, 1, now=utc_now())
        with transaction() as session:
            result = outcome(Accepted(REFERENCE), one.standing, now=utc_now(), draw=0)
            record_outcomes(session, Channel.SMS, OWNER, {one.id: result}, now=utc_now())
            receipt.start()
            receipt.join(timeout=1)  # it waits for us, or has lost its chance
        receipt.join(timeout=30)
        assert not receipt.is_alive()
        assert texts(mailing_id) == {reported.value: 1}
        for _ in range(2):
            recovery.repair(utc_now())
            service.record_receipt(Channel.SMS, REFERENCE, reported, now=NOW)
        assert texts(mailing_id) == {reported.value: 1}


def test_a_receipt_that_the_database_ends_as_one_of_a_circle_is_written_all_the_same(fresh_app: Flask) -> None:
    def receive() -> None:
        with fresh_app.app_context():
            service.record_receipt(Channel.SMS, REFERENCE, Status.DELIVERED, now=NOW)

    receipt = Thread(target=receive)
    with fresh_app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        mailing_id = enqueue_one_text()
        with transaction() as session:
            (one,) = claiming.claim(session, Channel.SMS, OWNER, 1, now=utc_now())
            result = outcome(Accepted(REFERENCE), one.standing, now=utc_now(), draw=0)
            record_outcomes(session, Channel.SMS, OWNER, {one.id: result}, now=utc_now())
        with transaction() as session:
            session.execute(text("SET LOCAL deadlock_timeout = '1min'"))  # so it is not we whom PostgreSQL ends
            session.execute(text("SELECT 1 FROM mailing_count FOR UPDATE"))
            receipt.start()
            receipt.join(timeout=0.5)
            session.execute(text("UPDATE delivery SET attempts = attempts"))
        receipt.join(timeout=30)
        assert texts(mailing_id) == {"delivered": 1}
