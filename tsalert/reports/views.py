"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.web.access import requires

bp = Blueprint("reports", __name__)


@bp.get("/figures")
@requires(Permission.READ_FIGURES)
def show_period() -> ResponseReturnValue:
    """Show."""
    return "figures"
