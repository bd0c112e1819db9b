"""Addresses of our own get every alert, and an alert that does not reach them in time rings the alarm."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.hygiene.conftest import enlist
from tsalert.alerts import queries as alerts
from tsalert.alerts.models import Alert, AlertEdition
from tsalert.core.actors import Actor
from tsalert.core.errors import Conflict, NotAllowed, RuleViolation
from tsalert.delivery import stopping
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.hygiene import canaries
from tsalert.hygiene.models import CanaryCheck
from tsalert.notify_settings import NotifySettings
from tsalert.staff.rules import RoleName
from tsalert.subscribers import queries as subscribers

MINUTE = timedelta(minutes=1)
Officer = Callable[..., Actor]


@pytest.fixture
def manager(officer: Officer) -> Actor:
    return officer(RoleName.MANAGER)


@pytest.fixture
def published(session: Session, manager: Actor) -> int:
    """One canary, one subscriber, and an alert that has just gone out to them."""
    canaries.add_canary("canary@example.org", actor=manager, now=NOW)
    enlist("Pat Example,pat@example.org")
    return publish(session, manager)


def publish(
    session: Session, author: Actor, reference: str = "TS-2026-014", now: datetime = NOW, sms: str | None = None
) -> int:
    mailing = Mailing(
        subject="Roofers", text="Beware.", html=None, sms=sms, voice=None, lane="bulk", state="sending",
        created_at=NOW, not_after=None, completed_at=None, paused_because=None, resend_of=None,
    )  # fmt: skip
    session.add(mailing)
    session.flush()
    alert = Alert(
        reference=reference, kind="alert", in_reply_to=None, case_id=None, urgency="routine", topic="all",
        wards=[], channels=["email"], headline="Roofers", body_markdown="Beware.", advice="", sms_text="",
        expires_at=NOW + 10 * timedelta(days=1), status="approved", remark=None, author_id=author.officer_id,
        created_at=NOW, changed_at=NOW, submitted_at=NOW, approved_by=author.officer_id, approved_at=NOW,
        approved_digest="d", override_reason=None, published_at=now,
    )  # fmt: skip
    session.add(alert)
    session.flush()
    session.add(AlertEdition(mailing_id=mailing.id, alert_id=alert.id, edition="ordinary"))
    session.commit()
    return alert.id


def sent_to(session: Session, address: str) -> list[Delivery]:
    query = select(Delivery).join(Endpoint, Endpoint.id == Delivery.endpoint_id).where(Endpoint.address == address)
    return list(session.scalars(query))


def test_every_alert_goes_to_the_canaries_once_as_a_mailing_of_their_own(session: Session, published: int) -> None:
    for _ in range(2):
        canaries.watch_canaries(NOW + MINUTE)
    (message,) = sent_to(session, "canary@example.org")
    assert message.mailing_id not in alerts.mailings_of(session, published)
    assert session.get_one(Mailing, message.mailing_id).text.startswith("Beware.")


def test_an_alert_that_a_worker_hears_of_hours_later_goes_to_the_canaries_still(
    session: Session, published: int, manager: Actor
) -> None:
    found_at = NOW + timedelta(hours=5)
    canaries.watch_canaries(found_at)
    assert len(sent_to(session, "canary@example.org")) == 1
    assert canaries.watch_canaries(found_at + 15 * MINUTE) == 1


def test_a_canary_gets_nothing_that_was_sent_before_there_was_any_or_was_withdrawn_before_it_was_seen(
    session: Session, manager: Actor
) -> None:
    publish(session, manager)
    canaries.add_canary("canary@example.org", actor=manager, now=NOW + MINUTE)
    session.get_one(Alert, publish(session, manager, "TS-2026-015", NOW + 2 * MINUTE)).withdrawn_because = "Not so."
    session.commit()
    canaries.watch_canaries(NOW + 3 * MINUTE)
    assert sent_to(session, "canary@example.org") == []


def test_a_canary_counts_in_no_reach(session: Session, published: int) -> None:
    reached = subscribers.audience_size(session, wards=(), topic="all", channels=("email",), urgent=True)
    assert reached == {"email": 1}
    assert subscribers.circulation(session).subscribers == 1


def test_an_alert_that_arrives_in_time_rings_no_alarm(session: Session, published: int) -> None:
    canaries.watch_canaries(NOW + MINUTE)
    sent_to(session, "canary@example.org")[0].status = "accepted"
    session.commit()
    assert canaries.watch_canaries(NOW + 2 * MINUTE) == 0
    assert canaries.watch_canaries(NOW + 30 * MINUTE) == 0
    assert session.scalars(select(CanaryCheck.arrived_at)).one() == NOW + 2 * MINUTE


def test_an_alert_by_notify_has_arrived_when_notify_says_so(
    app: Flask, session: Session, published: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_notify = replace(app.extensions["tsalert_settings"], notify=NotifySettings("key", "token", email_template="one"))
    monkeypatch.setitem(app.extensions, "tsalert_settings", by_notify)
    canaries.watch_canaries(NOW + MINUTE)
    (message,) = sent_to(session, "canary@example.org")
    for status, arrived_at in (("accepted", None), ("delivered", NOW + 3 * MINUTE)):
        message.status = status
        session.commit()
        canaries.watch_canaries(NOW + 3 * MINUTE)
        assert session.scalars(select(CanaryCheck.arrived_at)).one() == arrived_at


def test_an_alert_that_was_sent_to_no_canary_has_not_arrived(session: Session, published: int) -> None:
    session.scalars(select(Endpoint).where(Endpoint.address == "canary@example.org")).one().status = "bounced"
    session.commit()
    assert canaries.watch_canaries(NOW + MINUTE) == 0
    assert canaries.watch_canaries(NOW + 16 * MINUTE) == 1
    assert session.scalars(select(CanaryCheck.arrived_at)).one() is None


def test_an_alert_by_mail_alone_tells_nothing_of_a_canary_that_is_a_telephone(session: Session, manager: Actor) -> None:
    canaries.add_canary("07700 900123", actor=manager, now=NOW)
    enlist("Pat Example,pat@example.org")
    publish(session, manager)
    assert [canaries.watch_canaries(NOW + minutes * MINUTE) for minutes in (1, 20)] == [0, 0]
    assert session.scalars(select(CanaryCheck.arrived_at)).one() is None


def test_an_alert_that_is_late_alarms_once_by_mail_and_on_every_page(
    session: Session, published: int, manager: Actor
) -> None:
    canaries.watch_canaries(NOW)
    assert canaries.watch_canaries(NOW + 14 * MINUTE) == 0
    assert canaries.watch_canaries(NOW + 15 * MINUTE) == 1
    assert canaries.watch_canaries(NOW + 16 * MINUTE) == 0
    assert "Alert TS-2026-014 is late" in session.scalars(select(Mailing.subject)).all()
    assert [each.reference for each in canaries.late_alerts(session, now=NOW + 16 * MINUTE)] == ["TS-2026-014"]
    canaries.note_seen(published, actor=manager, now=NOW + 20 * MINUTE)
    assert canaries.late_alerts(session, now=NOW + 21 * MINUTE) == []
    with pytest.raises(Conflict):
        canaries.note_seen(published, actor=manager, now=NOW + 22 * MINUTE)


def test_while_all_sending_is_stopped_nothing_counts_as_late(session: Session, published: int, manager: Actor) -> None:
    canaries.watch_canaries(NOW)
    stopping.stop_sending("The wrong ward gets it.", actor=manager, now=NOW)
    assert canaries.watch_canaries(NOW + timedelta(hours=1)) == 0
    again = NOW + timedelta(hours=2)
    stopping.start_sending("It was the right ward.", actor=manager, now=again)
    assert canaries.watch_canaries(again + timedelta(minutes=14)) == 0
    assert canaries.watch_canaries(again + timedelta(minutes=15)) == 1


def test_a_text_that_waits_for_the_day_counts_as_late_only_from_the_morning_on(
    session: Session, manager: Actor
) -> None:
    canaries.add_canary("07700 900123", actor=manager, now=NOW)
    enlist("Pat Example,pat@example.org")
    evening, morning = datetime(2026, 6, 10, 20, 30, tzinfo=UTC), datetime(2026, 6, 11, 7, 0, tzinfo=UTC)
    publish(session, manager, now=evening, sms="Beware.")
    minutes = (0, 15, 60)
    assert [canaries.watch_canaries(evening + each * MINUTE) for each in minutes] == [0, 0, 0]
    sent_to(session, "+447700900123")[0].attempts = 1  # put off by Twilio in the morning
    session.commit()
    assert [canaries.watch_canaries(morning + each * MINUTE) for each in (0, 14, 15)] == [0, 0, 1]


def test_without_canaries_nothing_is_sent_or_told(session: Session, manager: Actor) -> None:
    publish(session, manager)
    assert canaries.watch_canaries(NOW + MINUTE) == 0
    assert session.scalars(select(CanaryCheck.alert_id)).all() == []


def test_a_subscribers_address_is_no_canary(session: Session, manager: Actor) -> None:
    enlist("Pat Example,pat@example.org")
    with pytest.raises(RuleViolation, match="subscriber's address"):
        canaries.add_canary("pat@example.org", actor=manager, now=NOW)


def test_where_nothing_makes_calls_a_landline_is_no_canary(
    app: Flask, session: Session, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = NotifySettings("key", "token", sms_template="one")
    chosen = replace(app.extensions["tsalert_settings"], notify=account)
    monkeypatch.setitem(app.extensions, "tsalert_settings", chosen)
    with pytest.raises(RuleViolation, match="We cannot ring landlines"):
        canaries.add_canary("020 7946 0123", actor=manager, now=NOW)


def test_only_who_manages_the_list_adds_canaries_and_one_removed_gets_no_more(
    session: Session, officer: Officer, published: int, manager: Actor
) -> None:
    with pytest.raises(NotAllowed):
        canaries.add_canary("other@example.org", actor=officer(RoleName.DUTY_OFFICER), now=NOW)
    (only,) = canaries.canaries(session)
    canaries.remove_canary(only.id, actor=manager, now=NOW)
    canaries.watch_canaries(NOW + MINUTE)
    assert sent_to(session, "canary@example.org") == []


def test_an_answer_to_any_edition_of_an_alert_names_the_alert(session: Session, published: int) -> None:
    (mailing_id,) = alerts.mailings_of(session, published)
    assert alerts.reference_of_mailing(session, mailing_id) == "TS-2026-014"
    partners = Mailing(
        subject="Roofers", text="Pass it on.", html=None, sms=None, voice=None, lane="bulk", state="sending",
        created_at=NOW, not_after=None, completed_at=None, paused_because=None, resend_of=None,
    )  # fmt: skip
    session.add(partners)
    session.flush()
    session.add(AlertEdition(mailing_id=partners.id, alert_id=published, edition="partner"))
    session.flush()
    assert alerts.reference_of_mailing(session, partners.id) == "TS-2026-014"
