"""Waking senders, and leading them."""

from collections.abc import Iterator
from threading import Event, Thread
from time import monotonic

import pytest
from flask import Flask

from tsalert.core.clock import utc_now
from tsalert.db import db, transaction
from tsalert.delivery import queries, service
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane
from tsalert.delivery.waking import Waiter, make_waiter
from tsalert.leadership import make_leadership

LONG = 60.0


@pytest.fixture
def waiter(fresh_app: Flask) -> Iterator[Waiter]:
    with fresh_app.app_context():
        waiter = make_waiter(db.engine, Event())
    waiter.wait(0)
    yield waiter
    waiter.close()


def test_a_new_mailing_wakes_the_worker_at_once(
    fresh_app: Flask, waiter: Waiter, caplog: pytest.LogCaptureFixture
) -> None:
    woken = Event()

    def wait() -> None:
        waiter.wait(LONG)
        woken.set()

    waiting = Thread(target=wait)
    waiting.start()
    with fresh_app.app_context(), transaction() as session:
        now = utc_now()
        service.find_or_add_endpoint(session, Channel.EMAIL, "a@example.org", status=EndpointStatus.ACTIVE, now=now)
        mailing_id = service.create_mailing(session, Content("S", "T"), lane=Lane.BULK, now=now)
        service.enqueue(session, mailing_id, queries.reachable_endpoints(), now=now)
    assert woken.wait(LONG / 2)
    waiting.join()
    assert caplog.records == []


def test_a_worker_told_to_stop_does_not_wait(fresh_app: Flask) -> None:
    stop = Event()
    stop.set()
    with fresh_app.app_context():
        waiter = make_waiter(db.engine, stop)
    started = monotonic()
    waiter.wait(LONG)
    waiter.close()
    assert monotonic() - started < LONG / 2


def test_one_worker_leads_and_another_takes_over_when_it_gives_up(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        first, second = make_leadership(db.engine), make_leadership(db.engine)
    assert first.holds()
    assert first.holds()
    assert not second.holds()
    for giving, taking in ((first, second), (second, first)) * 10:
        giving.give_up()
        assert taking.holds()
        assert not giving.holds()
    first.give_up()
