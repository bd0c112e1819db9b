"""What waits to be sent is tried again, given up with its reason, and told of where it was taken back."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.exchange.conftest import offered_case
from tests.linked.conftest import Authority
from tests.linked.test_linking import link
from tsalert.core.actors import Actor
from tsalert.exchange import offering, queries, sending
from tsalert.exchange.models import ExchangeMessage
from tsalert.exchange.rules import Sending
from tsalert.handover import service as handovers
from tsalert.linked import own_keys


def test_what_nobody_takes_is_tried_for_eighteen_hours_and_then_says_why(
    session: Session, online: Authority, administrator: Actor, officer: Callable[..., Actor]
) -> None:
    number, desk = link(online, administrator), officer()
    handover_id, _ = offered_case(desk, NOW)
    own_keys.make_key(actor=administrator, now=NOW)
    offering.send(handover_id, number, actor=desk, now=NOW)
    tried, now = 0, NOW
    while sending.send_due(now):  # the stand-in takes nothing
        tried += 1
        now += timedelta(hours=11)
    found = queries.find_sending(session, handover_id)
    assert found is not None
    assert (tried, found.state, found.fault) == (8, Sending.GIVEN_UP, "Status 501.")


def test_taking_an_offer_back_before_it_left_keeps_it_here_and_tells_them_once(
    session: Session, online: Authority, administrator: Actor, officer: Callable[..., Actor]
) -> None:
    number, desk = link(online, administrator), officer()
    handover_id, _ = offered_case(desk, NOW)
    own_keys.make_key(actor=administrator, now=NOW)
    offering.send(handover_id, number, actor=desk, now=NOW)
    handovers.withdraw_handover(handover_id, "Solved.", actor=desk, now=NOW)
    assert (offering.tell_of_ends(NOW), offering.tell_of_ends(NOW)) == (1, 0)
    kinds = session.execute(select(ExchangeMessage.kind, ExchangeMessage.state).order_by(ExchangeMessage.id)).all()
    assert kinds == [("handover.offer", "given_up"), ("handover.withdrawal", "waiting")]
