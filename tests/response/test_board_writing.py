"""The live board as programs get it: put together from lines that were written before, and true of its own moment."""

import json
from datetime import timedelta

from sqlalchemy.orm import Session

from tests.response.conftest import NOON, acts_on_the_board, roof_call
from tsalert.core.actors import Actor
from tsalert.response import service
from tsalert.response.board import read_board
from tsalert.response.board_drawing import draw_board, draw_line
from tsalert.response.board_schemas import BoardSchema
from tsalert.response.board_writing import WrittenBoard
from tsalert.response.live_board import LiveBoard
from tsalert.response.rules import NewIncident
from tsalert.response.vocabulary import Category

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_board_written_from_kept_lines_is_the_board_read_anew(session: Session, duty: Actor) -> None:
    ungraded = roof_call(incident=NewIncident(Category.SCAM, None))
    first, second, _ = (
        service.log_call(call, actor=duty, now=NOON).incident_id or 0 for call in (roof_call(), roof_call(), ungraded)
    )
    kept, written = LiveBoard(draw_board, draw_line), WrittenBoard()
    for act in acts_on_the_board(first, second, duty):
        act()
        for age in (timedelta(0), MINUTE, HOUR + 30 * MINUTE, HOUR + 50 * MINUTE, 2 * HOUR, 2 * HOUR + MINUTE):
            now = NOON + age
            told = json.loads(written.write(kept.read(session, now=now), now=now))
            assert told == {**BoardSchema().dump(read_board(session, now=now)), "next": None}
