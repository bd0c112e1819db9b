"""Several officers at once, on a real database: nothing is paid, ended or taken back twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask

from tests.cases.conftest import described
from tests.conftest import PASSWORD
from tests.enforcement.conftest import BEGUN, FRAUD, NOW
from tsalert.audit.queries import verify_chain
from tsalert.cases import queries as case_queries
from tsalert.cases import service as cases
from tsalert.cases.rules import NewMoneyLine, NewNote
from tsalert.cases.vocabulary import MoneyKind, NoteKind
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict, RuleViolation
from tsalert.db import db
from tsalert.enforcement import court, court_queries, service
from tsalert.enforcement.court_rules import HearingOutcome, NewDecision, NewDefendant, NewHearing, NewPayment
from tsalert.enforcement.rules import TakingBack
from tsalert.enforcement.vocabulary import CourtKind, DecisionKind, HearingKind, HearingResult, Record, Result
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Attempt = Callable[[Actor], object]
ON = date(2026, 6, 1)


def prosecution(actor: Actor) -> tuple[int, int, int, int]:
    """Convict somebody and order £900; returns the numbers of case, prosecution, order and hearing."""
    case_id = cases.open_case(described(), actor=actor, now=NOW)
    cases.record_money(case_id, NewMoneyLine(MoneyKind.PAID, Decimal(5000)), actor=actor, now=NOW)
    offence = service.record_offence(case_id, FRAUD, actor=actor, now=NOW)
    number = court.begin_prosecution(case_id, BEGUN, actor=actor, now=NOW)
    who = court.add_defendant(case_id, number, NewDefendant((offence,), name="Al Example"), actor=actor, now=NOW)
    charge = court_queries.get_prosecution(db.session(), case_id, number).defendant(who).charges[0].id
    plea = NewDecision(DecisionKind.PLEA, who, ON, charge, Result.GUILTY_PLEA)
    court.record_decision(case_id, number, plea, actor=actor, now=NOW)
    ordered = NewDecision(DecisionKind.COMPENSATION, who, ON, amount=Decimal(900))
    order = court.record_decision(case_id, number, ordered, actor=actor, now=NOW)
    listed = NewHearing(HearingKind.FIRST, datetime(2026, 6, 1, 9, tzinfo=UTC), CourtKind.MAGISTRATES, "Anytown")
    return case_id, number, order, court.list_hearing(case_id, number, listed, actor=actor, now=NOW)


def pay(case_id: int, number: int, order: int, hearing: int) -> Attempt:
    return lambda actor: court.record_payment(
        case_id, number, NewPayment(order, Decimal(300), ON), actor=actor, now=NOW
    )


def end(case_id: int, number: int, order: int, hearing: int) -> Attempt:
    held = HearingOutcome(HearingResult.HELD)
    return lambda actor: court.record_outcome(case_id, number, hearing, held, actor=actor, now=NOW)


def take_back(case_id: int, number: int, order: int, hearing: int) -> Attempt:
    back = TakingBack(Record.DECISION, order, "Wrong")
    return lambda actor: service.take_back(case_id, back, actor=actor, now=NOW)


def supersede(case_id: int, number: int, order: int, hearing: int) -> Attempt:
    first = case_queries.notes(db.session(), case_id)[0].id
    right = NewNote(NoteKind.FACT, "A blue van", supersedes=first, reason="It was blue")
    return lambda actor: cases.add_note(case_id, right, actor=actor, now=NOW)


@pytest.mark.parametrize(("make", "fits"), [(pay, 3), (end, 1), (take_back, 1), (supersede, 1)])
def test_eight_officers_at_once_do_nothing_twice(fresh_app: Flask, make: Callable[..., Attempt], fits: int) -> None:
    with fresh_app.app_context():
        roles = [RoleName.CASE_OFFICER]
        staff.create_officer("pat@example.org", name="Pat Example", roles=roles, password=PASSWORD, now=NOW)
        actor = staff_queries.actor_of(staff_queries.get_officer(db.session(), "pat@example.org"), Via.PAGE)
        made = prosecution(actor)
        cases.add_note(made[0], NewNote(NoteKind.FACT, "A white van"), actor=actor, now=NOW)
        attempt = make(*made)
        db.session.remove()

    def act(_: int) -> bool:
        with fresh_app.app_context():
            try:
                attempt(actor)
            except (RuleViolation, Conflict):
                return False
            return True

    with ThreadPoolExecutor(8) as officers:
        assert sum(officers.map(act, range(8))) == fits
    with fresh_app.app_context():
        assert verify_chain(db.session()).is_whole
