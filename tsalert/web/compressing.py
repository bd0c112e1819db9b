"""Sending fewer bytes to whoever reads on a telephone in a cellar.

Only what everybody gets alike is compressed: a page that holds somebody's form token beside words that a visitor
chose would let a listener find the token out by the lengths of the answers.
"""

import gzip
from functools import lru_cache

from flask import Flask, Response, g, request

_SMALLEST, _LARGEST = 500, 1024 * 1024
_WORDS = (
    "text/", "application/json", "application/javascript", "application/atom+xml", "application/feed+json",
    "application/cap+xml", "image/svg+xml",
)  # fmt: skip
_KEPT = 128


def init_app(app: Flask) -> None:
    """Compress the answers that everybody gets alike, for those who can read them."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] <= 0:
        return response
    etag, _ = response.get_etag()
    response.direct_passthrough = False  # a file is read here, since it is packed once and kept
    response.set_data(_packed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _is_worth_it(response: Response) -> bool:
    is_for_all = "is_for_all" in g or request.endpoint == "static"
    size = response.content_length or 0
    kind = response.mimetype or ""
    is_whole = response.status_code == 200 and "Content-Encoding" not in response.headers
    return is_for_all and is_whole and _SMALLEST <= size <= _LARGEST and kind.startswith(_WORDS)


@lru_cache(_KEPT)
def _packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)
