"""The operation that returns the live board."""

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response.board import Board, read_board
from tsalert.response.board_schemas import BoardSchema
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

board = api_blueprint("board", "board", "Every open incident, who attends, and who is on duty; nothing of the people.")


@board.route("")
@requires(Permission.SEE_BOARD)
@board.response(200, BoardSchema)
def get_board() -> Board:
    """Return the live board."""
    return read_board(db.session(), now=utc_now())
