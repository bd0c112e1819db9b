"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.web.access import requires

bp = Blueprint("alerts", __name__)


@bp.get("/alerts")
@requires(Permission.READ_ALERT)
def list_alerts() -> ResponseReturnValue:
    """Show."""
    return "alerts"
