"""The first page: officers go to the board, everybody else to the public site."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from tsalert.web.access import find_actor, public

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def show_home() -> ResponseReturnValue:
    """Send each reader to where they belong."""
    return redirect(url_for("response.board" if find_actor() else "site.show_home"), 303)
