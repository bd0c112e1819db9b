"""Where what an operation made is read: told with the answer, and to whoever sends the same again."""

import re
from collections.abc import Iterator
from http import HTTPStatus

from flask import Flask, Response, current_app, request, url_for
from werkzeug.routing import Rule

from tsalert.web.access import is_api

_LAST = re.compile(r"/<(?:[^:<>]+:)?([^:<>]+)>")


def tell_where(response: Response) -> str | None:
    """Name in ``Location`` where what was made is read, and return it; None where it is not read by itself."""
    place = _place_of(response) if response.status_code == HTTPStatus.CREATED and is_api() else None
    if place is not None:
        response.headers["Location"] = place
    return place


def readings(app: Flask, rule: str) -> Iterator[tuple[Rule, str]]:
    """Yield each address that reads one of those at ``rule``, with what the last part of it is called."""
    for each in app.url_map.iter_rules():
        last = _LAST.fullmatch(each.rule, len(rule)) if each.rule.startswith(rule) else None
        if last and "GET" in (each.methods or ()):
            yield each, last[1]


def _place_of(response: Response) -> str | None:
    made = response.get_json(silent=True)
    if request.url_rule is None or not isinstance(made, dict):
        return None
    for reading, name in readings(current_app, request.url_rule.rule):
        value = made.get(name, made.get("id"))  # its own name comes first: a version has a number besides its record's
        if value is not None:
            return url_for(reading.endpoint, **(request.view_args or {}), **{name: value})
    return None
