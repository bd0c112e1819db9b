"""Workers say that they run, and are forgotten a day after their last word."""

from datetime import timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.installation import workers
from tsalert.worker import Worker

MINUTE = timedelta(minutes=1)


def test_a_worker_is_seen_from_its_start_to_its_last_word_and_silent_three_minutes_later(session: Session) -> None:
    name = workers.new_name()
    workers.be_seen(session, name, is_leading=False, now=NOW)
    workers.be_seen(session, name, is_leading=True, now=NOW + MINUTE)
    session.expire_all()
    (found,) = workers.known_workers(session)
    assert (found.started_at, found.seen_at, found.is_leading) == (NOW, NOW + MINUTE, True)
    assert not workers.is_silent(found, now=NOW + 4 * MINUTE)
    assert workers.is_silent(found, now=NOW + 5 * MINUTE)


def test_one_that_is_gone_for_a_day_is_forgotten_and_one_that_leaves_at_once(session: Session) -> None:
    lost, orderly, here = (workers.new_name() for _ in range(3))
    workers.be_seen(session, lost, is_leading=True, now=NOW)
    for name in (orderly, here):
        workers.be_seen(session, name, is_leading=False, now=NOW + timedelta(hours=25))
    workers.leave(session, orderly)
    assert [each.name for each in workers.known_workers(session)] == [here]


def test_a_worker_says_how_far_its_clock_is_behind_the_databases(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tsalert.worker.utc_now", lambda: utc_now() - timedelta(seconds=45))
    monkeypatch.setattr(workers, "leave", lambda *_: None)
    stop = Event()
    stop.set()
    with fresh_app.app_context():
        Worker(fresh_app, stop).run()
        (found,) = workers.known_workers(db.session())
        assert -47 < found.clock_ahead_seconds < -43
