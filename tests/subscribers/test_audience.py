"""Who an alert reaches, and how far alerts carry."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id
from tsalert.delivery import service as delivery
from tsalert.delivery.models import Endpoint
from tsalert.delivery.rules import SuppressionReason
from tsalert.subscribers import queries, service
from tsalert.subscribers.models import Subscriber

CHANNELS = ("email", "sms", "voice")


@pytest.fixture(autouse=True)
def people(run_import: Import) -> None:
    run_import(
        f"Ann,ann@example.org,,,Bickley,,,scams,immediate,{CONSENT}",
        f"Bob,bob@example.org,,,Clock House,,,all,immediate,{CONSENT}",
        f"Cat,cat@example.org,,,,,,doorstep-crime,immediate,{CONSENT}",
        f"Dan,dan@example.org,,,Bickley,,,all,weekly,{CONSENT}",
        f"Eve,,07700 900001,,Bickley,,,all,immediate,{CONSENT}",
        f"Fay,,020 7946 0001,,Bickley,,,all,immediate,{CONSENT}",
        "Gus,gus@example.org,,,Bickley,,,all,immediate,,",
    )


def reached(
    session: Session,
    *,
    wards: tuple[str, ...] = (),
    topic: str = "all",
    channels: tuple[str, ...] = CHANNELS,
    urgent: bool = False,
) -> set[str]:
    query = queries.audience(wards=wards, topic=topic, channels=channels, urgent=urgent)
    rows = session.execute(query).all()
    assert len(rows) == len({endpoint for endpoint, _ in rows})
    return {session.get_one(Endpoint, endpoint).address.partition("@")[0][:5] for endpoint, _ in rows}


def test_an_alert_on_all_topics_reaches_everybody_who_hears_at_once(session: Session) -> None:
    assert reached(session) == {"ann", "bob", "cat", "+4477", "+4420"}


def test_an_alert_on_a_topic_reaches_who_asked_for_it_or_for_all(session: Session) -> None:
    assert reached(session, topic="scams") == {"ann", "bob", "+4477", "+4420"}
    assert reached(session, topic="doorstep-crime") == {"bob", "cat", "+4477", "+4420"}
    assert reached(session, topic="a topic that does not exist") == {"bob", "+4477", "+4420"}


def test_an_alert_for_a_ward_reaches_it_and_whoever_lives_we_know_not_where(session: Session) -> None:
    assert reached(session, wards=("Bickley",)) == {"ann", "cat", "+4477", "+4420"}
    assert reached(session, wards=("Elsewhere",)) == {"cat"}


def test_an_urgent_alert_does_not_wait_for_the_digest(session: Session) -> None:
    assert reached(session, urgent=True) == {"ann", "bob", "cat", "dan", "+4477", "+4420"}


def test_only_the_channels_asked_for_are_reached(session: Session) -> None:
    assert reached(session, channels=("sms",)) == {"+4477"}
    assert reached(session, channels=()) == set()


def test_who_left_or_cannot_be_reached_is_not_reached(session: Session) -> None:
    service.unsubscribe(endpoint_id(session, "ann@example.org"), now=NOW)
    delivery.suppress(session, endpoint_id(session, "bob@example.org"), SuppressionReason.BOUNCED, NOW)
    assert reached(session, channels=("email",)) == {"cat"}


def test_a_shared_address_is_reached_once(session: Session, run_import: Import) -> None:
    run_import(f"Hal,hal@example.org,020 7946 0001,,Bickley,,,all,immediate,{CONSENT}")
    assert reached(session, channels=("voice",)) == {"+4420"}
    assert queries.audience_size(session, wards=(), topic="all", channels=["voice"], urgent=False) == {"voice": 1}


def test_the_size_of_an_audience_names_every_channel_asked_for(session: Session) -> None:
    size = queries.audience_size(session, wards=["Clock House"], topic="scams", channels=CHANNELS, urgent=False)
    assert size == {"email": 1, "sms": 0, "voice": 0}


def test_wards_are_those_where_somebody_lives(session: Session) -> None:
    assert queries.wards(session) == ["Bickley", "Clock House"]


def test_a_ward_in_which_nobody_is_left_is_none(session: Session) -> None:
    only = session.scalars(select(Subscriber).where(Subscriber.ward == "Clock House")).one()
    only.erased_at = NOW
    session.flush()
    assert queries.wards(session) == ["Bickley"]
    session.execute(update(Subscriber).values(ward=None))
    assert queries.wards(session) == []


def test_circulation_counts_our_list_and_shows_what_partners_declared_beside_it(
    session: Session, run_import: Import
) -> None:
    run_import(
        "Watch,watch@example.org,,,,partner,1200,all,immediate,return,2024-05-01",
        "Library,library@example.org,,,,partner,300,all,immediate,return,2025-06-30",
        "Parish,parish@example.org,,,,partner,,all,immediate,return,2025-06-30",
        "Left,left@example.org,,,,partner,9000,all,immediate,return,2025-06-30",
    )
    service.unsubscribe(endpoint_id(session, "left@example.org"), now=NOW)
    found = queries.circulation(session)
    assert (found.subscribers, found.endpoints) == (9, {"email": 7, "sms": 1, "voice": 1})
    assert (found.partners, found.declaring_partners, found.declared_reach) == (3, 2, 1500)
    assert (found.first_declared_on, found.last_declared_on) == (date(2024, 5, 1), date(2025, 6, 30))


def test_topics_are_shipped_with_all_first(session: Session) -> None:
    slugs = [slug for slug, _ in queries.topics(session)]
    assert slugs[0] == "all"
    assert {"doorstep-crime", "scams"} <= set(slugs) == set(queries.topic_ids(session))
