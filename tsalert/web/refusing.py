"""A step that the state of a record refuses is answered on the page of that record, as it is by now."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask.typing import ResponseReturnValue

from tsalert.core.errors import Conflict
from tsalert.db import db
from tsalert.web.forms import Form

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


def refuses_on(page: Callable[..., ResponseReturnValue]) -> Callable[[View], View]:
    """Answer a refused step with the record's page (409): why it was refused, and what was typed."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except Conflict as refusal:
                db.session.rollback()
                g.form = Form(request.form, message=refusal.message)
            return cast(str, page(*args, **kwargs)), 409

        answer.refused_on = page  # type: ignore[attr-defined]
        return cast(View, answer)

    return decorate
