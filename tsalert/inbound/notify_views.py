"""What Notify posts to us."""

import hmac
from functools import wraps
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema
from werkzeug.exceptions import Forbidden, NotFound

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.delivery.rules import Channel
from tsalert.inbound import notify
from tsalert.inbound.notify_schemas import NotifyReceiptSchema, NotifyTextSchema
from tsalert.web.access import View, public

bp = Blueprint("notify", __name__, url_prefix="/webhooks/notify")
# Made once, since reports come by the thousand, and making it would cost more than reading one.
_RECEIPT, _TEXT = NotifyReceiptSchema(unknown=EXCLUDE), NotifyTextSchema(unknown=EXCLUDE)
_CHANNELS = {"email": Channel.EMAIL, "sms": Channel.SMS}


def from_notify(view: View) -> View:
    """Let in only what bears the token that was typed in at Notify."""

    @wraps(view)
    def guarded(**named: Any) -> ResponseReturnValue:
        settings: Settings = current_app.extensions["tsalert_settings"]
        if settings.notify is None:
            raise NotFound
        shown = request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {settings.notify.callback_token}".encode()):
            raise Forbidden("This does not come from Notify.")
        return view(**named)

    return guarded  # type: ignore[return-value]


@bp.post("/status")
@public
@from_notify
def take_receipt() -> ResponseReturnValue:
    """Note what became of a mail or text; again changes nothing."""
    told = _read(_RECEIPT)
    channel = _CHANNELS.get(told["notification_type"])
    if channel is not None and told["reference"]:
        notify.take_receipt(channel, told["reference"], told["status"], now=utc_now())
    return "", 204


@bp.post("/message")
@public
@from_notify
def take_message() -> ResponseReturnValue:
    """Take what somebody texted; its answer is a text of its own."""
    told = _read(_TEXT)
    notify.take_text(told["id"], told["source_number"], told["message"] or "", now=utc_now())
    return "", 204


def _read(schema: Schema) -> dict[str, Any]:
    posted = request.get_json(force=True, silent=True)
    told: dict[str, Any] = schema.load(posted if isinstance(posted, dict) else {})
    return told
