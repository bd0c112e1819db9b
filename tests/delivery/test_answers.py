"""What providers answer is counted, and what waits is known."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.delivery.conftest import Provider
from tsalert.core.clock import utc_now
from tsalert.delivery.answers import AnswerCount, AnswerKind, answers_so_far
from tsalert.delivery.mailings import pause_if_sending
from tsalert.delivery.ports import Accepted, InDoubt, Rejected, RetryLater, Unavailable
from tsalert.delivery.rules import Channel, Lane
from tsalert.delivery.sending import Sender
from tsalert.delivery.waiting import what_waits


def so_far(session: Session) -> dict[tuple[str, str], int]:
    session.expire_all()
    return {(each.channel, each.answer): each.count for each in answers_so_far(session)}


def test_answers_add_up_whoever_counted_them(session: Session) -> None:
    first, second = AnswerCount(), AnswerCount()
    first.note(Channel.SMS, [Accepted("1"), Accepted("2"), Rejected("no"), RetryLater("later"), InDoubt("?")])
    first.note_unreachable(Channel.EMAIL)
    second.note(Channel.SMS, [Accepted("3")])
    for each in (first, second, first):
        each.keep(now=NOW)
    assert so_far(session) == {
        ("email", "unreachable"): 1,
        ("sms", "accepted"): 3,
        ("sms", "doubt"): 1,
        ("sms", "later"): 1,
        ("sms", "rejected"): 1,
    }
    assert {kind for _, kind in so_far(session)} == set(AnswerKind)


def test_what_cannot_be_written_stays_counted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = AnswerCount()
    counted.note(Channel.SMS, [Accepted("1")])
    with monkeypatch.context() as patch:
        patch.setattr("tsalert.delivery.answers._add_up", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            counted.keep(now=NOW)
    counted.note(Channel.SMS, [Accepted("2")])
    counted.keep(now=NOW)
    assert so_far(session) == {("sms", "accepted"): 2}


def test_a_sender_counts_what_it_hears_and_each_answer_once(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people("a@example.org", "b@example.org")
    mailing()
    sending = sender(Provider(answers={"b@example.org": Rejected("no such user")}))
    while sending.turn():
        pass
    sending.settle()
    sending._around.answers.keep(now=NOW)
    assert so_far(session) == {("email", "accepted"): 1, ("email", "rejected"): 1}


def test_what_waits_is_counted_by_channel_and_lane_and_the_oldest_that_is_due_is_known(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    began = utc_now()
    people("a@example.org", "b@example.org", "+447700900001")
    mailing(lane=Lane.URGENT)
    paused = mailing(lane=Lane.BULK)
    pause_if_sending(session, paused, because="an officer looks at it")
    session.commit()
    later = utc_now() + timedelta(minutes=1)
    found = {(each.channel, each.lane): each for each in what_waits(session, now=later)}
    assert {key: each.count for key, each in found.items()} == {("email", "urgent"): 2, ("sms", "urgent"): 1}
    due_since = found["email", "urgent"].due_since
    assert due_since is not None
    assert began <= due_since <= later
    assert [each.due_since for each in what_waits(session, now=began - timedelta(hours=1))] == [None, None]
    sending = sender(Provider(answers={"a@example.org": RetryLater("busy", 3600), "b@example.org": Accepted("1")}))
    sending.turn()
    sending.settle()
    (email, sms) = what_waits(session, now=later)
    assert (email.count, email.due_since, sms.count) == (1, None, 1)


def test_a_provider_that_cannot_be_reached_counts_as_that(
    session: Session,
    people: Callable[..., list[int]],
    mailing: Callable[..., int],
    sender: Callable[[Provider], Sender],
) -> None:
    people("a@example.org")
    mailing()
    provider = Provider(answers={"a@example.org": Unavailable("no connection")})
    sending = sender(provider)
    provider.before = lambda _: sending._around.stop.set()  # so that it pauses for no time
    sending._turn_safely()
    sending._around.answers.keep(now=NOW)
    assert so_far(session) == {("email", "unreachable"): 1}
