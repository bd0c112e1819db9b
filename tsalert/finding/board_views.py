"""The page of the board of cases."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.cases import vocabulary
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.enforcement.schemas import MineSchema
from tsalert.finding.case_board import SHOWN, read_case_board
from tsalert.staff import queries as staff
from tsalert.web.access import current_actor, requires
from tsalert.web.forms import read_form

bp = Blueprint("case_board", __name__)


@bp.get("/cases/board")
@requires(Permission.READ_CASE)
def show_board() -> ResponseReturnValue:
    """Show the open cases of this officer, or everybody's, in a column for each status."""
    everybody, actor, session = read_form(MineSchema(), request.args)["everybody"], current_actor(), db.session()
    mine = None if everybody else actor.officer_id
    return render_template(
        "finding/case_board.html",
        columns=read_case_board(session, officer_id=mine, actor=actor, now=utc_now()),
        everybody=everybody,
        officers=staff.officer_names(session),
        words=vocabulary,
        most=SHOWN,
    )
