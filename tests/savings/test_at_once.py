"""Several officers at once, on a real database, count no pound twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from flask import Flask
from msgspec.structs import replace

from tests.conftest import NOW, PASSWORD
from tests.savings.test_links_and_shares import BARE, SCAM, case, incident
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import RuleViolation
from tsalert.db import db
from tsalert.savings import service
from tsalert.savings.rules import Evidence, NewIntervention
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Make = Callable[[Actor], NewIntervention]


def of_line(actor: Actor) -> NewIntervention:
    _, (line_id,) = case(actor, prevented="600")
    return replace(BARE, money_line_id=line_id)


def of_incident(_: Actor) -> NewIntervention:
    return replace(SCAM, incident_id=incident(db.session()))


def of_refund(actor: Actor) -> NewIntervention:
    case_id, _ = case(actor, paid="900")
    back = replace(BARE, case_id=case_id, recovered=Decimal(300), evidence=Evidence.BANK)
    return replace(back, other_money="One cheque of several")


@pytest.mark.parametrize(
    ("make", "fits"),
    [
        pytest.param(of_line, 1, id="one-money-line"),
        pytest.param(of_incident, 1, id="one-incident"),
        pytest.param(of_refund, 3, id="three-thirds-of-what-was-paid"),
    ],
)
def test_eight_officers_at_once_record_no_pound_twice(fresh_app: Flask, make: Make, fits: int) -> None:
    with fresh_app.app_context():
        staff.create_officer(
            "pat@example.org", name="Pat Example", roles=[RoleName.CASE_OFFICER], password=PASSWORD, now=NOW
        )
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "pat@example.org"), Via.PAGE)
        new = make(actor)
        db.session.remove()

    def record(_: int) -> bool:
        with fresh_app.app_context():
            try:
                service.record_intervention(new, actor=actor, now=NOW)
            except RuleViolation:
                return False
            return True

    with ThreadPoolExecutor(8) as officers:
        assert sum(officers.map(record, range(8))) == fits
