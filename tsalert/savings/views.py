"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.savings import approving, service  # noqa: F401
from tsalert.web.access import requires

bp = Blueprint("savings", __name__)


@bp.get("/interventions")
@requires(Permission.READ_FIGURES)
def list_interventions() -> ResponseReturnValue:
    """Show."""
    return "interventions"
