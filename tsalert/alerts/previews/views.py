"""Pages on which an alert is looked at as its readers will see it."""

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from tsalert.alerts import presenting, queries
from tsalert.alerts.presenting import asked_edition
from tsalert.alerts.previews import framing
from tsalert.alerts.previews.reading import read
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.web.access import current_actor, requires
from tsalert.web.headers import frame_own_pages, let_own_pages_frame

bp = Blueprint("alert_previews", __name__)


@bp.get("/alerts/<int:alert_id>/preview")
@requires(Permission.READ_ALERT)
def show_preview(alert_id: int) -> ResponseReturnValue:
    """Show an alert in every form side by side: mail in each edition, text, call, and the public page."""
    page = presenting.alert_page(alert_id, current_actor(), utc_now())
    shown = {"edition": asked_edition(), "looks": framing.LOOKS, "reading": read(page["alert"])}
    response = make_response(render_template("alerts/previews/show.html", **page | shown))
    return frame_own_pages(response)


@bp.get("/alerts/<int:alert_id>/preview/email")
@requires(Permission.READ_ALERT)
def show_mail(alert_id: int) -> ResponseReturnValue:
    """Show the HTML email alone, in the colours that a mail program is set to, for a frame of the preview."""
    html = presenting.email_html(alert_id, asked_edition())
    response = Response(framing.coloured(html, is_dark=request.args.get("colours") == "dark"))
    response.headers["Content-Security-Policy"] = framing.MAIL_POLICY
    return response


@bp.get("/alerts/<int:alert_id>/preview/public")
@requires(Permission.READ_ALERT)
def show_public_page(alert_id: int) -> ResponseReturnValue:
    """Show the public page as everybody will see it once the alert is approved."""
    alert = queries.get_alert(db.session(), alert_id)
    page = presenting.checked_page(alert, utc_now()) | {"before": [], "later": [], "is_preview": True}
    return let_own_pages_frame(make_response(render_template("alerts/checked.html", **page)))
