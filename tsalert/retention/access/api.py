"""Operations on requests for what is held on somebody."""

from typing import Any

from flask.typing import ResponseReturnValue
from marshmallow import RAISE

from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.keysets import Page
from tsalert.retention.access import requests
from tsalert.retention.access.requests import Gathered, NewRequest
from tsalert.retention.access.schemas import (
    AccessAnswerSchema,
    AccessExtensionSchema,
    AccessHeldSchema,
    AccessRequestSchema,
    AccessReviewSchema,
    NewAccessRequestSchema,
    PeopleFoundSchema,
    PersonSearchSchema,
)
from tsalert.retention.access.views import zip_response
from tsalert.retention.models import AccessRequest
from tsalert.web.access import current_actor, name_read, reads, requires
from tsalert.web.api import api_blueprint, page_of
from tsalert.web.fields import ListPlace, PlaceAsked

access = api_blueprint("subject_access", "subject-access", "Requests of people for what is held on them.")
blueprints: tuple[Any, ...] = (access,)
_SUBJECT = "access_request"


@access.route("", methods=["GET"])
@requires(Permission.ANSWER_ACCESS)
@reads(_SUBJECT)
@access.arguments(PlaceAsked, location="query", unknown=RAISE)
@access.response(200, page_of(AccessRequestSchema, ListPlace))
def list_requests(asked: dict[str, Any]) -> Page[AccessRequest]:
    """List the requests, those to answer first."""
    found = requests.list_requests(db.session(), **asked)
    name_read(each.id for each in found.items)
    return found


@access.route("", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@access.arguments(NewAccessRequestSchema)
@access.response(201, AccessRequestSchema)
def record_request(new: NewRequest) -> AccessRequest:
    """Write down that somebody asked; nothing that is held on them is erased before the answer."""
    return _shown(requests.record_request(new, actor=current_actor(), now=utc_now()))


@access.route("/people", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@reads("subscriber")
@access.arguments(PersonSearchSchema)
@access.response(200, PeopleFoundSchema)
def find_people(told: dict[str, str]) -> dict[str, Any]:
    """List the subscribers of an address or a name, as whom somebody may ask."""
    found = requests.find_people(db.session(), told["who"])
    name_read(key for key, _ in found)
    return {"items": [{"id": key, "name": name} for key, name in found]}


@access.route("/<int:request_id>", methods=["GET"])
@requires(Permission.ANSWER_ACCESS)
@reads(_SUBJECT, "request_id")
@access.response(200, AccessRequestSchema)
def get_request(request_id: int) -> AccessRequest:
    """Give one request."""
    return _shown(request_id)


@access.route("/<int:request_id>/held", methods=["GET"])
@requires(Permission.ANSWER_ACCESS)
@reads(_SUBJECT, "request_id")
@access.response(200, AccessHeldSchema)
def get_held(request_id: int) -> Gathered:
    """Give everything that is held on whoever asks, with what may be somebody else's marked for review."""
    return requests.gathered(db.session(), _shown(request_id), reader=current_actor(), now=utc_now())


@access.route("/<int:request_id>/held.zip", methods=["GET"])
@requires(Permission.ANSWER_ACCESS)
@access.response(200, content_type="application/zip")
def export(request_id: int) -> ResponseReturnValue:
    """Give what leaves as a ZIP of a page and JSON, once every particular was reviewed."""
    return zip_response(request_id)


@access.route("/<int:request_id>/identity", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@access.response(200, AccessRequestSchema)
def check_identity(request_id: int) -> AccessRequest:
    """Note that whoever asks is who they say."""
    requests.check_identity(request_id, actor=current_actor(), now=utc_now())
    return _shown(request_id)


@access.route("/<int:request_id>/extension", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@access.arguments(AccessExtensionSchema)
@access.response(200, AccessRequestSchema)
def extend(told: dict[str, Any], request_id: int) -> AccessRequest:
    """Take two months more for a complex request, within its first month."""
    requests.extend(request_id, **told, actor=current_actor(), now=utc_now())
    return _shown(request_id)


@access.route("/<int:request_id>/review", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@access.arguments(AccessReviewSchema)
@access.response(204)
def review(told: dict[str, Any], request_id: int) -> None:
    """Decide on particulars that may be somebody else's."""
    requests.review(
        request_id, told["place"], told["withhold"], reason=told["reason"], actor=current_actor(), now=utc_now()
    )


@access.route("/<int:request_id>/answer", methods=["POST"])
@requires(Permission.ANSWER_ACCESS)
@access.arguments(AccessAnswerSchema)
@access.response(200, AccessRequestSchema)
def answer(told: dict[str, Any], request_id: int) -> AccessRequest:
    """Answer a request; what is given is sealed by its digest."""
    requests.answer(request_id, told["answer"], reason=told["reason"], actor=current_actor(), now=utc_now())
    return _shown(request_id)


def _shown(request_id: int) -> AccessRequest:
    return requests.get_request(db.session(), request_id)
