"""Who must have a second step and has none is led to setting one up, and reaches no other page until then."""

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from tsalert.core.actors import Via
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotAllowed
from tsalert.staff import browsing
from tsalert.staff.factors.queries import is_needed_by
from tsalert.web.access import PUBLIC, access_of, find_actor

_OPEN = frozenset({"own_second_step", "passwords", "desk"})


def init_app(app: Flask) -> None:
    """Look at every request, after it is known who makes it."""
    app.before_request(_lead)


def _lead() -> ResponseReturnValue | None:
    if not _asks_officer() or not _is_due():
        return None
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return redirect(url_for("own_second_step.show_own"), 303)
    raise NotAllowed("Your role needs a second step for signing in. Set it up on your account's page first.")


def _asks_officer() -> bool:
    """Tell whether the page asked for is one that officers alone see, and that waits for their second step."""
    if request.endpoint is None or request.blueprint in _OPEN or access_of(current_app, request.endpoint) == PUBLIC:
        return False
    actor = find_actor()
    return actor is not None and actor.is_officer and actor.via is Via.PAGE


def _is_due() -> bool:
    """Tell whether a second step is missing; one that another service took before it sent the officer here counts."""
    officer = browsing.current(now=utc_now())
    return officer is not None and not browsing.took_second_step() and is_needed_by(officer)
