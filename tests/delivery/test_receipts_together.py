"""A report and the message that it is about, written down in the same moment by two processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tsalert.db import db, transaction
from tsalert.delivery import claiming, personal
from tsalert.delivery.claiming import Claimed, Work
from tsalert.delivery.models import Delivery, DeliveryEvent
from tsalert.delivery.outcomes import record_outcomes
from tsalert.delivery.personal import Letter
from tsalert.delivery.ports import Accepted
from tsalert.delivery.receipts import apply_reports
from tsalert.delivery.retries import outcome
from tsalert.delivery.rules import Channel, Content, Status

Step = Callable[[Session, Claimed], None]
REFERENCE = "CA1"


@pytest.fixture
def claimed(fresh_app: Flask) -> Claimed:
    """A call to an officer that a sender has in its hands."""
    with fresh_app.app_context(), transaction() as session:
        words = Content(voice="Men call about roofs.")
        letter = Letter(Channel.VOICE, "+442079460001", words, NOW + timedelta(hours=1))
        personal.page_one(session, letter, now=NOW)
        (found,) = claiming.claim(session, Channel.VOICE, "test", 1, now=NOW, work=Work.PAGES)
        return found


def accept(session: Session, claimed: Claimed) -> None:
    taken = outcome(Accepted(REFERENCE), claimed.standing, now=NOW, draw=0.0)
    record_outcomes(session, Channel.VOICE, "test", {claimed.id: taken}, now=NOW)


def report(session: Session, _: Claimed) -> None:
    session.add(DeliveryEvent(channel=Channel.VOICE, provider_ref=REFERENCE, status=Status.DELIVERED, at=NOW))
    session.flush()
    apply_reports(session, [REFERENCE], now=NOW)


@pytest.mark.parametrize(("first", "second"), [(accept, report), (report, accept)])
def test_a_report_counts_although_neither_sees_the_other(
    fresh_app: Flask, claimed: Claimed, first: Step, second: Step
) -> None:
    def act() -> None:
        with fresh_app.app_context(), transaction() as session:
            second(session, claimed)

    with fresh_app.app_context(), ThreadPoolExecutor(1) as pool:
        with transaction() as session:
            first(session, claimed)
            other = pool.submit(act)
            wait([other], timeout=1)  # it may have to wait for the first to end
        other.result()
        assert db.session().get_one(Delivery, claimed.id).status == Status.DELIVERED
