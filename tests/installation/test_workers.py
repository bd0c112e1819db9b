"""Workers say that they run, and are forgotten a day after their last word."""

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.installation import workers

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
