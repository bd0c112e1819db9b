"""A page of preferences and a link to leave that are used at the same moment."""

from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.subscribers.conftest import OPERATOR, letters
from tests.subscribers.preferences.conftest import NETWORK, link_in
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import db, transaction
from tsalert.delivery import queries as delivery
from tsalert.delivery.rules import Channel
from tsalert.subscribers import service as joining
from tsalert.subscribers.leaving import leave
from tsalert.subscribers.models import SignUp, Subscriber, Subscription
from tsalert.subscribers.preferences import forgetting, service
from tsalert.subscribers.preferences.acting import by_reader
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.rules import EndedReason, Source
from tsalert.subscribers.service import Wish

PAT = "pat@example.org"


@pytest.fixture(autouse=True)
def drama_numbers() -> None:
    """Leave the shared database alone: these tests have one of their own, and no numbers."""


def join_and_open() -> tuple[int, str]:
    """Put Pat on the list; returns the address and the pass of its open page."""
    joining.sign_up(PAT, Wish(("scams",)), network=NETWORK, now=NOW)
    endpoint_id = joining.confirm_sign_up(db.session().scalars(select(SignUp.id)).one(), now=NOW)
    assert endpoint_id is not None
    return endpoint_id, service.open_for_joiner(endpoint_id, now=NOW)


@pytest.mark.parametrize(
    ("act", "stays"),
    [
        (lambda opened: service.stop(opened, now=NOW), 0),
        (lambda opened: service.choose(opened, Choices(("scams",), "daily"), now=NOW), 1),
    ],
    ids=["stop", "choose"],
)
def test_who_leaves_while_the_page_changes_something_waits_and_nothing_breaks(
    fresh_app: Flask, act: Callable[[str], None], stays: int
) -> None:
    faults: list[Exception] = []

    def use_page() -> None:
        with fresh_app.app_context():
            try:
                act(opened)
            except Exception as fault:  # noqa: BLE001 - whatever broke is what the test is about
                faults.append(fault)

    page = Thread(target=use_page)
    with fresh_app.app_context():
        endpoint_id, opened = join_and_open()
        with transaction() as session:
            delivery.endpoints_by_id(session, [endpoint_id], lock=True)
            page.start()
            page.join(timeout=1)  # it waits for us
            leave(session, endpoint_id, EndedReason.UNSUBSCRIBED, method=Source.WEB, now=NOW)
        page.join(timeout=30)
        assert (page.is_alive(), faults) == (False, [])
        assert open_ones(db.session()) == stays
        assert delivery.is_suppressed(db.session(), Channel.EMAIL, PAT) == (stays == 0)


def test_who_leaves_while_an_officer_ends_what_they_get_waits_and_nothing_breaks(fresh_app: Flask) -> None:
    faults: list[Exception] = []

    def end() -> None:
        with fresh_app.app_context():
            try:
                joining.end_subscription(subscription_id, actor=OPERATOR, now=NOW)
            except Exception as fault:  # noqa: BLE001 - whatever broke is what the test is about
                faults.append(fault)

    ending = Thread(target=end)
    with fresh_app.app_context():
        endpoint_id, _ = join_and_open()
        subscription_id = db.session().scalars(select(Subscription.id)).one()
        db.session.rollback()
        with transaction() as session:
            delivery.endpoints_by_id(session, [endpoint_id], lock=True)
            ending.start()
            ending.join(timeout=1)  # it waits for us
            leave(session, endpoint_id, EndedReason.UNSUBSCRIBED, method=Source.WEB, now=NOW)
        ending.join(timeout=30)
        assert (ending.is_alive(), [type(each) for each in faults]) == (False, [Conflict])
        assert open_ones(db.session()) == 0


def test_a_move_that_is_confirmed_while_its_owner_leaves_starts_nothing(fresh_app: Flask) -> None:
    faults: list[Exception] = []

    def confirm() -> None:
        with fresh_app.app_context():
            try:
                service.confirm_move(token, now=NOW)
            except RuleViolation as fault:
                faults.append(fault)

    confirming = Thread(target=confirm)
    with fresh_app.app_context():
        endpoint_id, opened = join_and_open()
        service.move(opened, "new@example.org", now=NOW)
        token = link_in(letters(db.session())[-1].text).rpartition("/")[2]
        with transaction() as session:
            leave(session, endpoint_id, EndedReason.UNSUBSCRIBED, method=Source.WEB, now=NOW)
            confirming.start()
            confirming.join(timeout=1)
        confirming.join(timeout=30)
        assert (confirming.is_alive(), len(faults), open_ones(db.session())) == (False, 1, 0)


def test_a_sign_up_that_is_confirmed_while_its_address_is_erased_waits_and_breaks_nothing(fresh_app: Flask) -> None:
    faults: list[Exception] = []

    def confirm() -> None:
        with fresh_app.app_context():
            try:
                joining.confirm_sign_up(again, now=NOW)
            except Exception as fault:  # noqa: BLE001 - whatever broke is what the test is about
                faults.append(fault)

    confirming = Thread(target=confirm)
    with fresh_app.app_context():
        endpoint_id, _ = join_and_open()
        joining.sign_up(PAT, Wish(("scams",)), network=NETWORK, now=NOW)
        again = db.session().scalars(select(SignUp.id).order_by(SignUp.id.desc())).first() or 0
        pat = db.session().scalars(select(Subscriber.id)).one()
        db.session.rollback()
        with transaction() as session:
            delivery.endpoints_by_id(session, [endpoint_id], lock=True)
            confirming.start()
            confirming.join(timeout=1)  # it waits for us
            forgetting.erase(session, pat, by=by_reader(NOW))
        confirming.join(timeout=30)
        assert (confirming.is_alive(), [str(each) for each in faults]) == (
            False, ["This link does not work any more. Sign up again."],
        )  # fmt: skip
        assert open_ones(db.session()) == 0


def open_ones(session: Session) -> int:
    return session.scalar(select(func.count(Subscription.id)).where(Subscription.ended_at.is_(None))) or 0
