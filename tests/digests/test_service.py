"""The daily and weekly mails as they are made: who hears of what, once, whatever happens."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.alerts.conftest import settle, shown, subscribe
from tests.conftest import NOW
from tests.digests.conftest import MORNING, Publish, send_due, told
from tsalert.alerts import editions
from tsalert.alerts import service as alerts
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.models import Alert
from tsalert.alerts.rules import Edition, FollowUp, Kind
from tsalert.audit import service as audit
from tsalert.core.actors import Actor
from tsalert.delivery import service as delivery
from tsalert.delivery.counting import change_counts
from tsalert.delivery.models import Delivery, Endpoint, Mailing
from tsalert.digests import queries as digests
from tsalert.digests import readers, service
from tsalert.digests.models import DigestItem, DigestMailing, DigestRun
from tsalert.digests.rules import Before, Told, Wish, due_period, is_told
from tsalert.subscribers.models import Subscriber, Subscription, Topic
from tsalert.subscribers.rules import Frequency

pytestmark = pytest.mark.db
WHY = "The firm that we named had nothing to do with it."
_MONDAY = MORNING + timedelta(days=(7 - MORNING.weekday()) % 7)


def test_who_chose_daily_is_told_the_next_morning_once(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    assert send_due(MORNING) == 1
    assert send_due(MORNING + timedelta(minutes=1)) == 0
    assert send_due(MORNING + timedelta(days=1)) == 0
    assert told(session) == {("ann@example.org", alert.reference, "new")}


def test_the_next_mail_names_only_what_somebody_has_not_had(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish()
    send_due(MORNING)
    new = publish(MORNING, headline="Parcels")
    daily, weekly = digests.coming(session, now=MORNING)
    assert (daily.references, daily.readers) == ((new.reference,), 1)
    assert (weekly.references, weekly.readers) == ((), 0)


def test_who_has_the_same_to_hear_of_gets_one_mailing(session: Session, publish: Publish) -> None:
    for number in range(3):
        subscribe(session, f"ann{number}@example.org", frequency="daily")
    subscribe(session, "bob@example.org", frequency="daily", topic="doorstep-crime")
    session.commit()
    publish()
    publish(topic="all", headline="Everything")
    assert send_due(MORNING) == 4
    assert session.scalar(select(func.count()).select_from(DigestMailing)) == 1
    publish(MORNING, headline="Roofs", topic="doorstep-crime")
    assert send_due(MORNING + timedelta(days=1)) == 4


def test_the_list_is_looked_through_once_for_each_alert_however_many_mails_come_of_it(
    session: Session, publish: Publish, looked: Callable[[], int]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish()
    before = looked()
    send_due(MORNING)
    assert looked() - before == 1
    for number, topic in enumerate(("scams", "doorstep-crime", "all")):
        for formats in ("", "large_print"):
            subscribe(session, f"bob{number}{formats}@example.org", frequency="daily", topic=topic, formats=formats)
    session.commit()
    publish(MORNING, topic="scams", headline="Parcels")
    before = looked()
    send_due(MORNING + timedelta(days=1))
    assert session.scalar(select(func.count()).select_from(DigestMailing)) == 7
    assert looked() - before == 2


def test_an_urgent_alert_that_came_at_once_is_not_told_again(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish(urgency="urgent")
    assert send_due(MORNING) == 0


def test_whom_a_mail_did_not_reach_in_its_time_is_told_with_the_next(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    came, did_not = ("accepted", "delivered", "unknown"), ("expired", "failed", "pending")
    for fate in (*came, *did_not):
        subscribe(session, f"{fate}@example.org", frequency="daily")
    session.commit()
    alert = publish(expires_at=NOW + timedelta(days=30))

    def end_as_named() -> None:
        """Let the mail server be away all day: some messages are given up, one still waits when its time is over."""
        for fate in (*came, *did_not):
            mine = select(Endpoint.id).where(Endpoint.address == f"{fate}@example.org").scalar_subquery()
            session.execute(update(Delivery).where(Delivery.endpoint_id == mine).values(status=fate))
        session.commit()

    assert service.send_due(MORNING) == 6
    end_as_named()
    assert service.send_due(MORNING + timedelta(hours=1)) == 0
    alerts.withdraw(alert.id, WHY, actor=officer(), now=MORNING + timedelta(hours=2))
    assert send_due(MORNING + timedelta(days=1)) == 3
    publish(MORNING + timedelta(days=1), expires_at=NOW + timedelta(days=30), headline="Parcels")
    assert service.send_due(MORNING + timedelta(days=2)) == 6
    end_as_named()
    assert send_due(MORNING + timedelta(days=3)) == 3
    assert send_due(MORNING + timedelta(days=4)) == 0


def test_who_paused_their_alerts_gets_no_mail_until_they_resume(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish()
    session.execute(update(Subscriber).values(paused_until=NOW + timedelta(days=30)))
    session.commit()
    send_due(MORNING)
    assert told(session) == set()
    session.execute(update(Subscriber).values(paused_until=None))
    session.commit()
    send_due(MORNING + timedelta(days=1))
    assert len(told(session)) == 1


def test_an_alert_that_is_over_is_left_out(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish(expires_at=MORNING - timedelta(hours=2))
    assert send_due(MORNING) == 0


def test_changing_from_weekly_to_daily_misses_nothing(session: Session, publish: Publish) -> None:
    endpoint_id = subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    alert = publish()
    send_due(MORNING)
    session.query(Subscription).filter_by(endpoint_id=endpoint_id).update({"frequency": "daily"})
    session.commit()
    send_due(MORNING + timedelta(days=1))
    send_due(MORNING + timedelta(days=8))
    assert told(session) == {("ann@example.org", alert.reference, "new")}


@pytest.mark.parametrize("often", ["daily", "weekly"])
def test_an_alert_of_a_morning_on_which_nothing_ran_is_told_with_the_next_mail(
    session: Session, publish: Publish, often: str
) -> None:
    subscribe(session, "ann@example.org", frequency=often)
    session.commit()
    alert = publish(expires_at=NOW + timedelta(days=30))
    assert send_due(_MONDAY + timedelta(days=7)) == 1
    assert send_due(_MONDAY + timedelta(days=14)) == 0
    assert told(session) == {("ann@example.org", alert.reference, "new")}


def test_an_alert_that_was_told_and_then_taken_back_is_told_as_withdrawn(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    send_due(MORNING)
    subscribe(session, "late@example.org", frequency="daily")
    session.commit()
    alerts.withdraw(alert.id, WHY, actor=officer(), now=MORNING + timedelta(hours=1))
    assert send_due(MORNING + timedelta(days=1)) == 1
    assert send_due(MORNING + timedelta(days=2)) == 0
    assert told(session) == {
        ("ann@example.org", alert.reference, "new"),
        ("ann@example.org", alert.reference, "withdrawn"),
    }


def test_an_alert_that_is_taken_back_while_its_mail_waits_to_leave_is_told_to_nobody_further(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    gone, waits = (subscribe(session, f"{name}@example.org", frequency="daily") for name in ("gone", "waits"))
    session.commit()
    wrong, right = publish(), publish(headline="Parcels")
    assert service.send_due(MORNING) == 2
    session.execute(update(Delivery).where(Delivery.endpoint_id == gone).values(status="accepted"))
    mailing_id = session.scalars(select(DigestMailing.mailing_id)).one()
    change_counts(session, {(mailing_id, "email", "pending"): -1, (mailing_id, "email", "accepted"): 1})
    session.commit()
    assert service.send_due(MORNING + timedelta(minutes=1)) == 0
    alerts.withdraw(wrong.id, WHY, actor=officer(), now=MORNING + timedelta(minutes=2))
    assert service.send_due(MORNING + timedelta(minutes=3)) == 2
    assert service.send_due(MORNING + timedelta(minutes=4)) == 0
    query = select(DigestItem.alert_id, DigestItem.tells).join(
        Delivery, (Delivery.mailing_id == DigestItem.mailing_id) & (Delivery.status != "cancelled")
    )
    heard = {
        end: {tuple(row) for row in session.execute(query.where(Delivery.endpoint_id == end))} for end in (gone, waits)
    }
    assert heard[waits] == {(right.id, "new")}
    assert heard[gone] == {(wrong.id, "new"), (right.id, "new"), (wrong.id, "withdrawn")}
    (run,) = (each for each in digests.list_sent(session).items if each.progress)
    assert run.progress is not None
    assert run.progress.total == 3


def test_a_mail_that_waits_to_leave_while_an_all_clear_goes_out_does_not_warn_any_more(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    waits = subscribe(session, "waits@example.org", frequency="daily")
    session.commit()
    over, goes_on = publish(), publish(headline="Parcels")
    settle(session, editions.mailings_of(session, over.id)[Edition.ORDINARY], "accepted")
    assert service.send_due(MORNING) == 1
    give_all_clear(over, officer, MORNING + timedelta(minutes=1))
    assert service.send_due(MORNING + timedelta(minutes=2)) == 1
    assert service.send_due(MORNING + timedelta(minutes=3)) == 0
    heard = select(DigestItem.alert_id).join(Delivery, Delivery.mailing_id == DigestItem.mailing_id)
    assert session.scalars(heard.where(Delivery.endpoint_id == waits, Delivery.status == "pending")).all() == [
        goes_on.id
    ]


def test_an_alert_whose_all_clear_was_withdrawn_is_told_of_again_and_its_mail_is_made_once(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "waits@example.org", frequency="daily")
    session.commit()
    stands = publish()
    settle(session, editions.mailings_of(session, stands.id)[Edition.ORDINARY], "accepted")
    before = MORNING - timedelta(minutes=30)
    all_clear = give_all_clear(stands, officer, before)
    alerts.withdraw(all_clear, "They came back.", actor=officer(name="Wendy Withdraws"), now=before)
    assert service.send_due(MORNING) == 1
    assert session.scalars(select(DigestItem.alert_id)).all() == [stands.id]
    assert service.send_due(MORNING + timedelta(minutes=1)) == 0


def give_all_clear(alert: Alert, officer: Callable[..., Actor], now: datetime) -> int:
    """Let two officers end an alert; return the all-clear."""
    author, approver = officer(name="Ali Author"), officer(name="Andy Approver")
    written = FollowUp(Kind.ALL_CLEAR, "All clear", "They were arrested.", now + timedelta(days=20))
    alert_id = alerts.follow_up(alert.id, written, actor=author, now=now)
    alerts.submit(alert_id, actor=author, now=now)
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=now)
    return alert_id


def test_an_alert_that_is_held_waits_for_a_later_mail(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    alerts.pause(alert.id, actor=officer(), now=NOW)
    assert send_due(MORNING) == 0
    alerts.resume(alert.id, actor=officer(), now=MORNING)
    assert send_due(MORNING + timedelta(days=1)) == 1


@pytest.mark.parametrize("often", ["daily", "weekly"])
def test_an_alert_that_was_held_for_longer_than_a_week_is_told_once_it_goes_on(
    session: Session, publish: Publish, officer: Callable[..., Actor], often: str
) -> None:
    subscribe(session, "ann@example.org", frequency=often)
    session.commit()
    alert = publish(expires_at=NOW + timedelta(days=60))
    alerts.pause(alert.id, actor=officer(), now=NOW)
    goes_on = NOW + timedelta(days=20)
    assert [send_due(MORNING + timedelta(days=day)) for day in range(20)] == [0] * 20
    alerts.resume(alert.id, actor=officer(), now=goes_on)
    assert sum(send_due(goes_on + timedelta(days=day, hours=23)) for day in range(8)) == 1
    assert told(session) == {("ann@example.org", alert.reference, "new")}


def test_an_alert_that_is_withdrawn_weeks_later_is_told_with_its_reason(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    endpoint_id = subscribe(session, "ann@example.org", frequency="daily", topic="doorstep-crime")
    session.commit()
    alert = publish()
    send_due(MORNING)
    # What was told wrongly is taken back whatever its reader wants to hear of now.
    topic_id = session.scalars(select(Topic.id).where(Topic.slug == "scams")).one()
    session.query(Subscription).filter_by(endpoint_id=endpoint_id).update({"topic_id": topic_id})
    session.commit()
    settle(session, editions.mailings_of(session, alert.id)[Edition.ORDINARY], "accepted")
    late = MORNING + timedelta(days=30)
    alerts.withdraw(alert.id, WHY, actor=officer(), now=late)
    assert send_due(late) == 1
    assert send_due(late + timedelta(days=1)) == 0
    mailing = session.scalars(select(Mailing).order_by(Mailing.id.desc())).first()
    assert mailing is not None
    for words in (mailing.text, mailing.html or ""):
        assert "Withdrawn: Roofers in Bickley" in words
        assert WHY in words
    assert WHY not in (mailing.sms or "")


def test_who_did_not_hear_of_an_alert_hears_nothing_of_its_withdrawal(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="weekly")
    session.commit()
    alert = publish()
    alerts.withdraw(alert.id, WHY, actor=officer(), now=NOW)
    assert sum(send_due(MORNING + timedelta(days=day)) for day in range(9)) == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE digest_run SET day = '2020-01-01'",
        "DELETE FROM digest_run",
        "UPDATE digest_mailing SET run_id = run_id",
        "DELETE FROM digest_mailing",
        "UPDATE digest_item SET tells = 'withdrawn'",
        "DELETE FROM digest_item",
    ],
)
def test_what_was_told_stays_as_it_was_told(session: Session, publish: Publish, change: str) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    publish()
    send_due(MORNING)
    with pytest.raises(DatabaseError, match="stays as it was told"):
        session.execute(text(change))
    session.rollback()


def _words_to(session: Session, address: str) -> Mailing:
    """Return the one mailing of digests that an address got."""
    query = select(Mailing).join(DigestMailing, DigestMailing.mailing_id == Mailing.id)
    query = query.join(Delivery, Delivery.mailing_id == Mailing.id)
    return session.scalars(
        query.join(Endpoint, Endpoint.id == Delivery.endpoint_id).where(Endpoint.address == address)
    ).one()


def test_each_reader_gets_the_edition_that_they_read(session: Session, publish: Publish) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    subscribe(session, "large@example.org", frequency="daily", formats="large_print")
    subscribe(session, "+447700900042", frequency="daily", formats="large_print")
    for address, formats in (("watch@example.org", ""), ("library@example.org", "large_print")):
        subscribe(session, address, frequency="daily", kind="partner", formats=formats)
    session.commit()
    alert = publish()
    assert send_due(MORNING) == 5
    assert len(told(session)) == 5
    ordinary, large = _words_to(session, "ann@example.org"), _words_to(session, "large@example.org")
    partner = _words_to(session, "watch@example.org")
    assert _words_to(session, "library@example.org") is partner
    assert _words_to(session, "+447700900042") is ordinary
    assert ordinary.sms is not None
    assert (large.sms, partner.sms) == (None, None)
    for mailing in (ordinary, large, partner):
        for words in (mailing.text, mailing.html or ""):
            assert alert.headline in words
            assert f"/check/{alert.reference}" in words
            assert words.count("((unsubscribe_link))") == 1
    for mailing in (ordinary, large):
        for words in (mailing.text, mailing.html or ""):
            assert "Was this forwarded to you? Get your own at" in words
            assert "This is your own copy" in words
    assert "18pt" in (large.html or "")
    assert "18pt" not in (ordinary.html or "")


def test_a_mail_says_which_alert_another_one_continues(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    first = publish()
    author, approver = officer(name="Ali Author"), officer(name="Andy Approver")
    written = FollowUp(Kind.UPDATE, "Roofers again", "They *knock* in Penge too.", NOW + timedelta(days=7))
    alert_id = alerts.follow_up(first.id, written, actor=author, now=NOW)
    alerts.submit(alert_id, actor=author, now=NOW)
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=NOW)
    send_due(MORNING)
    mailing = _words_to(session, "ann@example.org")
    for words in (mailing.text, mailing.html or ""):
        assert f"This is an update to our alert {first.reference}." in words


def test_that_an_alert_is_over_is_told_to_those_alone_whom_a_mail_told_of_it(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    for address, frequency in (("ann@example.org", "daily"), ("bea@example.org", "weekly")):
        subscribe(session, address, frequency=frequency)
    session.commit()
    first = publish()
    settle(session, editions.mailings_of(session, first.id)[Edition.ORDINARY], "accepted")
    send_due(MORNING)
    author, approver, later = officer(name="Ali Author"), officer(name="Andy Approver"), MORNING + timedelta(hours=1)
    written = FollowUp(Kind.ALL_CLEAR, "All clear", "They were arrested.", later + timedelta(days=20))
    alert_id = alerts.follow_up(first.id, written, actor=author, now=later)
    alerts.submit(alert_id, actor=author, now=later)
    assert count_readers(session, session.get_one(Alert, alert_id), now=later).later == {"daily": 0, "weekly": 0}
    alerts.approve(alert_id, shown(alert_id), actor=approver, now=later)
    over = session.get_one(Alert, alert_id).reference
    assert send_due(MORNING + timedelta(days=1)) == 1
    assert send_due(_MONDAY + timedelta(days=7)) == 0
    assert told(session) == {("ann@example.org", first.reference, "new"), ("ann@example.org", over, "new")}


@pytest.mark.parametrize("is_made", [False, True], ids=["before-its-mail-is-made", "while-its-mail-waits"])
def test_what_was_withdrawn_after_its_all_clear_is_told_as_withdrawn_alone(
    session: Session, publish: Publish, officer: Callable[..., Actor], *, is_made: bool
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    first = publish()
    settle(session, editions.mailings_of(session, first.id)[Edition.ORDINARY], "accepted")
    send_due(MORNING)
    give_all_clear(first, officer, MORNING + timedelta(hours=1))
    next_morning = MORNING + timedelta(days=1)
    withdrawn_at = next_morning + timedelta(minutes=1) if is_made else MORNING + timedelta(hours=2)
    if is_made:
        assert service.send_due(next_morning) == 1
    alerts.withdraw(first.id, WHY, actor=officer(), now=withdrawn_at)
    assert service.send_due(next_morning + timedelta(minutes=2)) == 1
    waits = select(DigestItem.alert_id, DigestItem.tells).join(Delivery, Delivery.mailing_id == DigestItem.mailing_id)
    assert session.execute(waits.where(Delivery.status == "pending")).all() == [(first.id, "withdrawn")]


def test_a_correction_is_no_news_in_a_mail_which_takes_back_what_it_told_by_itself(
    session: Session, publish: Publish, officer: Callable[..., Actor]
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    reference = alert.reference
    settle(session, editions.mailings_of(session, alert.id)[Edition.ORDINARY], "accepted")
    send_due(MORNING)
    later = MORNING + timedelta(hours=1)
    correction_id = alerts.withdraw(alert.id, WHY, tell_readers=True, actor=officer(), now=later)
    assert correction_id is not None
    alerts.approve(correction_id, shown(correction_id), actor=officer(name="Andy Approver"), now=later)
    assert send_due(MORNING + timedelta(days=1)) == 1
    assert told(session) == {("ann@example.org", reference, "new"), ("ann@example.org", reference, "withdrawn")}


def test_what_a_partner_passes_on_of_a_mail_holds_nobodys_own_link(session: Session, publish: Publish) -> None:
    subscribe(session, "watch@example.org", frequency="weekly", kind="partner")
    session.commit()
    alert = publish()
    send_due(_MONDAY)
    mailing = _words_to(session, "watch@example.org")
    for words in (mailing.text, mailing.html or ""):
        own, line, below = words.partition("Please pass on everything below this line")
        assert line
        assert "((unsubscribe_link))" in own
        assert f"/pass-on/{alert.reference}((partner_mark))" in own
        assert f"((acknowledge_link))/{alert.reference}" in own
        assert "/join((partner_mark))" in below
        assert "((unsubscribe_link))" not in below
        assert "((acknowledge_link))" not in below
        assert "/preferences" not in below
        assert "They" in below


def test_a_mobile_gets_one_line_with_the_way_to_the_alerts(session: Session, publish: Publish) -> None:
    subscribe(session, "+447700900042", frequency="daily")
    session.commit()
    alert = publish()
    send_due(MORNING)
    mailing = session.scalars(select(Mailing).join(DigestMailing, DigestMailing.mailing_id == Mailing.id)).one()
    assert mailing.sms is not None
    assert "1 new scam alert" in mailing.sms
    assert "/alerts/published" in mailing.sms
    for words in (mailing.text, mailing.html or ""):
        assert f"/check/{alert.reference}" in words
        assert "/preferences" in words
        assert "((unsubscribe_link))" in words


@pytest.mark.parametrize(
    ("where", "step"),
    [(delivery, "create_mailing"), (delivery, "enqueue"), (audit, "record")],
)
def test_a_crash_at_any_step_loses_nothing_and_doubles_nothing(
    session: Session, publish: Publish, monkeypatch: pytest.MonkeyPatch, where: object, step: str
) -> None:
    subscribe(session, "ann@example.org", frequency="daily")
    session.commit()
    alert = publish()
    real = getattr(where, step)

    def crash(*given: object, **named: object) -> object:
        real(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, step, crash)
        with pytest.raises(KeyboardInterrupt):
            service.send_due(MORNING)
    assert session.scalar(select(func.count()).select_from(DigestRun)) == 0
    assert send_due(MORNING + timedelta(minutes=1)) == 1
    assert told(session) == {("ann@example.org", alert.reference, "new")}


_Wish = tuple[str, str | None, Frequency, tuple[str, Frequency] | None]
_Sent = tuple[str, tuple[str, ...], int, int, int]
HOUR = timedelta(hours=1)
_NUMBERS = count(1000)
_WISHES = st.lists(
    st.tuples(
        st.sampled_from(["all", "doorstep-crime", "scams"]),
        st.sampled_from([None, "Bickley", "Penge"]),
        st.sampled_from(list(Frequency)),
        st.none() | st.tuples(st.sampled_from(["all", "doorstep-crime", "scams"]), st.sampled_from(list(Frequency))),
    ),
    max_size=6,
)
# Before that, people had asked for something else for ten days.
_ASKED_FIRST = NOW - timedelta(days=10)
_ALERTS = st.lists(
    st.tuples(
        st.sampled_from(["all", "doorstep-crime", "scams"]),
        st.sampled_from([(), ("Bickley",), ("Penge", "Bickley")]),
        st.integers(-17 * 24, 24),
        st.integers(1, 12 * 24),
        st.integers(0, 9 * 24),
    ),
    max_size=4,
)


def _copy(alert: Alert, **changes: object) -> Alert:
    """Return another alert like one that was sent."""
    same = {column.name: getattr(alert, column.name) for column in Alert.__table__.columns if column.name != "id"}
    return Alert(**same | changes | {"reference": f"TS-2026-{next(_NUMBERS)}"})


def _subscribed(session: Session, number: int, wish: _Wish) -> int:
    """Put somebody on the list who may have asked for something else before; returns the endpoint."""
    topic, ward, frequency, before = wish
    endpoint_id = subscribe(session, f"p{number}@example.org", topic=topic, ward=ward, frequency=frequency)
    if before is not None:
        topic_id = session.scalars(select(Topic.id).where(Topic.slug == before[0])).one()
        now = session.scalars(select(Subscription).where(Subscription.endpoint_id == endpoint_id)).one()
        was = Subscription(subscriber_id=now.subscriber_id, endpoint_id=endpoint_id, topic_id=topic_id, source="web")
        was.frequency, was.started_at, was.ended_at, was.ended_reason = before[1], _ASKED_FIRST, NOW, "no longer chosen"
        session.add(was)
        session.flush()
    return endpoint_id


def _as_asked(wish: _Wish) -> Wish:
    topic, ward, frequency, before = wish
    return Wish(topic, ward, frequency, NOW, Before(*before, _ASKED_FIRST) if before else None)


def _as_stored(alert: Alert) -> Told:
    assert alert.published_at is not None
    return Told(alert.topic, alert.wards, alert.published_at, alert.changed_at, alert.expires_at)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=_WISHES, sent=_ALERTS, often=st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]))
def test_the_database_tells_whom_the_rule_tells(
    session: Session, publish: Publish, wishes: list[_Wish], sent: list[_Sent], often: Frequency
) -> None:
    now, model = _MONDAY, session.scalars(select(Alert)).first() or publish()
    period = due_period(often, now)
    assert period is not None
    with session.begin_nested() as undone:
        people = {_subscribed(session, number, wish): _as_asked(wish) for number, wish in enumerate(wishes)}
        for topic, wards, hours, life, held in sent:
            at = period.ends_at + timedelta(hours=hours)
            times = {"published_at": at, "changed_at": at + held * HOUR, "expires_at": at + life * HOUR}
            session.add(_copy(model, topic=topic, wards=list(wards), **times))
            session.flush()
        items = digests.lines(session, period, now=now)
        with readers.gathered(session, items, often, now=now) as shares:
            people_of = {share.bits: session.execute(readers.people_of(share)).all() for share in shares}
        by_sql = {
            (endpoint_id, item.alert.id)
            for bits, found in people_of.items()
            for endpoint_id, _ in found
            for place, item in enumerate(items)
            if bits >> place & 1
        }
        every = session.scalars(select(Alert)).all()
        by_rule = {
            (endpoint_id, alert.id)
            for endpoint_id, wish in people.items()
            for alert in every
            if is_told(_as_stored(alert), wish, period, had=False, now=now)
        }
        undone.rollback()
    assert by_sql == by_rule
