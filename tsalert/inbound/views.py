"""What Twilio posts to us, and the page that shows what people texted."""

from functools import wraps

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.exceptions import Forbidden, NotFound

from tsalert.config import Settings
from tsalert.core.actors import Permission
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.inbound import queries, service
from tsalert.inbound.schemas import PageQuery, ReceiptSchema, TextSchema
from tsalert.web.access import View, public, requires
from tsalert.web.forms import read_form

bp = Blueprint("inbound", __name__)


def from_twilio(view: View) -> View:
    """Let in only what Twilio signed for the address that it knows us by.

    That is the configured public address, never the one the request claims to be for.
    """

    @wraps(view)
    def guarded() -> ResponseReturnValue:
        settings: Settings = current_app.extensions["tsalert_settings"]
        if settings.twilio is None:
            raise NotFound
        query = request.query_string.decode(errors="replace")
        address = settings.public_url + request.path + ("?" if query else "") + query
        signature = request.headers.get("X-Twilio-Signature", "")
        validator = RequestValidator(settings.twilio.auth_token)
        if not validator.validate(address, request.form, signature):
            raise Forbidden("This was not signed by Twilio.")
        return view()

    return guarded  # type: ignore[return-value]


@bp.post("/webhooks/twilio/status")
@public
@from_twilio
def take_receipt() -> ResponseReturnValue:
    """Note what became of a text or call; again changes nothing."""
    receipt = ReceiptSchema(unknown=EXCLUDE).load(request.form)
    service.take_receipt(**receipt, now=utc_now())
    return "", 204


@bp.post("/webhooks/twilio/message")
@public
@from_twilio
def take_message() -> ResponseReturnValue:
    """Take what somebody texted, and answer it."""
    text = TextSchema(unknown=EXCLUDE).load(request.form)
    answer = MessagingResponse()
    said = service.take_message(text["MessageSid"], text["From"], text["Body"], now=utc_now())
    if said:
        answer.message(said)
    return Response(str(answer), mimetype="text/xml")


@bp.get("/messages")
@requires(Permission.READ_CALL)
def list_messages() -> ResponseReturnValue:
    """Show what people texted that an officer has to read."""
    before = read_form(PageQuery(unknown=EXCLUDE), request.args)["before"]
    messages = queries.messages(db.session(), before=before)
    return render_template("inbound/messages.html", messages=messages, before=before, page=queries.PAGE)
