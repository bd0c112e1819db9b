"""Operations on alerts in figures."""

from typing import Any

from marshmallow import RAISE

from tsalert.alerts.figures import quoting
from tsalert.alerts.figures.schemas import AlertFiguresSchema, QuotedBySchema
from tsalert.alerts.figures.views import figures_of
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint
from tsalert.web.fields import PlaceAsked

blp = api_blueprint("alert_figures", "alerts", "Alerts in figures, and the calls that quote them.")
blueprints = (blp,)


@blp.route("/<int:alert_id>/figures")
@requires(Permission.READ_ALERT)
@blp.arguments(PlaceAsked, location="query", unknown=RAISE)
@blp.response(200, AlertFiguresSchema)
def get_figures(asked: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Return an alert by ward and channel, what it cost as it was sent, and a page of the calls that quote it."""
    return figures_of(alert_id, asked["after"])


@blp.route("/<int:alert_id>/calls", methods=["POST"])
@requires(Permission.DRAFT_ALERT)
@blp.arguments(QuotedBySchema)
@blp.response(201, AlertFiguresSchema)
def link_call(told: dict[str, Any], alert_id: int) -> dict[str, Any]:
    """Link a call that quotes the alert."""
    quoting.link_call(alert_id, told["call"], actor=current_actor(), now=utc_now())
    return figures_of(alert_id)


@blp.route("/<int:alert_id>/calls/<int:call_id>", methods=["DELETE"])
@requires(Permission.DRAFT_ALERT)
@blp.response(204)
def unlink_call(alert_id: int, call_id: int) -> None:
    """Unlink a call that does not quote the alert."""
    quoting.unlink_call(alert_id, call_id, actor=current_actor(), now=utc_now())
