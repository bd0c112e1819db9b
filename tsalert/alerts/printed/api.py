"""Operations that give alerts as they are printed: proofs before they are sent, then what may be hung up."""

from flask import Response

from tsalert.alerts.printed import copies as printed
from tsalert.alerts.printed import views as printed_views
from tsalert.alerts.printed.sheets import Form
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.core.errors import NotFound
from tsalert.db import db
from tsalert.documents.answers import pdf_response
from tsalert.web.access import requires
from tsalert.web.api import api_blueprint

blp = api_blueprint("printed_alerts", "alerts", "Alerts on paper: poster, large print, and words for a newsletter.")
blueprints = (blp,)
_NEWSLETTER = "newsletter.txt"


@blp.route("/<int:alert_id>/printed/<string:name>")
@requires(Permission.READ_ALERT)
@blp.response(200, content_type="application/octet-stream")
def get_printed(alert_id: int, name: str) -> Response:
    """Return one alert as ``poster.pdf``, ``large-print.pdf`` or ``newsletter.txt``; what is not sent is a proof."""
    alert = printed.get_printable(db.session(), alert_id, now=utc_now())
    if name == _NEWSLETTER:
        return Response(printed.newsletter_of(alert), content_type=printed_views.TEXT)
    form = name.removesuffix(".pdf")
    if name == form or form not in {*Form}:
        raise NotFound("An alert is printed as poster.pdf, large-print.pdf or newsletter.txt.")
    return pdf_response(f"{form}-{alert.reference}", printed.document_of(alert, Form(form)))
