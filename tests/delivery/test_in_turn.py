"""Senders of one mailing, and an officer who cancels it, at the same moment: nobody waits for what need not be."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import text

from tests.delivery.conftest import EVERYBODY, WORDS
from tests.standins.processes import eventually
from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import claiming, queries, service
from tsalert.delivery.claiming import Claimant, Claimed
from tsalert.delivery.counting import count_moves
from tsalert.delivery.models import Mailing
from tsalert.delivery.outcomes import record_outcomes, write_outcomes
from tsalert.delivery.ports import Accepted
from tsalert.delivery.retries import Outcome, outcome
from tsalert.delivery.rules import Channel, EndpointStatus, Lane, MailingState

pytestmark = pytest.mark.db
MAIL = Channel.EMAIL


@pytest.fixture
def mailing_id(fresh_app: Flask) -> Iterator[int]:
    """A mailing to four people on a database with several connections."""
    with fresh_app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite has one writer at a time")
        people = [service.NewEndpoint(MAIL, f"p{number}@example.org", EndpointStatus.ACTIVE) for number in range(4)]
        with transaction() as session:
            service.find_or_add_endpoints(session, people, now=utc_now())
            made = service.create_mailing(session, WORDS, lane=Lane.BULK, now=utc_now())
            service.enqueue(session, made, EVERYBODY, now=utc_now())
        yield made


def claimed_by(owner: str) -> Claimed:
    with transaction() as session:
        (one,) = claiming.claim(session, MAIL, owner, 1, now=utc_now())
    return one


def taken(one: Claimed) -> dict[int, Outcome]:
    return {one.id: outcome(Accepted("250 ok"), one.standing, now=utc_now(), draw=0)}


def counts(mailing_id: int) -> dict[str, int]:
    found = queries.progress(db.session(), mailing_id).by_channel[MAIL]
    db.session.rollback()
    return {status: count for status, count in found.items() if count}


def test_a_sender_records_while_another_claims(fresh_app: Flask, mailing_id: int) -> None:
    first, second = claimed_by("first"), claimed_by("second")

    def record() -> None:
        with fresh_app.app_context(), transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            record_outcomes(session, MAIL, "second", taken(second), now=utc_now())

    with transaction() as session:
        changes = write_outcomes(session, MAIL, "first", taken(first), now=utc_now())
        assert claiming.take(session, Claimant(MAIL, "first"), 1, now=utc_now())[0]
        other = Thread(target=record)
        other.start()
        other.join(30)
        assert counts_elsewhere(mailing_id) == {"pending": 3, "accepted": 1}
        count_moves(session, changes, utc_now())
    assert counts(mailing_id) == {"pending": 2, "accepted": 2}


def test_cancelling_waits_for_a_sender_that_claims_and_the_sender_not_for_it(fresh_app: Flask, mailing_id: int) -> None:
    first = claimed_by("first")

    def cancel() -> None:
        with fresh_app.app_context(), transaction() as session:
            service.cancel(session, mailing_id, now=utc_now())

    cancelling = Thread(target=cancel)
    with transaction() as session:
        changes = write_outcomes(session, MAIL, "first", taken(first), now=utc_now())
        (second,), _ = claiming.take(session, Claimant(MAIL, "first"), 1, now=utc_now())
        cancelling.start()
        cancelling.join(0.5)
        assert cancelling.is_alive(), "it must wait: nobody knows yet whether the second will be sent"
        # A sender that waited for the cancellation would wait for itself, and PostgreSQL would end one of the two.
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        count_moves(session, changes, utc_now())
    cancelling.join(30)
    assert counts(mailing_id) == {"pending": 1, "accepted": 1, "cancelled": 2}
    with transaction() as session:
        record_outcomes(session, MAIL, "first", taken(second), now=utc_now())
    assert counts(mailing_id) == {"accepted": 2, "cancelled": 2}


def test_who_adds_to_a_mailing_while_a_sender_counts_the_last_of_it_and_the_sender_wait_in_no_circle(
    fresh_app: Flask, mailing_id: int
) -> None:
    """The one holds the mailing and asks for its counters, the other holds them and learns that the mailing is done."""
    with transaction() as session:
        last = claiming.claim(session, MAIL, "first", 4, now=utc_now())
    is_held, is_counted = Event(), Event()

    def add_nobody_new() -> None:
        with fresh_app.app_context(), transaction() as session:
            session.get_one(Mailing, mailing_id, with_for_update={"key_share": True})
            is_held.set()
            is_counted.wait(30)
            assert service.enqueue(session, mailing_id, EVERYBODY, now=utc_now()) == 0

    adding = Thread(target=add_nobody_new)
    adding.start()
    is_held.wait(30)
    with transaction() as session:
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        outcomes = {number: each for one in last for number, each in taken(one).items()}
        record_outcomes(session, MAIL, "first", outcomes, now=utc_now())
        is_counted.set()
        eventually(lambda: waits_for_a_lock() or not adding.is_alive())
    adding.join(30)
    assert db.session().get_one(Mailing, mailing_id).state == MailingState.COMPLETED, "neither left it to the other"


def waits_for_a_lock() -> bool:
    with db.engine.connect() as connection:
        here = "datname = current_database() AND wait_event_type = 'Lock'"
        return bool(connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")))


def counts_elsewhere(mailing_id: int) -> dict[str, int]:
    """Return what others see while our own transaction is open."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT status, count FROM mailing_count WHERE mailing_id = :number AND count > 0"),
            {"number": mailing_id},
        )
        return dict(rows.all())
