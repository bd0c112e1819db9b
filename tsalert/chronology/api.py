"""The operation on the timeline of a case."""

from marshmallow import RAISE

from tsalert.chronology.queries import Asked, Timeline, timeline
from tsalert.chronology.schemas import AskedSchema, TimelineSchema
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("chronology", "cases", "The timeline of a case.")
blueprints = (blp,)


@blp.route("/<int:case_id>/timeline")
@requires(Permission.READ_CASE)
@reads("case", "case_id")
@blp.arguments(AskedSchema, location="query", unknown=RAISE)
@blp.response(200, TimelineSchema)
def get_timeline(asked: Asked, case_id: int) -> Timeline:
    """Return log, money, actions, courts, incidents and links of a case, merged in order of occurrence."""
    return timeline(db.session(), case_id, asked, reader=current_actor(), now=utc_now())
