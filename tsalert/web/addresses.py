"""The addresses of pages and operations: each learns how its links are written when the first of them is drawn."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class Address(Rule):
    """A rule of Werkzeug, which would compile two functions for each of 1,200 addresses before the first request."""

    def _compile_builder(
        self,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - the shape that Werkzeug calls
    ) -> Callable[..., tuple[str, str]]:
        return Address._learn_with_query if append_unknown else Address._learn

    def _learn(self, /, **values: Any) -> tuple[str, str]:
        self._build = super()._compile_builder(append_unknown=False).__get__(self, None)
        return self._build(**values)

    def _learn_with_query(self, /, **values: Any) -> tuple[str, str]:
        self._build_unknown = super()._compile_builder(append_unknown=True).__get__(self, None)
        return self._build_unknown(**values)


def init_app(app: Flask) -> None:
    """Let every address that is registered from now on be such a one, and none lead to another.

    Werkzeug would send whoever writes one with a slash too many on to a whole address, made of what the request calls
    this service; and that anybody may forge.
    """
    app.url_rule_class = Address
    app.url_map.merge_slashes = False
