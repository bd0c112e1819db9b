"""Forms: what a page sent, what was wrong with it, and the page again with both."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from msgspec import Struct, field
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict

from tsalert.core.clock import comes_twice, from_london_wall
from tsalert.core.errors import RuleViolation, TooManyTries, TsalertError
from tsalert.db import db
from tsalert.web.access import shown
from tsalert.web.fields import Instant, PageAsked
from tsalert.web.plain import plainly

# Fields of every form that belong to the page and not to the record.
_OF_THE_PAGE = frozenset({"csrf_token", "submission"})
# Which of two is meant goes with a time that London's clocks show twice: ``at_zone`` beside ``at``.
_ZONE = "_zone"
_WHICH = "The clocks went back that night, so this time came twice. Say which is meant."

# What SQLAlchemy says of a database that is locked, gone, or too busy to take one more.
UNREACHABLE = (OperationalError, PoolTimeout)
RETRY_AFTER = "10"  # seconds
NOT_SAVED = "This was not saved: our records cannot be reached. All that you typed is still here. Save it again."
_log = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Form(Struct):
    """What a template needs to draw a form; ``errors`` keeps the order of the fields.

    ``submission`` is the key of a form that may or may not have been carried out: sent again with
    the same key it counts once. ``links`` are (text, address) of where to look instead.
    """

    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    errors: dict[str, str] = field(default_factory=dict)
    message: str | None = None
    submission: str | None = None
    title: str = "There is a problem"
    links: list[tuple[str, str]] = field(default_factory=list)
    _whole: tuple[MultiDict[str, str], dict[str, str]] | None = None
    _ending: str = ""

    def is_back(self, *actions: str) -> bool:
        """Tell whether what comes back was sent to one of these addresses."""
        is_refused = self.typed or self.errors or self.message
        return bool(is_refused) and request.path in {action.partition("?")[0] for action in actions}

    def enter(self, *actions: str) -> None:
        """Begin to draw one of several forms of a page: what was sent to another is none of its matter."""
        self._whole = (self.typed, self.errors)
        if not self.is_back(*actions):
            self.typed, self.errors, self._ending = MultiDict(), {}, "-" + actions[0].rpartition("/")[2]

    def leave(self) -> None:
        """Be done with that form."""
        if self._whole is not None:
            self.typed, self.errors = self._whole
        self._whole, self._ending = None, ""

    def id_of(self, name: str) -> str:
        """Return the id of a field, to which the summary of problems leads in the form that comes back alone."""
        return name + self._ending

    def key_for(self, action: str) -> str | None:
        """Return the key that the form sent to an address must keep; None where it takes a fresh one."""
        return self.submission if action.partition("?")[0] == request.path else None

    def value(self, name: str, default: str = "") -> str:
        """Return what was typed, or the default on a fresh page."""
        return self.typed.get(name, default) if self.typed else default

    def values(self, name: str) -> list[str]:
        """Return every choice ticked under one name."""
        return self.typed.getlist(name)

    def error(self, name: str) -> str | None:
        """Return what is wrong with one field."""
        return self.errors.get(name)


def load_form(schema: Schema) -> Any:
    """Load the request's form with a schema; empty fields count as not given.

    :raises ValidationError: naming each field at fault.
    """
    return read_form(schema, request.form)


def load_change(schema: Schema) -> tuple[Any, str | None]:
    """Load a form that changes what stands, and the mark of what its page showed; None where it sent none.

    :raises ValidationError: naming each field at fault.
    """
    typed = MultiDict(request.form)
    seen = typed.pop("seen", None)
    return read_form(schema, typed), seen


def load_page(shape: type[Schema] = PageAsked) -> dict[str, Any]:
    """Return which page of a list the address asks for, as ``after``; a form that comes back is drawn on the first.

    :param shape: ``PlaceAsked`` where the list stands by more than numbers.
    :raises ValidationError: there is no such page.
    """
    asked = {name: text for name, text in request.args.items() if text} if request.method != "POST" else {}
    return cast(dict[str, Any], shape().load(asked, unknown=EXCLUDE))


def read_form(schema: Schema, typed: MultiDict[str, str]) -> Any:
    """Load what was typed with a schema; London wall times get their zone.

    :raises ValidationError: naming each field at fault.
    """
    return schema.load(_as_data(schema, typed))


def redisplays(page: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """Answer a refused form with its page again: what was typed, and what to mend (422) or to wait for (429, 503)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except (ValidationError, RuleViolation, TooManyTries) as error:
                g.form = _refused(error)
                return cast(str, page(*args, **kwargs)), 429 if isinstance(error, TooManyTries) else 422
            except UNREACHABLE as error:
                _keep_unsaved(error)
                drawn = page(*args, **kwargs)
                if shown():
                    raise  # nobody could write down who read this record: the form comes back without it
                return cast(str, drawn), 503, {"Retry-After": RETRY_AFTER}

        answer.page = page  # type: ignore[attr-defined]
        return cast(View, answer)

    return decorate


def page_of(view: object) -> Callable[..., ResponseReturnValue] | None:
    """Return the page that a view's form comes back on; None where it has none."""
    found: Callable[..., ResponseReturnValue] | None = getattr(view, "page", None)
    return found


def place_of_page() -> str | None:
    """Return the address of the page whose form was sent; None where it has none of its own."""
    views = current_app.view_functions
    page = page_of(views.get(request.endpoint or ""))
    endpoint = next((name for name, view in views.items() if view is page), None)
    if endpoint is None:
        return None
    wanted = next(current_app.url_map.iter_rules(endpoint)).arguments
    return url_for(endpoint, **{name: value for name, value in (request.view_args or {}).items() if name in wanted})


def draw_again(form: Form) -> str | None:
    """Return the page of the form that was sent, holding this; None where it has none or can no longer be drawn."""
    page = page_of(current_app.view_functions.get(request.endpoint or ""))
    if page is None:
        return None
    g.form = form
    try:
        drawn = page(**(request.view_args or {}))
    except TsalertError:  # its time is over, or its record is gone
        db.session.rollback()
        g.pop("form")
        return None
    return drawn if isinstance(drawn, str) else None


def redraws(page: Callable[[], ResponseReturnValue], *, box: str) -> Callable[[View], View]:
    """Answer a search that cannot be made with its list: what was typed stands in the box, with what to mend (422)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except ValidationError as error:
                errors = errors_by_field(error)
                if box not in errors:
                    raise
                g.form = Form(request.args, {box: errors[box]})
            return cast(str, page()), 422

        return cast(View, answer)

    return decorate


def _keep_unsaved(error: Exception) -> None:
    """Draw the form with all that was typed and the key that it had, since nobody knows how far it came."""
    _log.error("a form could not be saved", exc_info=error)
    db.session.rollback()
    g.form = Form(request.form, message=NOT_SAVED, submission=request.form.get("submission"))


def current_form() -> Form:
    """Return the form to draw: the refused one, or an empty one."""
    form: Form = g.get("form") or Form()
    return form


def _refused(error: ValidationError | RuleViolation | TooManyTries) -> Form:
    """Return what was typed, and what is wrong with it."""
    if isinstance(error, ValidationError):
        return Form(request.form, errors_by_field(error))
    if isinstance(error, RuleViolation) and error.field:
        return Form(request.form, {error.field: error.message})
    return Form(request.form, message=error.message)


def errors_by_field(error: ValidationError) -> dict[str, str]:
    """Flatten marshmallow's messages to one sentence for each field."""
    messages = error.messages if isinstance(error.messages, dict) else {error.field_name: error.messages}
    return flatten(messages)


def flatten(messages: Mapping[str, Any]) -> dict[str, str]:
    """Keep the first sentence said of each field."""
    return {str(name): _first_sentence(problem) for name, problem in messages.items()}


def _first_sentence(problem: Any) -> str:
    while isinstance(problem, Mapping | list):
        problem = next(iter(problem.values() if isinstance(problem, Mapping) else problem), "This is not valid.")
    return plainly(str(problem))


def _as_data(schema: Schema, typed: MultiDict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for name, choices in typed.lists():
        wanted = schema.fields.get(name)
        given = [choice for choice in choices if choice.strip()]
        if name in _OF_THE_PAGE or not given or _is_zone(schema, name):
            continue
        if len(given) > 1 and not isinstance(wanted, fields.List):
            raise ValidationError("This was sent more than once.", name)
        text, zone = given[0], typed.get(name + _ZONE, "")
        data[name] = given if isinstance(wanted, fields.List) else _with_zone(wanted, name, text, zone)
    return data


def _is_zone(schema: Schema, name: str) -> bool:
    return name.endswith(_ZONE) and isinstance(schema.fields.get(name.removesuffix(_ZONE)), Instant)


def _with_zone(wanted: fields.Field[Any] | None, name: str, text: str, zone: str) -> str:
    """Give a London wall time from a page its zone; everything else stays as typed."""
    if not isinstance(wanted, Instant):
        return text
    try:
        wall = datetime.fromisoformat(text)
        return text if wall.tzinfo else _in_zone(wall, name, zone).isoformat()
    except (ValueError, OverflowError):
        return text
    except RuleViolation as error:
        raise ValidationError(error.message, name) from error


def _in_zone(wall: datetime, name: str, zone: str) -> datetime:
    if comes_twice(wall) and zone not in {"BST", "GMT"}:
        raise RuleViolation(_WHICH, field=name)
    return from_london_wall(wall, is_second=zone == "GMT")
