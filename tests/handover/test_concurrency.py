"""Officers who act on one handover in the same moment, each on a connection of their own."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.handover.conftest import BODY, HOUR, NOON, written
from tests.response.conftest import roof_call
from tests.response.test_concurrency import at_once
from tsalert.audit.queries import verify_chain
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import db
from tsalert.handover import lapsing, queries, service
from tsalert.handover.rules import State
from tsalert.response import service as calls
from tsalert.response.handing_over import Acceptance
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    """An officer whose account is really committed."""
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=None, now=NOON)
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


@pytest.fixture
def offered(fresh_app: Flask, dee: Actor) -> int:
    """A handover that is offered."""
    with fresh_app.app_context():
        incident_id = calls.log_call(roof_call(), actor=dee, now=NOON).incident_id
        number = service.draft_handover(written(incident_id=incident_id), actor=dee, now=NOON)
        service.offer_handover(number, actor=dee, now=NOON)
        db.session.remove()
    return number


@pytest.mark.parametrize("late", [False, True], ids=["two-who-answer", "an-answer-and-the-lapse"])
def test_an_offer_ends_once(fresh_app: Flask, dee: Actor, offered: int, *, late: bool) -> None:
    def accept() -> None:
        service.accept_handover(offered, Acceptance(BODY), actor=dee, now=NOON + HOUR)

    def end_otherwise() -> None:
        if late:
            lapsing.settle(offered, now=NOON + 25 * HOUR)
        else:
            service.refuse_handover(offered, "No.", actor=dee, now=NOON + HOUR)

    acts: list[Callable[[], None]] = [accept, end_otherwise]

    def one_of_them() -> None:
        acts.pop()()

    outcomes = at_once(fresh_app, 2, one_of_them)
    with fresh_app.app_context():
        row = queries.get_row(db.session(), offered)
        ended = State.of(row.state)
        assert ended in {State.ACCEPTED, State.LAPSED if late else State.REFUSED}
        assert (row.accepted_by == BODY) == (ended is State.ACCEPTED)
        assert sum(outcome is not None for outcome in outcomes) == (0 if late and ended is State.ACCEPTED else 1)
        assert verify_chain(db.session()).is_whole
        db.session.remove()
