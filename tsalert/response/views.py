"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.places import queries as places_queries
from tsalert.response import queries
from tsalert.web.access import requires

bp = Blueprint("response", __name__)


@bp.get("/board")
@requires(Permission.SEE_BOARD)
def board() -> ResponseReturnValue:
    """Show."""
    return str(places_queries.ward_names(db.session()))


@bp.get("/calls")
@requires(Permission.READ_CALL)
def list_calls() -> ResponseReturnValue:
    """Show."""
    return str(queries.find_incident_id(db.session(), "R26-00062-A"))
