"""Pages."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Permission
from tsalert.subscribers import queries
from tsalert.web.access import public, requires

bp = Blueprint("subscribers", __name__)

__all__ = ["bp", "queries"]


@bp.get("/subscribers")
@requires(Permission.READ_SUBSCRIBERS)
def list_subscribers() -> ResponseReturnValue:
    """Show."""
    return "subscribers"


@bp.get("/welcome")
@public
def public_home() -> ResponseReturnValue:
    """Show."""
    return "welcome"
