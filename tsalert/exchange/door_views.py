"""The door at which linked authorities hand in what they signed: the signature alone lets it in."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from tsalert.core.actors import SERVICE
from tsalert.core.clock import utc_now
from tsalert.core.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tsalert.exchange import taking
from tsalert.exchange.rules import MESSAGES_PATH
from tsalert.linked.rules import LONGEST_SIGNED
from tsalert.web.access import public

bp = Blueprint("exchange_door", __name__)
_STATUS: dict[type[Exception], int] = {
    RuleViolation: 422, NotFound: 422, taking.NotYet: 404, Conflict: 409, NotAllowed: 403
}  # fmt: skip


@bp.post(MESSAGES_PATH)
@public
def take_message() -> ResponseReturnValue:
    """Take in what a linked authority signed; whoever sent it is a program, and is told in JSON what was wrong."""
    try:
        receipt = taking.take(_signed(), actor=SERVICE, now=utc_now())
    except RequestEntityTooLarge:
        return _refusal(413, "This is too long to have been made by a service like ours.")
    except (RuleViolation, NotFound, Conflict, NotAllowed) as refusal:
        return _refusal(_STATUS[type(refusal)], refusal.message)
    return jsonify({"id": receipt.key, "kind": receipt.kind.value})


def _signed() -> str:
    """Return what was sent, whether or not it says before how long it is.

    :raises RequestEntityTooLarge: no service like ours makes anything as long.
    """
    if (request.content_length or 0) > LONGEST_SIGNED or len(request.get_data()) > LONGEST_SIGNED:
        raise RequestEntityTooLarge
    return request.get_data().decode("ascii", errors="replace")


def _refusal(status: int, detail: str) -> ResponseReturnValue:
    answer = jsonify({"type": "about:blank", "status": status, "detail": detail})
    answer.mimetype = "application/problem+json"
    return answer, status
