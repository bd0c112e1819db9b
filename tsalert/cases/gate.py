"""One gate before every form that writes into a case: where the case goes on in another, the form is not drawn.

A form cannot forget it. What is sent all the same is refused by the use case, after all that came with it was read.
"""

from typing import TypeVar

from flask import Flask, current_app, request

from tsalert.cases import merging
from tsalert.cases.models import CaseFile
from tsalert.core.actors import Permission
from tsalert.db import db
from tsalert.web.access import access_of

View = TypeVar("View")


def init_app(app: Flask) -> None:
    """Guard every form; called after the gate of restricted records."""
    app.before_request(_guard)


def in_any_case(view: View) -> View:
    """Mark a form that ends what was begun in a case, and so is drawn in one that continues in another too."""
    view.is_in_any_case = True  # type: ignore[attr-defined]
    return view


def _guard() -> None:
    number = (request.view_args or {}).get("case_id")
    if number is None or request.method not in {"GET", "HEAD"} or not _writes():
        return
    case = db.session.get(CaseFile, number)
    if case is not None:
        merging.require_here(db.session(), case)


def _writes() -> bool:
    """Tell whether the page asked for is a form that writes into the case."""
    endpoint = request.endpoint or ""
    is_exempt = getattr(current_app.view_functions[endpoint], "is_in_any_case", False)
    return not is_exempt and access_of(current_app, endpoint) == Permission.WORK_CASE
