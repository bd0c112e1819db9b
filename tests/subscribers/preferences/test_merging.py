"""Two entries of the list that an officer finds to be one person become one, with all of both."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, Import, endpoint_id, held, letters
from tests.subscribers.preferences.conftest import NETWORK, link_in
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE, Actor
from tsalert.core.errors import NotAllowed, NotFound, RuleViolation
from tsalert.db import transaction
from tsalert.retention.access.gathering import gather_of_subscriber
from tsalert.staff.rules import RoleName
from tsalert.subscribers import directory, queries
from tsalert.subscribers.models import ConsentEvent, Subscriber, SubscriberMerge
from tsalert.subscribers.oneness import numbers_of, who_is
from tsalert.subscribers.preferences import queries as preferences
from tsalert.subscribers.preferences import service
from tsalert.subscribers.preferences.merging import make_one

FIRST = f"Pat Example,pat@example.org,07700 900001,,,,,scams,immediate,{CONSENT}"
SECOND = f"Patricia Example,pat@example.com,,BR1 3UH,,,,doorstep-crime,weekly,{CONSENT}"
Pair = tuple[int, int]


@pytest.fixture
def manager(officer: Callable[..., Actor]) -> Actor:
    return officer(RoleName.MANAGER)


@pytest.fixture
def pair(session: Session, run_import: Import) -> Pair:
    """Pat, who is on the list twice."""
    run_import(FIRST, SECOND)
    first, second = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    return first, second


def join(pair: Pair, manager: Actor) -> int:
    with transaction() as session:
        return make_one(session, *pair, actor=manager, now=NOW)


def addresses(session: Session, subscriber_id: int) -> list[str]:
    return sorted(end.address for end in directory.get_subscriber(session, subscriber_id).addresses)


def test_the_earlier_one_has_every_address_and_every_choice(session: Session, pair: Pair, manager: Actor) -> None:
    first, second = pair
    assert join((second, first), manager) == first
    assert addresses(session, first) == ["+447700900001", "pat@example.com", "pat@example.org"]
    assert addresses(session, second) == []
    assert held(session, "pat@example.org") == [("scams", "immediate", None)]
    assert held(session, "pat@example.com") == [("doorstep-crime", "weekly", None)]
    told = directory.get_subscriber(session, first)
    assert (told.subscriber.name, told.subscriber.postcode) == ("Pat Example", "BR1 3UH")
    assert len([one for one in told.subscriptions if one.ended_at is None]) == 3


def test_the_other_one_is_closed_and_says_who_they_are_now(session: Session, pair: Pair, manager: Actor) -> None:
    first, second = pair
    join(pair, manager)
    closed = directory.get_subscriber(session, second)
    assert (closed.subscriber.name, closed.subscriber.erased_at, closed.is_now) == (None, NOW, first)
    assert [entry.id for entry in directory.entries(session).items] == [first]
    assert directory.get_subscriber(session, first).is_now is None


def test_the_history_of_consent_of_both_is_kept_and_read_as_one(session: Session, pair: Pair, manager: Actor) -> None:
    before = session.execute(select(ConsentEvent.id, ConsentEvent.subscriber_id, ConsentEvent.wording)).all()
    join(pair, manager)
    kept = session.execute(select(ConsentEvent.id, ConsentEvent.subscriber_id, ConsentEvent.wording)).all()
    assert kept == before
    for shown in (preferences.history(session, pair[0]), directory.get_subscriber(session, pair[0]).consents):
        assert {each.subscriber_id for each in shown} == set(pair)


def test_all_that_is_held_on_either_is_held_on_the_one(session: Session, pair: Pair, manager: Actor) -> None:
    join(pair, manager)
    for asked in pair:
        rows = gather_of_subscriber(session, asked, reader=SERVICE, now=NOW).rows
        assert {row.key for row in rows if row.table == "subscriber"} == {str(each) for each in pair}
        assert len([row for row in rows if row.table == "consent_event"]) == 3


def test_what_comes_to_one_address_by_both_comes_once(session: Session, run_import: Import, manager: Actor) -> None:
    run_import(f"Ann Example,ann@example.org,07700 900001,,,,,scams,immediate,{CONSENT}")
    run_import(f"Bob Example,bob@example.org,07700 900001,,,,,scams;doorstep-crime,daily,{CONSENT}")
    ann, bob = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
    join((ann, bob), manager)
    found = sorted(held(session, "+447700900001"), key=str)
    assert found == [
        ("doorstep-crime", "daily", None),
        ("scams", "daily", "came to the same address twice"),
        ("scams", "immediate", None),
    ]
    reached = queries.audience_size(session, wards=(), topic="scams", channels=("sms",), urgent=False)
    assert reached == {"sms": 1}


def test_again_changes_nothing_and_a_third_comes_to_the_first(
    session: Session, run_import: Import, pair: Pair, manager: Actor
) -> None:
    run_import(f"P Example,p@example.net,,,,,,all,immediate,{CONSENT}")
    third = max(session.scalars(select(Subscriber.id)))
    first, second = pair
    assert join(pair, manager) == join(pair, manager) == first
    assert join((second, third), manager) == first
    assert numbers_of(session, third) == (first, second, third)
    assert {who_is(session, each) for each in (first, second, third)} == {first}
    done = select(AuditEvent.subject_id).where(AuditEvent.action == "made one")
    assert session.scalars(done).all() == [first, first]


def test_who_comes_back_by_any_address_is_the_one(
    session: Session, run_import: Import, pair: Pair, manager: Actor
) -> None:
    join(pair, manager)
    report, _ = run_import(SECOND.replace("weekly", "daily"))
    assert (report.added, report.updated) == (0, 1)
    service.ask("pat@example.com", network=NETWORK, now=NOW)
    passed = service.open_by_link(link_in(letters(session)[-1].text).rpartition("/")[2], now=NOW)
    service.stop(passed, now=NOW)
    assert held(session, "pat@example.com")[-1][2] == "unsubscribed"
    assert held(session, "pat@example.org") == [("scams", "immediate", None)]


def test_an_organisation_is_never_made_one_with_a_resident(
    session: Session, run_import: Import, pair: Pair, manager: Actor
) -> None:
    run_import(f"Example Watch,watch@example.org,,,,partner,,scams,immediate,{CONSENT}")
    partner = max(session.scalars(select(Subscriber.id)))
    with pytest.raises(RuleViolation, match="organisation"):
        join((pair[0], partner), manager)


def test_only_who_manages_the_list_makes_two_one_and_nobody_who_was_erased(
    session: Session, pair: Pair, manager: Actor, officer: Callable[..., Actor]
) -> None:
    with pytest.raises(NotAllowed):
        join(pair, officer(RoleName.DUTY_OFFICER))
    session.execute(update(Subscriber).where(Subscriber.id == pair[1]).values(erased_at=NOW))
    session.commit()
    with pytest.raises(NotFound):
        join(pair, manager)


@pytest.mark.parametrize("change", [delete(SubscriberMerge), update(SubscriberMerge).values(at=NOW)])
def test_the_database_itself_keeps_that_two_were_made_one(
    session: Session, pair: Pair, manager: Actor, change: object
) -> None:
    join(pair, manager)
    with pytest.raises(DBAPIError, match="not parted"):
        session.execute(change)  # type: ignore[call-overload]
    session.rollback()
    assert endpoint_id(session, "pat@example.com")
