"""The one place where what happened becomes an HTTP answer: a page, or a problem document (RFC 9457)."""

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadHost, HTTPException, InternalServerError

from tsalert.core.actors import Actor
from tsalert.core.errors import (
    Conflict,
    ContinuedElsewhere,
    NotAllowed,
    NotFound,
    OutOfDate,
    Overtaken,
    RuleViolation,
    TooManyTries,
    TsalertError,
    Unavailable,
    Withheld,
)
from tsalert.db import db, is_repeated
from tsalert.web import outages
from tsalert.web.access import is_api
from tsalert.web.forms import RETRY_AFTER, UNREACHABLE, errors_by_field, flatten, place_of_page
from tsalert.web.plain import plainly

_STATUS: dict[type[TsalertError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Withheld: 403,
    RuleViolation: 422,
    Conflict: 409,
    ContinuedElsewhere: 409,
    Overtaken: 409,
    OutOfDate: 412,
    TooManyTries: 429,
    Unavailable: 503,
}
_TITLES = {
    400: "There is a problem with the request",
    401: "Sign in first",
    403: "You cannot see this page",
    404: "Page not found",
    405: "This cannot be done here",
    409: "This has already changed",
    412: "This has changed since you read it",
    413: "That is too large",
    422: "There is a problem",
    429: "Too many tries",
    500: "Sorry, there is a problem with the service",
    503: "Sorry, the service is unavailable",
}
Handler = TypeVar("Handler", bound=Callable[..., ResponseReturnValue])
_TURNED_AWAY = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_GOES_ON = "This case continues in another"
_log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer every known error; unknown ones stay 500 and are logged."""
    app.register_error_handler(TsalertError, _domain_error)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(BadHost, _bad_host)
    for gone in UNREACHABLE:
        app.register_error_handler(gone, _database_gone)
    app.register_error_handler(IntegrityError, _written_twice)
    app.register_error_handler(Exception, _unknown)


def _domain_error(error: TsalertError) -> Response:
    if isinstance(error, NotAllowed):
        _note_refused()
    extra: dict[str, Any] = {}
    if isinstance(error, RuleViolation) and error.field:
        extra["errors"] = {error.field: error.message}
    if isinstance(error, Conflict) and error.legal:
        extra["legal"] = list(error.legal)
    if isinstance(error, ContinuedElsewhere):
        extra["continued_in"] = error.case_id
        return answer(_STATUS[type(error)], error.message, extra, title=_GOES_ON)
    return answer(_STATUS[type(error)], error.message, extra)


def _note_refused() -> None:
    """Write down which officer asked for what they may not have; their name is not for a log."""
    actor: Actor | None = g.get("actor")
    if actor is not None and actor.is_officer:
        _log.warning("officer %s may not: %s", actor.officer_id, request.url_rule)


def _invalid(error: ValidationError) -> Response:
    return answer(422, "Some values are not valid.", {"errors": errors_by_field(error)})


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        raise error  # a redirect that travels as an exception
    extra = {"errors": _webargs_errors(error)} if hasattr(error, "data") else {}
    detail = "Some values are not valid." if extra else plainly(error.description or "")
    answered = answer(error.code, detail, extra)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answered.headers[name] = value
    if error.code == HTTPStatus.UNAUTHORIZED and is_api():
        answered.headers["WWW-Authenticate"] = "Bearer"
    return answered


def _bad_host(_error: BadHost) -> Response:
    """Answer without a page, since no link can be made for a host that cannot be one."""
    return Response("The Host of the request is not a name.\n", 400, mimetype="text/plain")


def _webargs_errors(error: HTTPException) -> dict[str, str]:
    """Flatten what flask-smorest found wrong, which it files under the part of the request."""
    data: dict[str, Any] = getattr(error, "data", {})
    parts = data.get("messages", {})
    by_name = [said if isinstance(said, Mapping) else {part: said} for part, said in parts.items()]
    return {name: text for said in by_name for name, text in flatten(said).items()}


def _database_gone(error: Exception) -> Response:
    """Answer while the database is locked or gone; what a page's form held comes back with the answer."""
    _log.error("the database is unavailable", exc_info=error)
    outages.let_go()
    if is_api():
        answered = answer(503, "Our records cannot be reached. Send it again with the same Idempotency-Key.")
    else:
        told = {"title": _TITLES[503], "kept": outages.kept(), "request_id": g.get("request_id")}
        answered = Response(render_template("errors/unavailable.html", **told), 503)
    answered.headers["Retry-After"] = RETRY_AFTER
    return answered


def sees_outages(handler: Handler) -> Handler:
    """Let what handles an error or an answer, whose own mistakes no handler sees, say so where the database is gone."""

    @wraps(handler)
    def handle(handled: Exception | Response) -> ResponseReturnValue:
        try:
            return handler(handled)
        except UNREACHABLE as gone:
            return _database_gone(gone)

    return cast(Handler, handle)


def _written_twice(error: IntegrityError) -> Response:
    """Answer whoever wrote the same as somebody else at the same moment, after both were found to be the first."""
    if not is_repeated(error):
        return _unknown(error)
    _log.warning("somebody else was first", exc_info=error)
    db.session.rollback()
    return answer(409, "Somebody saved the same at this moment. Look at what is recorded now, then try again.")


def _unknown(error: Exception) -> Response:
    _log.error("unexpected error", exc_info=error)
    return answer(500, InternalServerError.description)


def answer(status: int, detail: str, extra: dict[str, Any] | None = None, *, title: str | None = None) -> Response:
    """Write one error as a problem document under /api/, else as a page."""
    title = title or _TITLES.get(status) or HTTPStatus(status).phrase
    if is_api():
        problem = {"type": "about:blank", "title": title, "status": status, "detail": detail, **(extra or {})}
        response = jsonify(problem)
        response.mimetype = "application/problem+json"
    else:
        told = {"title": title, "message": detail, "request_id": g.get("request_id"), **_for_page(extra or {})}
        # Somebody else was first: what was typed is worth reading beside what they did.
        kept = outages.kept() if status == HTTPStatus.CONFLICT else _returned(status)
        told["must_sign_in"] = status == HTTPStatus.UNAUTHORIZED
        told["place"] = place_of_page() if status == HTTPStatus.CONFLICT else None
        is_choice = status == HTTPStatus.UNPROCESSABLE_ENTITY and request.method == "GET" and request.args
        told["without_choices"] = request.path if is_choice else None
        response = Response(render_template("errors/error.html", kept=kept, **told))
    response.status_code = status
    return response


def _returned(status: int) -> outages.Kept | None:
    """Return what whoever is refused typed meanwhile: their sign-in or their access may have ended while they wrote."""
    return outages.returned() if status in _TURNED_AWAY else None


def _for_page(extra: dict[str, Any]) -> dict[str, Any]:
    problems = list(extra.get("errors", {}).values())
    return {"legal": extra.get("legal", []), "problems": problems, "continued_in": extra.get("continued_in")}
