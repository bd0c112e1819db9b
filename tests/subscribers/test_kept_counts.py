"""What is kept of a long list is what counting it says, and says when that was."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.alerts.conftest import new_draft, shown, subscribe
from tests.conftest import NOW
from tests.subscribers.conftest import digest_audience
from tsalert.alerts import editions
from tsalert.alerts import queries as alerts
from tsalert.alerts import service as writing
from tsalert.alerts.audience.later import CHANNELS, count_later
from tsalert.alerts.audience.reaching import count_readers
from tsalert.alerts.rules import Edition, Urgency
from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.delivery.models import Endpoint
from tsalert.staff.rules import RoleName
from tsalert.subscribers import directory, kept_counts, queries
from tsalert.subscribers.audiences import Alike, count_audiences, read_audiences
from tsalert.subscribers.models import KeptCount, Subscriber, SubscriberEndpoint, SubscriberWard, Subscription
from tsalert.subscribers.rules import Frequency

pytestmark = pytest.mark.db
ALWAYS = timedelta(0)
EVERY = ("email", "sms", "voice")
TOPICS = ("all", "scams", "doorstep-crime", "no-such-topic")

PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "address": st.sampled_from(["a@example.org", "b@example.org", "+447700900001", "+447700900002"]),
            "topic": st.sampled_from(["all", "scams", "doorstep-crime"]),
            "frequency": st.sampled_from([*Frequency]),
            "kind": st.sampled_from(["resident", "partner"]),
            "formats": st.sampled_from(["", "large_print"]),
            "status": st.sampled_from(["active", "active", "bounced"]),
            "is_paused": st.booleans(),
            "is_link_paused": st.booleans(),
            "has_ended": st.booleans(),
            "ward": st.sampled_from([None, "Bickley", "Darwin"]),
            "besides": st.sampled_from([None, None, "Bickley", "Darwin"]),
        }
    ),
    max_size=6,
)


def put(session: Session, place: int, person: dict[str, str | bool | None]) -> None:
    """Put somebody on the list who may pause, alone or as an organisation's contact, and may have ended."""
    named = {name: str(person[name]) for name in ("topic", "frequency", "kind", "formats", "status")}
    endpoint_id = subscribe(session, str(person["address"]), **named)
    session.execute(update(Endpoint).where(Endpoint.id == endpoint_id).values(status=named["status"]))
    latest = session.scalars(select(func.max(Subscriber.id))).one()
    later = NOW + timedelta(days=place + 1)
    session.execute(update(Subscriber).where(Subscriber.id == latest).values(ward=person["ward"]))
    if person["besides"]:
        session.add(SubscriberWard(subscriber_id=latest, ward=str(person["besides"])))
    if person["is_paused"]:
        session.execute(update(Subscriber).where(Subscriber.id == latest).values(paused_until=later))
    if person["is_link_paused"]:
        link = SubscriberEndpoint.subscriber_id == latest
        session.execute(update(SubscriberEndpoint).where(link).values(paused_until=later))
    if person["has_ended"]:
        mine = Subscription.subscriber_id == latest
        session.execute(update(Subscription).where(mine).values(ended_at=NOW, ended_reason="replaced"))
    session.flush()


def by_channel(found: list[Alike]) -> dict[str, int]:
    return {channel: sum(each.count for each in found if each.channel == channel) for channel in EVERY}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PEOPLE, st.sampled_from([(), ("Bickley",), ("Bickley", "Darwin")]), st.sampled_from(["all", "narrowed"]))
def test_what_is_kept_is_what_counting_says(
    session: Session, people: list[dict[str, str | bool | None]], wards: tuple[str, ...], who: str
) -> None:
    session.rollback()
    for place, person in enumerate(people):
        put(session, place, person)
    kept = count_audiences(session, wards if who == "narrowed" else ())
    assert read_audiences(kept.written()) == kept
    for topic, urgent in product(TOPICS, (False, True)):
        size = queries.audience_size(session, wards=wards, topic=topic, channels=EVERY, urgent=urgent)
        found = kept.at_once(topic, EVERY, wards=wards, urgent=urgent)
        assert by_channel(found) == size
        at_once = queries.audience(wards=wards, topic=topic, channels=EVERY, urgent=urgent)
        got = {endpoint_id for endpoint_id, _ in session.execute(at_once)}
        for often in (Frequency.DAILY, Frequency.WEEKLY):
            waiting = digest_audience(often, wards=wards, topic=topic, channels=CHANNELS, joined_by=NOW)
            counted = len({endpoint_id for endpoint_id, _ in session.execute(waiting)} - got)
            assert kept.later(topic, often, wards=wards, by=CHANNELS, besides=found) == counted
    session.rollback()


def test_an_address_that_several_people_read_counts_once(session: Session) -> None:
    for topic in ("all", "scams", "scams"):
        subscribe(session, "ann@example.org", topic=topic)
    (found,) = count_audiences(session).at_once("scams", EVERY, wards=(), urgent=False)
    assert (found.channel, found.count) == ("email", 1)


@pytest.fixture
def people(session: Session) -> None:
    subscribe(session, "ann@example.org")
    subscribe(session, "bob@example.org", topic="scams")
    subscribe(session, "daily@example.org", frequency="daily")
    subscribe(session, "+447700900001", kind="partner")
    subscribe(session, "watch@example.org", kind="partner", formats="large_print")
    subscribe(session, "large@example.org", formats="large_print")
    subscribe(session, "+447700900002", formats="large_print")
    session.commit()


def test_nothing_is_kept_of_a_list_that_is_counted_quickly(session: Session, people: None) -> None:
    assert kept_counts.keep_counts(NOW, quick=timedelta(hours=1)) == 0
    assert session.scalars(select(KeptCount)).all() == []
    assert kept_counts.circulation(session, now=NOW) == queries.circulation(session)
    assert kept_counts.count(session, now=NOW) == directory.count(session)
    assert kept_counts.find_audiences(session, now=NOW) is None


def test_what_is_kept_says_when_it_was_counted_and_is_counted_again_a_minute_later(
    session: Session, people: None
) -> None:
    counted = queries.circulation(session)
    states = directory.count(session)
    assert kept_counts.keep_counts(NOW, quick=ALWAYS) == 3
    subscribe(session, "new@example.org")
    session.commit()
    soon = NOW + timedelta(seconds=30)
    assert kept_counts.keep_counts(soon, quick=ALWAYS) == 3
    kept = kept_counts.circulation(session, now=soon)
    assert (kept.subscribers, kept.endpoints, kept.as_of) == (counted.subscribers, counted.endpoints, NOW)
    assert kept_counts.count(session, now=soon).addresses == states.addresses
    minute = NOW + timedelta(minutes=1)
    kept_counts.keep_counts(minute, quick=ALWAYS)
    assert kept_counts.circulation(session, now=minute).subscribers == counted.subscribers + 1
    assert kept_counts.count(session, now=minute).as_of == minute


def test_what_takes_long_is_counted_less_often(session: Session, people: None) -> None:
    kept_counts.keep_counts(NOW, quick=ALWAYS)
    session.execute(update(KeptCount).values(took_ms=6000))
    session.commit()
    kept_counts.keep_counts(NOW + timedelta(seconds=119), quick=ALWAYS)
    assert {*session.scalars(select(KeptCount.counted_at))} == {NOW}
    kept_counts.keep_counts(NOW + timedelta(seconds=120), quick=ALWAYS)
    session.rollback()
    assert {*session.scalars(select(KeptCount.counted_at))} == {NOW + timedelta(seconds=120)}


def test_what_no_worker_counted_for_long_is_not_told(session: Session, people: None) -> None:
    kept_counts.keep_counts(NOW, quick=ALWAYS)
    subscribe(session, "new@example.org")
    session.commit()
    late = NOW + kept_counts.TOO_OLD + timedelta(seconds=1)
    found = kept_counts.circulation(session, now=late)
    assert (found.subscribers, found.as_of) == (8, None)
    assert kept_counts.find_audiences(session, now=late) is None


def test_a_list_that_became_short_is_kept_no_more(session: Session, people: None) -> None:
    kept_counts.keep_counts(NOW, quick=ALWAYS)
    kept_counts.keep_counts(NOW + timedelta(hours=1), quick=timedelta(hours=1))
    assert session.scalars(select(KeptCount)).all() == []


def test_an_alert_for_everywhere_is_shown_with_what_is_kept_and_sent_to_whoever_is_there(
    session: Session, people: None, officer: Callable[..., Actor]
) -> None:
    author, approver = officer(name="Alex Author"), officer(name="Avery Approver")
    alert_id = writing.write_draft(new_draft(), actor=author, now=NOW)
    alert = alerts.get_alert(session, alert_id)
    kept_counts.keep_counts(NOW, quick=ALWAYS)
    before = count_readers(session, alert, now=NOW)
    assert before.as_of == NOW
    assert (before.at_once, before.later) == (alerts.reach(session, alert), count_later(session, alert, now=NOW))
    assert before.editions == editions.edition_sizes(session, alert, before.size)
    assert before.editions == {Edition.PARTNER: 1, Edition.LARGE_PRINT: 1, Edition.ORDINARY: 3}
    subscribe(session, "new@example.org")
    session.commit()
    assert count_readers(session, alerts.get_alert(session, alert_id), now=NOW).size == before.size
    writing.submit(alert_id, actor=author, now=NOW)
    assert writing.approve(alert_id, shown(alert_id), actor=approver, now=NOW) == before.size + 1


@pytest.mark.parametrize(
    "changes", [{"wards": ("Bickley",)}, {"urgency": Urgency.URGENT}, {"left_out": ("ann@example.org",)}]
)
def test_only_an_alert_whose_audience_is_chosen_closer_is_counted_anew(
    session: Session, people: None, officer: Callable[..., Actor], changes: dict[str, object]
) -> None:
    subscribe(session, "ward@example.org", ward="Bickley")
    session.commit()
    alert_id = writing.write_draft(new_draft(**changes), actor=officer(), now=NOW)
    kept_counts.keep_counts(NOW, quick=ALWAYS)
    alert = alerts.get_alert(session, alert_id)
    found = count_readers(session, alert, now=NOW)
    assert (found.as_of is None) is ("left_out" in changes)
    assert (found.at_once, found.later) == (alerts.reach(session, alert), count_later(session, alert, now=NOW))
    assert found.editions == editions.edition_sizes(session, alert, found.size)


def test_pages_say_when_they_were_counted(
    session: Session, people: None, officer: Callable[..., Actor], signed_in: Callable[..., FlaskClient],
    client: FlaskClient, bearer: Callable[..., dict[str, str]],
) -> None:  # fmt: skip
    now = utc_now()
    draft = new_draft(expires_at=now + timedelta(days=3))
    alert_id = writing.write_draft(draft, actor=officer(), now=now)
    browser, token, place = signed_in(RoleName.MANAGER, RoleName.CASE_OFFICER), bearer(), f"/api/v1/alerts/{alert_id}"
    assert "counted at" not in browser.get("/subscribers").text.casefold()
    assert client.get(place, headers=token).json["preview"]["counted_at"] is None  # type: ignore[index]
    kept_counts.keep_counts(now, quick=ALWAYS)
    assert "Our list was counted at" in browser.get("/subscribers").text
    assert "the list is read again" in browser.get(f"/alerts/{alert_id}").text
    assert client.get(place, headers=token).json["preview"]["counted_at"] is not None  # type: ignore[index]
    assert "on the alert list at" in browser.get("/dashboard").text
