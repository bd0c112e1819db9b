"""One gate before every view: an address that names a restricted record is answered only to whoever may see it.

A view cannot forget it. What an address does not name (lists, searches, exports, matches, what a form names) asks
``queries.visible`` and its neighbours by itself.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy.orm import Session

from tsalert.core.actors import Actor
from tsalert.core.clock import utc_now
from tsalert.db import db
from tsalert.tiers import queries
from tsalert.tiers.rules import is_limited
from tsalert.tiers.vocabulary import Subject
from tsalert.web.access import find_actor

QUERY = "?"  # stands before the name of what follows an address
Records = Callable[[Session, Any], Collection[tuple[Subject, int]]]


def init_app(app: Flask, keys: Mapping[str, Records]) -> None:
    """Guard every request, after it is known who makes it; ``keys`` tells which records a part of an address names."""
    app.extensions["tsalert_gate"] = keys
    app.before_request(_guard)


def _guard() -> None:
    # What a body holds is not looked at: a file of half a gigabyte is read by its own view, piece by piece.
    named = [*_asked_for(), *(request.view_args or {}).items()]
    actor = find_actor() if named else None
    if actor is not None and is_limited(actor):
        for name, value in named:
            _require(actor, name, value)


def _asked_for() -> list[tuple[str, str]]:
    """Return what follows an address, each time that it is said; nothing of bytes that no view can read either."""
    try:
        return [(f"{QUERY}{name}", text) for name, text in request.args.items(multi=True)]
    except UnicodeDecodeError:
        return []


def _require(actor: Actor, name: str, value: Any) -> None:
    records: Records | None = current_app.extensions["tsalert_gate"].get(name)
    for subject, number in records(db.session(), value) if records else ():
        queries.require_visible(db.session(), actor, subject, number, now=utc_now())
