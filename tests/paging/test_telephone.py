"""The call that wakes somebody: only a pressed key takes it, and what Twilio repeats changes nothing."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.paging.conftest import MANAGER, NOON, PRIMARY, PUBLIC, Night, Sent, Team, at
from tests.standins.called import Call, Order, Post
from tsalert.core.clock import utc_now
from tsalert.db import Base, db, transaction
from tsalert.delivery import personal
from tsalert.delivery.models import Delivery
from tsalert.delivery.personal import Letter
from tsalert.delivery.ports import InDoubt
from tsalert.delivery.rules import Channel, Content
from tsalert.paging import queries, words
from tsalert.response import answering, dispatching
from tsalert.response.dispatching import NewMilestone
from tsalert.response.models import Incident, Milestone
from tsalert.response.steps import Step

Ring = Callable[..., Call]
Page = Callable[..., int]


@pytest.fixture
def call(team: Team, night: Night, page: Page) -> Sent:
    """The call to the officer on duty, a minute after the grade."""
    page()
    night.tick(60)
    return night.sent[-1]


def the_incident() -> int:
    """Return the only incident."""
    return db.session().scalars(select(Incident.id)).one()


def spoken() -> str:
    """Return its reference as it is read out."""
    return words.spoken(db.session().scalars(select(Incident.reference)).one())


def holder(night: Night) -> int | None:
    (run,) = queries.runs_of(db.session(), the_incident(), now=NOON)
    return run.acknowledged_by


def test_the_call_says_its_words_three_times_and_waits_for_a_key_each_time(call: Sent, ring: Ring) -> None:
    assert (call.channel, call.to) == ("voice", PRIMARY)
    heard = ring(call, "voicemail").heard
    assert len(heard) == 3
    assert set(heard) == {call.words}
    assert call.words.endswith("Press 1 to take it, 2 to pass.")


def test_one_takes_it(call: Sent, ring: Ring, team: Team, night: Night) -> None:
    assert ring(call, "presses:1").answers == [f"You have {spoken()}."]
    assert holder(night) == team.primary.officer_id
    story = night.story(the_incident())
    assert "Paged by call, Pat Primary: Answered, pressed 1 to take it" in story
    taken = db.session().scalars(select(Milestone).where(Milestone.step == Step.ACKNOWLEDGED)).one()
    assert (taken.recorded_by, taken.source) == (team.primary.officer_id, "telephone")


def test_two_passes_it_to_the_next_duty_at_once(call: Sent, ring: Ring, night: Night) -> None:
    assert ring(call, "presses:2").answers == [f"{spoken()} is passed on."]
    assert holder(night) is None
    assert len(night.reached) == 4
    assert "Paged by call, Pat Primary: Answered, pressed 2 to pass" in night.story(the_incident())


@pytest.mark.parametrize(
    ("habit", "said"),
    [
        ("voicemail", "Answered, no key pressed"),
        ("hangs-up", "Answered, no key pressed"),
        ("nobody", "Nobody answered"),
        ("busy", "Nobody answered"),
    ],
)
@pytest.mark.parametrize("order", Order)
def test_what_is_no_act_of_a_person_acknowledges_nothing(
    call: Sent, ring: Ring, night: Night, habit: str, said: str, order: Order
) -> None:
    ring(call, habit, order)
    assert holder(night) is None
    assert f"Paged by call, Pat Primary: {said}" in night.story(the_incident())
    night.tick(300)
    assert len(night.reached) == 4


def test_a_text_that_was_delivered_acknowledges_nothing(call: Sent, post: Post, night: Night) -> None:
    status, _ = post(
        f"{PUBLIC}/webhooks/twilio/status", {"MessageSid": f"SM{night.sent[0].id:032}", "MessageStatus": "delivered"}
    )
    assert status == 204
    assert holder(night) is None


def test_a_key_that_is_reported_twice_counts_once_and_is_answered_alike(
    call: Sent, ring: Ring, night: Night, session: Session
) -> None:
    once = ring(call, "presses-twice:2")
    assert once.answers == [f"{spoken()} is passed on."] * 2
    assert len([line for line in night.story(the_incident()) if line.startswith("Passed it on")]) == 1
    before = [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    ring(call, "presses:1")
    assert [session.execute(table.select()).all() for table in Base.metadata.sorted_tables] == before
    assert holder(night) is None


def test_another_key_is_asked_for_again(call: Sent, ring: Ring, night: Night) -> None:
    assert ring(call, "presses:7").answers == [call.words] * 3
    assert holder(night) is None
    assert ring(call, "presses:1").answers == [f"You have {spoken()}."]


def test_who_presses_late_is_told_who_has_it(call: Sent, ring: Ring, team: Team) -> None:
    answering.take_incident(the_incident(), actor=team.backup, now=at(70))
    assert ring(call, "presses:1").answers == [f"{spoken()}: Bo Backup has it already."]


def test_who_presses_after_the_pages_ended_changes_nothing(call: Sent, ring: Ring, team: Team, night: Night) -> None:
    dispatching.record_milestone(the_incident(), NewMilestone(Step.EN_ROUTE), actor=team.backup, now=at(70))
    (answer,) = ring(call, "presses:1").answers
    assert answer.startswith(f"{spoken()}: This cannot be done now. The incident's state is: officer on the way.")
    assert not any(line.startswith("Taken") for line in night.story(the_incident()))


@pytest.mark.parametrize("ending", ["", "/key"])
@pytest.mark.parametrize("signature", ["", "forged"])
def test_what_twilio_did_not_sign_is_refused_and_changes_nothing(
    call: Sent, post: Post, client: FlaskClient, session: Session, ending: str, signature: str
) -> None:
    before = [session.execute(table.select()).all() for table in Base.metadata.sorted_tables]
    form = {"CallSid": "CA1", "Digits": "1"}
    path = f"/webhooks/twilio/call/{call.id}{ending}"
    assert client.post(path, data=form, headers={"X-Twilio-Signature": signature}).status_code == 403
    assert [session.execute(table.select()).all() for table in Base.metadata.sorted_tables] == before


def test_a_signature_for_one_call_opens_no_other(call: Sent, post: Post, ring: Ring, night: Night) -> None:
    ring(call, "hangs-up")
    url = f"{PUBLIC}/webhooks/twilio/call/{call.id}/key"
    accepted = db.session().scalars(select(Delivery.provider_ref).where(Delivery.id == call.id)).one()
    assert accepted is not None
    assert post(url, {"CallSid": "CAother", "Digits": "1"})[0] == 404
    assert holder(night) is None


def test_a_call_that_was_never_made_is_not_found(call: Sent, post: Post, night: Night) -> None:
    for number in (night.sent[0].id, call.id + 99, 2**40):
        assert post(f"{PUBLIC}/webhooks/twilio/call/{number}", {"CallSid": "CA1"})[0] == 404


def test_a_call_that_is_no_page_says_its_words_once_and_takes_no_key(session: Session, post: Post) -> None:
    with transaction() as work:
        now = utc_now()
        letter = Letter(Channel.VOICE, "+442079460001", Content(voice="Men call about roofs."), now)
        number = personal.page_one(work, letter, now=now)
    status, words = post(f"{PUBLIC}/webhooks/twilio/call/{number}", {"CallSid": "CA1"})
    assert (status, words.count("Men call about roofs."), "Gather" in words) == (200, 1, False)
    assert post(f"{PUBLIC}/webhooks/twilio/call/{number}/key", {"CallSid": "CA1", "Digits": "1"})[0] == 404


def test_a_call_in_doubt_is_known_again_when_its_owner_presses(
    team: Team, night: Night, page: Page, ring: Ring
) -> None:
    page()
    night.tick(1)
    night.answer = InDoubt("cut")
    night.tick(60)
    assert any("In doubt, so it may have come or come twice: cut" in line for line in night.story(the_incident()))
    assert ring(night.sent[1], "presses:1").answers == [f"You have {spoken()}."]
    assert "Paged by call, Pat Primary: Answered, pressed 1 to take it" in night.story(the_incident())


def test_a_manager_who_is_paged_last_takes_it_like_anybody(call: Sent, ring: Ring, night: Night, team: Team) -> None:
    night.tick(600)
    last = night.sent[-1]
    assert last.to == MANAGER
    ring(last, "presses:1")
    assert holder(night) == team.manager.officer_id
