"""Addresses for a watcher outside, such as an uptime monitor: plain words, no record, nobody's name."""

from collections.abc import Sequence

from flask import Blueprint, Response

from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.watching import queries
from tsalert.web.access import public

bp = Blueprint("watching", __name__)


@bp.get("/livez")
@public
def show_process() -> Response:
    """Say whether this process and its database answer, whatever else is wrong; for a load balancer."""
    return _answer([] if queries.reaches_database(db.session()) else [queries.NO_DATABASE])


@bp.get("/healthz")
@bp.get("/readyz")
@public
def show_service() -> Response:
    """Say whether the service does all its work, above all whether a worker runs; 503 where it does not."""
    return _answer(queries.public_problems(db.session(), now=utc_now()))


def _answer(problems: Sequence[str]) -> Response:
    lines = ["tsalert is not fully working:", *(f"- {each}" for each in problems)] if problems else ["All is well."]
    answer = Response("\n".join(lines) + "\n", 503 if problems else 200, mimetype="text/plain")
    answer.headers["Cache-Control"] = "no-store"
    return answer
