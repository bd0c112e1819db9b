"""What becomes of claimed deliveries is written down in the same time however many there were before."""

from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from tests.delivery.test_sending import Mailing, People
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
    ran: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("UPDATE delivery"):
            ran.append((statement, parameters))

    with transaction() as work:
        claimed = claiming.claim(work, Channel.EMAIL, "sender", 2, now=utc_now())
        results = {each.id: outcome(answer, each.standing, now=utc_now(), draw=0) for each in claimed}
        event.listen(work.get_bind(), "before_cursor_execute", note)
        record_outcomes(work, Channel.EMAIL, "sender", results, now=utc_now())
        event.remove(work.get_bind(), "before_cursor_execute", note)
    kind = session.get_bind().dialect.name
    if kind == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))  # so few are found faster without an index
    for statement, parameters in ran:
        explain = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
        plan = str(session.connection().exec_driver_sql(f"{explain}{statement}", parameters).all())
        assert BY_NUMBER[kind] in plan, plan
        assert "ix_delivery_claimed" not in plan, plan
    assert len(ran) in {1, 2}
