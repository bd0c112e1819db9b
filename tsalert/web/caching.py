"""Answers that any browser, and any cache between, may keep: the same for everybody, drawn for nobody."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Lock

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue

from tsalert.config import Settings
from tsalert.web.access import draw_for
from tsalert.web.headers import let_all_keep

_MOST_DRAWINGS = 128
_DRAWINGS = "tsalert_drawings"


class Drawings:
    """The pages and files that a process drew last, by where they stand and what they show.

    :param says: what every page says, such as whom to ring.
    """

    def __init__(self, folders: Sequence[Path], says: tuple[object, ...] = ()) -> None:
        self._folders = folders
        self._says = repr(says).encode()
        self._drawn: OrderedDict[tuple[str, str], str | bytes] = OrderedDict()
        self._lock = Lock()

    @cached_property
    def look(self) -> str:
        """One word for what the program's pages look like: it changes with any template or style, or what all say."""
        files = sorted(path for folder in self._folders for path in folder.rglob("*") if path.is_file())
        return sha256(b"".join((self._says, *(path.read_bytes() for path in files)))).hexdigest()

    def recall(self, path: str, mark: str, draw: Callable[[], str | bytes]) -> str | bytes:
        """Return a page as it was drawn before, or draw it."""
        key = (path, mark)
        with self._lock:
            found = self._drawn.get(key)
            if found is not None:
                self._drawn.move_to_end(key)
                return found
        drawn = draw()
        with self._lock:
            self._drawn[key] = drawn
            if len(self._drawn) > _MOST_DRAWINGS:
                self._drawn.popitem(last=False)
        return drawn


def init_app(app: Flask) -> None:
    """Give the program its memory of pages; a setting that says who we are or whom to ring changes each of them."""
    settings: Settings = app.extensions["tsalert_settings"]
    says = (settings.authority_name, settings.rapid_response_number, settings.public_url, app.config["TSALERT_DEMO"])
    folders = [app.template_folder, app.static_folder]
    app.extensions[_DRAWINGS] = Drawings([Path(app.root_path) / folder for folder in folders if folder], says)


def for_everybody(mark: str, draw: Callable[[], ResponseReturnValue], *, seconds: int) -> Response:
    """Answer with what a mark stands for, or with 304 where the reader has it already.

    Whoever asks is forgotten first, so that nothing of an officer who is signed in is kept with it.

    :param mark: what changes whenever the answer does, such as a digest.
    :param seconds: for how long it may be shown without asking again.
    """
    draw_for(None)
    known = request.if_none_match.contains_weak(mark)
    answer = Response(status=304) if known else make_response(draw())
    answer.set_etag(mark, weak=True)  # the pages of two moments differ in the time they were drawn at
    let_all_keep(answer, seconds=seconds)
    return answer


def look() -> str:
    """Return one word for what the program's pages look like, and what all of them say."""
    drawings: Drawings = current_app.extensions[_DRAWINGS]
    return drawings.look


def drawn_once(shown: object, draw: Callable[[], str | bytes], *, seconds: int) -> Response:
    """Answer everybody with one drawing of a page or file, as long as it shows the same and the program looks the same.

    :param shown: all that the page shows and that may change, such as rows as tuples.
    """
    drawings: Drawings = current_app.extensions[_DRAWINGS]
    mark = sha256(f"{drawings.look} {request.path} {shown!r}".encode()).hexdigest()
    return for_everybody(mark, lambda: drawings.recall(request.path, mark, draw), seconds=seconds)
