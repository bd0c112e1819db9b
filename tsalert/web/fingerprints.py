"""What a request holds, as one short fingerprint: it tells a copy of a form from the same form with other words."""

import hmac
import json
import re
from hashlib import file_digest, sha256

from flask import current_app, request
from werkzeug.datastructures import FileStorage

# Fields that say nothing of what somebody typed, and may differ between two copies of one form.
_OF_THE_PAGE = frozenset({"csrf_token", "submission", "opened", "version", "join_shown"})
# A page notes on a later try when a step was first tried (drafts.js); whoever types a time types no zone.
_FIRST_TRY = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def fingerprint_of_request(key: str) -> str:
    """Return the fingerprint of what this request asks for; only this program can make it, and only for this key.

    :param key: the key that the request came with.
    """
    held = json.dumps([key, request.method, request.full_path, _fields(), _files(), _rest()])
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, held.encode(), "sha256").hexdigest()


def _fields() -> list[tuple[str, list[str]]]:
    """Return what was typed and chosen, in one order and with one end of lines: scripts and browsers have their own."""
    told = (
        (name, [_plain(text) for text in texts]) for name, texts in request.form.lists() if name not in _OF_THE_PAGE
    )
    return sorted((name, texts) for name, texts in told if any(texts))


def _plain(text: str) -> str:
    return "" if _FIRST_TRY.fullmatch(text) else "\n".join(text.splitlines())


def _files() -> list[tuple[str, str, str]]:
    return sorted((name, file.filename or "", _hash(file)) for name, file in request.files.items(multi=True))


def _hash(file: FileStorage) -> str:
    """Return the hash of a file that came along; evidence was hashed on its way in."""
    known: str | None = getattr(file.stream, "sha256", None)
    if known is not None:
        return known
    file.stream.seek(0)
    found = file_digest(file.stream, sha256).hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return found


def _rest() -> str:
    """Return the hash of a body that is no form, such as JSON."""
    return sha256(request.get_data()).hexdigest()
