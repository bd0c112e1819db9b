"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.web.access import requires

bp = Blueprint("response", __name__)


@bp.get("/board")
@requires(Permission.SEE_BOARD)
def board() -> ResponseReturnValue:
    """Show."""
    return "board"


@bp.get("/calls")
@requires(Permission.READ_CALL)
def list_calls() -> ResponseReturnValue:
    """Show."""
    return "calls"
