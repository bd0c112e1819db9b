"""Whoever changes what they get while they wait for a mail misses nothing, and hears nothing twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle, shown, subscribe
from tests.conftest import NOW
from tests.digests.conftest import MORNING, Publish, send_due, told
from tsalert.alerts import editions
from tsalert.alerts import service as alerts
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Edition, FollowUp, Kind
from tsalert.core.actors import Actor
from tsalert.delivery.models import Delivery, Endpoint
from tsalert.subscribers.models import SubscriberEndpoint
from tsalert.subscribers.preferences import choosing, moving
from tsalert.subscribers.preferences.acting import by_officer, by_reader
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.models import AddressMove
from tsalert.subscribers.preferences.moving import confirm_move
from tsalert.subscribers.preferences.tokens import move_signer

pytestmark = pytest.mark.db
ANN, NEW = "ann@example.org", "ann.new@example.org"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def choose(session: Session, endpoint_id: int, choices: Choices, *, now: datetime) -> None:
    """Let the reader of an address choose."""
    person = _reader(session, endpoint_id)
    choosing.change(session, person, endpoint_id, choices, by=by_reader(now))
    session.commit()


def move(session: Session, endpoint_id: int, contact: str, *, officer: Actor, now: datetime) -> None:
    """Let the reader of an address move to another one, which confirms itself."""
    moving.ask_to_move(session, _reader(session, endpoint_id), endpoint_id, contact, by=by_officer(officer, now))
    session.commit()
    asked = session.scalars(select(AddressMove.id).order_by(AddressMove.id.desc())).first()
    assert asked is not None
    confirm_move(move_signer().sign(asked), now=now)


def _reader(session: Session, endpoint_id: int) -> int:
    mine = SubscriberEndpoint.endpoint_id == endpoint_id
    return session.scalars(select(SubscriberEndpoint.subscriber_id).where(mine)).one()


def at_once(session: Session, alert: Alert) -> set[str]:
    """Return the addresses to which an alert went at once."""
    query = select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)
    return set(session.scalars(query.where(Delivery.mailing_id.in_(editions.all_mailings_of(session, alert.id)))))


@pytest.mark.parametrize("before", ["daily", "weekly"])
@pytest.mark.parametrize("after", ["immediate", "daily", "weekly"])
def test_who_changes_how_often_hears_of_what_came_out_meanwhile_once(
    session: Session, publish: Publish, before: str, after: str
) -> None:
    ann = subscribe(session, ANN, frequency=before)
    session.commit()
    alert = publish()
    choose(session, ann, Choices(("all",), after), now=NOW + HOUR)
    for day in range(9):
        send_due(MORNING + day * DAY)
    assert told(session) == {(ANN, alert.reference, "new")}
    assert ANN not in at_once(session, alert)


@pytest.mark.parametrize("after", ["immediate", "daily", "weekly"])
def test_who_changes_how_often_hears_that_what_a_mail_told_was_withdrawn(
    session: Session, publish: Publish, officer: Callable[..., Actor], after: str
) -> None:
    ann = subscribe(session, ANN, frequency="daily")
    session.commit()
    alert = publish()
    send_due(MORNING)
    choose(session, ann, Choices(("all",), after), now=MORNING + HOUR)
    alerts.withdraw(alert.id, "It was another firm.", actor=officer(), now=MORNING + 2 * HOUR)
    for day in range(1, 9):
        send_due(MORNING + day * DAY)
    assert told(session) == {(ANN, alert.reference, "new"), (ANN, alert.reference, "withdrawn")}


def test_who_hears_at_once_by_now_hears_how_that_went_on_of_which_a_mail_had_told(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    ann = subscribe(session, ANN, frequency="daily")
    session.commit()
    first = publish()
    send_due(MORNING)
    choose(session, ann, Choices(("all",), "immediate"), now=MORNING + HOUR)
    written = FollowUp(Kind.UPDATE, "Roofers again", "They knock in Penge too.", NOW + 7 * DAY)
    author, approver = officer(name="Ali Author"), officer(name="Andy Approver")
    update_id = alerts.follow_up(first.id, written, actor=author, now=MORNING + 2 * HOUR)
    alerts.submit(update_id, actor=author, now=MORNING + 2 * HOUR)
    alerts.approve(update_id, shown(update_id), actor=approver, now=MORNING + 2 * HOUR)
    update = session.get_one(Alert, update_id)
    assert ANN not in at_once(session, update)
    for day in range(1, 4):
        send_due(MORNING + day * DAY)
    assert told(session) == {(ANN, first.reference, "new"), (ANN, update.reference, "new")}


def test_who_heard_at_once_and_waits_now_is_not_told_again(session: Session, publish: Publish) -> None:
    ann = subscribe(session, ANN)
    session.commit()
    alert = publish()
    assert ANN in at_once(session, alert)
    choose(session, ann, Choices(("scams", "doorstep-crime"), "daily"), now=NOW + HOUR)
    assert send_due(MORNING) == 0


@pytest.mark.parametrize(("before", "after"), [("scams", "all"), ("all", "scams")])
def test_who_changes_topics_hears_of_what_they_waited_for_and_still_want(
    session: Session, publish: Publish, before: str, after: str
) -> None:
    ann = subscribe(session, ANN, frequency="daily", topic=before)
    subscribe(session, "bob@example.org")  # an alert for one person alone is questioned
    session.commit()
    alert = publish(topic="scams", headline="Parcels")
    publish(topic="doorstep-crime", headline="Roofs")
    choose(session, ann, Choices((after,), "daily"), now=NOW + HOUR)
    send_due(MORNING)
    assert told(session) == {(ANN, alert.reference, "new")}


def test_who_moves_to_another_address_is_told_there_what_they_wait_for_and_nothing_again(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    ann = subscribe(session, ANN, frequency="daily")
    session.commit()
    had = publish()
    send_due(MORNING)
    settle(session, session.scalars(select(Delivery.mailing_id).order_by(Delivery.id.desc())).first() or 0, "accepted")
    waited_for = publish(MORNING + HOUR, headline="Parcels")
    move(session, ann, NEW, officer=officer(), now=MORNING + 2 * HOUR)
    send_due(MORNING + DAY)
    assert {line for line in told(session) if line[0] == NEW} == {(NEW, waited_for.reference, "new")}
    alerts.withdraw(had.id, "It was another firm.", actor=officer(), now=MORNING + DAY + HOUR)
    send_due(MORNING + 2 * DAY)
    assert (NEW, had.reference, "withdrawn") in told(session)
    assert send_due(MORNING + 3 * DAY) == 0


def test_who_moved_gets_the_correction_of_what_came_to_their_old_address(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    ann = subscribe(session, ANN)
    session.commit()
    alert = publish()
    settle(session, editions.mailings_of(session, alert.id)[Edition.ORDINARY], "accepted")
    move(session, ann, "ann.between@example.org", officer=officer(), now=NOW + HOUR)
    between = session.scalars(select(Endpoint.id).where(Endpoint.address == "ann.between@example.org")).one()
    move(session, between, NEW, officer=officer(), now=NOW + 2 * HOUR)
    later = NOW + 3 * HOUR
    correction_id = alerts.withdraw(alert.id, "It was another firm.", tell_readers=True, actor=officer(), now=later)
    assert correction_id is not None
    alerts.approve(correction_id, shown(correction_id), actor=officer(name="Andy Approver"), now=later)
    assert at_once(session, session.get_one(Alert, correction_id)) == {"at.once@example.org", NEW}
