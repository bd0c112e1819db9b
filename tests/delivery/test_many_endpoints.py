"""Addresses by the thousand, for imports."""

from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.delivery import claiming, queries, service
from tsalert.delivery.rules import Channel, Content, EndpointStatus, Lane, SuppressionReason


def add(session: Session, *addresses: str) -> list[int]:
    wanted = [service.NewEndpoint(Channel.EMAIL, address, EndpointStatus.UNCONFIRMED) for address in addresses]
    return service.find_or_add_endpoints(session, wanted, now=NOW)


def test_many_addresses_are_read_at_once_with_their_suppression(session: Session) -> None:
    ids = add(session, *(f"pat{number}@example.org" for number in range(1200)))
    service.suppress(session, ids[700], SuppressionReason.OPTED_OUT, NOW)
    found = queries.endpoints_by_id(session, ids, lock=True)
    assert list(found) == sorted(ids)
    assert found[ids[3]].address == "pat3@example.org"
    assert [endpoint_id for endpoint_id, view in found.items() if view.is_suppressed] == [ids[700]]


def test_confirming_many_addresses_brings_back_nobody_who_left(session: Session) -> None:
    staying, leaving = add(session, "pat@example.org", "sam@example.org")
    service.suppress(session, leaving, SuppressionReason.OPTED_OUT, NOW)
    service.confirm_endpoints(session, [staying, leaving], now=NOW)
    found = queries.endpoints_by_id(session, [staying, leaving])
    assert (found[staying].status, found[staying].confirmed_at) == (EndpointStatus.ACTIVE, NOW)
    assert found[leaving].status is EndpointStatus.OPTED_OUT


def test_who_leaves_while_waiting_still_gets_the_message_to_come_back_and_no_alert(session: Session) -> None:
    (endpoint_id,) = add(session, "pat@example.org")
    service.confirm_endpoints(session, [endpoint_id], now=NOW)
    words = Content(subject="Words", text="Words")
    alert = service.create_mailing(session, words, lane=Lane.URGENT, now=NOW)
    confirmation = service.create_mailing(session, words, lane=Lane.TRANSACTIONAL, now=NOW)
    for mailing_id in (alert, confirmation):
        assert service.enqueue_one(session, mailing_id, endpoint_id, now=NOW)
    service.suppress(session, endpoint_id, SuppressionReason.OPTED_OUT, NOW)
    claimed = claiming.claim(session, Channel.EMAIL, "sender", 10, now=NOW)
    assert [each.mailing_id for each in claimed] == [confirmation]
