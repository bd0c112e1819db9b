"""The live board: what it shows, when it is read anew, and that nobody is ever shown an old one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.asked import statements
from tests.response.conftest import NOON, roof_call
from tests.response.test_concurrency import at_once
from tests.rota.conftest import give_mobile, put_on_shift
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import Base, db, transaction
from tsalert.paging.models import PageRun
from tsalert.places import service as places
from tsalert.places.rules import NamedWard
from tsalert.response import dispatching, handing_over, queries, service
from tsalert.response.board import Board, BoardLine, read_board
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.handing_over import Acceptance
from tsalert.response.live_board import SCREEN_LAG, LiveBoard
from tsalert.response.models import Attendance, Incident
from tsalert.response.rules import GradeDecision, NewIncident
from tsalert.response.stamp import SHOWN, read_stamp
from tsalert.response.steps import Step
from tsalert.response.vocabulary import (
    Category,
    Disposition,
    GradeName,
    Outcome,
    RemoteResolution,
    StandDownReason,
    StartBasis,
)
from tsalert.rota.vocabulary import Duty
from tsalert.staff import service as staff
from tsalert.staff.models import Officer
from tsalert.staff.rules import RoleName

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ADDED = Disposition.ADDED_TO_INCIDENT


def draw(board: Board, lines: str, hole: str) -> str:
    """Draw all that a board shows, as plainly as can be."""
    duty = [f"on duty: {each.name}" for each in board.on_duty] or ["on duty: nobody"]
    return " ".join([hole, lines, *duty])


def draw_line(line: BoardLine, with_links: bool, hole: str) -> str:  # noqa: FBT001
    """Draw all that a line shows."""
    said = f"{line.reference} {line.state} {line.grade} {line.ward} {line.reading.urgency} {line.officers!r}"
    return f"{said} {with_links} {hole} " if line.reading.counts_down else f"{said} {with_links} "


def live_board() -> LiveBoard:
    return LiveBoard(draw, draw_line)


def show(board: LiveBoard, now: datetime = NOON, lag: timedelta = timedelta(0)) -> str:
    return board.drawn(db.session(), now=now, with_links=True, lag=lag).at(now)


def renews(session: Session, act: Callable[[], object]) -> bool:
    """Tell whether an act renews the board's stamp."""
    before = read_stamp(session)
    act()
    return read_stamp(session) != before


def test_those_who_wait_come_first_by_when_they_are_due(session: Session, duty: Actor) -> None:
    def log(minutes: int, grade: GradeName | None = GradeName.IMMEDIATE) -> int:
        incident = NewIncident(Category.SCAM, None, grade, "As the caller says")
        call = roof_call(incident=incident, claimed_at=NOON - minutes * MINUTE)
        return service.log_call(call, actor=duty, now=NOON).incident_id or 0

    attended, ungraded, later, overdue = log(10), log(200, None), log(20), log(130)
    dispatching.record_milestone(attended, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON)
    board = read_board(session, now=NOON)
    assert [line.id for line in board.lines] == [overdue, later, ungraded, attended]
    assert board.counts == {"overdue": 1, "running": 1, "attended": 2}


def test_who_is_there_comes_before_who_is_on_the_way(session: Session, duty: Actor, incident_id: int) -> None:
    colleague = staff.create_officer(
        "eve@example.org", name="Eve", roles=[RoleName.DUTY_OFFICER], password=None, now=NOON
    )
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON + MINUTE)
    there = NewMilestone(Step.ON_SCENE, officer_id=colleague)
    dispatching.record_milestone(incident_id, there, actor=duty, now=NOON + 2 * MINUTE)
    (line,) = read_board(session, now=NOON).lines
    assert [(officer.name, officer.on_scene_at, officer.en_route_at) for officer in line.officers] == [
        ("Eve", NOON + 2 * MINUTE, None),
        ("Dee Example", None, NOON + MINUTE),
    ]


def test_the_board_says_who_is_on_duty_until_the_very_instant_they_change(
    session: Session, officer: Callable[..., Actor]
) -> None:
    board, eight = live_board(), NOON + 8 * HOUR
    late, night = officer(name="Lee Late"), officer(name="Nia Night")

    def put(somebody: Actor, starts_at: datetime, ends_at: datetime) -> None:
        with transaction() as changing:
            give_mobile(changing, somebody.officer_id or 0)
            put_on_shift(changing, somebody.officer_id or 0, Duty.PRIMARY, starts_at, ends_at)

    assert renews(session, lambda: put(late, NOON, eight))
    put(night, eight, eight + 8 * HOUR)
    for at, name in ((NOON, "Lee"), (eight - SECOND, "Lee"), (eight, "Nia"), (eight + 7 * HOUR, "Nia")):
        assert f"on duty: {name}" in show(board, at)
    assert "on duty: nobody" in show(board, eight + 8 * HOUR)


def test_every_table_that_the_stamp_stands_for_exists() -> None:
    assert set(Base.metadata.tables) >= SHOWN


STEPS: dict[str, Callable[[int, Actor], object]] = {
    "graded": lambda number, duty: service.grade_incident(
        number, GradeDecision(GradeName.PROMPT, "He left", StartBasis.WRONG_TRIAGE), actor=duty, now=NOON
    ),
    "on-the-way": lambda number, duty: dispatching.record_milestone(
        number, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON
    ),
    "on-scene": lambda number, duty: dispatching.record_milestone(
        number, NewMilestone(Step.ON_SCENE), actor=duty, now=NOON
    ),
    "resolved-remotely": lambda number, duty: dispatching.resolve_remotely(
        number, Resolution(RemoteResolution.TRADER_LEFT), actor=duty, now=NOON
    ),
    "stood-down": lambda number, duty: dispatching.stand_down(number, StandDownReason.WITHDRAWN, actor=duty, now=NOON),
    "handed-over": lambda number, duty: handing_over.hand_over(
        number, Acceptance("Otherborough"), actor=duty, now=NOON
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_an_incident_renews_the_board(session: Session, duty: Actor, incident_id: int, step: str) -> None:
    board = live_board()
    before = show(board)
    assert renews(session, lambda: STEPS[step](incident_id, duty))
    assert show(board) != before
    assert show(board).split()[1:] == show(live_board()).split()[1:]


def test_the_end_of_an_incident_and_its_new_beginning_renew_the_board(
    session: Session, duty: Actor, incident_id: int
) -> None:
    there, left = NewMilestone(Step.ON_SCENE), NewMilestone(Step.CLEARED)
    dispatching.record_milestone(incident_id, there, actor=duty, now=NOON)
    assert renews(session, lambda: dispatching.record_milestone(incident_id, left, actor=duty, now=NOON))
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=duty, now=NOON)
    assert renews(session, lambda: service.close_incident(incident_id, actor=duty, now=NOON))
    assert renews(session, lambda: service.reopen_incident(incident_id, "He came back", actor=duty, now=NOON))


def test_a_new_incident_renews_the_board_and_a_further_call_or_a_breach_does_not(
    session: Session, duty: Actor, incident_id: int
) -> None:
    reference = queries.get_incident(session, incident_id).reference
    again = roof_call(disposition=ADDED, incident=None, incident_reference=reference)
    advice = roof_call(disposition=Disposition.ADVICE, incident=None)
    assert renews(session, lambda: service.log_call(roof_call(), actor=duty, now=NOON))
    assert not renews(session, lambda: service.log_call(again, actor=duty, now=NOON))
    assert not renews(session, lambda: service.log_call(advice, actor=duty, now=NOON))
    assert not renews(session, lambda: service.record_breaches(NOON + 3 * HOUR))


def test_a_name_that_the_board_shows_renews_it(session: Session, duty: Actor) -> None:
    assert renews(session, lambda: places.add_wards([NamedWard("E05000001", "Testward")], now=NOON))
    assert renews(session, lambda: places.add_wards([NamedWard("E05000001", "Newname")], now=NOON))

    def rename() -> None:
        with transaction() as changing:
            changing.execute(update(Officer).where(Officer.id == duty.officer_id).values(name="Dee Married"))

    assert renews(session, rename)


@pytest.mark.parametrize(
    "statement",
    [update(Incident).values(kind="roofing"), update(Attendance).values(id=1), update(PageRun).values(round=2)],
)
def test_a_statement_renews_the_board_as_rows_do(session: Session, statement: object) -> None:
    def act() -> None:
        with transaction() as changing:
            changing.execute(statement)  # type: ignore[call-overload]

    assert renews(session, act)


def test_what_was_undone_leaves_the_stamp_as_it_was(session: Session, incident_id: int) -> None:
    def change_and_fail() -> None:
        with transaction() as changing:
            changing.get_one(Incident, incident_id).kind = "gone"
            changing.flush()
            raise RuntimeError

    def fail() -> None:
        with pytest.raises(RuntimeError):
            change_and_fail()

    assert not renews(session, fail)
    with transaction() as later:
        later.execute(select(Incident.id))
    assert not renews(session, lambda: None)


def test_a_board_that_did_not_change_is_read_once(session: Session, incident_id: int) -> None:
    board = live_board()
    show(board)
    with statements() as asked:
        show(board, NOON + MINUTE)
    assert len(asked) == 1
    assert "board_stamp" in asked[0]


def test_a_screen_may_be_shown_what_was_read_a_moment_ago_and_nobody_else(session: Session, duty: Actor) -> None:
    board = live_board()
    show(board)
    service.log_call(roof_call(), actor=duty, now=NOON)
    with statements() as asked:
        assert "triaged" not in show(board, NOON + SECOND / 2, lag=SCREEN_LAG)
    assert not asked
    assert "triaged" in show(board, NOON + SECOND, lag=SCREEN_LAG)
    service.log_call(roof_call(), actor=duty, now=NOON)
    assert show(board, NOON + SECOND).count("triaged") == 2


def test_a_screen_sees_a_clock_turn_in_the_very_second(session: Session, incident_id: int) -> None:
    board, turns_red = live_board(), NOON + 2 * HOUR - 10 * MINUTE
    assert "red" not in show(board, turns_red - SECOND / 4)
    assert "red" in show(board, turns_red + SECOND / 4, lag=SCREEN_LAG)


def test_screens_that_ask_together_share_one_drawing_although_each_knows_another_stamp(
    session: Session, duty: Actor
) -> None:
    board, drawn = live_board(), []
    show(board)
    for _ in range(5):
        service.log_call(roof_call(), actor=duty, now=NOON)
        drawn.append(show(board, NOON + 2 * SECOND, lag=SCREEN_LAG))
    assert len(set(drawn)) == 1


def test_a_kept_board_counts_down_and_turns_amber_red_and_overdue_in_the_very_second(
    session: Session, incident_id: int
) -> None:
    board, due = live_board(), NOON + 2 * HOUR
    turns = {due - 30 * MINUTE: "amber", due - 10 * MINUTE: "red", due + SECOND: "overdue"}
    assert "2 hours left" in show(board, NOON)
    for at, urgency in turns.items():
        assert urgency not in show(board, at - SECOND)
        assert urgency in show(board, at)
    assert "9 minutes 59 seconds left" in show(live_board(), due - 9 * MINUTE - 59 * SECOND)
    assert "0 seconds left" in show(live_board(), due + SECOND / 2)
    assert "by 3 minutes" in show(board, due + 3 * MINUTE)


def test_the_mark_changes_with_what_is_shown_and_not_with_the_time_left(
    session: Session, duty: Actor, incident_id: int
) -> None:
    board = live_board()

    def mark(now: object = NOON) -> str:
        return board.drawn(db.session(), now=now, with_links=True).mark  # type: ignore[arg-type]

    first = mark()
    assert mark(NOON + HOUR) == first
    assert live_board().drawn(session, now=NOON, with_links=True).mark == first
    assert board.drawn(session, now=NOON, with_links=False).mark != first
    service.record_outcome(incident_id, Outcome.ADVICE_GIVEN, actor=duty, now=NOON)
    assert mark() == first
    dispatching.record_milestone(incident_id, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON)
    assert mark() != first


@pytest.fixture
def dee(fresh_app: Flask) -> Actor:
    """An officer whose account is really committed."""
    with fresh_app.app_context():
        roles = [RoleName.DUTY_OFFICER]
        officer_id = staff.create_officer("dee@example.org", name="Dee", roles=roles, password=None, now=NOON)
        db.session.remove()
    return Actor(officer_id, "Dee", frozenset(Permission), Via.PAGE)


def test_whoever_changed_the_board_sees_it_changed_however_many_do_at_once(fresh_app: Flask, dee: Actor) -> None:
    board = live_board()

    def change_and_look() -> None:
        for _ in range(6):
            logged = service.log_call(roof_call(), actor=dee, now=NOON)
            assert f"{logged.incident_reference} triaged" in show(board)
            there = NewMilestone(Step.ON_SCENE)
            dispatching.record_milestone(logged.incident_id or 0, there, actor=dee, now=NOON)
            assert f"{logged.incident_reference} on_scene" in show(board)

    at_once(fresh_app, 6, change_and_look)
    with fresh_app.app_context():
        assert show(board).split()[1:] == show(live_board()).split()[1:]
        assert show(board).count("on_scene ") == 36
        db.session.remove()


def test_a_board_read_while_a_change_is_being_committed_is_not_taken_for_the_changed_one(
    fresh_app: Flask, dee: Actor
) -> None:
    board, is_stamped, may_commit = live_board(), Event(), Event()

    def wait(_session: Session) -> None:
        is_stamped.set()
        assert may_commit.wait(10)

    def log() -> None:
        with fresh_app.app_context():
            service.log_call(roof_call(), actor=dee, now=NOON)
            db.session.remove()

    event.listen(Session, "before_commit", wait)
    try:
        writer = Thread(target=log)
        writer.start()
        assert is_stamped.wait(10)
        with fresh_app.app_context():
            assert "triaged" not in show(board)
            db.session.remove()
        may_commit.set()
        writer.join()
    finally:
        event.remove(Session, "before_commit", wait)
    with fresh_app.app_context():
        assert "triaged" in show(board)
        db.session.remove()


def test_a_board_into_which_a_change_came_while_it_was_read_is_not_kept(fresh_app: Flask, dee: Actor) -> None:
    board, barrier, has_waited = live_board(), Barrier(2), Event()

    def wait(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "attendance" in statement and "SELECT" in statement and not has_waited.is_set():
            has_waited.set()
            barrier.wait(10)
            barrier.wait(10)

    def look() -> None:
        with fresh_app.app_context():
            show(board)
            db.session.remove()

    event.listen(Engine, "before_cursor_execute", wait)
    try:
        reader = Thread(target=look)
        reader.start()
        barrier.wait(10)
        with fresh_app.app_context():
            has_waited.set()
            service.log_call(roof_call(), actor=dee, now=NOON)
            db.session.remove()
        barrier.wait(10)
        reader.join()
    finally:
        event.remove(Engine, "before_cursor_execute", wait)
    with fresh_app.app_context():
        assert "triaged" in show(board)
        db.session.remove()
