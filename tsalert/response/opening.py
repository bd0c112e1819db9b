"""The time at which a call's form was opened: the server's own, carried by the form and sealed against change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from marshmallow import fields

_UNREAD = "We could not read when this form was opened. Check the call and save it again."


def seal_opening(now: datetime) -> str:
    """Return the time as a form carries it."""
    return str(_sealer().dumps(now.isoformat()))


def read_opening(sealed: str) -> datetime | None:
    """Return the time that a form carries, or None where it is not ours."""
    try:
        return datetime.fromisoformat(_sealer().loads(sealed))
    except BadSignature:
        return None


class Opening(fields.Field[datetime]):
    """A sealed time of opening."""

    default_error_messages = {"required": _UNREAD, "invalid": _UNREAD}

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> datetime:
        opened_at = read_opening(str(value))
        if opened_at is None:
            raise self.make_error("invalid")
        return opened_at


def _sealer() -> URLSafeSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="a call's form was opened")
