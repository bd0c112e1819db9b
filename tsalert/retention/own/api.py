"""The operation that erases a subscriber who asked an officer for it."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.retention.own import service
from tsalert.retention.own.schemas import OfficerEraseSchema
from tsalert.web.access import current_actor, requires
from tsalert.web.api import api_blueprint

erasing = api_blueprint("erasing", "subscribers", "Erasing subscribers who ask for it.")
blueprints = (erasing,)


@erasing.route("/<int:subscriber_id>/erase", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@erasing.arguments(OfficerEraseSchema)
@erasing.response(204)
def erase(told: dict[str, Any], subscriber_id: int) -> None:
    """Erase a subscriber; ``typed`` is the word that says it is meant."""
    service.erase(subscriber_id, told["typed"], actor=current_actor(), now=utc_now())
