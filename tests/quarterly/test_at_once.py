"""Several officers at once, on a real database: a report is opened, signed and published once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.conftest import NOW, PASSWORD
from tests.quarterly.conftest import QUARTER, Desk, Records
from tsalert.core.actors import Actor, Via
from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.quarterly import opening, queries, texts
from tsalert.quarterly.models import BoardReport, BoardSignature
from tsalert.quarterly.texts import Place
from tsalert.quarterly.vocabulary import Ground, SectionKey, SignatureRole, Status
from tsalert.reports.memory import FiguresMemory
from tsalert.staff import queries as staff_queries
from tsalert.staff import service as staff
from tsalert.staff.rules import RoleName

Attempt = Callable[[], object]


@pytest.fixture
def shared(fresh_app: Flask, records: Records) -> Iterator[Desk]:
    with fresh_app.app_context():
        actors: list[Actor] = []
        for role in (RoleName.CASE_OFFICER, RoleName.MANAGER):
            email = f"{role}@example.org"
            staff.create_officer(email, name=role.value, roles=[role], password=PASSWORD, now=NOW)
            actors.append(staff_queries.actor_of(staff_queries.get_officer(db.session(), email), Via.PAGE))
        opening.open_report(QUARTER, actor=actors[0], now=NOW)
        db.session.remove()
        yield Desk(actors[0], actors[1], FiguresMemory())


def at_once(app: Flask, attempt: Attempt, times: int = 4) -> list[str]:
    """Do the same several times at once; returns how each came out."""

    def do(_: int) -> str:
        with app.app_context():
            try:
                attempt()
            except (Conflict, IntegrityError):  # PostgreSQL finds a second row of one revision only as it is written
                return "refused"
            return "done"

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(do, range(times)))


def test_a_report_is_published_once_by_however_many(fresh_app: Flask, shared: Desk) -> None:
    with fresh_app.app_context():
        shared.lock()
        shared.sign_both()
    assert at_once(fresh_app, shared.publish) == ["done", "refused", "refused", "refused"]
    with fresh_app.app_context():
        assert queries.get_report(db.session(), QUARTER).status == Status.PUBLISHED


def test_figures_are_locked_once_and_each_capacity_signs_once(fresh_app: Flask, shared: Desk) -> None:
    assert at_once(fresh_app, shared.lock) == ["done", "refused", "refused", "refused"]
    assert at_once(fresh_app, lambda: shared.sign(SignatureRole.SECOND)) == ["done", "refused", "refused", "refused"]
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BoardSignature)) == 1


def test_one_revision_is_opened_by_however_many(fresh_app: Flask, shared: Desk) -> None:
    with fresh_app.app_context():
        shared.finish()
    outcomes = at_once(fresh_app, lambda: opening.revise(QUARTER, "Late", Ground.LATE, actor=shared.author, now=NOW))
    assert outcomes.count("done") == 1
    with fresh_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(BoardReport)) == 2


def test_of_several_who_begin_a_text_at_once_one_saves_it(fresh_app: Flask, shared: Desk) -> None:
    place, bodies = Place(SectionKey.AHEAD), iter("abcd")

    def save() -> None:
        texts.save_text(QUARTER, place, next(bodies), seen=0, actor=shared.author, now=NOW)

    assert at_once(fresh_app, save) == ["done", "refused", "refused", "refused"]
    with fresh_app.app_context():
        assert texts.read_text(db.session(), QUARTER, place).version == 1
