"""Deny by default: a view without a mark is closed to everybody."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, Unauthorized

from tsalert.core.actors import Actor, Permission
from tsalert.core.errors import NotAllowed

PUBLIC = "public"
SIGNED_IN = "signed in"
API_PREFIX = "/api/"
_SIGN_IN = "Sign in first."
_SENT_NONE = "Send a token with the request, in a header: Authorization: Bearer TOKEN."
_NOT_GOOD = "This token does not work: it has expired, was ended, or is not ours. Ask for another where you got it."
# Views that come with libraries and guard themselves, or hold nothing of anybody's.
_SELF_GUARDED = frozenset({"static"})
_READING = frozenset({"GET", "HEAD"})

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view as open to those who hold a permission."""
    return lambda view: _mark(view, permission)


def signed_in(view: View) -> View:
    """Mark a view as open to every officer; a token that is good for a part only changes nothing there."""
    return _mark(view, SIGNED_IN)


def weighs_tokens(view: View) -> View:
    """Mark a view that changes something, is open to every officer, and looks itself at what a token is good for."""
    view.weighs_tokens = True  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Mark a view as open to everybody."""
    return _mark(view, PUBLIC)


def reads(subject: str, key: str | None = None) -> Callable[[View], View]:
    """Mark a view that shows people's particulars: whoever reads them is entered in the trail before they are shown.

    :param subject: what is read, in the trail's words, such as ``call``.
    :param key: the part of the address that names the record; None where the view names what it shows (``name_read``).
    """

    def mark(view: View) -> View:
        named = signature(view)

        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            drawn = view(*args, **kwargs)
            note_shown(subject, named.bind_partial(*args, **kwargs).arguments[key] if key else None)
            return drawn

        answer.reads = (subject, key)  # type: ignore[attr-defined]
        return cast(View, answer)

    return mark


def note_shown(subject: str, number: int | None) -> None:
    """Note what the answer to this request shows, also where it refuses a change and tells what stands instead.

    :param number: the record; None where the view names what it shows (``name_read``).
    """
    g.shown = (subject, number)


def shown() -> tuple[str, int | None] | None:
    """Return what the answer to this request shows of people; None where it shows nothing."""
    found: tuple[str, int | None] | None = g.get("shown")
    return found


def name_read(ids: Iterable[int]) -> None:
    """Name the records that the answer to this request will show."""
    g.records_read = tuple(ids)


def read_by(app: Flask, endpoint: str) -> tuple[str, str | None] | None:
    """Return what an endpoint is marked to read; None where it shows nobody's particulars."""
    mark: tuple[str, str | None] | None = getattr(app.view_functions.get(endpoint), "reads", None)
    return mark


def records_read() -> tuple[int, ...]:
    """Return the ids that the view named.

    :raises RuntimeError: it named none, not even that there are none.
    """
    found: tuple[int, ...] | None = g.get("records_read")
    if found is None:
        raise RuntimeError(f"{request.endpoint} reads records and names none of them")
    return found


def for_walls(view: View) -> View:
    """Mark a view as open to a screen on a wall too; every other is closed to it, whatever permission it asks for."""
    view.is_for_walls = True  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> str | None:
    """Return the mark of an endpoint; None means closed."""
    if endpoint in _SELF_GUARDED:
        return PUBLIC
    mark: str | None = getattr(app.view_functions[endpoint], "access", None)
    return mark


def is_for_walls(app: Flask, endpoint: str) -> bool:
    """Tell whether a screen on a wall may see what an endpoint shows."""
    return getattr(app.view_functions[endpoint], "is_for_walls", False)


def current_actor() -> Actor:
    """Return who makes this request.

    :raises Unauthorized: nobody has signed in.
    """
    actor = find_actor()
    if actor is None:
        raise Unauthorized(_SIGN_IN)
    return actor


def find_actor() -> Actor | None:
    """Return who makes this request, or None; looked up once a request, so that a grant removed counts at once."""
    if "actor" not in g:
        g.actor = None  # where finding out fails, the page that says so has no reader
        g.actor = current_app.extensions["tsalert_find_actor"](is_api())
    actor: Actor | None = g.actor
    return actor


def draw_for(actor: Actor | None) -> None:
    """Draw whatever is answered for this reader, who was known but not let in; None draws it for everybody alike."""
    g.actor = actor


def is_api() -> bool:
    """Tell whether the request is for the JSON interface."""
    return request.path.startswith(API_PREFIX)


def init_app(app: Flask, find: Callable[[bool], Actor | None]) -> None:
    """Guard every request; ``find`` tells who makes it, given whether it is for the API."""
    app.extensions["tsalert_find_actor"] = find
    app.before_request(_guard)


def _mark(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # 404 and 405 are answered by Flask itself
    access = access_of(current_app, request.endpoint)
    if access == PUBLIC:
        return None
    actor = find_actor()
    if actor is None:
        return _ask_to_sign_in()
    if not actor.is_officer and not is_for_walls(current_app, request.endpoint):
        raise NotAllowed("A screen on a wall shows the live board and nothing else.")
    _require(actor, access)
    return None


def _require(actor: Actor, access: str | None) -> None:
    if access is None:
        raise Forbidden("This page is closed.")
    if access != SIGNED_IN:
        actor.require(Permission(access))
    elif actor.is_in_part and request.method not in _READING and not _weighs_tokens(request.endpoint):
        raise NotAllowed("What is your own is changed on its page, or by a token that is good for everything.")


def _weighs_tokens(endpoint: str | None) -> bool:
    return getattr(current_app.view_functions[endpoint or ""], "weighs_tokens", False)


def _ask_to_sign_in() -> ResponseReturnValue:
    if is_api():
        raise Unauthorized(_NOT_GOOD if "Authorization" in request.headers else _SENT_NONE)
    is_part_of_page = "HX-Request" in request.headers  # a sign-in page must not land inside another page
    if is_part_of_page or request.method not in _READING:
        raise Unauthorized(_SIGN_IN)
    return redirect(url_for("signing_in.show_form", next=request.full_path.rstrip("?")), 303)
