"""The addresses of pages and operations: each learns how its links are written when the first of them is drawn."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class Address(Rule):
    """A rule of Werkzeug, which would compile two functions for each of 1,200 addresses before the first request."""

    def _compile_builder(
        self,
        append_unknown: bool = True,  # noqa: FBT001, FBT002 - the shape that Werkzeug calls
    ) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        @cache
        def compiled() -> Callable[..., tuple[str, str]]:
            return compile_now(append_unknown)

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


def init_app(app: Flask) -> None:
    """Let every address that is registered from now on be such a one."""
    app.url_rule_class = Address
