"""Officers who act in the same moment, each on a connection of their own."""

import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug import Response

from tests.conftest import PASSWORD, command_environment
from tests.outcomes import outcome_of
from tests.response.conftest import NOON, roof_call
from tsalert.audit import queries as audit
from tsalert.core.actors import Actor, Permission, Via
from tsalert.core.errors import Conflict, Overtaken
from tsalert.db import db
from tsalert.response import correcting_calls, correcting_times, dispatching, rows, service
from tsalert.response.correcting_times import NewTime
from tsalert.response.correction_models import FactChange
from tsalert.response.dispatching import NewMilestone
from tsalert.response.facts import Correction, Fact
from tsalert.response.models import Breach, Call, Grading, Milestone
from tsalert.response.rules import GradeDecision, NewCall, NewIncident
from tsalert.response.steps import IncidentState, Step
from tsalert.response.timeline import changes_since
from tsalert.response.vocabulary import Category, GradeName
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    """An officer whose account is really committed."""
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=PASSWORD, now=NOON)
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


@pytest.fixture
def sam(fresh_app: Flask) -> Actor:
    """A second officer."""
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        officer_id = staff.create_officer("sam@example.org", name="Sam", roles=roles, password=None, now=NOON)
        db.session.remove()
    return Actor(officer_id, "Sam", frozenset(Permission), Via.PAGE)


def ungraded() -> NewCall:
    return roof_call(incident=NewIncident(Category.DOORSTEP_CRIME))


def at_once(app: Flask, count: int, act: Callable[[], object]) -> list[object]:
    """Run an act several times at the same moment; a conflict is an outcome, any other error a failure."""
    start = Barrier(count)

    def run(_: int) -> object:
        start.wait()
        return outcome_of(app, act)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_calls_logged_at_once_each_get_a_reference_and_the_trail_holds(fresh_app: Flask, dee: Actor) -> None:
    at_once(fresh_app, 8, lambda: [service.log_call(roof_call(), actor=dee, now=NOON) for _ in range(3)])
    with fresh_app.app_context():
        references = db.session.scalars(select(Call.reference)).all()
        assert len(references) == len(set(references)) == 24
        assert audit.verify_chain(db.session()).is_whole
        db.session.remove()


def test_two_processes_log_120_calls_and_none_is_lost_or_numbered_twice(fresh_app: Flask, dee: Actor) -> None:
    command = [sys.executable, "-m", "tests.standins.officers", str(dee.officer_id), "60"]
    environment = command_environment(fresh_app)
    processes = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(told)
    with fresh_app.app_context():
        references = db.session.scalars(select(Call.reference)).all()
        assert len(references) == len(set(references)) == 120
        assert db.session.scalar(select(func.count()).where(Call.incident_id.is_not(None))) == 120
        assert audit.verify_chain(db.session()).is_whole
        db.session.remove()


def test_a_form_sent_twice_at_the_same_moment_is_one_call(fresh_app: Flask, dee: Actor) -> None:
    browser = fresh_app.test_client()
    browser.post("/sign-in", data={"email": "dee@example.org", "password": PASSWORD})
    signed = browser.get_cookie("session")
    assert signed is not None
    cookie = {"Cookie": f"session={signed.value}"}
    page = browser.get("/calls/new").text
    sent = dict(re.findall(r'name="(opened|submission)" value="([^"]+)"', page))
    sent |= {"happening": "Men on the roof", "category": "scam", "disposition": "new_incident"}
    answers = at_once(
        fresh_app, 4, lambda: fresh_app.test_client(use_cookies=False).post("/calls", data=sent, headers=cookie)
    )
    codes = sorted(each.status_code for each in answers if isinstance(each, Response))
    assert codes[0] == 303
    assert set(codes) <= {303, 409}
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Call)) == 1
        db.session.remove()


def test_one_arrival_told_twice_at_once_counts_once(fresh_app: Flask, dee: Actor) -> None:
    with fresh_app.app_context():
        incident_id = service.log_call(roof_call(), actor=dee, now=NOON).incident_id or 0
        db.session.remove()
    there = NewMilestone(Step.ON_SCENE)
    outcomes = at_once(fresh_app, 4, lambda: dispatching.record_milestone(incident_id, there, actor=dee, now=NOON))
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    with fresh_app.app_context():
        assert len(rows.attendances_of(db.session(), incident_id)) == 1
        db.session.remove()


def test_of_two_who_grade_at_once_one_wins_and_the_other_sees_who_did(fresh_app: Flask, dee: Actor, sam: Actor) -> None:
    with fresh_app.app_context():
        incident_id = service.log_call(ungraded(), actor=dee, now=NOON).incident_id or 0
        db.session.remove()
    who = iter((dee, sam))

    def grade() -> Actor:
        actor = next(who)
        decision = GradeDecision(GradeName.IMMEDIATE, "He is there", seen=1)
        service.grade_incident(incident_id, decision, actor=actor, now=NOON)
        return actor

    outcomes = at_once(fresh_app, 2, grade)
    winners = [each for each in outcomes if isinstance(each, Actor)]
    assert [type(each) for each in outcomes if not isinstance(each, Actor)] == [Overtaken]
    with fresh_app.app_context():
        changes = changes_since(db.session(), incident_id, 1, now=NOON)
        assert [(each.what, each.who) for each in changes] == [("Graded immediate", winners[0].name)]
        assert db.session.scalar(select(func.count()).select_from(Grading)) == 1
        db.session.remove()


def test_officers_who_arrive_in_the_same_second_never_collide(fresh_app: Flask, dee: Actor, sam: Actor) -> None:
    with fresh_app.app_context():
        incident_id = service.log_call(roof_call(), actor=dee, now=NOON).incident_id or 0
        db.session.remove()
    who = iter((dee, sam))
    there = NewMilestone(Step.ON_SCENE)
    outcomes = at_once(
        fresh_app, 2, lambda: dispatching.record_milestone(incident_id, there, actor=next(who), now=NOON)
    )
    assert outcomes == [IncidentState.ON_SCENE, IncidentState.ON_SCENE]
    with fresh_app.app_context():
        assert len(rows.attendances_of(db.session(), incident_id)) == 2
        assert [each.version for each in changes_since(db.session(), incident_id, 1, now=NOON)] == [2, 3]
        db.session.remove()


def test_two_workers_keep_one_breach(fresh_app: Flask, dee: Actor) -> None:
    with fresh_app.app_context():
        service.log_call(roof_call(), actor=dee, now=NOON)
        db.session.remove()
    late = NOON.replace(hour=15)
    assert sum(int(str(new)) for new in at_once(fresh_app, 4, lambda: service.record_breaches(late))) == 1
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Breach)) == 1
        db.session.remove()


def test_of_several_who_correct_a_call_at_once_one_wins(fresh_app: Flask, dee: Actor) -> None:
    with fresh_app.app_context():
        call_id = service.log_call(roof_call(), actor=dee, now=NOON).call_id
        db.session.remove()
    words = (f"Heard by officer {number}" for number in range(4))

    def correct() -> None:
        told = Correction({Fact.HAPPENING: next(words)}, "Misheard", seen=1)
        correcting_calls.correct_call(call_id, told, actor=dee, now=NOON)

    outcomes = at_once(fresh_app, 4, correct)
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == 3
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FactChange)) == 1
        db.session.remove()


def test_one_time_corrected_twice_at_once_is_corrected_once(fresh_app: Flask, dee: Actor) -> None:
    with fresh_app.app_context():
        incident_id = service.log_call(roof_call(), actor=dee, now=NOON).incident_id or 0
        there = NewMilestone(Step.ON_SCENE)
        dispatching.record_milestone(incident_id, there, actor=dee, now=NOON.replace(hour=13))
        milestone_id = db.session.scalars(select(Milestone.id).where(Milestone.step == Step.ON_SCENE)).one()
        db.session.remove()
    told, later = NewTime(NOON.replace(minute=30), "I tapped late"), NOON.replace(hour=14)
    outcomes = at_once(
        fresh_app, 3, lambda: correcting_times.correct_time(incident_id, milestone_id, told, actor=dee, now=later)
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 2
