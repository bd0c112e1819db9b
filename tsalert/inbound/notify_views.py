"""What Notify posts to us."""

from functools import wraps
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema
from werkzeug.exceptions import Forbidden, NotFound

from tsalert.config import Settings
from tsalert.core.clock import utc_now
from tsalert.inbound import notify
from tsalert.inbound.doorstep import NOTIFY_RECEIPT, shows_token, take_receipt_told
from tsalert.inbound.notify_schemas import NotifyTextSchema
from tsalert.web.access import View, public

bp = Blueprint("notify", __name__, url_prefix="/webhooks/notify")
_TEXT = NotifyTextSchema(unknown=EXCLUDE)


def from_notify(view: View) -> View:
    """Let in only what bears the token that was typed in at Notify."""

    @wraps(view)
    def guarded(**named: Any) -> ResponseReturnValue:
        settings: Settings = current_app.extensions["tsalert_settings"]
        if settings.notify is None:
            raise NotFound
        if not shows_token(settings.notify, request.headers.get("Authorization", "")):
            raise Forbidden("This does not come from Notify.")
        return view(**named)

    return guarded  # type: ignore[return-value]


@bp.post("/status")
@public
@from_notify
def take_receipt() -> ResponseReturnValue:
    """Note what became of a mail or text; again changes nothing."""
    take_receipt_told(_read(NOTIFY_RECEIPT))
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
