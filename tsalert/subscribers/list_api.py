"""Operations on the subscriber list: reading it, one subscriber, and the landlines that were asked."""

from typing import Any

from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.subscribers import asked, directory, service
from tsalert.subscribers.asked import AskedLandline
from tsalert.subscribers.directory import Entry, SubscriberView
from tsalert.subscribers.list_schemas import (
    AskedLandlineSchema,
    SubscriberRowSchema,
    SubscriberShownSchema,
    SubscribersSoughtSchema,
)
from tsalert.web.access import current_actor, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import PageAsked

listing = api_blueprint("subscriber_list", "subscribers", "Who is on the list, and how they came to be on it.")
blueprints = (listing,)


@listing.route("")
@requires(Permission.READ_SUBSCRIBERS)
@listing.arguments(PageAsked, location="query", unknown=RAISE)
@listing.response(200, page_of(SubscriberRowSchema))
def list_subscribers(wanted: dict[str, Any]) -> Page[Entry]:
    """List subscribers, newest first; their addresses are masked."""
    return directory.entries(db.session(), **wanted)


@listing.route("/found", methods=["POST"])
@requires(Permission.READ_SUBSCRIBERS)
@listing.arguments(SubscribersSoughtSchema)
@listing.response(200, page_of(SubscriberRowSchema))
def find_subscribers(wanted: dict[str, Any]) -> Page[Entry]:
    """List the subscribers with an address, or with a part of a name; neither may stand in an address of ours."""
    return directory.entries(db.session(), **wanted)


@listing.route("/<int:subscriber_id>")
@requires(Permission.READ_SUBSCRIBERS)
@reads("subscriber", "subscriber_id")
@listing.response(200, SubscriberShownSchema)
def get_subscriber(subscriber_id: int) -> SubscriberView:
    """Return one subscriber: addresses, what they get, and the history of their consent."""
    return directory.get_subscriber(db.session(), subscriber_id)


@listing.route("/subscriptions/<int:subscription_id>/end", methods=["POST"])
@requires(Permission.MANAGE_SUBSCRIBERS)
@listing.response(204)
def end_subscription(subscription_id: int) -> None:
    """End one subscription at its owner's wish."""
    service.end_subscription(subscription_id, actor=current_actor(), now=utc_now())


@listing.route("/landlines")
@requires(Permission.MANAGE_SUBSCRIBERS)
@listing.arguments(PageAsked, location="query", unknown=RAISE)
@listing.response(200, page_of(AskedLandlineSchema))
def list_landlines(wanted: dict[str, Any]) -> Page[AskedLandline]:
    """List the landlines that were asked by a call, the latest first, with how far each has come."""
    return asked.asked_landlines(db.session(), **wanted)
