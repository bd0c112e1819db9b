"""Operations on the one switch: all sending to many, stopped or started."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.delivery import stopping
from tsalert.delivery.stop_schemas import SendingSchema, SwitchSchema
from tsalert.web.access import current_actor, requires, signed_in
from tsalert.web.api import api_blueprint

blp = api_blueprint("all_sending", "sending", "Whether alerts and digests leave; one switch stops them all.")
blueprints = (blp,)


@blp.route("")
@signed_in
@blp.response(200, SendingSchema)
def show_sending() -> dict[str, Any]:
    """Return whether alerts and digests leave, how many messages wait, and when they did not leave."""
    return _shown()


@blp.route("/stop", methods=["POST"])
@requires(Permission.STOP_SENDING)
@blp.arguments(SwitchSchema)
@blp.response(200, SendingSchema)
def stop_sending(told: dict[str, Any]) -> dict[str, Any]:
    """Stop everything that goes to many people; pages to officers, and messages to one person, still leave."""
    stopping.stop_sending(told["reason"], actor=current_actor(), now=utc_now())
    return _shown()


@blp.route("/start", methods=["POST"])
@requires(Permission.STOP_SENDING)
@blp.arguments(SwitchSchema)
@blp.response(200, SendingSchema)
def start_sending(told: dict[str, Any]) -> dict[str, Any]:
    """Start sending again: whatever waits leaves at once."""
    stopping.start_sending(told["reason"], actor=current_actor(), now=utc_now())
    return _shown()


def _shown() -> dict[str, Any]:
    session = db.session()
    stop = stopping.current_stop(session)
    return {
        "is_stopped": stop is not None,
        "stop": stop,
        "waiting": stopping.count_waiting(session),
        "past": stopping.past_stops(session),
    }
