"""The address that a Prometheus reads; closed unless a token is set, and to whoever does not show it."""

from hmac import compare_digest

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound, Unauthorized

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import public

bp = Blueprint("metrics", __name__)
_KIND = "text/plain; version=0.0.4; charset=utf-8"


@bp.get("/metrics")
@public
def show_metrics() -> Response:
    """Tell numbers about the service's work; nobody's particulars are in them."""
    settings: Settings = current_app.extensions["tsalert_settings"]
    _require_token(settings.watching.metrics_token)
    # What reads and writes metrics is loaded by those alone who have them read.
    from tsalert.watching.metrics import counting, standing  # noqa: PLC0415

    told = standing.standing(db.session(), settings, now=utc_now())
    return Response(counting.counted() + told, content_type=_KIND, headers={"Cache-Control": "no-store"})


def _require_token(token: str) -> None:
    """Let in whoever shows the token.

    :raises NotFound: none is set, so that there is nothing here.
    :raises Unauthorized: another one was shown, or none.
    """
    if not token:
        raise NotFound
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not compare_digest(given.encode(), token.encode()):
        raise Unauthorized("Show the token of the metrics as a bearer token.")
