"""Operations on wall displays."""

from typing import Any

from msgspec.structs import asdict

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.displays import queries, service
from tsalert.displays.queries import DisplayRecord
from tsalert.displays.schemas import DisplayPageSchema, DisplaySchema, MadeDisplaySchema, NewDisplaySchema
from tsalert.displays.service import NewDisplay
from tsalert.displays.views import link_of
from tsalert.staff.presence import asks_presence
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

displays = api_blueprint("wall_displays", "wall-displays", "Screens that see the live board and nothing else.")
blueprints = (displays,)


@displays.route("")
@requires(Permission.MANAGE_RESPONSE)
@displays.response(200, DisplayPageSchema)
def list_displays() -> dict[str, Any]:
    """List wall displays and when each was last seen."""
    return {"items": queries.list_displays(db.session(), now=utc_now())}


@displays.route("", methods=["POST"])
@requires(Permission.MANAGE_RESPONSE)
@displays.arguments(NewDisplaySchema)
@displays.response(201, MadeDisplaySchema)
@asks_presence
def make_display(new: NewDisplay) -> dict[str, Any]:
    """Make a wall display; its link is shown only once."""
    display_id, token = service.make_display(new, actor=current_actor(), now=utc_now())
    return {**asdict(queries.get_display(db.session(), display_id, now=utc_now())), "link": link_of(token)}


@displays.route("/<int:display_id>/revoke", methods=["POST"])
@requires(Permission.MANAGE_RESPONSE)
@displays.response(200, DisplaySchema)
def revoke_display(display_id: int) -> DisplayRecord:
    """Shut a screen out from its next look at the board."""
    service.revoke_display(display_id, actor=current_actor(), now=utc_now())
    return queries.get_display(db.session(), display_id, now=utc_now())
