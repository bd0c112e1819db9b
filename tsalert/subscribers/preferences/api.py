"""Operations by which officers change what a subscriber gets."""

from typing import Any

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.subscribers import directory
from tsalert.subscribers.preferences import officers, queries
from tsalert.subscribers.preferences.choosing import Choices
from tsalert.subscribers.preferences.officer_views import COUNTED
from tsalert.subscribers.preferences.readers import require_address
from tsalert.subscribers.preferences.schemas import (
    AgreedSchema,
    OfficerAddressSchema,
    OfficerChoicesSchema,
    OfficerPauseSchema,
    SubscriberChoicesSchema,
    WhyLeftCountsSchema,
)
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint

subscribers = api_blueprint("subscribers", "subscribers", "What subscribers get, and changing it for those who ring.")
blueprints = (subscribers,)
_ADDRESS = "/<int:subscriber_id>/addresses/<int:endpoint_id>"


@subscribers.route("/why-people-left")
@requires(Permission.READ_SUBSCRIBERS)
@subscribers.response(200, WhyLeftCountsSchema)
def count_why() -> dict[str, Any]:
    """Count the reasons that people gave for leaving in the last year."""
    counts = queries.why_people_left(db.session(), utc_now() - COUNTED)
    return {"items": [{"reason": word, "label": word.label, "count": count} for word, count in counts]}


@subscribers.route(_ADDRESS)
@requires(Permission.MANAGE_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
@subscribers.response(200, SubscriberChoicesSchema)
def get_choices(subscriber_id: int, endpoint_id: int) -> dict[str, Any]:
    """Return what a subscriber gets at an address; what of it can be changed, sent back, changes nothing."""
    session = db.session()
    subscriber = directory.get_subscriber(session, subscriber_id).subscriber
    require_address(session, subscriber_id, endpoint_id)
    held = queries.standing(session, subscriber, endpoint_id, now=utc_now())
    return {
        "topics": held.topics,
        "frequency": held.frequency,
        "name": subscriber.name,
        "postcode": subscriber.postcode,
        "ward": subscriber.ward or held.ward_choice or None,
        "further_wards": held.further_wards,
        "large_print": held.is_large_print,
        "paused_until": held.paused_until,
        "status": held.end.status,
    }


@subscribers.route(_ADDRESS, methods=["PUT"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@subscribers.arguments(OfficerChoicesSchema)
@subscribers.response(204)
def put_choices(choices: Choices, subscriber_id: int, endpoint_id: int) -> None:
    """Let a subscriber get exactly what they asked for at an address."""
    officers.choose(subscriber_id, endpoint_id, choices, actor=current_actor(), now=utc_now())


@subscribers.route("/<int:subscriber_id>/addresses", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@subscribers.arguments(OfficerAddressSchema)
@subscribers.response(202)
def add_address(told: dict[str, Any], subscriber_id: int) -> None:
    """Add an address, or put it in the place of another; all but a landline confirm themselves first."""
    officers.move(subscriber_id, told["replaces"], told["contact"], actor=current_actor(), now=utc_now())


@subscribers.route("/<int:subscriber_id>/pause", methods=["PUT"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@subscribers.arguments(OfficerPauseSchema)
@subscribers.response(204)
def pause(told: dict[str, Any], subscriber_id: int) -> None:
    """Send a subscriber nothing for a while."""
    officers.pause(subscriber_id, told["span"], actor=current_actor(), now=utc_now())


@subscribers.route("/<int:subscriber_id>/resume", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@subscribers.arguments(AgreedSchema)
@subscribers.response(204)
def resume(_told: dict[str, Any], subscriber_id: int) -> None:
    """Send to a subscriber again before their pause is over."""
    officers.resume(subscriber_id, actor=current_actor(), now=utc_now())


@subscribers.route("/<int:subscriber_id>/stop", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@subscribers.arguments(AgreedSchema)
@subscribers.response(204)
def stop_everything(_told: dict[str, Any], subscriber_id: int) -> None:
    """Send a subscriber nothing more, at any of their addresses."""
    officers.stop_everything(subscriber_id, actor=current_actor(), now=utc_now())
