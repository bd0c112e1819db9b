"""The operation that returns the live board."""

from flask import Response

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.response.board_schemas import BoardSchema
from tsalert.response.board_writing import WrittenBoard
from tsalert.response.live_board import live_board
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

board = api_blueprint("board", "board", "Every open incident, who attends, and who is on duty; nothing of the people.")

_written = WrittenBoard()


@board.route("")
@requires(Permission.SEE_BOARD)
@board.response(200, BoardSchema)
def get_board() -> Response:
    """Return the live board."""
    now = utc_now()
    return Response(_written.write(live_board().read(db.session(), now=now), now=now), mimetype="application/json")
