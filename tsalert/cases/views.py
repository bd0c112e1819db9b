"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.web.access import requires

bp = Blueprint("cases", __name__)


@bp.get("/cases")
@requires(Permission.READ_CASE)
def list_cases() -> ResponseReturnValue:
    """Show."""
    return "cases"
