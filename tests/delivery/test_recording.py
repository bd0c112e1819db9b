"""What becomes of claimed deliveries is written down in the same time however many there were before."""

import pytest
from sqlalchemy.orm import Session

from tests.delivery.test_sending import Mailing, People
from tests.plans import asking, plans
from tsalert.core.clock import utc_now
from tsalert.db import transaction
from tsalert.delivery import claiming
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.ports import Accepted, Answer, Rejected
from tsalert.delivery.retries import outcome
from tsalert.delivery.rules import Channel

pytestmark = pytest.mark.db
BY_NUMBER = {"sqlite": "USING INTEGER PRIMARY KEY", "postgresql": "pk_delivery"}


@pytest.mark.parametrize("answer", [Accepted("250 ok"), Rejected("550 no")])
def test_deliveries_are_found_by_their_numbers_and_not_among_all_that_their_sender_ever_claimed(
    session: Session, people: People, mailing: Mailing, answer: Answer
) -> None:
    people("a@example.org", "b@example.org")
    mailing()
    with transaction() as work:
        claimed = claiming.claim(work, Channel.EMAIL, "sender", 2, now=utc_now())
        results = {each.id: outcome(answer, each.standing, now=utc_now(), draw=0) for each in claimed}
        with asking("UPDATE delivery") as ran:
            record_outcomes(work, Channel.EMAIL, "sender", results, now=utc_now())
    kind = session.get_bind().dialect.name
    for plan in plans(session, ran):
        assert BY_NUMBER[kind] in plan, plan
        assert "ix_delivery_claimed" not in plan, plan
    assert len(ran) in {1, 2}
