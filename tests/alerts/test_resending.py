"""Whom an alert did not reach, and why; it is sent again to just those, once each, in the words that were approved."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.alerts.test_spending import set_limits
from tests.alerts.test_together import at_once, hire
from tests.alerts.test_views import digest_on
from tests.conftest import command_environment
from tsalert.alerts import editions, queries, service
from tsalert.alerts.missing import queries as missing
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import SENT_AGAIN, Reason, Way
from tsalert.alerts.missing.service import Again
from tsalert.alerts.models import Alert, AlertEdition, AlertResend
from tsalert.alerts.rules import Channel, Edition, FollowUp, Kind, Urgency
from tsalert.alerts.spending import service as spending
from tsalert.alerts.steps import Status
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.db import db
from tsalert.delivery.counting import change_counts, complete_if_done
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.delivery.rules import SuppressionReason
from tsalert.delivery.service import suppress
from tsalert.delivery.stopping import stop_sending
from tsalert.staff.queries import get_officer_by_id
from tsalert.staff.rules import RoleName
from tsalert.subscribers.models import Subscriber, SubscriberEndpoint, Subscription

SignIn = Callable[..., FlaskClient]
ANN, BOB, PHONE = "ann@example.org", "bob@example.org", "+447700900001"
EVERY = tuple(SENT_AGAIN)


def ended(session: Session, **fates: str) -> None:
    """Let every message that waits end: ``ended(ann="hard_bounced")``; the others are delivered."""
    waiting = select(Delivery, Endpoint.address).join(Endpoint, Endpoint.id == Delivery.endpoint_id)
    for row, address in session.execute(waiting.where(Delivery.status == "pending")).all():
        name = address.split("@")[0] if "@" in address else "phone"
        row.status = fates.get(name, "delivered")
        key = (row.mailing_id, row.channel)
        change_counts(session, {(*key, "pending"): -1, (*key, row.status): 1})
        session.flush()
        complete_if_done(session, row.mailing_id, utc_now())
    session.commit()


def add_address(session: Session, address: str, of: int, *, topic: str = "all", frequency: str = "weekly") -> int:
    """Give the one reader of an address another one, where they asked for a topic; returns its endpoint."""
    endpoint_id = subscribe(session, address, topic=topic, frequency=frequency)
    person = session.scalars(select(SubscriberEndpoint.subscriber_id).where(SubscriberEndpoint.endpoint_id == of)).one()
    for table in (SubscriberEndpoint, Subscription):
        session.execute(update(table).where(table.endpoint_id == endpoint_id).values(subscriber_id=person))
    session.commit()
    return endpoint_id


def endpoint(session: Session, address: str) -> int:
    return session.scalars(select(Endpoint.id).where(Endpoint.address == address)).one()


def waiting(session: Session) -> dict[str, str]:
    """Return the address of every message that waits, and the mailing's words for its channel."""
    rows = session.execute(
        select(Endpoint.address, Delivery.channel, Mailing)
        .join(Delivery, Delivery.endpoint_id == Endpoint.id)
        .join(Mailing, Mailing.id == Delivery.mailing_id)
        .where(Delivery.status == "pending")
    )
    return {address: (mailing.text if channel == "email" else mailing.sms) or "" for address, channel, mailing in rows}


def times_sent(session: Session) -> dict[str, int]:
    """Return how many messages there are to each address."""
    rows = session.scalars(select(Endpoint.address).join(Delivery, Delivery.endpoint_id == Endpoint.id)).all()
    return {address: rows.count(address) for address in rows}


@pytest.fixture
def sent(author: Actor, approver: Actor, people: None) -> int:
    """An alert that is on its way to Ann, Bob and a telephone."""
    return send(author, approver)


def send(author: Actor, approver: Actor, **changes: object) -> int:
    now = utc_now()
    alert_id = service.write_draft(new_draft(expires_at=now + timedelta(days=7), **changes), actor=author, now=now)
    service.submit(alert_id, actor=author, now=now)
    service.approve(alert_id, shown(alert_id), actor=approver, now=now)
    return alert_id


def again(alert_id: int, actor: Actor, *reasons: Reason, way: Way = Way.SAME) -> int:
    return resending.send_again(alert_id, Again(reasons or EVERY, way), actor=actor, now=utc_now())


def reasons_of(session: Session, alert_id: int) -> dict[str, tuple[int, int]]:
    return {
        one.reason: (one.count, one.again) for one in missing.by_reason(session, queries.get_alert(session, alert_id))
    }


def test_nobody_is_missed_by_what_is_on_its_way_or_came(session: Session, sent: int) -> None:
    assert reasons_of(session, sent) == {}
    ended(session)
    assert reasons_of(session, sent) == {}


@pytest.mark.parametrize(
    ("fate", "reason", "again"),
    [
        ("soft_bounced", Reason.BOUNCED_FOR_NOW, 1),
        ("undelivered", Reason.UNDELIVERED, 1),
        ("failed", Reason.REFUSED, 1),
        ("hard_bounced", Reason.BOUNCED, 1),
        ("suppressed", Reason.SUPPRESSED, 0),
        ("expired", Reason.EXPIRED, 1),
        ("unknown", Reason.IN_DOUBT, 0),
    ],
)
def test_each_message_that_did_not_come_has_its_reason_and_a_masked_address(
    session: Session, sent: int, fate: str, reason: Reason, again: int
) -> None:
    ended(session, ann=fate)
    assert reasons_of(session, sent) == {reason: (1, again)}
    (message,) = missing.page_of(session, queries.get_alert(session, sent), [reason]).items
    assert (message.masked, message.channel, message.reason) == ("a•••@example.org", "email", reason)
    others = [each for each in Reason if each is not reason]
    assert missing.page_of(session, queries.get_alert(session, sent), others).items == []


def test_who_got_it_at_another_address_was_not_missed(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN), frequency="immediate")
    alert_id = send(author, approver)
    ended(session, ann="hard_bounced", bob="hard_bounced")
    assert reasons_of(session, alert_id) == {Reason.BOUNCED: (1, 1)}
    (message,) = missing.page_of(session, queries.get_alert(session, alert_id), [*Reason]).items
    assert message.masked == "b•••@example.org"


def test_an_address_of_two_people_is_missed_while_one_of_them_got_it_nowhere(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    shared = endpoint(session, ANN)
    add_address(session, "+447700900002", shared, frequency="immediate")
    second = Subscriber(kind="resident", language="en", ward=None, formats=[], created_at=utc_now())
    session.add(second)
    session.flush()
    session.add(SubscriberEndpoint(subscriber_id=second.id, endpoint_id=shared, channel="email"))
    session.commit()
    alert_id = send(author, approver)
    ended(session, ann="hard_bounced")
    assert reasons_of(session, alert_id) == {Reason.BOUNCED: (1, 1)}


def test_it_goes_again_to_just_those_in_the_same_words_and_once_however_often_it_is_asked_for(
    session: Session, sent: int, approver: Actor
) -> None:
    first = waiting(session)[ANN]
    ended(session, ann="soft_bounced", phone="failed")
    assert again(sent, approver) == 2
    assert waiting(session)[ANN] == first
    assert set(waiting(session)) == {ANN, PHONE}
    with pytest.raises(Conflict):
        again(sent, approver)
    assert times_sent(session) == {ANN: 2, BOB: 1, PHONE: 2}
    assert queries.standing(session, queries.get_alert(session, sent)) is Status.SENDING


def test_it_goes_again_for_the_reasons_that_were_chosen_alone(session: Session, sent: int, approver: Actor) -> None:
    ended(session, ann="soft_bounced", bob="failed")
    assert again(sent, approver, Reason.REFUSED) == 1
    assert set(waiting(session)) == {BOB}


def test_who_is_missed_again_can_be_sent_it_again_and_the_page_tells_the_newest_alone(
    session: Session, sent: int, approver: Actor
) -> None:
    ended(session, ann="soft_bounced")
    again(sent, approver)
    ended(session, ann="failed")
    assert reasons_of(session, sent) == {Reason.REFUSED: (1, 1)}
    assert again(sent, approver) == 1
    ended(session)
    assert reasons_of(session, sent) == {}
    rounds = [(one.round, one.way, one.reasons, one.size) for one in missing.resends_of(session, sent)]
    assert rounds == [(1, "same", [*EVERY], 1), (2, "same", [*EVERY], 1)]


def test_each_edition_is_repeated_to_its_own_readers(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    subscribe(session, "parish@example.org", kind="partner")
    session.commit()
    alert_id = send(author, approver)
    words = waiting(session)["parish@example.org"]
    assert "Please pass on everything below this line" in words
    ended(session, parish="soft_bounced", ann="soft_bounced")
    assert again(alert_id, approver) == 2
    assert waiting(session)["parish@example.org"] == words
    rounds = select(AlertEdition.edition).where(AlertEdition.alert_id == alert_id, AlertEdition.round == 1)
    assert sorted(session.scalars(rounds)) == [Edition.ORDINARY, Edition.PARTNER]
    assert len(editions.mailings_of(session, alert_id)) == 2


@pytest.mark.parametrize("reason", [Reason.SUPPRESSED, Reason.IN_DOUBT])
def test_who_asked_us_to_stop_or_may_have_it_is_never_among_them(
    session: Session, sent: int, approver: Actor, reason: Reason
) -> None:
    ended(session, ann=missing.STATUSES[reason])
    for way in Way:
        with pytest.raises(RuleViolation):
            again(sent, approver, reason, way=way)
        with pytest.raises(Conflict):
            again(sent, approver, way=way)
    assert waiting(session) == {}


def test_who_left_since_gets_nothing(session: Session, sent: int, approver: Actor) -> None:
    ended(session, ann="soft_bounced")
    suppress(session, endpoint(session, ANN), SuppressionReason.OPTED_OUT, utc_now())
    session.commit()
    assert reasons_of(session, sent) == {Reason.BOUNCED_FOR_NOW: (1, 0)}
    with pytest.raises(Conflict):
        again(sent, approver)


def test_a_dead_mail_is_followed_by_a_text_where_they_asked_for_the_topic(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN), topic="doorstep-crime")
    add_address(session, "+447700900003", endpoint(session, BOB), topic="scams")
    alert_id = send(author, approver, channels=(Channel.EMAIL,))
    ended(session, ann="hard_bounced", bob="hard_bounced")
    assert missing.sizes_of(session, queries.get_alert(session, alert_id))[Way.OTHER] == {"sms": 1}
    assert again(alert_id, approver, way=Way.OTHER) == 1
    ((address, words),) = waiting(session).items()
    assert address == "+447700900002"
    assert "Roofers are knocking in Bickley." in words
    with pytest.raises(Conflict):
        again(alert_id, approver, way=Way.OTHER)
    ended(session)
    assert reasons_of(session, alert_id) == {Reason.BOUNCED: (1, 1)}


def test_another_address_that_is_not_in_use_gets_nothing(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    other = add_address(session, "+447700900002", endpoint(session, ANN))
    suppress(session, other, SuppressionReason.OPTED_OUT, utc_now())
    session.commit()
    alert_id = send(author, approver)
    ended(session, ann="hard_bounced")
    with pytest.raises(Conflict):
        again(alert_id, approver, way=Way.OTHER)


def write_all_clear(alert_id: int, author: Actor, now: datetime) -> int:
    over = FollowUp(Kind.ALL_CLEAR, "It is over", "They were arrested.", expires_at=now + timedelta(days=2))
    all_clear = service.follow_up(alert_id, over, actor=author, now=now)
    service.submit(all_clear, actor=author, now=now)
    return all_clear


def test_the_all_clear_goes_the_same_way_to_whoever_got_it_by_another(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN))
    alert_id = send(author, approver, channels=(Channel.EMAIL,))
    ended(session, ann="hard_bounced")
    again(alert_id, approver, way=Way.OTHER)
    ended(session)
    now = utc_now()
    all_clear = write_all_clear(alert_id, author, now)
    service.approve(all_clear, shown(all_clear), actor=approver, now=now)
    assert set(waiting(session)) == {BOB, "+447700900002"}


def test_an_all_clear_that_was_written_before_goes_to_them_too_once_its_approver_has_read_it_again(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN))
    alert_id = send(author, approver, channels=(Channel.EMAIL,))
    ended(session, ann="hard_bounced")
    now = utc_now()
    all_clear = write_all_clear(alert_id, author, now)
    read = shown(all_clear)
    again(alert_id, approver, way=Way.OTHER)
    ended(session)
    with pytest.raises(Conflict, match="has changed since you read it"):
        service.approve(all_clear, read, actor=approver, now=now)
    service.approve(all_clear, shown(all_clear), actor=approver, now=now)
    assert set(waiting(session)) == {BOB, "+447700900002"}


def test_the_correction_goes_the_same_way_to_whoever_got_it_by_another(
    session: Session, author: Actor, approver: Actor, people: None
) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN))
    alert_id = send(author, approver, channels=(Channel.EMAIL,))
    ended(session, ann="hard_bounced", bob="hard_bounced")
    again(alert_id, approver, way=Way.OTHER)
    ended(session)
    now = utc_now()
    correction = service.withdraw(alert_id, "It was another firm.", tell_readers=True, actor=author, now=now)
    assert correction is not None
    service.approve(correction, shown(correction), actor=approver, now=now)
    assert set(waiting(session)) == {"+447700900002"}


def test_withdrawing_an_alert_stops_what_is_sent_again(session: Session, sent: int, approver: Actor) -> None:
    ended(session, ann="soft_bounced")
    again(sent, approver)
    service.withdraw(sent, "It was another firm.", actor=approver, now=utc_now())
    assert waiting(session) == {}
    with pytest.raises(Conflict):
        again(sent, approver)


def test_an_alert_that_is_held_goes_to_nobody_again(session: Session, sent: int, approver: Actor) -> None:
    ended(session, ann="soft_bounced")
    again(sent, approver)
    service.pause(sent, actor=approver, now=utc_now())
    with pytest.raises(Conflict):
        again(sent, approver)
    service.resume(sent, actor=approver, now=utc_now())
    assert set(waiting(session)) == {ANN}


def test_an_alert_that_has_ended_goes_to_nobody_again(session: Session, sent: int, approver: Actor) -> None:
    ended(session, ann="soft_bounced")
    session.execute(update(Alert).values(expires_at=utc_now() - timedelta(minutes=1)))
    session.commit()
    with pytest.raises(RuleViolation):
        again(sent, approver)


def test_words_that_nobody_approved_never_go_out(session: Session, sent: int, approver: Actor) -> None:
    add_address(session, "+447700900002", endpoint(session, ANN))
    ended(session, ann="hard_bounced")
    session.execute(update(Alert).values(approved_digest="0" * 64))
    session.commit()
    with pytest.raises(Conflict, match="Write an update"):
        again(sent, approver, way=Way.OTHER)
    assert waiting(session) == {}


def test_who_may_not_approve_may_not_send_again(session: Session, officer: Callable[..., Actor], sent: int) -> None:
    ended(session, ann="soft_bounced")
    with pytest.raises(NotAllowed):
        again(sent, officer(RoleName.ADMINISTRATOR))


def test_while_all_sending_is_stopped_the_answer_says_that_nothing_leaves_yet(
    session: Session, signed_in: SignIn, officer: Callable[..., Actor], sent: int
) -> None:
    ended(session, ann="soft_bounced")
    stop_sending("The wrong ward gets it.", actor=officer(RoleName.MANAGER), now=utc_now())
    asked = {"reasons": [Reason.BOUNCED_FOR_NOW.value], "way": Way.SAME.value}
    answer = signed_in(RoleName.MANAGER).post(f"/alerts/{sent}/missing", data=asked, follow_redirects=True)
    assert "1 message waits until all sending is started again." in answer.text


def test_the_page_tells_why_and_sends_it_again_once(
    session: Session, signed_in: SignIn, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(session, ann="soft_bounced", phone="unknown")
    browser, place = signed_in(RoleName.MANAGER), f"/alerts/{sent}/missing"
    assert place in browser.get(f"/alerts/{sent}").text
    page = browser.get(place).text
    for part in ("a•••@example.org", "•••• 0001", "full mailbox", "1 email address", f"/alerts/{sent}/doubts"):
        assert part in page
    assert ANN not in page
    assert "a•••@example.org" not in browser.get(f"{place}?reason=in_doubt").text
    form = {"reasons": ["bounced_for_now"], "way": "same"}
    assert browser.post(place, data=form).status_code == 303
    assert browser.post(place, data=form).status_code == 409
    assert "Sent again" in browser.get(place).text
    assert times_sent(session) == {ANN: 2, BOB: 1, PHONE: 1}


@pytest.mark.parametrize(
    "form", [{}, {"way": "same"}, {"reasons": ["suppressed"], "way": "same"}, {"reasons": ["bounced"], "way": "pigeon"}]
)
def test_a_form_that_says_too_little_sends_nothing(
    session: Session, signed_in: SignIn, sent: int, form: dict[str, object]
) -> None:
    ended(session, ann="soft_bounced")
    answer = signed_in(RoleName.MANAGER).post(f"/alerts/{sent}/missing", data=form)
    assert answer.status_code == 422
    assert waiting(session) == {}


def test_the_list_goes_on_page_by_page(
    session: Session, signed_in: SignIn, author: Actor, approver: Actor, short_pages: Callable[[int], None]
) -> None:
    short_pages(2)
    for number in range(3):
        subscribe(session, f"x{number}@example.org")
    session.commit()
    alert_id = send(author, approver)
    ended(session, **{f"x{number}": "failed" for number in range(3)})
    alert = queries.get_alert(session, alert_id)
    first = missing.page_of(session, alert, [*Reason])
    second = missing.page_of(session, alert, [*Reason], after=first.next)
    assert (len(first.items), len(second.items), second.next) == (2, 1, None)
    assert f"after={first.next}" in signed_in(RoleName.MANAGER).get(f"/alerts/{alert_id}/missing").text


@pytest.mark.parametrize("path", ["/alerts/999999/missing", "/api/v1/alerts/999999/missing"])
def test_an_alert_that_there_is_not_has_missed_nobody(
    signed_in: SignIn, client: FlaskClient, bearer: Callable[..., dict[str, str]], path: str
) -> None:
    if path.startswith("/api"):
        assert client.get(path, headers=bearer(RoleName.MANAGER)).status_code == 404
    else:
        assert signed_in(RoleName.MANAGER).get(path).status_code == 404


def test_a_program_reads_the_same_and_sends_it_again_once(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], sent: int
) -> None:
    ended(session, ann="soft_bounced")
    token, place = bearer(RoleName.MANAGER), f"/api/v1/alerts/{sent}"
    told = client.get(f"{place}/missing", headers=token).json
    assert told is not None
    assert [(one["reason"], one["count"], one["again"]) for one in told["reasons"]] == [("bounced_for_now", 1, 1)]
    assert [(one["address"], one["reason"]) for one in told["items"]] == [("a•••@example.org", "bounced_for_now")]
    wanted = {"reasons": ["bounced_for_now"], "way": "same"}
    answer = client.post(f"{place}/resends", json=wanted, headers=token)
    assert (answer.status_code, answer.json["resends"][0]["size"]) == (201, 1)  # type: ignore[index]
    assert client.post(f"{place}/resends", json=wanted, headers=token).status_code == 409
    assert client.post(f"{place}/resends", json={"reasons": ["bounced"]}, headers=token).status_code == 422


def test_by_night_an_urgent_alert_wakes_nobody_again_before_somebody_has_said_why(
    session: Session, signed_in: SignIn, author: Actor, approver: Actor, people: None
) -> None:
    day = datetime(2026, 6, 10, 15, tzinfo=UTC)
    draft = new_draft(urgency=Urgency.URGENT, expires_at=day + timedelta(days=7))
    alert_id = service.write_draft(draft, actor=author, now=day)
    service.submit(alert_id, actor=author, now=day)
    service.approve(alert_id, shown(alert_id), actor=approver, now=day)
    ended(session, ann="soft_bounced", phone="undelivered")
    place, form = f"/alerts/{alert_id}/missing", {"reasons": ["bounced_for_now", "undelivered"], "way": "same"}
    with time_machine.travel(day.replace(hour=22), tick=False):
        desk = signed_in(RoleName.DUTY_OFFICER)
        assert 'name="night_reason"' in desk.get(place).text
        refused = desk.post(place, data=form)
        assert (refused.status_code, 'id="night_reason-error"' in refused.text) == (422, True)
        assert waiting(session) == {}
        by_mail = desk.post(place, data=form | {"reasons": ["bounced_for_now"]})
        assert (by_mail.status_code, set(waiting(session))) == (303, {ANN})
        said = form | {"reasons": ["undelivered"], "night_reason": "They are going from door to door now."}
        assert desk.post(place, data=said).status_code == 303
        assert set(waiting(session)) == {ANN, PHONE}


def test_from_a_terminal_it_is_told_whom_it_missed_and_sent_again_once(
    command: Callable[..., Result], session: Session, sent: int, approver: Actor
) -> None:
    ended(session, ann="soft_bounced", phone="suppressed")
    number, email = queries.get_alert(session, sent).reference, get_officer_by_id(session, approver.officer_id).email
    run = partial(command, "alerts")
    told = run("missing", number.lower(), "--each")
    assert (told.exit_code, told.stdout.splitlines()[:2]) == (1, ["bounced_for_now\t1\t1", "suppressed\t1\t0"])
    assert "email\ta•••@example.org\tbounced_for_now" in told.stdout
    again = ("send-again", number, "--as", email)
    assert run(*again, "--for", "refused").exit_code == 1
    assert run(*again, "--for", "suppressed").exit_code == 2
    made = run(*again)
    assert (made.exit_code, made.stdout) == (0, "1 message is on its way.\n")
    assert set(waiting(session)) == {ANN}
    assert "nobody left to send this to" in run(*again).stderr
    assert "No alert TS-1999-001 has been sent." in run("missing", "TS-1999-001").stderr


def prepared(app: Flask) -> tuple[int, Actor]:
    """Let an alert end that came back from each of forty people; returns it and who may send it again."""
    with app.app_context():
        author, approver = hire("author"), hire("approver")
        for number in range(40):
            subscribe(db.session(), f"x{number}@example.org")
        db.session.commit()
        alert_id = send(author, approver)
        ended(db.session(), **{f"x{number}": "soft_bounced" for number in range(40)})
        db.session.remove()
    return alert_id, approver


def test_two_officers_who_press_at_once_send_it_once(fresh_app: Flask) -> None:
    alert_id, approver = prepared(fresh_app)
    outcomes = at_once(fresh_app, *[lambda: again(alert_id, approver)] * 4)
    assert sorted(str(type(each).__name__) for each in outcomes) == ["Conflict"] * 3 + ["int"]
    with fresh_app.app_context():
        assert set(times_sent(db.session()).values()) == {2}


_KILLED = """
import os, signal
from wsgi import app
from tsalert.alerts.missing import service as resending
from tsalert.alerts.missing.queries import SENT_AGAIN, Way
from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.queries import actor_of, get_officer

resending.audit.record = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with app.app_context():
    actor = actor_of(get_officer(db.session(), "approver@example.org"), Via.PAGE)
    resending.send_again({alert_id}, resending.Again(tuple(SENT_AGAIN), Way.SAME), actor=actor, now=utc_now())
"""


def test_killed_in_between_it_sent_nothing_and_then_it_sends_all_of_it_once(fresh_app: Flask) -> None:
    alert_id, approver = prepared(fresh_app)
    command = [sys.executable, "-c", _KILLED.replace("{alert_id}", str(alert_id))]
    died = subprocess.run(command, env=command_environment(fresh_app), capture_output=True, text=True, check=False)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with fresh_app.app_context():
        assert db.session.scalars(select(AlertResend)).all() == []
        assert set(times_sent(db.session()).values()) == {1}
        assert again(alert_id, approver) == 40
        assert set(times_sent(db.session()).values()) == {2}


def test_sending_again_is_counted_and_refused_like_any_text_that_costs_more_than_is_left(
    app: Flask, session: Session, sent: int, author: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(session, phone="undelivered")
    monkeypatch.setitem(app.extensions, "tsalert_settings", app.extensions["tsalert_settings"])
    before = spending.set_aside_for(session, sent)
    set_limits(app, per_hour="0.01", price="100")
    with pytest.raises(RuleViolation, match="left"):
        again(sent, author, Reason.UNDELIVERED)
    session.rollback()
    assert len(editions.all_mailings_of(session, sent)) == len(editions.mailings_of(session, sent))
    set_limits(app, price="100")
    assert again(sent, author, Reason.UNDELIVERED) == 1
    session.rollback()
    assert spending.set_aside_for(session, sent) > before


@pytest.fixture
def too_dear(app: Flask, session: Session, sent: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """An alert whose text came back, and would cost more to send again than is left."""
    ended(session, phone="undelivered")
    monkeypatch.setitem(app.extensions, "tsalert_settings", app.extensions["tsalert_settings"])
    set_limits(app, per_hour="0.01", price="100")
    return sent


def test_a_manager_lets_it_cost_more_on_the_page_from_which_it_is_sent_again(
    session: Session, signed_in: SignIn, too_dear: int
) -> None:
    place, officer, manager = f"/alerts/{too_dear}/missing", signed_in(), signed_in(RoleName.MANAGER, name="Mo Manager")
    form = {"reasons": ["undelivered"], "way": "same"}
    refused = officer.post(place, data=form)
    assert refused.status_code == 422
    assert "Send it again for fewer reasons, or ask a manager to let it cost more." in refused.text
    page = officer.get(place).text
    assert ("is left. Send it again" in page, "Let it cost more" in page) == (True, False)
    page = manager.get(place).text
    assert "Let it cost more" in page
    leave = {"digest": digest_on(page), "reason": "They must know of the robber."}
    assert officer.post(f"{place}/spending-leave", data=leave).status_code == 403
    assert manager.post(f"{place}/spending-leave", data=leave | {"reason": ""}).status_code == 422
    page = manager.post(f"{place}/spending-leave", data=leave, follow_redirects=True).text
    assert "This alert may cost more when it is sent again." in page
    assert "Mo Manager gave leave" in officer.get(place).text
    assert officer.post(place, data=form).status_code == 303
    assert times_sent(session)[PHONE] == 2


def test_a_program_of_a_manager_lets_it_cost_more_and_it_is_sent_again(
    session: Session, client: FlaskClient, bearer: Callable[..., dict[str, str]], too_dear: int
) -> None:
    token, place = bearer(RoleName.MANAGER), f"/api/v1/alerts/{too_dear}"
    wanted = {"reasons": ["undelivered"], "way": "same"}
    assert client.post(f"{place}/resends", json=wanted, headers=token).status_code == 422
    read: Any = client.get(place, headers=token).json
    leave = {"digest": read["digest"], "reason": "They must know of the robber."}
    told: Any = client.post(f"{place}/spending-leave", json=leave, headers=token).json
    assert told["may_cost_more"]
    assert client.post(f"{place}/resends", json=wanted, headers=token).status_code == 201
    assert times_sent(session)[PHONE] == 2


def test_nobody_lets_an_alert_cost_more_that_is_not_sent_again(
    session: Session, officer: Callable[..., Actor], too_dear: int
) -> None:
    manager, why = officer(RoleName.MANAGER), "They must know of the robber."
    with pytest.raises(Conflict, match="is not sent again"):
        spending.give_leave(too_dear, shown(too_dear), why, actor=manager, now=utc_now() + timedelta(days=7))
    service.withdraw(too_dear, "It was another street.", actor=manager, now=utc_now())
    with pytest.raises(Conflict, match="is not sent again"):
        spending.give_leave(too_dear, shown(too_dear), why, actor=manager, now=utc_now())
