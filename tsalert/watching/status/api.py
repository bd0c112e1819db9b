"""The operation that tells how the service runs."""

from typing import Any

from flask import current_app
from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.watching import queries as watching
from tsalert.watching.status import queries
from tsalert.watching.status.schemas import StatusSchema
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

status = api_blueprint("status", "status", "How the service runs: workers, jobs, what waits, providers, room.")


@status.route("")
@requires(Permission.SEE_STATUS)
@status.response(200, StatusSchema)
def get_status() -> dict[str, Any]:
    """Return how the service runs now, and what needs attention."""
    found = queries.read_status(db.session(), current_app.extensions["tsalert_settings"], now=utc_now())
    told = asdict(found)
    return told | {"problems": watching.problems_of(db.session(), found)}
