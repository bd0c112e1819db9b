"""Operations."""

from typing import Any

blueprints: tuple[Any, ...] = ()
