"""Leaving works at once, lasts, and can be undone by its owner alone."""

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import CONSENT, OPERATOR, Import, endpoint_id, held, status
from tsalert.audit.models import AuditEvent
from tsalert.core.actors import SERVICE
from tsalert.core.errors import Conflict, NotAllowed, NotFound
from tsalert.db import transaction
from tsalert.delivery import queries as delivery_queries
from tsalert.delivery import service as delivery
from tsalert.delivery.rules import Channel, SuppressionReason
from tsalert.subscribers import losing, service
from tsalert.subscribers.models import ConsentEvent, Subscription
from tsalert.subscribers.service import Wish

PAT = f"Pat Example,pat@example.org,07700 900001,,,,,scams;doorstep-crime,weekly,{CONSENT}"


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(ConsentEvent.act).order_by(ConsentEvent.id)))


def test_the_link_ends_everything_at_its_address_and_nothing_at_another(session: Session, run_import: Import) -> None:
    run_import(PAT)
    service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    assert {reason for _, _, reason in held(session, "pat@example.org")} == {"unsubscribed"}
    assert {reason for _, _, reason in held(session, "+447700900001")} == {None}
    assert acts(session) == ["given", "given", "withdrawn"]


def test_leaving_twice_changes_nothing(session: Session, run_import: Import) -> None:
    run_import(PAT)
    for _ in range(3):
        service.unsubscribe(endpoint_id(session, "pat@example.org"), now=NOW)
    assert acts(session).count("withdrawn") == 1
    left = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "left")
    assert session.scalar(left) == 1


def test_everybody_at_a_shared_address_leaves_together(session: Session, run_import: Import) -> None:
    run_import(
        f"Ann Example,ann@example.org,020 7946 0001,,,,,,,{CONSENT}",
        f"Bob Example,bob@example.org,020 7946 0001,,,,,,,{CONSENT}",
    )
    service.unsubscribe(endpoint_id(session, "+442079460001"), now=NOW)
    assert [reason for _, _, reason in held(session, "+442079460001")] == ["unsubscribed"] * 2
    assert acts(session).count("withdrawn") == 2


def test_a_suppression_outlives_the_erasure_of_its_address(session: Session, run_import: Import) -> None:
    run_import(PAT)
    mine = endpoint_id(session, "pat@example.org")
    service.unsubscribe(mine, now=NOW)
    delivery.erase_endpoint(session, mine)
    session.commit()
    service.unsubscribe(mine, now=NOW)
    assert delivery_queries.is_suppressed(session, Channel.EMAIL, "pat@example.org")


def test_an_address_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        service.unsubscribe(2**60, now=NOW)


def test_a_stop_text_stops_texts_and_a_start_text_brings_back_what_there_was(
    session: Session, run_import: Import
) -> None:
    run_import(PAT)
    service.stop_texts(session, "+447700900001", now=NOW)
    assert status(session, "+447700900001") == "opted_out"
    assert service.start_texts(session, "+447700900001", now=NOW)
    assert status(session, "+447700900001") == "active"
    back = [(topic, often) for topic, often, reason in held(session, "+447700900001") if reason is None]
    assert sorted(back) == [("doorstep-crime", "weekly"), ("scams", "weekly")]
    assert acts(session) == ["given", "given", "withdrawn", "given"]


def test_a_start_text_from_one_who_never_left_changes_nothing(session: Session, run_import: Import) -> None:
    run_import(PAT)
    assert service.start_texts(session, "+447700900001", now=NOW)
    assert acts(session) == ["given", "given"]


def test_a_yes_text_confirms_a_sign_up(session: Session) -> None:
    service.sign_up("07700 900001", Wish(("scams",)), network="192.0.2.1", now=NOW)
    assert service.start_texts(session, "+447700900001", now=NOW)
    assert status(session, "+447700900001") == "active"
    assert held(session, "+447700900001") == [("scams", "immediate", None)]


def test_a_yes_text_is_consent_for_an_imported_number(session: Session, run_import: Import) -> None:
    run_import("Ann Example,,07700 900001,,,,,,,,")
    assert service.start_texts(session, "+447700900001", now=NOW)
    assert status(session, "+447700900001") == "active"
    assert acts(session) == ["given"]


def test_a_start_text_from_a_stranger_means_nothing_yet(session: Session) -> None:
    assert not service.start_texts(session, "+447700900001", now=NOW)
    service.stop_texts(session, "+447700900001", now=NOW)
    assert not service.start_texts(session, "+447700900001", now=NOW)
    assert status(session, "+447700900001") == "unconfirmed"


def subscriptions(session: Session) -> list[int]:
    return list(session.scalars(select(Subscription.id).order_by(Subscription.id)))


def test_an_officer_ends_one_subscription_and_the_last_closes_the_address(session: Session, run_import: Import) -> None:
    run_import(PAT.replace("07700 900001", ""))
    first, last = subscriptions(session)
    service.end_subscription(first, actor=OPERATOR, now=NOW)
    assert status(session, "pat@example.org") == "active"
    service.end_subscription(last, actor=OPERATOR, now=NOW)
    assert status(session, "pat@example.org") == "opted_out"
    assert acts(session) == ["given", "withdrawn"]


def test_ending_is_for_managers_of_the_list_and_happens_once(session: Session, run_import: Import) -> None:
    run_import(PAT)
    first = subscriptions(session)[0]
    with pytest.raises(NotAllowed):
        service.end_subscription(first, actor=SERVICE, now=NOW)
    service.end_subscription(first, actor=OPERATOR, now=NOW)
    with pytest.raises(Conflict):
        service.end_subscription(first, actor=OPERATOR, now=NOW)
    for unknown in (2**31 - 1, 2**63):
        with pytest.raises(NotFound):
            service.end_subscription(unknown, actor=OPERATOR, now=NOW)


def test_the_history_of_consent_cannot_be_changed(session: Session, run_import: Import) -> None:
    run_import(PAT)
    for tampering in (update(ConsentEvent).values(wording="anything"), delete(ConsentEvent)):
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(tampering)


@pytest.mark.parametrize("said", ["left", "complained"])
def test_whoever_says_no_to_an_address_thought_dead_is_not_restored_by_an_officer(
    session: Session, run_import: Import, said: str
) -> None:
    run_import(f"Pat Example,pat@example.org,,,,,,scams,immediate,{CONSENT}")
    end = endpoint_id(session, "pat@example.org")
    with transaction() as step:
        losing.lose(step, end, SuppressionReason.BOUNCED, now=NOW)
    if said == "left":
        service.unsubscribe(end, now=NOW)
    else:
        with transaction() as step:
            losing.lose(step, end, SuppressionReason.COMPLAINED, now=NOW)
    with transaction() as step:
        assert not losing.restore(step, end, actor=OPERATOR, now=NOW)
    assert acts(session) == ["given", "withdrawn"]
    service.unsubscribe(end, now=NOW)
    assert acts(session) == ["given", "withdrawn"]
