"""Alerts to be printed: proofs for officers, and for everybody what was sent, which is drawn once."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from tsalert.alerts.printed import copies as printed
from tsalert.alerts.printed.sheets import Form
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.documents.answers import PDF, pdf_of, pdf_response
from tsalert.documents.keeping import freeze
from tsalert.documents.pdf import LOOK
from tsalert.web.access import public, requires
from tsalert.web.caching import drawn_once

bp = Blueprint("printed_alerts", __name__)
SECONDS = 60
TEXT = "text/plain; charset=utf-8"


@bp.get('/alerts/<int:alert_id>/<any(poster, "large-print"):form>.pdf')
@requires(Permission.READ_ALERT)
def give_proof(alert_id: int, form: str) -> ResponseReturnValue:
    """Give an alert as a sheet to print; before it is sent, as a proof."""
    alert = printed.get_printable(db.session(), alert_id, now=utc_now())
    return pdf_response(f"{form}-{alert.reference}", printed.document_of(alert, Form(form)))


@bp.get("/alerts/<int:alert_id>/newsletter.txt")
@requires(Permission.READ_ALERT)
def give_newsletter_proof(alert_id: int) -> ResponseReturnValue:
    """Give an alert's words for a newsletter; before it is sent, as a proof."""
    alert = printed.get_printable(db.session(), alert_id, now=utc_now())
    return Response(printed.newsletter_of(alert), content_type=TEXT)


@bp.get('/check/<reference>/<any(poster, "large-print"):form>.pdf')
@public
def give_sheet(reference: str, form: str) -> ResponseReturnValue:
    """Give an alert that applies as a sheet to hang up."""
    alert = printed.get_published(db.session(), reference, now=utc_now())
    document = printed.document_of(alert, Form(form))
    answer = drawn_once((LOOK, freeze(document)), lambda: pdf_of(document), seconds=SECONDS)
    answer.content_type = PDF
    answer.headers["Content-Disposition"] = f'attachment; filename="{form}-{alert.reference}.pdf"'
    return answer


@bp.get("/check/<reference>/newsletter.txt")
@public
def give_newsletter(reference: str) -> ResponseReturnValue:
    """Give an alert that applies as words for a newsletter."""
    words = printed.newsletter_of(printed.get_published(db.session(), reference, now=utc_now()))
    answer = drawn_once(words, lambda: words, seconds=SECONDS)
    answer.content_type = TEXT
    return answer
