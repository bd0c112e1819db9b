"""Pages that everybody reads alike: the first one, what to do at the door, and what we promise."""

from flask import Blueprint, Response, render_template

from tsalert.alerts import public_queries as alerts
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.site import queries
from tsalert.telephone.rules import KEPT_FOR as RECORDING_KEPT_FOR
from tsalert.visitors.rules import KEPT_FOR as VISITS_KEPT_FOR
from tsalert.web.access import public
from tsalert.web.caching import drawn_once

bp = Blueprint("site", __name__)
# A new alert should be seen within a minute; what only a new version of the program changes may be kept for longer.
SECONDS, SECONDS_OF_TEXT = 60, 3600


@bp.get("/welcome")
@public
def show_home() -> Response:
    """Show what to do now, which alerts apply, and how to get them, check one and report."""
    session, now = db.session(), utc_now()

    def draw() -> str:
        return render_template("site/home.html", alerts=queries.current_alerts(session, now=now))

    return drawn_once(alerts.stamp(session, now=now), draw, seconds=SECONDS)


@bp.get("/at-the-door")
@public
def show_door() -> Response:
    """Say what to do while somebody is at the door; it needs no database, no script and few bytes."""
    return drawn_once("", lambda: render_template("site/door.html"), seconds=SECONDS_OF_TEXT)


@bp.get("/accessibility")
@public
def show_accessibility() -> Response:
    """Show the accessibility statement."""
    return drawn_once("", lambda: render_template("site/accessibility.html"), seconds=SECONDS_OF_TEXT)


@bp.get("/cookies")
@public
def show_cookies() -> Response:
    """Say which cookies there are."""
    return drawn_once("", lambda: render_template("site/cookies.html"), seconds=SECONDS_OF_TEXT)


@bp.get("/privacy")
@public
def show_privacy() -> Response:
    """Say what is kept of whom, why and for how long, by the rules in force."""
    kept = queries.kept_how_long(db.session(), now=utc_now())
    days = (RECORDING_KEPT_FOR.days, VISITS_KEPT_FOR.days)
    return drawn_once((kept, days), lambda: render_template("site/privacy.html", kept=kept, days=days), seconds=SECONDS)
