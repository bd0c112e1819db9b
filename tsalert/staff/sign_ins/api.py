"""Operations on where an officer is signed in."""

from typing import Any

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.staff.sign_ins import queries, service
from tsalert.staff.sign_ins.schemas import EndedCountSchema, SignInListSchema
from tsalert.web.access import current_actor, signed_in
from tsalert.web.api import api_blueprint

own = api_blueprint("sign_ins", "account/sign-ins", "Browsers in which one is signed in.")
blueprints = (own,)


@own.route("")
@signed_in
@own.response(200, SignInListSchema)
def list_own() -> dict[str, Any]:
    """List the browsers in which you are signed in."""
    return {"items": queries.sign_ins_of(db.session(), current_actor().officer_id, now=utc_now())}


@own.route("/<int:sign_in_id>/end", methods=["POST"])
@signed_in
@own.response(204)
def end_own(sign_in_id: int) -> None:
    """Sign out one browser at its next request."""
    service.end_own(sign_in_id, actor=current_actor(), now=utc_now())


@own.route("/end", methods=["POST"])
@signed_in
@own.response(200, EndedCountSchema)
def end_all_own() -> dict[str, int]:
    """Sign out every browser; tokens stay valid."""
    return {"ended": service.end_others(but=None, actor=current_actor(), now=utc_now())}
