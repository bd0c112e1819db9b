"""After a death: what was in flight is in doubt, what was answered is recorded, the rest goes on waiting."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.delivery.conftest import Provider
from tests.delivery.test_sending import drain, make_all_due, statuses
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotFound
from tsalert.db import db, transaction
from tsalert.delivery import claiming, doubts, queries, recovery
from tsalert.delivery.doubts import Decision, decide_doubt
from tsalert.delivery.journal import Journal, machine_boot
from tsalert.delivery.models import Delivery
from tsalert.delivery.ports import Accepted, InDoubt, Message
from tsalert.delivery.rules import Channel, Status
from tsalert.delivery.sending import Sender
from tsalert.staff.rules import RoleName

People = Callable[..., list[int]]
Mailing = Callable[..., int]
MakeSender = Callable[[Provider], Sender]


class Killed(BaseException):
    """What SIGKILL is to a process: nothing runs after it."""


def claim_and_die(folder: Path, *, answered: int, begun: int) -> None:
    """Claim ten mails, hand over some, and die."""
    journal = Journal(folder)
    with transaction() as session:
        claimed = claiming.claim(session, Channel.EMAIL, journal.owner, 10, now=utc_now())
    for place, each in enumerate(claimed[: answered + begun]):
        journal.begin(each.id)
        if place < answered:
            journal.end(each.id, Accepted("250 ok"))
    os.close(journal._file)


def test_a_replayed_journal_records_doubts_and_frees(
    people: People, mailing: Mailing, sender: MakeSender, journals: Path
) -> None:
    people(*(f"p{number}@example.org" for number in range(10)))
    mailing_id = mailing()
    claim_and_die(journals, answered=6, begun=1)
    assert recovery.replay_journals(journals, now=utc_now()) == 1
    assert recovery.replay_journals(journals, now=utc_now()) == 0
    assert statuses(mailing_id) == {"accepted": 6, "pending": 4}
    rows = db.session().scalars(select(Delivery).where(Delivery.status == Status.PENDING).order_by(Delivery.id)).all()
    assert [row.doubts for row in rows] == [1, 0, 0, 0]
    db.session.rollback()
    provider = Provider()
    drain(sender(provider))
    assert provider.addresses == [f"p{number}@example.org" for number in range(6, 10)]
    assert statuses(mailing_id) == {"accepted": 10}


def test_a_journal_that_cannot_be_read_keeps_no_other_from_being_replayed(
    people: People, mailing: Mailing, journals: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people(*(f"p{number}@example.org" for number in range(10)))
    mailing_id = mailing()
    unreadable = journals / f"{machine_boot()}.0.journal"
    unreadable.mkdir(parents=True)
    claim_and_die(journals, answered=6, begun=1)
    assert recovery.replay_journals(journals, now=utc_now()) == 1
    assert statuses(mailing_id) == {"accepted": 6, "pending": 4}
    assert unreadable.name in caplog.text


def test_a_living_senders_claim_is_left_alone_even_when_its_lease_is_over(
    people: People, mailing: Mailing, sender: MakeSender, journals: Path
) -> None:
    people("a@example.org")
    mailing_id = mailing()
    provider = Provider(before=lambda _: recovery.repair(utc_now() + timedelta(hours=1)))
    one = sender(provider)
    journals_of_worker = recovery.journal_folder()
    journals_of_worker.mkdir(parents=True, exist_ok=True)
    (journals_of_worker / one._journal._path.name).touch()
    drain(one)
    (journals_of_worker / one._journal._path.name).unlink()
    assert statuses(mailing_id) == {"accepted": 1}
    assert len(provider.sent) == 1


def test_the_claim_of_a_lost_machine_is_in_doubt_once_its_lease_is_long_over(
    app: Flask, people: People, mailing: Mailing, sender: MakeSender
) -> None:
    people(*(f"p{number}@example.org" for number in range(3)))
    mailing_id = mailing()
    with transaction() as session:
        claiming.claim(session, Channel.EMAIL, "another-machine.1", 2, now=utc_now())
    recovery.repair(utc_now() + timedelta(minutes=19))
    assert db.session().scalars(select(Delivery.doubts).order_by(Delivery.id)).all() == [0, 0, 0]
    db.session.rollback()
    recovery.repair(utc_now() + timedelta(minutes=21))
    assert db.session().scalars(select(Delivery.doubts).order_by(Delivery.id)).all() == [1, 1, 0]
    db.session.rollback()
    make_all_due()
    provider = Provider()
    drain(sender(provider))
    assert statuses(mailing_id) == {"accepted": 3}


def test_what_a_machine_held_when_it_was_switched_off_is_settled_after_it_was_started_again(
    people: People, mailing: Mailing, sender: MakeSender
) -> None:
    """Its journals lie where they lay. What they say is true, but the last lines may never have reached the disk."""
    people(*(f"p{number}@example.org" for number in range(10)))
    mailing_id, folder = mailing(), recovery.journal_folder()
    claim_and_die(folder, answered=6, begun=1)
    (journal,) = folder.iterdir()
    journal.rename(folder / "an-earlier-start.1.journal")
    with transaction() as session:
        session.execute(update(Delivery).values(claimed_by="an-earlier-start.1"))
    recovery.replay_journals(folder, now=utc_now())
    recovery.repair(utc_now() + timedelta(minutes=19))
    assert statuses(mailing_id) == {"pending": 10}
    recovery.repair(utc_now() + timedelta(minutes=21))
    assert list(folder.iterdir()) == []
    assert statuses(mailing_id) == {"accepted": 6, "pending": 4}
    assert db.session().scalars(select(Delivery.doubts).order_by(Delivery.id)).all() == [0] * 6 + [1] * 4
    db.session.rollback()
    make_all_due()
    provider = Provider()
    drain(sender(provider))
    assert provider.addresses == [f"p{number}@example.org" for number in range(6, 10)]
    assert statuses(mailing_id) == {"accepted": 10}


def test_a_text_that_was_in_flight_is_never_sent_again_by_itself(
    people: People, mailing: Mailing, sender: MakeSender, journals: Path
) -> None:
    people("+447700900001", "+447700900002")
    mailing_id = mailing()
    journal = Journal(journals)
    with transaction() as session:
        claimed = claiming.claim(session, Channel.SMS, journal.owner, 10, now=utc_now())
    journal.begin(claimed[0].id)
    os.close(journal._file)
    recovery.replay_journals(journals, now=utc_now())
    provider = Provider(Channel.SMS)
    drain(sender(provider))
    assert provider.addresses == ["+447700900002"]
    assert queries.progress(db.session(), mailing_id).by_channel["sms"] == {"pending": 0, "unknown": 1, "accepted": 1}


@pytest.fixture
def doubtful(
    app: Flask, people: People, mailing: Mailing, sender: MakeSender, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, Provider]:
    """Return a mailing with one text in doubt, and the provider that knows."""
    people("+447700900001")
    mailing_id, provider = mailing(), Provider(Channel.SMS)
    provider.answers["+447700900001"] = InDoubt("cut")
    drain(sender(provider))
    monkeypatch.setitem(app.extensions, "tsalert_gateways", (provider,))
    return mailing_id, provider


def texts(mailing_id: int) -> dict[str, int]:
    counts = queries.progress(db.session(), mailing_id).by_channel["sms"]
    db.session.rollback()
    return {status: count for status, count in counts.items() if count}


@pytest.mark.parametrize(
    ("candidates", "status"),
    [
        pytest.param(None, "unknown", id="provider-cannot-be-asked"),
        pytest.param([], "unknown", id="no-candidate"),
        pytest.param(["SM1"], "accepted", id="one-candidate"),
        pytest.param(["SM1", "SM2"], "unknown", id="two-candidates"),
    ],
)
def test_a_text_in_doubt_is_settled_only_by_exactly_one_candidate(
    doubtful: tuple[int, Provider], candidates: list[str] | None, status: str
) -> None:
    mailing_id, provider = doubtful
    provider.candidates = candidates
    doubts.look_up_doubts(utc_now())
    assert texts(mailing_id) == {status: 1}


class Remembering(Provider):
    """A provider that finds the last of many texts, and knows nothing of the others."""

    def look_up(self, message: Message, *, since: datetime) -> list[str] | None:
        return ["SM1"] if message.address == "+447700900049" else []


def test_texts_that_were_never_taken_stand_in_the_way_of_none_that_was(
    app: Flask, people: People, mailing: Mailing, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"+4477009000{number}" for number in range(10, 50)]
    people(*numbers)
    mailing_id = mailing()
    with transaction() as session:
        claiming.claim(session, Channel.SMS, "a lost machine", len(numbers), now=utc_now())
    found_at = utc_now() + timedelta(hours=1)
    recovery.repair(found_at)
    assert texts(mailing_id) == {"unknown": len(numbers)}
    monkeypatch.setitem(app.extensions, "tsalert_gateways", (Remembering(Channel.SMS),))
    for minute in range(55):
        doubts.look_up_doubts(found_at + timedelta(minutes=minute))
    assert texts(mailing_id) == {"unknown": 39, "accepted": 1}


def test_a_candidate_that_belongs_to_another_delivery_settles_nothing(
    doubtful: tuple[int, Provider], people: People, mailing: Mailing, sender: MakeSender
) -> None:
    mailing_id, provider = doubtful
    provider.answers.clear()
    mailing()
    drain(sender(provider))
    provider.candidates = [f"ref-{provider.sent[-1].delivery_id}"]
    doubts.look_up_doubts(utc_now())
    assert texts(mailing_id) == {"unknown": 1}


@pytest.mark.parametrize(("decision", "times"), [(Decision.WAS_SENT, 1), (Decision.SEND_AGAIN, 2)])
def test_an_officer_decides_what_nobody_can_look_up(
    doubtful: tuple[int, Provider], sender: MakeSender, officer: Callable[..., Actor], decision: Decision, times: int
) -> None:
    mailing_id, provider = doubtful
    delivery_id = provider.sent[0].delivery_id
    provider.answers.clear()
    manager = officer(RoleName.MANAGER)

    def decide(number: int, *, of_mailing: int = mailing_id) -> None:
        with transaction() as session:
            decide_doubt(session, [of_mailing], number, decision, actor=manager, now=utc_now())

    with pytest.raises(NotFound):
        decide(delivery_id, of_mailing=mailing_id + 1)
    decide(delivery_id)
    drain(sender(provider))
    assert len(provider.sent) == times
    assert texts(mailing_id) == {"accepted": 1}
    with pytest.raises(Conflict):
        decide(delivery_id)
    for unknown in (2**62, 2**70):
        with pytest.raises(NotFound):
            decide(unknown)


def test_a_lease_says_how_long_a_message_may_be_begun(people: People, mailing: Mailing, sender: MakeSender) -> None:
    people("a@example.org", "b@example.org")
    mailing_id, provider = mailing(), Provider()
    one = sender(provider)

    def stop_after_the_first(_: Message) -> None:
        one._around.stop.set()

    provider.before = stop_after_the_first
    one.turn()
    one.settle()
    assert statuses(mailing_id) == {"accepted": 1, "pending": 1}
    with transaction() as session:
        session.execute(update(Delivery).values(claimed_by=None))
