"""Drawing the live board: once for everybody who asks together, and only the lines that show something else."""

from datetime import timedelta
from threading import Event, Thread

from flask import Flask
from sqlalchemy.orm import Session

from tests.response.conftest import NOON, acts_on_the_board, roof_call
from tsalert.core.actors import Actor, Permission, Via
from tsalert.db import db
from tsalert.response import dispatching, service
from tsalert.response.board import Board, BoardLine
from tsalert.response.board_drawing import draw_board, draw_line
from tsalert.response.dispatching import NewMilestone, Resolution
from tsalert.response.live_board import SCREEN_LAG, LiveBoard
from tsalert.response.steps import Step
from tsalert.response.vocabulary import RemoteResolution

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MANAGER = Actor(None, "Manager", frozenset(Permission), Via.COMMAND)


def draw(_board: Board, lines: str, hole: str) -> str:
    return f"{hole}{lines}"


def log(duty: Actor) -> int:
    return service.log_call(roof_call(), actor=duty, now=NOON).incident_id or 0


def test_only_lines_that_show_something_else_are_drawn_anew(session: Session, duty: Actor) -> None:
    drawn: list[int] = []

    def note(line: BoardLine, with_links: bool, hole: str) -> str:  # noqa: FBT001
        drawn.append(line.id)
        return f"{line.reference} {with_links} {hole}"

    def look(*, with_links: bool = True) -> list[int]:
        drawn.clear()
        board.drawn(session, now=NOON, with_links=with_links)
        return drawn

    board, first, second = LiveBoard(draw, note), log(duty), log(duty)
    assert look() == [first, second]
    dispatching.record_milestone(second, NewMilestone(Step.EN_ROUTE), actor=duty, now=NOON)
    assert look() == [second]
    third = log(duty)
    assert look() == [third]
    assert look(with_links=False) == [first, second, third]
    dispatching.resolve_remotely(first, Resolution(RemoteResolution.TRADER_LEFT), actor=duty, now=NOON)
    assert look() == [first]


def test_a_board_drawn_line_by_line_is_the_board_drawn_at_once(app: Flask, session: Session, duty: Actor) -> None:
    kept, first, second = LiveBoard(draw_board, draw_line), log(duty), log(duty)
    ages = (timedelta(0), HOUR + 30 * MINUTE, HOUR + 50 * MINUTE, 2 * HOUR, 2 * HOUR + MINUTE)
    with app.test_request_context():
        for act in acts_on_the_board(first, second, duty):
            act()
            for age in ages:
                for with_links in (True, False):
                    fresh = LiveBoard(draw_board, draw_line)
                    shown, anew = (each.drawn(session, now=NOON + age, with_links=with_links) for each in (kept, fresh))
                    assert shown == anew
                    assert shown.at(NOON + age) == anew.at(NOON + age)


def test_screens_that_ask_while_one_is_drawn_for_wait_for_that_drawing(fresh_app: Flask) -> None:
    begun, may_go_on, told, drawings = Event(), Event(), [], []

    def draw_slowly(_board: Board, lines: str, hole: str) -> str:
        drawings.append(lines)
        begun.set()
        assert may_go_on.wait(10)
        return f"{hole}the board"

    def look() -> None:
        with fresh_app.app_context():
            told.append(board.drawn(db.session(), now=NOON, with_links=True, lag=SCREEN_LAG).at(NOON))
            db.session.remove()

    board = LiveBoard(draw_slowly, draw_line)
    screens = [Thread(target=look) for _ in range(6)]
    screens[0].start()
    assert begun.wait(10)
    with fresh_app.app_context():
        service.log_call(roof_call(), actor=MANAGER, now=NOON)  # each of the others finds another stamp
        db.session.remove()
    for screen in screens[1:]:
        screen.start()
    may_go_on.set()
    for screen in screens:
        screen.join(20)
    assert len(told) == len(screens)
    assert len(set(told)) == len(drawings) == 1
