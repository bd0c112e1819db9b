"""What a desk's browser asks about its cover, and where the cover is taken off."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.staff import locking
from tsalert.staff.factors.sign_in import is_ours
from tsalert.web.access import current_actor, signed_in

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("/cover")
@signed_in
def show_cover() -> ResponseReturnValue:
    """Answer that the desk is in use, by whom, and for how many seconds more; a covered one answers with its cover."""
    return _in_use({"Retry-After": str(locking.left())})


@bp.post("/active")
@signed_in
def note_active() -> ResponseReturnValue:
    """Take note that somebody types or points."""
    return _in_use({})


@bp.post("/unlock")
@signed_in
def unlock() -> ResponseReturnValue:
    """Lead on whoever has just shown who they are, to where they were."""
    onward = request.form.get("onward", "")
    return redirect(onward if is_ours(onward) else url_for("home.show_home"), 303)


def _in_use(headers: dict[str, str]) -> Response:
    # Somebody else may have signed in in another tab: what this one shows was not drawn for them (desk.js).
    return Response(status=204, headers={"Desk-Of": str(current_actor().officer_id), **headers})
