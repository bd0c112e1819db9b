"""The program as Flask runs it."""

from collections.abc import Callable
from typing import Any

from flask import Flask


class Program(Flask):
    """Flask with views and steps that are plain functions, every one."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or step as it is; to look each time whether it has to be awaited takes long."""
        return func
