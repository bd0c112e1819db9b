"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.cases import queries  # noqa: F401 - its tables belong to the database from the first day
from tsalert.core.actors import Permission
from tsalert.web.access import requires

bp = Blueprint("cases", __name__)


@bp.get("/cases")
@requires(Permission.READ_CASE)
def list_cases() -> ResponseReturnValue:
    """Show."""
    return "cases"
