"""ETags of what the API gives, and changes that count only if nothing else has changed since (``If-Match``).

The tag is held against what stands within the transaction of the change itself, while nobody else saves, so that
nobody comes between. An operation that reads ``If-Match`` itself, as a version, says so (``@versioned``).
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from tsalert.core.errors import OutOfDate
from tsalert.db import db, give_way
from tsalert.web.access import is_api
from tsalert.web.errors import answer

_READING, _CHANGING = frozenset({"GET", "HEAD"}), frozenset({"PUT", "DELETE"})
_OF_THE_READING = ("shown", "records_read")
_NO_TAG = 'If-Match holds nothing that can be read as an ETag, which stands between quotes like "7". Nothing was done.'
_SAID = "This has changed. Read it again, then send your change with the ETag that it has now."

_HOLDS = "tsalert_holds"
Operation = TypeVar("Operation", bound=Callable[..., Any])
Hold = Callable[[Session], None]


def versioned(operation: Operation) -> Operation:
    """Mark an operation that takes ``If-Match`` as the version that its sender saw, and answers to it itself."""
    operation.is_versioned = True  # type: ignore[attr-defined]
    return operation


def init_app(app: Flask, holds: Sequence[Hold]) -> None:
    """Give answers their tags, and hold changes to the tags that they name; called after all that writes the trail.

    :param holds: what every save ends with, in that order; whoever holds it saves alone.
    """
    app.extensions[_HOLDS] = holds
    app.before_request(_hold)
    app.after_request(_tag)


def _hold() -> Response | None:
    if not is_api() or request.method in _READING or "If-Match" not in request.headers:
        return None
    if not request.if_match:  # whoever names a tag relies on it
        return answer(400, _NO_TAG)
    if request.method not in _CHANGING or request.if_match.star_tag:
        return None
    if getattr(current_app.view_functions.get(request.endpoint or ""), "is_versioned", False):
        return None
    wanted = request.if_match.as_set(include_weak=True)
    db.session().info["precondition"] = lambda: _require(wanted)
    return None


def _require(wanted: set[str]) -> None:
    """Refuse a change where what stands at its address has none of the tags that it names.

    :raises OutOfDate: it has not.
    """
    session, holds = db.session(), current_app.extensions[_HOLDS]
    for hold in holds:
        hold(session)
    give_way(session)
    if _tag_now() not in wanted:
        raise OutOfDate(_SAID)


def _tag_now() -> str | None:
    """Return the tag of what a reader would get at this address now; None where nothing is to be read there."""
    try:
        endpoint, arguments = current_app.url_map.bind_to_environ(request.environ).match(method="GET")
    except HTTPException:
        return None
    noted = {name: g.get(name) for name in _OF_THE_READING}
    read = make_response(current_app.view_functions[endpoint](**arguments))
    for name, value in noted.items():  # nobody is shown anything here
        setattr(g, name, value)
    return read.get_etag()[0] or _digest(read)


def _tag(response: Response) -> Response:
    db.session().info.pop("precondition", None)
    if is_api() and request.method in _READING and response.status_code == 200 and response.is_json:
        if response.get_etag()[0] is None:
            response.set_etag(_digest(response))
        response.make_conditional(request)
    return response


def _digest(response: Response) -> str:
    return sha256(response.get_data()).hexdigest()[:32]
